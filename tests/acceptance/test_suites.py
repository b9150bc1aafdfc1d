"""`kg experiment generate --suite`, `verify` and `compare --suite` as a user runs them."""

import json
import subprocess
from collections import Counter
from collections.abc import Callable
from itertools import takewhile
from pathlib import Path
from random import Random
from typing import Any

import pytest

from kgents.domain.ports import Slot
from kgents.kinds.suite.assignment import DRAWN_PAIRS, place_of

Kg = Callable[..., subprocess.CompletedProcess[str]]


def task(number: int) -> dict[str, Any]:
    """Task k: add k."""
    return {
        "task_id": f"Mine/{number}",
        "prompt": f'def plus(x: int) -> int:\n    """x and {number}."""\n',
        "entry_point": "plus",
        "canonical_solution": f"    return x + {number}\n",
        "test": f"def check(candidate):\n    assert candidate(1) == {number + 1}\n    assert candidate(-4) == {number - 4}\n",
    }


@pytest.fixture
def suite(tmp_path: Path) -> str:
    path = tmp_path / "mine.jsonl"
    path.write_text("".join(json.dumps(task(number)) + "\n" for number in range(5)))
    return str(path)


def lines(path: Path, rows: list[dict[str, Any]]) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


def test_samples_of_others_are_judged(kg: Kg, suite: str, tmp_path: Path) -> None:
    right = [{"task_id": f"Mine/{k}", "completion": f"    return x + {k}\n"} for k in range(4)]
    wrong = [{"task_id": "Mine/0", "completion": "    return 7\n"}, {"task_id": "Mine/1", "completion": "    return"}]
    samples = lines(tmp_path / "samples.jsonl", right + wrong)
    done = kg("experiment", "verify", "--suite", suite, "--samples", samples, "--k", "1,2", "--json")
    assert done.returncode == 0, done.stderr
    assert "1 of 5 tasks have no sample" in done.stderr
    evidence = json.loads(done.stdout)["evidence"]
    assert (evidence["trials_total"], evidence["trials_success"], evidence["verdict"]) == (6, 4, "estimate")
    assert evidence["pass_at_k"]["1"]["mean"] == pytest.approx((0.5 + 0.5 + 1 + 1) / 4)
    assert (evidence["pass_at_k"]["2"]["mean"], evidence["pass_at_k"]["2"]["left_out"]) == (1.0, 2)
    assert [row["trials"] for row in evidence["tasks"]] == [2, 2, 1, 1]
    shown = kg("experiment", "show", "@latest")
    assert "pass@2" in shown.stdout
    assert kg("witness", "verify", "@latest", "--recheck").returncode == 0


def test_tasks_of_one_origin_are_counted_as_one_cluster(kg: Kg, tmp_path: Path) -> None:
    """Five tasks, three of which have one origin: three clusters, and an interval that is wider for it."""
    texts = [{**task(number), **({"cluster": "plus"} if number < 3 else {})} for number in range(5)]
    right = [{"task_id": f"Mine/{k}", "completion": f"    return x + {k}\n"} for k in range(4)]
    samples = lines(tmp_path / "samples.jsonl", [*right, {"task_id": "Mine/4", "completion": "    return 7\n"}])
    found = []
    for number, rows in enumerate((texts, [task(number) for number in range(5)])):
        suite = lines(tmp_path / f"clusters{number}.jsonl", rows)
        done = kg("experiment", "verify", "--suite", suite, "--samples", samples, "--json")
        found.append(json.loads(done.stdout)["evidence"]["pass_at_k"]["1"])
    assert (found[0]["tasks"], found[0]["clusters"], found[0]["mean"]) == (5, 3, 0.8)
    assert "clusters" not in found[1]
    assert found[0]["interval"]["low"] < found[1]["interval"]["low"]
    shown = kg("experiment", "verify", "--suite", str(tmp_path / "clusters0.jsonl"), "--samples", samples).stdout
    assert "over 5 tasks of 3 clusters" in shown
    wrong = lines(tmp_path / "wrong.jsonl", [{**task(0), "cluster": ["plus"]}])
    refused = kg("experiment", "verify", "--suite", wrong, "--samples", samples)
    assert refused.returncode == 2
    assert "'cluster' is no text" in refused.stderr


def test_a_comparison_over_clusters_says_of_how_many_it_speaks(kg: Kg, tmp_path: Path) -> None:
    """Nine tasks of three origins and one by itself, drawn for each pair: the sequence is of the first answers of clusters, in
    an order that the seed draws, up to the first that was not drawn."""
    rows = [{**task(number), **({"cluster": f"c{number % 3}"} if number < 9 else {})} for number in range(10)]
    suite = str(lines(tmp_path / "suite.jsonl", rows))
    words = ("--arm", "a=simulated:1", "--arm", "b=simulated:0", "--max-trials", "4", "--json")
    counted = Counter[int]()
    for seed in range(3):
        done = json.loads(kg("experiment", "compare", "--suite", suite, *words, "--seed", str(seed)).stdout)
        order = done["config"]["order"]
        drawn = {place_of(DRAWN_PAIRS, Slot(0, index, 0), 10, order)[0] for index in range(len(done["trials"]) // 2)}
        places = Random(f"{order}:clusters").sample(range(4), 4)
        (found,) = done["evidence"]["differences"]
        origins = {task % 3 if task < 9 else 3 for task in drawn}
        leading = list(takewhile(origins.__contains__, places))
        assert (found["interval_clusters"], found["interval_pairs"]) == (len(leading), len(leading))
        assert (found["tasks"], found["difference"] > 0.5) == (len(drawn), True)
        assert found["interval"]["low"] < 1
        counted[len(leading)] += 1
        shown = kg("experiment", "show", "@latest").stdout
        assert f"of {len(leading)} first answers in {len(leading)} cluster" in shown
    assert len(counted) > 1


def test_samples_are_decided_with_one_error_for_all_tasks(kg: Kg, suite: str, tmp_path: Path) -> None:
    """`--target` decides each task by its samples; `--family` whose error it is, in verdict, sentence and exit code."""
    wrong = [{"task_id": "Mine/1", "completion": "    return x - 40\n"}] * 5
    right = [{"task_id": f"Mine/{k}", "completion": f"    return x + {k}\n"} for k in (2, 3)] * 5
    samples = lines(tmp_path / "samples.jsonl", wrong + right)
    asked = ("experiment", "verify", "--suite", suite, "--samples", samples, "--target", "0.5")
    each, together = kg(*asked, "--json"), kg(*asked, "--family", "all", "--json")
    assert (each.returncode, together.returncode) == (10, 11), each.stderr + together.stderr
    assert [arm["verdict"] for arm in json.loads(each.stdout)["arms"]] == ["refuted", "supported", "supported"]
    found = json.loads(together.stdout)
    assert [arm["verdict"] for arm in found["arms"]] == ["inconclusive"] * 3  # 2⁻⁵ is above a third of 5 %
    assert found["arms"][0]["interval"]["each_side"] == pytest.approx(0.05 / 3)
    shown = kg("experiment", "show", "@latest").stdout
    assert "error at most 5 % on either side for all 3 together (Holm)" in shown
    shared = json.loads(kg(*asked, "--family", "fdr", "--json").stdout)  # two at most 5 % · 2/3, one above 5 %/3
    assert [arm["verdict"] for arm in shared["arms"]] == ["inconclusive", "supported", "supported"]
    assert kg("witness", "verify", "@latest", "--recheck").returncode == 0


def test_a_suite_is_put_to_a_coder_and_resumed(kg: Kg, suite: str) -> None:
    stopped = kg("experiment", "generate", "--suite", suite, "--n", "4", "--budget-tokens", "400", "-q", "--seed", "3")
    assert "token budget" in stopped.stdout, stopped.stderr
    done = kg("experiment", "resume", "@latest", "--budget-tokens", "100000", "--json")
    found = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert found["evidence"]["trials_total"] == 20
    assert found["evidence"]["pass_at_k"]["1"]["mean"] == 1.0
    assert found["trials"][0]["input"].startswith("def plus")
    assert [arm["name"] for arm in found["arms"]] == [f"Mine/{k}" for k in range(5)]
    assert json.loads(kg("experiment", "history", "--kind", "suite", "--json").stdout)[0]["id"] == found["id"]


def test_every_task_stops_when_it_is_decided(kg: Kg, suite: str) -> None:
    asked = ("--adaptive", "--target", "0.5", "--max-trials", "20", "--json", "-q")
    done = kg("experiment", "generate", "--suite", suite, "--model", "simulated:1", *asked)
    evidence = json.loads(done.stdout)["evidence"]
    assert (done.returncode, evidence["verdict"]) == (0, "supported")
    assert all(row["trials"] < 12 for row in evidence["tasks"])
    assert evidence["pass_at_k"]["1"]["mean"] == 1.0


def test_the_mean_over_the_suite_is_decided_with_one_boundary(kg: Kg, suite: str) -> None:
    asked = ("--adaptive", "--decide", "suite", "--target", "0.5", "--json", "-q", "--seed", "1")
    done = kg("experiment", "generate", "--suite", suite, "--model", "simulated:0", *asked)
    found = json.loads(done.stdout)
    assert (done.returncode, found["evidence"]["verdict"]) == (10, "refuted")
    assert found["evidence"]["trials_total"] < 12
    assert len({trial["metadata"]["task"] for trial in found["trials"]}) > 1


def test_two_coders_meet_task_by_task(kg: Kg, suite: str) -> None:
    arms = ("--arm", "good=simulated:1", "--arm", "bad=simulated:0", "--seed", "2")
    done = kg("experiment", "compare", "--suite", suite, *arms, "--json", "-q")
    found = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert [arm["status"] for arm in found["evidence"]["arms"]] == ["best", "eliminated"]
    (difference,) = found["evidence"]["differences"]
    assert (difference["a"], difference["a_better"], difference["b_better"]) == ("good", difference["tasks"], 0)
    tasks = {trial["index"]: set() for trial in found["trials"]}  # type: dict[int, set[str]]
    for trial in found["trials"]:
        tasks[trial["index"]].add(trial["metadata"]["task"])
    assert all(len(names) == 1 for names in tasks.values())


def test_two_coders_are_compared_by_their_shares_of_the_tests_of_tasks(kg: Kg, tmp_path: Path) -> None:
    """Three tasks of four tests each, drawn for every pair, clusters or not; means are those of the record's pairs, and the
    record is judged to the same."""
    tests = "".join(
        f"def test_{place}():\n    assert plus({x}) == {x} + K\n" for place, x in enumerate((1, -4, 0, 700))
    )
    rows = [{**task(k), "test": tests.replace("K", str(k)), "cluster": "one"} for k in range(1, 4)]
    suite = lines(tmp_path / "tests.jsonl", rows)
    arms = (
        "--arm",
        "old=simulated:0.2",
        "--arm",
        "new=simulated:0.9",
        "--score",
        "tests",
        "--max-trials",
        "200",
        "--seed",
        "3",
    )
    done = kg("experiment", "compare", "--suite", suite, *arms, "--json", "-q")
    found = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    told, sides = found["evidence"]["score_difference"], {"old": dict[int, float](), "new": dict[int, float]()}
    asked: dict[int, set[str]] = {}
    for row in found["trials"]:
        known = row["metadata"]
        sides[row["arm"]][row["index"]] = known["passed"] / known["cases"] if known.get("cases") else 0.0
        asked.setdefault(row["index"], set()).add(known["task"])
    means = [sum(side[index] for index in range(told["pairs"])) / told["pairs"] for side in sides.values()]
    assert [told["mean_of_first"], told["mean_of_second"]] == pytest.approx(means, abs=1e-5)
    assert told["high"] < 0
    assert all(len(names) == 1 for names in asked.values())
    assert len(set.union(*asked.values())) == 3
    assert any(0 < share < 1 for side in sides.values() for share in side.values())
    assert found["config"]["way"] == "drawn pairs"
    shown = kg("experiment", "show", "@latest").stdout
    assert "error at most 10 % over both directions, on the tasks of this suite" in shown
    assert kg("witness", "verify", "@latest", "--recheck").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("compare", "a", "b", "--suite", "SUITE", "--score", "last-line"),
            "--score last-line is of commands, --suite is not",
        ),
        (("compare", "a", "b", "--suite", "SUITE", "--score", "tests", "--check", "lint"), "--score tests and --check"),
        (("verify", "--samples", "SUITE"), "--suite is needed"),
        (("verify", "--suite", "SUITE"), "--samples is needed"),
        (("verify", "--suite", "SUITE", "--samples", "none.jsonl"), "--samples none.jsonl"),
        (("generate", "--suite", "SUITE", "--k", "1,50"), "--k 50"),
        (("generate", "--suite", "SUITE", "--k", "a"), "--k 'a'"),
        (("generate", "--suite", "SUITE", "--spec", "x"), "--spec and --suite contradict"),
        (("generate", "--suite", "SUITE", "--prior", "history"), "--prior history and --suite contradict"),
        (("compare", "a", "b", "--suite", "SUITE", "--entry-point", "f"), "--entry-point and --suite contradict"),
        (("generate", "--suite", "SUITE", "--decide", "suite"), "--decide suite is about --adaptive"),
        (("generate", "--suite", "SUITE", "--family", "all"), "--family all and fdr need an error that is promised"),
        (("generate", "--spec", "x", "--family", "all"), "--family is about the tasks of a suite"),
        (("verify", "--suite", "SUITE", "--samples", "SUITE", "--family", "all"), "--family is about verdicts"),
        (("generate", "--suite", "SUITE", "--task", "No/1"), "--task No/1"),
        (("generate", "--suite", "nowhere.jsonl"), "--suite nowhere.jsonl"),
    ],
)
def test_what_cannot_be_is_said_with_its_option(kg: Kg, suite: str, arguments: tuple[str, ...], said: str) -> None:
    done = kg("experiment", *[suite if word == "SUITE" else word for word in arguments])
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_an_oracle_that_fails_everything_is_suspected(kg: Kg, tmp_path: Path) -> None:
    broken = {**task(1), "test": "def check(candidate):\n    assert candidate(1) == 3\n"}
    suite = lines(tmp_path / "broken.jsonl", [broken, task(2)])
    done = kg("experiment", "generate", "--suite", suite, "--n", "2", "--model", "simulated:1")
    assert "the suite's own solution of Mine/1 does not pass: is the oracle broken?" in done.stderr
    (tmp_path / "tests.py").write_text("assert plus(1) == 3\n")
    spec = "def plus(x):\n    return x + 1\n"
    done = kg("experiment", "generate", "--spec", spec, "--tests", "tests.py", "--n", "5", "--model", "simulated:1")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--tests fail on the spec itself: AssertionError (line 1 of the tests)" in done.stderr


def test_what_a_candidate_says_is_fit_for_terminals_and_documents(kg: Kg, tmp_path: Path) -> None:
    task = {"task_id": "T/0", "prompt": "def f(x):\n", "entry_point": "f", "canonical_solution": "    return x + 1\n"}
    task["test"] = "def check(candidate):\n    assert candidate(1) == 2\n"
    hostile = "def f(x):\n    raise ValueError('\\ud800\\x00\\x1b[2J\\x1b]0;passed\\x07')\n"
    rows = [{"task_id": "T/0", "solution": text} for text in (hostile, "s = '\ud800'\ndef f(x):\n    return x\n")]
    (tmp_path / "suite.jsonl").write_text(json.dumps(task) + "\n")
    (tmp_path / "samples.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    command = ("experiment", "verify", "--suite", "suite.jsonl", "--samples", "samples.jsonl")
    said = kg(*command)
    assert said.returncode == 0
    assert "\x1b" not in said.stdout + said.stderr
    found = json.loads(kg(*command, "--json").stdout)
    errors = [trial["error"] for trial in found["trials"]]
    assert any("\\x1b[2J" in str(error) and str(error).isprintable() for error in errors), errors
    for line in kg("experiment", "show", "@latest", "--jsonl").stdout.splitlines():
        json.loads(line)


TASK = {
    "task_id": "T/0",
    "prompt": 'def total(xs: list) -> int:\n    """Sum of the positive numbers."""\n',
    "entry_point": "total",
    "canonical_solution": "    return sum(x for x in xs if x > 0)\n",
    "test": "def check(candidate):\n    assert candidate([1, -2, 3]) == 4\n    assert candidate([]) == 0\n",
}
BODY = "    return sum(x for x in xs if x > 0)\n"
ANSWERS = {
    "fence": f"```python\n{TASK['prompt']}{BODY}```",
    "prose": f"Here it is:\n\n```python\n{BODY}```\nIt sums.",
    "eaten": BODY.strip(),
    "reasoning": f"<think>\nsum?\n</think>\n{BODY}",
    "then prose": f"{BODY}\nThis sums the positive numbers.",
    "JSON": json.dumps({"completion": BODY}),
    "a patch": f"--- a/t.py\n+++ b/t.py\n@@ -1,2 +1,3 @@\n {TASK['prompt'].rstrip().replace(chr(10), chr(10) + ' ')}\n+{BODY}",
    "a method": "class Solution:\n    def total(self, xs):\n        return sum(x for x in xs if x > 0)\n",
}
COMPILES = ("JSON", "a method")  # behind the stem, whose body is then its docstring


def test_samples_may_be_answers(kg: Kg, tmp_path: Path) -> None:
    """`verify` takes the code out of an answer that is no program; with --raw it stays as it is."""
    (tmp_path / "suite.jsonl").write_text(json.dumps(TASK) + "\n")
    samples = [json.dumps({"task_id": "T/0", "completion": answer}) + "\n" for answer in ANSWERS.values()]
    (tmp_path / "samples.jsonl").write_text("".join(samples))
    arguments = ("experiment", "verify", "--suite", "suite.jsonl", "--samples", "samples.jsonl", "--json")
    trials = json.loads(kg(*arguments).stdout)["trials"]
    for (name, answer), trial in zip(ANSWERS.items(), trials, strict=True):
        assert trial["success"], (name, trial["error"])
        assert bool(trial["repairs"]) == (name != "fence")
        assert trial["text"] == answer
    raw = json.loads(kg(*arguments, "--raw").stdout)["trials"]
    assert {name: trial["cause"] for name, trial in zip(ANSWERS, raw, strict=True)} == {
        name: "wrong_output" if name in COMPILES else "syntax_error" for name in ANSWERS
    }


def test_a_list_of_lists_and_words(kg: Kg, tmp_path: Path) -> None:
    """A generations file holds a list of programs a task; an empty answer and a word are malformed, not wrong."""
    (tmp_path / "suite.jsonl").write_text(json.dumps(TASK) + "\n")
    rows = [[f"{TASK['prompt']}{BODY}", BODY, "", "Sorry"]]
    (tmp_path / "samples.json").write_text("\ufeff\n " + json.dumps(rows))
    done = kg("experiment", "verify", "--suite", "suite.jsonl", "--samples", "samples.json", "--json")
    trials = json.loads(done.stdout)["trials"]
    assert [trial["cause"] for trial in trials] == [None, None, "malformed_output", "malformed_output"]
    (tmp_path / "samples.json").write_text(json.dumps([[], []]))
    wrong = kg("experiment", "verify", "--suite", "suite.jsonl", "--samples", "samples.json")
    assert wrong.returncode == 2
    assert "2 lists" in wrong.stderr
