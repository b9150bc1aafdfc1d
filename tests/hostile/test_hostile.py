"""Candidates that cheat, hang, fork, eat memory and escape: none is forged, none outlives its job, honest ones pass."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kgents.domain.outcome import Cause
from kgents.errors import SandboxUnavailable
from kgents.sandbox.levels import LADDER
from kgents.sandbox.sandbox import Sandbox, SandboxFault, open_sandbox
from kgents.verify import choosing as oracles
from kgents.verify.choosing import free_names
from kgents.verify.oracle import Oracle
from kgents.verify.verifier import SandboxVerifier

sys.path.insert(0, str(Path(__file__).parent))
from interpreters import SOURCE, copied, public_interpreter, readable_by_all

CORPUS = [json.loads(line) for line in (Path(__file__).parent / "corpus.jsonl").read_text().splitlines()]
REFERENCES = {
    "add": ([[2, 3], [-1, 1], [10, 32]], [5, 0, 42]),
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """One sandbox for all of them, of level L3 or better: no damage can be done by then."""
    opened = open_sandbox(cpu_s=1)
    yield opened
    opened.close()


def oracle_of(case: dict[str, Any]) -> Oracle:
    """HumanEval-style check(candidate)."""
    common = {"entry": case["entry"], "defined": (), "checks": (), "tolerance": 1e-9}
    return oracles.tests_oracle(case["test"], common, case["entry"])


def alive(tokens: set[str]) -> list[int]:
    """Processes that were forked from the zygotes with these tokens; the dead that nobody buried have no command line."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_text(errors="replace")
            except OSError:
                continue
            if any(token in command for token in tokens):
                found.append(int(entry.name))
    return found


@pytest.mark.parametrize("case", CORPUS, ids=[case["name"] for case in CORPUS])
def test_by_tests(sandbox: Sandbox, case: dict[str, Any]) -> None:
    verifier = SandboxVerifier(oracle_of(case), sandbox, wall=2.5)
    judgement = verifier.judge(case["code"])
    verdict = "pass" if judgement.success else "fail"
    assert judgement.success is not None, judgement.error
    assert verdict in case["allowed"], judgement.error
    assert judgement.success or judgement.error


@pytest.mark.parametrize("case", [case for case in CORPUS if case["entry"] == "add"], ids=lambda case: case["name"])
def test_by_reference(sandbox: Sandbox, case: dict[str, Any]) -> None:
    rows = tuple((arguments, {"value": value}, "add") for arguments, value in zip(*REFERENCES["add"], strict=True))
    oracle = Oracle("reference", entry="add", rows=rows)
    judgement = SandboxVerifier(oracle, sandbox, wall=2.5).judge(case["code"])
    if case["name"] in ("chameleon_arith", "patch_builtin_abs", "lying_int_conversions"):
        assert judgement.success is False
        return
    assert ("pass" if judgement.success else "fail") in case["allowed"], judgement.error


def test_nothing_outlives_its_sandbox() -> None:
    opened = open_sandbox(cpu_s=1)
    for name in ("fork_bomb_40", "daemon_grandchild", "subprocess_escape", "ignore_signals", "thread_bomb"):
        case = next(case for case in CORPUS if case["name"] == name)
        SandboxVerifier(oracle_of(case), opened, wall=2.0).judge(case["code"])
    tokens = opened.backend.tokens
    assert len(tokens) >= 2
    assert len(alive(tokens)) >= 2
    opened.close()
    assert alive(tokens) == []


def test_a_zygote_that_is_killed_is_our_fault_and_replaced() -> None:
    opened = open_sandbox(cpu_s=1)
    case = CORPUS[0]
    verifier = SandboxVerifier(oracle_of(case), opened, wall=2.5)
    assert verifier.judge(case["code"]).success is True
    for served in opened.backend._zygotes.values():
        served._process.kill()
        served._process.wait()
    assert verifier.judge(case["code"]).success is True
    opened.close()
    opened.renew = _broken  # type: ignore[method-assign]
    judgement = verifier.judge(case["code"])
    assert (judgement.success, judgement.cause) == (None, Cause.SANDBOX)


def _broken() -> None:
    raise SandboxFault("no process can be started")


@pytest.mark.parametrize("recipe", LADDER, ids=[recipe.name for recipe in LADDER])
def test_every_recipe_runs_and_its_level_is_what_was_withstood(recipe: Any) -> None:
    private = "stay" not in recipe.layers and "userns" not in recipe.layers and os.geteuid() == 0
    if private and not readable_by_all(Path(os.__file__)):
        with pytest.raises(
            SandboxUnavailable, match="is closed to others"
        ):  # another user cannot read this interpreter
            open_sandbox(allow_weak=True, ladder=[recipe])
        return
    opened = open_sandbox(allow_weak=True, ladder=[recipe])
    assert opened.level in ("L0", "L1", "L2", "L3", "L4")
    batch = opened.calls("def add(a, b): return a + b", "add", [[1, 2]], 5)
    assert batch.answers[0]["value"] == 3
    opened.close()


def test_a_weak_sandbox_is_refused_unless_it_is_allowed() -> None:
    with pytest.raises(SandboxUnavailable, match="no sandbox of level L3"):
        open_sandbox(ladder=LADDER[-1:])


def test_names_that_tests_need_are_found() -> None:
    import ast

    source = "import math\nfrom solution import f\ndef test(): assert f(g(2)) == math.sqrt(4)\n"
    assert free_names([*ast.walk(ast.parse(source))]) == (("f", "g"), ("solution",))


def test_whoever_was_judged_before_leaves_nothing_in_the_judge(sandbox: Sandbox) -> None:
    forgeries = [case for case in CORPUS if case["kind"] == "forge" and case["entry"] == "add"]
    assert len(forgeries) > 10
    right, wrong = CORPUS[0]["code"], CORPUS[1]["code"]
    for case in forgeries:
        verifier = SandboxVerifier(oracle_of(case), sandbox, wall=2.5)
        verifier.judge(case["code"])
        assert verifier.judge(wrong).success is False, case["name"]
        assert verifier.judge(right).success is True, case["name"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_an_ordinary_user_is_confined_as_well() -> None:
    """An ordinary user reaches L3 or better, also where this interpreter lies in a folder that only its owner can enter."""
    program = (
        "from kgents.sandbox.levels import LADDER\nfrom kgents.sandbox.sandbox import open_sandbox\n"
        "for ladder in (LADDER, [recipe for recipe in LADDER if 'userns' not in recipe.layers]):\n"
        "    sandbox = open_sandbox(ladder=ladder)\n"
        "    batch = sandbox.calls('def add(a, b): return a + b', 'add', [[1, 2]], 5)\n"
        "    print(sandbox.level, batch.answers[0]['value'])\n    sandbox.close()\n"
    )
    with public_interpreter() as (interpreter, environment):
        done = subprocess.run(
            [interpreter, "-c", program], capture_output=True, text=True, cwd="/", user=65533, group=65533,
            extra_groups=[], env={"PATH": os.environ["PATH"], **environment}, check=False,
        )  # fmt: skip
    levels = [line.split() for line in done.stdout.splitlines()]
    assert [value for _, value in levels] == ["3", "3"], done.stderr
    assert all(level in ("L3", "L4") for level, _ in levels)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_closed_home_is_named_where_it_costs_a_recipe(tmp_path: Path) -> None:
    """Where the sandbox's user cannot enter the interpreter's folder, the reason is told and names the folder."""
    if readable_by_all(Path(os.__file__)):
        tmp_path.chmod(0o700)
        environment = {"HOME": str(tmp_path)}
        interpreter = copied(tmp_path / "python")
    else:
        interpreter, environment = Path(sys.executable), {}
    program = (
        f"import sys; sys.path.insert(0, {str(SOURCE)!r})\n"
        "from kgents.sandbox.levels import LADDER\nfrom kgents.sandbox.sandbox import open_sandbox\n"
        "sandbox = open_sandbox(ladder=[recipe for recipe in LADDER if 'userns' not in recipe.layers])\n"
        "print(sandbox.level, *sandbox.describe()['notes'])\nsandbox.close()\n"
    )
    done = subprocess.run(
        [interpreter, "-c", program], capture_output=True, text=True, cwd="/", check=False,
        env={"PATH": os.environ["PATH"], "LD_LIBRARY_PATH": str(interpreter.parents[1] / "lib"), **environment},
    )  # fmt: skip
    assert done.stdout.startswith("L3 "), done.stderr
    assert "cannot read the interpreter: /" in done.stdout
    assert "is closed to others" in done.stdout
