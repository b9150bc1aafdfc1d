"""A long list as JSON, of which a copy of the process writes the second half, is the list that one process writes."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from kgents.domain.ports import Query
from kgents.store import open_store

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))
from test_listing import MANY, recorded

from conftest import clean_environment

# A program in whose place `kg experiment history` runs: {before} is done first.
PROGRAM = """
import os, sys
from kgents.runner import second_half
from kgents.__main__ import main
second_half.WORTH = {worth}
os.sched_getaffinity = lambda process: {{0, 1}}
fork = os.fork
def counted():
    process = fork()
    if process:
        print("a copy", file=sys.stderr)
    return process
os.fork = counted
def told(*arguments):
    print("copied", file=sys.stderr)
    copied(*arguments)
copied, second_half.SecondHalf._copy = second_half.SecondHalf._copy, told
{before}
sys.argv[1:1] = ["experiment", "history", "--json"]
main()
"""


async def _filled(url: str, many: int = MANY) -> list[str]:
    store = await open_store(url)
    names = [await recorded(store, number) for number in range(many)]
    await store.aclose()
    return names[::-1]


@pytest.fixture
def record(tmp_path: Path) -> tuple[str, list[str]]:
    """A record and the ids in it, the newest first."""
    url = f"sqlite:///{tmp_path / 'record.db'}"
    return url, asyncio.run(_filled(url))


def listed(url: str, *options: str, worth: int = 4, before: str = "") -> subprocess.CompletedProcess[str]:
    program = PROGRAM.format(worth=worth, before=before)
    return subprocess.run(
        [sys.executable, "-c", program, "--database", url, *options],
        env=clean_environment(Path(url.removeprefix("sqlite:///")).parent),
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize(
    "options", [("--limit", "0"), ("--limit", "7"), ("--limit", "0", "--search", "exp-"), ("--full", "--limit", "4")]
)
def test_two_processes_write_what_one_writes(record: tuple[str, list[str]], options: tuple[str, ...]) -> None:
    url, _ = record
    both, alone = listed(url, *options), listed(url, *options, worth=10**6)
    assert (both.returncode, both.stdout) == (alone.returncode, alone.stdout) == (0, alone.stdout)
    assert both.stderr == "a copy\ncopied\n"
    assert json.loads(both.stdout) == json.loads(alone.stdout)


def test_all_are_listed_once(record: tuple[str, list[str]]) -> None:
    url, names = record
    assert [document["id"] for document in json.loads(listed(url, "--limit", "0").stdout)] == names


@pytest.mark.parametrize(
    "before",
    [
        "second_half._half = lambda *told: os._exit(1)",
        "second_half._half = lambda *told: os.kill(os.getpid(), 9)",
        "second_half._half = lambda *told: os.write(told[-2], b'MIDDLE') and 1 / 0",
        "second_half._half = lambda *told: os.write(told[-2], b'MIDDLE') and told[-1].write(b'{') and 1 / 0",
        "second_half._half = lambda *told: os.write(told[-2], b'exp-nobody')",
    ],
)
def test_a_copy_that_fails_loses_nothing(record: tuple[str, list[str]], before: str) -> None:
    url, names = record
    listing = listed(url, "--limit", "0", before=before.replace("MIDDLE", names[5]))
    assert [document["id"] for document in json.loads(listing.stdout)] == names
    assert (listing.returncode, listing.stderr) == (0, "a copy\n")


def test_where_no_copy_can_be_made_there_is_one_process(record: tuple[str, list[str]]) -> None:
    url, names = record
    refused = "def none(): raise OSError(11, 'no more processes')\nos.fork = none"
    listing = listed(url, "--limit", "0", before=refused)
    assert [document["id"] for document in json.loads(listing.stdout)] == names


@pytest.mark.parametrize("place", [1, -1])
def test_damage_in_either_half_is_told_as_by_one_process(record: tuple[str, list[str]], place: int) -> None:
    """What stands before it is written, and the exit code is that of damage."""
    url, names = record

    async def damage() -> None:
        store = await open_store(url)
        async with store.engine.begin() as connection:
            await connection.execute(
                text("UPDATE experiments SET doc = json_set(doc, '$.status', 'x') WHERE id = :id"), {"id": names[place]}
            )
        await store.aclose()

    asyncio.run(damage())
    both, alone = listed(url, "--limit", "0"), listed(url, "--limit", "0", worth=10**6)
    assert both.returncode == alone.returncode == 3
    assert both.stdout == alone.stdout
    assert both.stderr == "a copy\n" + alone.stderr.removeprefix("a copy\n")


async def test_halves_meet_at_an_experiment(database: str) -> None:
    """Those behind it are told from those before it, also where several began at one moment."""
    store = await open_store(database)
    for number in range(9):
        await recorded(store, number, minute=number // 3)
    every = [summary.plan.experiment async for summary in store.history(Query(limit=None))]
    assert len(every) == 9
    for place, name in enumerate(every):
        older = [row.id async for row in store.glances(Query(limit=None, older_than=name))]
        assert older == every[place + 1 :]
        assert await store.count(Query(older_than=name)) == len(older)
    assert [row.id async for row in store.glances(Query(older_than="exp-nobody"))] == []
    await store.aclose()
