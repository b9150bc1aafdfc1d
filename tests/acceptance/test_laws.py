"""`kg experiment laws` as a subprocess: verdicts, exit codes, JSON, and targets that misbehave."""

import json
import subprocess
import sys

import pytest

EACH_ALONE = True  # slow, and nothing is shared

LAWFUL = "class A:\n    def __init__(self, n: int = 0): self.n = n\n    def __add__(self, o): return A(self.n + o.n)\n"
FORGED = """
import json, os, struct
said = json.dumps({"findings": {"laws": [{"verdict": "fine"}], "family": {}}}).encode()
os.write(3, struct.pack("!I", len(said)) + said)
"""
BROKEN = LAWFUL.replace("self.n + o.n", "self.n - o.n")


@pytest.fixture
def ask(kg):
    """`ask(command, *options, VARIABLE=…)`: (exit status, the JSON document) of `kg experiment`, always with the same cases."""

    def run(*options, **variables):
        ran = kg("experiment", *options, "--json", "-q", **{"KGENTS_SEED": "1", **variables})
        return ran.returncode, json.loads(ran.stdout)

    return run


@pytest.fixture
def law_of(ask, tmp_path):
    """`law_of(code, *options, VARIABLE=…)`: of the class A of this program."""

    def run(code, *options, **variables):
        (tmp_path / "target.py").write_text(code)
        return ask("laws", "--target", f"{tmp_path / 'target.py'}:A", *options, **variables)

    return run


def test_a_lawful_class_exits_with_0(law_of):
    code, said = law_of(LAWFUL)
    assert code == 0
    assert {law["law"]: law["verdict"] for law in said["evidence"]["laws"]} == {
        "identity-left": "not_refuted",
        "identity-right": "not_refuted",
        "associativity": "not_refuted",
    }


def test_a_broken_law_exits_with_10_and_the_code_shows_it(law_of):
    code, said = law_of(BROKEN, "--laws", "associativity")
    (law,) = said["evidence"]["laws"]
    assert code == 10
    assert law["verdict"] == "refuted"
    with pytest.raises(AssertionError, match="associativity"):
        exec(law["counterexample"]["code"], {})


def test_the_program_that_is_printed_can_be_pasted(law_of, kg):
    """From a heading to its assertion, without a margin; it fails in a fresh process, from any folder."""
    law_of(BROKEN, "--laws", "associativity")
    program = (
        kg("experiment", "show", "@latest").stdout.partition("# associativity is broken\n")[2].partition("\n\n")[0]
    )
    pasted = subprocess.run([sys.executable, "-"], input=program, capture_output=True, text=True, cwd="/", check=False)
    assert "AssertionError: associativity: A(n=" in pasted.stderr


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import nothing_there\nclass A: pass", "cannot be imported"),
        ("class A: pass", "no composition"),
        ("import os; os._exit(3)\nclass A: pass", "ended its process"),
        (FORGED + "\nclass A: pass", "answered in place"),
        (LAWFUL.replace("return", "\n        while True: pass\n        return"), "did not end"),
    ],
)
def test_a_target_that_cannot_be_examined_is_inconclusive(law_of, code, words):
    status, said = law_of(code, "--laws", "associativity", "--timeout", "3" if "while" in code else "60")
    assert status == 11
    (law,) = said["evidence"]["laws"]
    assert law["verdict"] == "error"
    assert words in law["detail"]


def test_a_target_cannot_write_a_file(law_of, tmp_path):
    victim = tmp_path / "victim"
    law_of(f"import pathlib\npathlib.Path({str(victim)!r}).write_text('x')\n" + LAWFUL, "--laws", "associativity")
    assert not victim.exists()


def test_an_unknown_law_is_a_usage_error(law_of):
    status, said = law_of(LAWFUL, "--laws", "gravity")
    assert status == 2
    assert "gravity" in said["error"]["message"]


PROBLEM = ("laws", "--problem", "What is 17 + 25?", "--transform", "label,please", "--seed", "5")


@pytest.mark.parametrize(("d", "status", "verdict"), [("0.6", 10, "violated"), ("0", 0, "holds")])
def test_a_simulated_reasoner_is_judged(ask, d, status, verdict):
    code, said = ask(*PROBLEM, "--model", f"simulated-reasoner:s=0.95,d={d}", "--epsilon", "0.2")
    assert code == status
    assert [law["verdict"] for law in said["evidence"]["laws"]] == [verdict, verdict]
    law = said["evidence"]["laws"][0]
    assert (
        law["excess_disagreement"]["low"]
        <= law["excess_disagreement"]["estimate"]
        <= law["excess_disagreement"]["high"]
    )
    assert said["evidence"]["evidence_tier"] == "SIMULATED"


def test_reasoning_goes_on_where_it_stopped(ask):
    """A stop by budget and a resume come to the decision of an unbroken run."""
    model = ("--model", "simulated-reasoner:s=0.9,d=0.4", "--concurrency", "1")
    _, whole = ask(*PROBLEM, *model)
    _, part = ask(*PROBLEM, *model, "--budget-tokens", "100")
    assert part["status"] == "stopped"
    _, resumed = ask("resume", part["id"], "--budget-tokens", "1000000")
    assert resumed["evidence"]["laws"] == whole["evidence"]["laws"]


def test_associativity_and_coherence_of_a_model(ask, tmp_path):
    """All three laws in one experiment; the bill counts what was shared once."""
    problem = {"problem": "Ann has 17 apples, buys 25, eats 3.", "steps": ["Add 25.", "Subtract 3.", "Say it."]}
    (tmp_path / "chains.jsonl").write_text(json.dumps(problem) + "\n")
    laws = ("--laws", "identity,associativity,coherence", "--transform", "label,please", "--seed", "1")
    model = ("--model", "simulated-reasoner:s=0.95,g=0.5,c=0.5", "--epsilon", "0.2")
    code, said = ask("laws", "--problems", str(tmp_path / "chains.jsonl"), *laws, *model)
    assert code == 10
    found = {law["law"]: law for law in said["evidence"]["laws"]}
    words = {name: law["verdict"] for name, law in found.items()}
    assert words == {"label": "holds", "please": "holds", "associativity": "violated", "coherence": "violated"}
    assert found["coherence"]["coverage"]["checked"] > 0
    assert all(core["core"] for core in said["evidence"]["cores"])
    rounds = [found[name]["blocks"] for name in ("label", "please")]
    chains, traces = 8 * found["associativity"]["blocks"], found["coherence"]["blocks"]
    assert said["usage"]["calls"] == 2 * max(rounds) + 2 * sum(rounds) + chains + traces


def test_answers_that_cannot_be_extracted_are_a_rate_and_a_test_of_their_own(ask):
    code, said = ask(*PROBLEM, "--model", "simulated-reasoner:s=1,fmt=0.7", "--max-trials", "60")
    assert code == 10
    law = said["evidence"]["laws"][0]
    assert law["extraction_failure_rate"]["plain"] == 0 < law["extraction_failure_rate"]["transformed"]
    assert law["extraction"]["differs"]


def test_what_is_not_neutral_by_design_is_an_effect_and_breaks_no_law(ask):
    """Exit code 0: an estimate was asked and made."""
    model = ("--model", "simulated-reasoner:s=0.95,d=0.6")
    code, said = ask("laws", "--problem", "What is 17 + 25?", "--transform", "step-by-step", "--seed", "5", *model)
    assert code == 0
    assert said["evidence"]["verdict"] == "estimate"
    assert said["evidence"]["laws"][0]["verdict"] == "effect"


def test_traces_need_no_model(ask, tmp_path):
    path = tmp_path / "traces.jsonl"
    path.write_text(json.dumps({"trace": "x + y = 10\nx - y = 2\nx = 6, y = 5"}) + "\n")
    code, said = ask("laws", "--traces", str(path))
    assert code == 10
    assert len(said["evidence"]["cores"][0]["core"]) == 3


def test_a_judge_of_what_cannot_be_checked_is_calibrated(ask, tmp_path):
    """Its opinions change no verdict; its rate is corrected for its errors."""
    path = tmp_path / "traces.jsonl"
    sound, broken = "Ann is taller than Bob. Bob is taller than Cid.", "Ann is taller than Bob. Bob is taller than Ann."
    texts = [sound] * 20 + [broken] * 10 + ["3 + 4 = 7."]
    path.write_text("".join(json.dumps({"trace": text}) + "\n" for text in texts))
    judge = ("--judge", "simulated-judge:se=0.95,sp=0.95", "--judge-stories", "40", "--seed", "2")
    code, said = ask("laws", "--traces", str(path), *judge)
    assert code == 0
    found = said["evidence"]["judge"]
    assert found["judged"] == 30
    assert found["sensitivity"]["estimate"] > 0.7
    assert found["incoherence_rate"]["low"] <= 1 / 3 <= found["incoherence_rate"]["high"]
    covered = {"checked": 1, "unchecked": 30, "equalities": 1, "covered": 1}
    assert said["evidence"]["laws"][0]["coverage"] == covered
    assert said["usage"]["calls"] == 70


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--problem", "What is 1 + 1?", "--laws", "associativity", "--model", "simulated-reasoner"), "NOT APPLICABLE"),
        (("--problem", "What is 1 + 1?", "--answer", "smell", "--model", "simulated-reasoner"), "smell"),
        (("--problem", "What is 1 + 1?", "--model", "simulated-reasoner:z=1"), "z"),
        (("--problems", "bad.jsonl", "--model", "simulated-reasoner"), "line 2"),
        (("--problems", "none.jsonl", "--model", "simulated-reasoner"), "none.jsonl"),
        (("--problem", "What is 1 + 1?", "--laws", ",", "--model", "simulated-reasoner"), "--laws"),
        (("--problem", "What is 1 + 1?", "--judge", "x", "--model", "simulated-reasoner"), "--judge"),
        (("--problem", "What is 1 + 1?", "--target", "a.py:A"), "--target and --problem together"),
        (("--traces", "bad.jsonl"), "line 1"),
        (("--target", "nowhere.py:A"), "there is no file"),
        ((), "is needed"),
    ],
)
def test_bad_input_is_a_usage_error(ask, tmp_path, options, words):
    (tmp_path / "bad.jsonl").write_text('{"problem": "What is 1 + 1?"}\n{"problem": 3}\n')
    code, said = ask("laws", *options)
    assert code == 2
    assert words in said["error"]["message"]


def test_a_target_has_no_network_no_secrets_and_no_files_of_others(kg, law_of, tmp_path):
    """What it tries is named; the level of the sandbox was established by attack and is in the record."""
    (tmp_path / "elsewhere").mkdir()
    code = (
        "import os, socket\nassert 'ANTHROPIC_API_KEY' not in os.environ\n"
        "for attempt in (lambda: socket.socket(socket.AF_INET), lambda: open('/etc/passwd').read(),\n"
        "                lambda: open(__file__ + 'x', 'w'), lambda: os.fork()):\n"
        "    try: attempt()\n    except OSError: pass\n    else: raise SystemExit('not denied')\n" + LAWFUL
    )
    _, said = law_of(code, "--laws", "associativity", ANTHROPIC_API_KEY="secret")
    (law,) = said["evidence"]["laws"]
    assert law["verdict"] == "not_refuted", law
    assert any(words.startswith("write ") for words in law["tried"])
    assert "open a socket" in law["tried"]
    ran = kg("experiment", "show", "@latest", "--stats")
    assert "sandbox  " in ran.stdout
    assert "L4" in ran.stdout or "L3" in ran.stdout


def test_a_target_finds_its_neighbours(ask, tmp_path):
    """A module beside it, and the package around it; a home is no package's folder."""
    project = tmp_path / "project"
    (project / "pkg").mkdir(parents=True)
    (project / "pkg" / "__init__.py").write_text("")
    (project / "pkg" / "base.py").write_text("ZERO = 0\n")
    (project / "pkg" / "mod.py").write_text("from .base import ZERO\n" + LAWFUL)
    (project / "near.py").write_text("ONE = 1\n")
    (project / "beside.py").write_text("from near import ONE\n" + LAWFUL)
    for target in ("project/pkg/mod.py:A", "project/beside.py:A"):
        code, said = ask("laws", "--target", target, "--laws", "associativity", "--cases", "30")
        assert code == 0, said


def test_own_laws_and_laws_that_need_more_than_a_composition(ask, tmp_path):
    (tmp_path / "box.py").write_text(
        "class Box:\n"
        "    def __init__(self, n: int): self.n = n\n"
        "    def map(self, f): return Box(f(self.n) % 100)\n"
        "    def flat_map(self, f): return f(self.n)\n"
        "    @classmethod\n    def of(cls, n): return cls(n)\n"
    )
    (tmp_path / "own.py").write_text(
        "def small(a): return abs(a.n) < 150\n"
        "def turned(a, b): return ((a.n, b.n), (a.n, b.n))\n"
        "async def typed(text: str): return text.upper().lower() == text.lower()\n"
    )
    laws = "functor,monad,own.py:small,own.py:turned,own.py:typed"
    code, said = ask("laws", "--target", "box.py:Box", "--laws", laws)
    found = {law["law"]: law["verdict"] for law in said["evidence"]["laws"]}
    assert code == 10
    assert found["functor-identity"] == found["small"] == found["typed"] == "refuted"
    assert found["turned"] == found["monad-left-unit"] == found["monad-associativity"] == "not_refuted"
    for law in said["evidence"]["laws"]:
        if law["counterexample"]:
            ran = subprocess.run(
                [sys.executable, "-c", law["counterexample"]["code"]], capture_output=True, check=False
            )
            assert b"AssertionError" in ran.stderr, ran.stderr


def test_homomorphism_between_two_compositions(ask):
    common = ("laws", "--target", "builtins:str", "--laws", "homomorphism", "--cases", "60")
    assert ask(*common, "--image", "len", "--image-compose", "*")[0] == 10


def test_the_rate_of_a_law_of_a_stochastic_target(ask, tmp_path):
    code = "import random\nclass A:\n    def __init__(self, n): self.n = n\n"
    noise = "    def __add__(self, o): return A(self.n + o.n + (random.random() < {}))\n"
    for share, status in ((0.0, 0), (0.6, 10)):
        (tmp_path / "noisy.py").write_text(code + noise.format(share))
        options = ("--sample", "A(random.randint(0, 9))", "--holds-at-least", "0.8", "--seed", "4")
        found, said = ask("laws", "--target", "noisy.py:A", "--laws", "commutativity", *options)
        assert found == status, said
        assert said["evidence"]["laws"][0]["cases"] == said["evidence"]["trials_total"]
    assert ask("laws", "--target", "noisy.py:A", *options)[1]["error"]["kind"] == "usage"


def test_one_problem_shows_what_was_answered(ask):
    """Plain answers of a model that is right nine times in ten, by frequency."""
    asked = (
        "--problem",
        "What is 17 + 25?",
        "--model",
        "simulated-reasoner:s=0.9,d=0.5",
        "--transform",
        "label",
        "--seed",
        "1",
    )
    code, said = ask("laws", *asked)
    assert code == 10
    (law,) = said["evidence"]["laws"]
    plain, transformed = law["answers"]["plain"], law["answers"]["transformed"]
    assert sum(plain.values()) == sum(transformed.values()) == 2 * law["blocks"]
    first, second = list(plain.values())[:2]
    assert first > second
