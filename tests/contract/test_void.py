"""The void: what a program finds there, and that nothing of it remains; with and without namespaces."""

import asyncio
import json
import os
import sys
import tempfile
from pathlib import Path

import pytest

from kgents.harness import void as module
from kgents.harness.void import Level, Void
from kgents.sandbox.process import Ended

LOOK = """
import json, os, socket, sys
print(json.dumps({
    "env": dict(os.environ), "cwd": os.listdir("."), "home": os.listdir(os.environ["HOME"]), "stdin": sys.stdin.read(),
    "net": [name for _, name in socket.if_nameindex()], "pids": [int(p) for p in os.listdir("/proc") if p.isdigit()],
    "pid": os.getpid(), "uid": os.getuid(),
}))
"""
ESCAPE = """
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        open(sys.argv[1], "w").write("alive")
        os.dup2(os.open(os.devnull, os.O_RDWR), 1)
        time.sleep(600)
    os._exit(0)
os.wait()
while not os.path.exists(sys.argv[1]):
    time.sleep(0.01)
if sys.argv[2] == "stay":
    time.sleep(600)
"""


@pytest.fixture(params=["namespaces", "none"])
def level(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """With what the kernel gives, and as if it gave nothing."""
    if request.param == "none":
        launcher = tmp_path / "launcher.py"
        refused = 'def enter() -> None:\n    raise OSError("not permitted")\n\n\ndef _never() -> None:'
        launcher.write_text(module._LAUNCHER.read_text().replace("def enter() -> None:", refused))
        monkeypatch.setattr(module, "_LAUNCHER", launcher)
    return str(request.param)


async def run(
    source: str, *arguments: str, stdin: bytes = b"", limit: int = 1_000_000
) -> tuple[Ended, Level, list[str]]:
    async with Void({"PATH": os.environ["PATH"], "MY_API_KEY": "sk-planted-0123456789abcdef"}) as void:
        (await void.enter(stdin, limit)).close()
        ended = await void.start([sys.executable, "-c", source, *arguments], {"GIVEN": "1"})
        return ended, void.level, [str(void.home), str(void.work)]


def processes(word: str) -> list[str]:
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes().decode("latin-1")
        except OSError:
            continue
        if word in command and int(entry.name) != os.getpid():
            found.append(command)
    return found


async def test_what_is_there(level: str) -> None:
    ended, reached, (home, _) = await run(LOOK, stdin=b"the prompt\n" * 20_000)
    assert ended.status == 0, ended.stderr
    assert not ended.cut
    seen = json.loads(ended.stdout)
    assert seen["cwd"] == seen["home"] == []
    assert seen["stdin"] == "the prompt\n" * 20_000
    names = {"PATH", "HOME", "TMPDIR", "LANG", "NO_COLOR", "GIVEN", "KGENTS_RUN_TOKEN", "LC_CTYPE"}
    assert set(seen["env"]) <= names
    assert seen["env"]["HOME"] == home
    assert seen["uid"] == os.getuid()
    assert not Path(home).exists()  # noqa: ASYNC240
    if level == "none":
        assert str(reached) == "own home and environment; no namespaces (not permitted)"
    elif reached.inside:
        assert seen["net"] == ["lo"]
        assert sorted(seen["pids"]) == [1, seen["pid"]] == [1, 2]


@pytest.mark.parametrize("how", ["go", "stay"])
async def test_nothing_remains_of_a_program_that_left_its_group(level: str, how: str, tmp_path: Path) -> None:
    """Whether the program ends by itself or is cancelled."""
    sign = tmp_path / "sign"
    running = asyncio.create_task(run(ESCAPE, str(sign), how))
    if how == "stay":
        while not sign.exists() and not running.done():  # noqa: ASYNC110 (another process makes it)
            await asyncio.sleep(0.02)
        assert processes(str(sign))
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    else:
        assert (await running)[0].status == 0
    assert sign.exists()
    assert processes(str(sign)) == []


async def test_output_is_cut_and_a_signal_is_told(level: str) -> None:
    ended, _, _ = await run("print('x' * 100000)", limit=1000)
    assert ended.cut
    assert (ended.stdout.count(b"x"), len(ended.stdout) < 1100) == (999, True)  # the last is the end of the line
    ended, reached, _ = await run("import os; os.kill(os.getpid(), 9)")
    assert ended.status == (137 if reached.inside else -9)
    ended, _, _ = await run("raise SystemExit(7)")
    assert ended.status == 7


async def test_a_void_that_is_not_used_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    async with Void({}) as void:
        (await void.enter(b"", 10)).close()
    assert list(tmp_path.iterdir()) == []  # noqa: ASYNC240
    assert processes(str(tmp_path)) == []


async def test_a_program_that_is_not_there(level: str) -> None:
    async with Void({}) as void:
        (await void.enter(b"", 1000)).close()
        ended = await void.start(["/nowhere/agent"], {})
    assert ended.status == 127
    assert b"/nowhere/agent" in ended.stderr
