"""The corpus: no lawful class is refuted, unlawful ones are, and counterexamples replay elsewhere."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from kgents.laws import examine
from kgents.laws.finding import LawVerdict

HERE = Path(__file__).parent


def _examine(file: str, name: str, laws=("monoid",), cases=30):
    return examine(f"{HERE / file}:{name}", laws, cases=cases)


def _names(file: str) -> list[str]:
    from kgents.laws import load

    return sorted(load(f"{HERE / file}:CORPUS"))


LAWFUL, UNLAWFUL = _names("lawful.py"), _names("unlawful.py")


def test_the_corpora_are_large_enough():
    """Forty of each at least."""
    assert len(LAWFUL) >= 40
    assert len(UNLAWFUL) >= 40


@pytest.mark.parametrize("name", LAWFUL)
def test_a_lawful_class_is_never_refuted(name):
    found = _examine("lawful.py", name)
    assert not found.refuted, found.refuted[0].counterexample
    assert {f.law: f.verdict for f in found.findings}["associativity"] in (
        LawVerdict.NOT_REFUTED,
        LawVerdict.UNDEFINED,
    )


def test_the_unlawful_are_refuted_and_their_counterexamples_replay():
    """At least 95 % within 1 000 cases; each program fails in a fresh process with the law's name."""
    from kgents.laws import load

    broken = load(f"{HERE / 'unlawful.py'}:BROKEN")
    programs, missed = [], []
    for name in UNLAWFUL:
        found = _examine("unlawful.py", name, (broken[name],), cases=1000)
        if not found.refuted:
            missed.append((name, found.findings))
        programs += [finding.counterexample.code for finding in found.refuted]
    assert len(missed) <= 0.05 * len(UNLAWFUL), missed
    script = (
        "import sys, json\n"
        "for code in json.load(sys.stdin):\n"
        "    try: exec(code, {})\n"
        "    except AssertionError as wrong: print('broken', str(wrong)[:9].replace(chr(10), ' '))\n"
        "    else: print('holds')"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], input=json.dumps(programs), capture_output=True, text=True, check=True
    )
    assert [line for line in ran.stdout.splitlines() if line == "holds"] == []
    assert ran.stdout.count("broken ") == len(programs)
