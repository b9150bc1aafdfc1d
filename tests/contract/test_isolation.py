"""The process that parses: whatever a parser does in there is an answer, and the next input is parsed all the same."""

import json
import os

import pytest

from kgents.errors import UsageError
from kgents.kinds.parse.trial import CHILD
from kgents.parsing.isolation import Isolation
from kgents.parsing.oracle import Answer

PARSER = """
import ctypes, json, os, socket, sys, time

def parse(text):
    match text:
        case "loop":
            while True: pass
        case "sleep": time.sleep(99)
        case "segfault": ctypes.string_at(0)
        case "exit": os._exit(3)
        case "memory": return "x" * 10**10
        case "print": print("noise"); sys.stderr.write("noise"); os.write(1, b"noise"); return [1]
        case "socket": socket.socket()
        case "write": open(os.environ["HOME"] + "/written", "w")
        case "fork": os.fork()
        case "kill": os.kill(os.getppid(), 9)
        case "deep":
            value = []
            for _ in range(30_000): value = [value]
            return value
        case "endless":
            value = []; value.append(value)
            return value
        case "secret": return dict(os.environ)
        case "forge":
            for descriptor in range(3, 40):
                try: os.write(descriptor, b"\\0" * 64)
                except OSError: pass
            return "forged"
        case "quit": raise SystemExit
        case "recursion": return parse_again(text)
    return json.loads(text)

def parse_again(text): return parse_again(text)
"""


@pytest.fixture
async def ask(tmp_path, request):
    (tmp_path / "hostile.py").write_text(PARSER)
    job = {
        "parsers": [{"parser": f"{tmp_path / 'hostile.py'}:parse"}, {"strategy": "strict"}],
        "language": "json", "schema": None, "seconds": getattr(request, "param", 0.25), "memory_mb": 256,
    }  # fmt: skip
    isolation = Isolation(job, {**os.environ, "HOME": str(tmp_path)}, CHILD)

    async def answers(*texts: str, parser: int = 0) -> list[Answer]:
        return await isolation.answers([(parser, text) for text in texts])

    answers.isolation = isolation
    yield answers
    await isolation.aclose()


@pytest.mark.parametrize(
    ("text", "status", "words"),
    [
        ("loop", "hung", "no end within 0.25 s"),
        ("sleep", "hung", "no end"),
        ("segfault", "crashed", "SIGSEGV"),
        ("exit", "crashed", "status 3"),
        ("memory", "crashed", "MemoryError"),
        ("endless", "crashed", "TooLarge"),
        ("quit", "crashed", "SystemExit"),
        ("recursion", "crashed", "RecursionError"),
        ("nothing", "rejected", "JSONDecodeError"),
    ],
)
async def test_one_input_never_ends_the_run(ask, text, status, words):
    before, found, after = await ask('{"a": 1}', text, "[2]")
    assert (before.value, after.value) == ({"a": 1}, [2])
    assert found.status == status
    assert words in found.error


async def test_many_killers_in_one_batch_are_each_told_apart(ask):
    found = await ask("exit", "[1]", "segfault", "loop", "[2]", "exit")
    assert [answer.status for answer in found] == ["crashed", "returned", "crashed", "hung", "returned", "crashed"]


async def test_what_is_printed_is_not_an_answer(ask):
    (found,) = await ask("print")
    assert found == Answer("returned", [1], micros=found.micros)


@pytest.mark.parametrize("ask", [20.0], indirect=True, ids=["with time on a busy machine"])
async def test_deep_values_come_back(ask):
    (found,) = await ask("deep")
    depth = 0
    value = found.value
    while value:
        value, depth = value[0], depth + 1
    assert depth == 30_000


async def test_what_forges_results_breaks_only_itself(ask):
    found = await ask("forge", "[1]", "[2]")
    assert found[0].status == "crashed" or found[0].value == "forged"
    assert [answer.value for answer in await ask("[3]")] == [[3]]


async def test_there_is_no_way_out(ask, tmp_path):
    """Where the kernel has the layers: no network, no files, no programs, no signals to others."""
    await ask.isolation.start()
    if not {"landlock", "seccomp"} <= set(ask.isolation.confinement):
        pytest.skip("this kernel does not have the layers")
    for answer in await ask("socket", "write", "fork", "kill"):
        assert answer.status == "crashed"
        assert "PermissionError" in answer.error
    assert not (tmp_path / "written").exists()


async def test_a_parser_that_cannot_be_loaded_is_a_usage_error():
    isolation = Isolation(
        {"parsers": [{"parser": "nowhere_to_be_found:parse"}], "language": "json", "schema": None, "seconds": 1,
         "memory_mb": 256}, os.environ, CHILD,
    )  # fmt: skip
    with pytest.raises(UsageError, match="nowhere_to_be_found"):
        await isolation.start()


async def test_commands_are_parsers(tmp_path):
    lines = ["cat", "exit 3", "kill -9 $$", "echo nonsense", "sleep 20"]
    job = {"parsers": [{"command": line} for line in lines], "language": "json", "schema": None, "seconds": 0.5,
           "memory_mb": 512}  # fmt: skip
    isolation = Isolation(job, os.environ, CHILD)
    try:
        found = await isolation.answers([(number, '{"a": 1}') for number in range(len(lines))])
    finally:
        await isolation.aclose()
    assert found[0].value == {"a": 1}
    assert [answer.status for answer in found] == ["returned", "rejected", "crashed", "rejected", "hung"]
    assert "SIGKILL" in found[2].error


async def test_commands_write_no_files(tmp_path):
    job = {"parsers": [{"command": f"(echo 1 > {tmp_path}/written); cat"}], "language": "json", "schema": None, "seconds": 5,
           "memory_mb": 512}  # fmt: skip
    isolation = Isolation(job, os.environ, CHILD)
    try:
        (found,) = await isolation.answers([(0, "[1]")])
    finally:
        await isolation.aclose()
    if "landlock" in isolation.confinement:
        assert not (tmp_path / "written").exists()
    assert found.value == [1]


async def test_the_truth_is_not_in_the_process_that_parses(ask):
    """A parser sees the texts it is given; the job that the process was started with holds no truth."""
    assert set(json.loads(ask.isolation._job)) == {"parsers", "language", "schema", "seconds", "memory_mb"}
