"""What is published of HumanEval's tests is what is found out of them here, under every Python that is named with it."""

import json
import platform
import sys
from collections.abc import Iterator

import pytest

from kgents.kinds.suite.files.suite import read_suite
from kgents.kinds.suite.oracles import oracle_of
from kgents.sandbox.sandbox import Sandbox, open_sandbox
from kgents.verify.mirrors.proof import proven
from kgents.verify.mirrors.published import FILE, SHORT, believed, is_plain, name_of
from kgents.verify.oracle import Oracle

PYTHON = f"{sys.implementation.name} {'.'.join(platform.python_version_tuple()[:2])}"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    opened = open_sandbox()
    yield opened
    opened.close()


def test_what_is_published_is_found_out_again(sandbox: Sandbox) -> None:
    """All 164 tell their solution from every stub, outside of the candidate's process; believed where this Python is named."""
    told = json.loads(FILE.read_text())
    asked: dict[str, tuple[Oracle, str]] = {}
    for task in read_suite("humaneval").tasks:
        oracle, good = oracle_of(task, sandbox, None, None), task.canonical or ""
        asked[name_of(oracle, good)] = (oracle, good)
    done = sandbox.pool.map(lambda pair: proven(pair[0], sandbox, pair[1]), asked.values())
    plain = sorted(name for name, tried in zip(asked, done, strict=True) if is_plain(tried))
    assert [name[:SHORT] for name in plain] == told["tests"]
    assert len(plain) == 164
    found = believed(asked, sandbox, lambda oracle, good: proven(oracle, sandbox, good))
    assert sorted(found) == (plain if PYTHON in told["pythons"] else [])
