"""Commands with fixed seeds print what they printed before: documents, texts and files as in tests/acceptance/golden.

What differs from run to run (ids, times, hashes of marks) and from machine to machine (folders, the sandbox) is
normalised. A change of a golden file is a change of behaviour: `KGENTS_GOLDEN=write pytest tests/acceptance/test_golden.py`
rewrites them, the diff is reviewed, and CHANGELOG has a line for it under Changed.
"""

import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import redirect_stderr, redirect_stdout
from html import unescape
from importlib.metadata import version
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis.internal.conjecture import providers

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))
from golden_plans import FILES, PLANS

import schemas
from conftest import clean_environment
from kgents.cli import run

WRITE = os.environ.get("KGENTS_GOLDEN") == "write"
GOLDEN = Path(__file__).with_name("golden")
CONSTRAINTS = Path(__file__).parents[2] / "constraints.txt"
DRAWN = {
    "laws-hold",
    "laws-refuted",
    "show-laws",
    "report-laws-md",
}  # what Hypothesis draws is that of the pinned version
TIMES = {"created_at", "started_at", "completed_at", "updated_at", "timestamp", "at", "cwd", "duration_ms", "kgents",
         "mean_duration_ms", "sandbox", "recipe", "path", "readable", "mark_ids", "hash", "traceback", "growth", "confinement",
         "microseconds_per_input", "microseconds_per_trial", "duration_seconds"}  # fmt: skip
PATTERNS = [
    (re.compile(r"exp-[0-9a-z]{8,}"), "exp-ID"),
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?(\+00:00|Z)?"), "TIME"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "HASH"),
    (re.compile(r"\b\d+(\.\d+)? ?(ms|s)\b"), "SECONDS"),
    (re.compile(r'(time|timestamp)="[^"]*"'), r'\1="SECONDS"'),
    (re.compile(r"L\d: [^\n<]*"), "SANDBOX"),
    (re.compile(r"head(</th><td><code>| )[0-9a-f]{16}"), "head HEAD"),
    (re.compile(r"<code>[0-9a-f]{16,}"), "<code>HEAD"),
    (re.compile(r"(?<![\d.])\d+(\.\d+)?(?=,[01]\.\d+,\d+,TIME)"), "MS"),
    (re.compile(r"(?<=<td>)\d+(\.\d+)?(?=</td><td>[^<]*</td></tr>)"), "MS"),
    (re.compile(r"\d+ µs"), "MICROSECONDS"),
]


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., tuple[int, str]]]:
    """`shell(*words)` runs a command in this process, in one home for all; its exit code and standard output."""
    home = tmp_path_factory.mktemp("golden")
    for name, text in FILES.items():
        (home / name).write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name not in ("PATH", "LANG", "TMPDIR")]:
            patch.delenv(name)
        for name, value in clean_environment(home).items():
            patch.setenv(name, value)
        patch.setenv("KGENTS_NO_USER", "1")  # golden files are of any machine
        patch.chdir(home)
        # Hypothesis also draws constants of the sources that are not installed: ours, and those of this test
        patch.setattr(providers, "_get_local_constants", providers.Constants)
        providers.CONSTANTS_CACHE.cache.clear()

        def call(*words: str) -> tuple[int, str]:
            patch.setattr(sys, "argv", ["kg", *words])
            out = StringIO()
            with redirect_stdout(out), redirect_stderr(StringIO()), pytest.raises(SystemExit) as stop:
                run()
            return int(stop.value.code or 0), out.getvalue()

        yield call


def plain(text: str) -> str:
    """Text without what differs from run to run."""
    text = text.replace(str(Path.cwd()), "HOME")
    for pattern, word in PATTERNS:
        text = pattern.sub(word, text)
    return text


def normal(data: Any, key: str = "", random: Set[str] = frozenset()) -> Any:
    """JSON data without what differs from run to run, floats to nine digits."""
    match data:
        case _ if key in TIMES | random and data is not None:
            return key.upper()
        case dict():
            return {name: normal(value, name, random) for name, value in data.items()}
        case list():
            return [normal(value, "", random) for value in data]
        case str():
            return plain(data) if key != "boundary_digest" else data
        case float():
            return float(f"{data:.9g}")
    return data


def words_of(page: str) -> list[str]:
    """What a person reads on a page of HTML, without pictures, which follow the clock, and without the milliseconds."""
    page = re.sub(r"<(style|svg|figcaption|template)\b.*?</\1>", "", page, flags=re.DOTALL)
    page = re.sub(
        r"<td>\d+\.\d</td><td>(<a href=[^>]*>|<span class=\"mute\">)\w*</(a|span)>", "<td>MS</td><td>ANSWER", page
    )
    lines = (unescape(re.sub(r"<[^>]+>", " ", line)).strip() for line in page.splitlines())
    return plain("\n".join(re.sub(r" {2,}", "  ", line) for line in lines if line)).splitlines()


def output(text: str, words: Sequence[str] = ()) -> Any:
    """What was printed: a JSON document, or the lines of a text or of JSON."""
    random = {"seed", "order"} if words[:2] == ("experiment", "verify") else set()
    try:
        return normal(json.loads(text), random=random)
    except ValueError:
        lines = plain(text).splitlines()
    if words[:2] == ("experiment", "history"):  # how wide a column is depends on how long trials took
        lines = [re.sub(" {3,}", "  ", line) for line in lines]
    try:
        return [normal(json.loads(line)) for line in lines]
    except ValueError:
        return lines


def _check_document(text: str) -> None:
    """A document of an experiment is what `kg schema` says, field by field, also in its configuration."""
    document = json.loads(text) if text.startswith("{") else {}
    if "evidence" in document:
        schemas.check(document)


@pytest.mark.parametrize("name", PLANS)
def test_what_a_command_prints_stays(name: str, shell: Callable[..., tuple[int, str]]) -> None:
    """The exit code and the output of a command are those of its golden file, but for what is normalised."""
    words = PLANS[name]
    code, out = shell(*words)
    files = {path.name: (words_of if path.suffix == ".html" else output)(path.read_text(encoding="utf-8"))
             for path in sorted(Path.cwd().glob("out.*"))}  # fmt: skip
    for path in Path.cwd().glob("out.*"):
        path.unlink()
    record = {"command": list(words), "exit": code, "output": output(out, words), **({"files": files} if files else {})}
    text = json.dumps(record, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    _check_document(out)
    path = GOLDEN / f"{name}.json"
    if WRITE:
        path.write_text(text, encoding="utf-8")
    if name in DRAWN and version("hypothesis") != pinned("hypothesis"):
        assert code == json.loads(path.read_text(encoding="utf-8"))["exit"]
        return
    assert text.splitlines() == path.read_text(encoding="utf-8").splitlines()


def pinned(package: str) -> str:
    """The version in constraints.txt."""
    (line,) = re.findall(rf"^{package}==(.+)$", CONSTRAINTS.read_text(encoding="utf-8"), re.MULTILINE)
    return str(line)
