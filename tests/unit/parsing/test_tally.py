"""Counts, rates, tests and classes of a log."""

import math
from collections import Counter

import pytest
from scipy.stats import binomtest

from kgents.errors import UsageError
from kgents.kinds.parse.advice import advice
from kgents.kinds.parse.evidence import COLUMNS, _holm, anytime_test, columns, macro, rate
from kgents.kinds.registry import kind_of
from kgents.parsing.census import classify, weights_from
from kgents.parsing.mutator import families
from kgents.parsing.oracle import OUTCOMES, ParseOutcome
from kgents.stats import log_rate_above, log_rate_below, sign_test


@pytest.mark.parametrize(("a", "b"), [(0, 0), (5, 0), (3, 9), (40, 60), (7, 7), (300, 250)])
def test_the_sign_test_is_the_exact_one(a, b):
    wanted = 1.0 if a + b == 0 else binomtest(a, a + b).pvalue
    assert sign_test(a, b) == pytest.approx(wanted, rel=1e-9)


def test_the_anytime_test_is_valid_at_every_look():
    """The probability that p ever falls to 0.05 within 200 fair duels, by exact recursion."""
    going, crossed = {(0, 0): 1.0}, 0.0
    for _ in range(200):
        following = Counter()
        for (a, b), mass in going.items():
            for state in ((a + 1, b), (a, b + 1)):
                if anytime_test(*state) <= 0.05:
                    crossed += mass / 2
                else:
                    following[state] += mass / 2
        going = following
    assert 0.005 < crossed <= 0.05


@pytest.mark.parametrize("limit", [0.05, 0.5, 0.9])
def test_one_sided_bets_are_valid_at_every_look(limit):
    """The probability that a bet against the limit ever wins twentyfold in 150 trials at the limit, by exact recursion."""
    for bet in (log_rate_above, log_rate_below):
        going, crossed = {0: 1.0}, 0.0
        for n in range(1, 151):
            following = Counter()
            for s, mass in going.items():
                for more, chance in ((0, 1 - limit), (1, limit)):
                    if bet(n, s + more, limit) >= math.log(20):
                        crossed += mass * chance
                    else:
                        following[s + more] += mass * chance
            going = following
        assert crossed <= 0.05


def test_holm_is_the_textbooks():
    tests = {name: {"p_value": p, "better": "a"} for name, p in (("x", 0.01), ("y", 0.04), ("z", 0.03), ("w", 0.005))}
    _holm(list(tests.values()), 0.05)
    assert {name: round(test["p_adjusted"], 3) for name, test in tests.items()} == {
        "w": 0.02,
        "x": 0.03,
        "z": 0.06,
        "y": 0.06,
    }
    assert [name for name, test in tests.items() if test["verdict"]] == ["x", "w"]


def test_columns_add_up():
    outcomes = Counter(dict.fromkeys(OUTCOMES, 3))
    found = columns(outcomes)
    assert tuple(found) == COLUMNS
    assert sum(found.values()) == 3 * len(OUTCOMES)
    assert (found["recovered"], found["corrupted"], found["rejected"]) == (6, 6, 9)


def test_a_macro_average_does_not_care_how_many_trials_a_class_got():
    by_class = {
        "a": Counter({ParseOutcome.RECOVERED: 90, ParseOutcome.CORRUPTED: 10}),
        "b": Counter({ParseOutcome.REJECTED: 10}),
    }
    assert macro(by_class, {"a": 1, "b": 1}) == {"recovery": 0.45, "corruption": 0.05}
    assert macro(by_class, {"a": 3, "b": 1})["recovery"] == pytest.approx(0.675)
    assert macro({}, {}) == {"recovery": None, "corruption": None}


def test_a_rate_comes_with_its_interval():
    exact, always = rate(3, 100, 0.95, True), rate(3, 100, 0.95, False)
    assert exact["low"] < 0.03 < exact["high"] < always["high"]
    assert rate(0, 0, 0.95, True)["estimate"] is None
    assert math.isclose(rate(0, 59, 0.95, True)["high"], 1 - 0.025 ** (1 / 59))


def strategy(name, recovered, corrupted, total=1000):
    row = {
        **dict.fromkeys(COLUMNS, 0),
        "recovered": recovered,
        "rejected": total - recovered - corrupted,
        "corrupted": corrupted,
        "recovery_rate": rate(recovered, total, 0.95, True),
        "corruption_rate": rate(corrupted, total, 0.95, True),
    }
    counts = {column: row[column] for column in COLUMNS}
    return {"name": name, "outcomes": counts, **row, "by_class": {"wrapping": row}, "examples": []}


def test_advice_takes_the_best_that_is_safe():
    found = advice([strategy("bold", 900, 80), strategy("calm", 600, 1), strategy("mute", 100, 0)], 0.01)
    assert found["overall"]["use"] == "calm"
    assert found["overall"]["within_allowed"] == "proven"
    assert [entry["class"] for entry in found["silently_wrong"]["bold"]] == ["wrapping"]
    assert found["silently_wrong"]["mute"] == []
    assert advice([strategy("bold", 900, 80), strategy("rash", 990, 200)], 0.01)["overall"]["use"] == "bold"


@pytest.mark.parametrize("exact", [True, False])
def test_anything_is_called_proven_wrongly_in_at_most_five_per_cent(exact):
    """42 claims on arms that corrupt exactly as much as is allowed: the chance that the first step of Holm takes any."""
    trials, claims = 300, 42
    proven = [corrupted for corrupted in range(12) if _proven(corrupted, trials, claims, exact)]
    assert proven == list(range(len(proven)))
    assert proven
    one = sum(math.comb(trials, k) * 0.05**k * 0.95 ** (trials - k) for k in proven)
    assert 1 - (1 - one) ** claims <= 0.05


def _proven(corrupted, trials, claims, exact):
    """Whether one strategy of so many is proven, where all others are beyond what is allowed."""
    others = [strategy("no", 50, 100, trials) for _ in range(claims // 2 - 1)]
    found = advice([strategy("one", 100, corrupted, trials), *others], 0.05, 0.95, exact)
    assert found["claims"] == claims
    return found["by_class"]["wrapping"]["within_allowed"] == "proven"


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ('{"a": 1}', None),
        ('```json\n{"a": 1}\n```', "wrapping"),
        ('Here it is: {"a": 1} ok?', "wrapping"),
        ("{'a': 1}", "quotes"),
        ('{"a": True}', "literals"),
        ('{"a": +1}', "numbers"),
        ('{"a": 1,}', "punctuation"),
        ('{"a": "one\ntwo"}', "strings"),
        ('{"a": [1, 2', "truncation"),
        ('{"a": }', "missing"),
        ('"{\\"a\\": 1}"', "encoding"),
        ("{&quot;a&quot;: 1}", "encoding"),
        ("I cannot do that.", "garbage"),
        ('{"a": "say "hi""}', "quotation"),
        ('{"log": "Wrote to the "captain", no reply yet.", "n": 2}', "quotation"),
        ('{"h": "<a href="x" class="y">z</a>"}', "quotation"),
        ('[TOOL_CALLS]find{"to": "Bern"}', "calls"),
        ("find(to='Bern', n=2)", "calls"),
        ('Thought: x\nAction: find\nAction Input: {"to": "Bern"}', "calls"),
        ('I should.\n</think>\n{"a": 1}', "thoughts"),
        ('<|channel|>final<|message|>{"a": 1}<|return|>', "thoughts"),
        ('{"a": 1}<|im_end|>', "leftovers"),
        ('{"a": 1}Done', "leftovers"),
        ('Error 429 - {"error": {"message": "slow down"}}', "leftovers"),
        ('```json\n{"a": 1}\n```\nRun:\n```bash\nls\n```', "fences"),
        ('{"f": "D:\\Users\\bo"}', "escapes"),
        ('{"my\\_key": 1}', "escapes"),
        ('{{"a": 1}}', "brackets"),
        ('"a": 1, "b": 2}', "brackets"),
        ('{"a": [1, 2], 3], "b": 4}', "brackets"),
        ('{"a": not far from here}', "bare"),
        ('{"id": ObjectId("507f")}', "bare"),
    ],
)
def test_a_log_is_told_into_classes(text, family):
    assert classify(text) == family


def test_weights_from_a_log(tmp_path):
    path = tmp_path / "log.jsonl"
    path.write_text(
        '{"output": "```json\\n{}\\n```"}\n{"text": "{\'a\': 1}"}\n{"output": "{\\"a\\": 1}"}\n{"a": [1, 2\n{"b": [3\n'
    )
    assert weights_from(path, families()) == {"wrapping": 1, "quotes": 1, "truncation": 2}
    path.write_text('{"output": "```json\u2028\\n{}\\n```"}\n')
    assert weights_from(path, families()) == {"wrapping": 1}
    path.write_text('{"output": "{}"}\n')
    with pytest.raises(UsageError, match="no failed output"):
        weights_from(path, families())
    with pytest.raises(UsageError, match="No such file"):
        weights_from(tmp_path / "nowhere", families())


def test_trials_go_in_batches():
    """One at a time, every trial would cost a fork and a transaction."""
    assert kind_of("parse").default_concurrency >= 1000
