"""A guest of the sandbox: confined as candidates are, reads what it was given, and cannot outstay its time."""

import os

import pytest

from kgents.errors import SandboxUnavailable
from kgents.kinds.laws import guest as confined
from kgents.sandbox.levels import LADDER
from kgents.sandbox.sandbox import open_sandbox

TARGET = "class A:\n    def __init__(self, n: int): self.n = n\n    def __add__(self, o): return A(self.n + o.n)\n"
JOB = {"laws": ["associativity"], "cases": 20, "seed": 1, "spec": {}, "path": []}


def guest(folder):
    return confined.guest([str(folder)], {"as_mb": 1024, "cpu_s": 20})


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("target")
    folder.chmod(0o700)  # nobody but its owner may read it
    (folder / "a.py").write_text(TARGET)
    (folder / "endless.py").write_text("while True: pass\n")
    (folder / "nosy.py").write_text("open('/etc/passwd').read()\n" + TARGET)
    return folder


@pytest.fixture(scope="module")
def sandbox(place):
    opened = open_sandbox(guest=guest(place))
    yield opened
    opened.close()


def verdict(said):
    return said["findings"]["laws"][0]["verdict"]


def test_its_level_is_that_of_candidates_even_where_only_the_owner_may_read(sandbox, place):
    assert sandbox.level >= "L3"
    said, ended = sandbox.exchange({**JOB, "target": f"{place / 'a.py'}:A"}, 20)
    assert verdict(said) == "not_refuted"
    assert not ended.overdue


def test_it_reads_nothing_else(sandbox, place):
    said, _ = sandbox.exchange({**JOB, "target": f"{place / 'nosy.py'}:A"}, 20)
    assert "/etc/passwd" in said["error"]["message"]


def test_it_is_ended_when_its_time_is_up(sandbox, place):
    said, ended = sandbox.exchange({**JOB, "target": f"{place / 'endless.py'}:A"}, 1)
    assert said is None
    assert ended.overdue


def test_jobs_do_not_see_each_other(sandbox, place):
    """Every job is a fork of a process that has imported no target."""
    for _ in range(2):
        said, _ = sandbox.exchange({"replay": f"import sys\nassert {str(place)!r} not in sys.path", "path": []}, 20)
        assert said == {"broken": False}


def test_a_weak_sandbox_is_refused_unless_it_is_allowed(place):
    with pytest.raises(SandboxUnavailable, match="L3"):
        open_sandbox(ladder=LADDER[-1:], guest=guest(place))
    opened = open_sandbox(allow_weak=True, ladder=LADDER[-1:], guest=guest(place))
    try:
        assert opened.level < "L3"
        assert verdict(opened.exchange({**JOB, "target": f"{place / 'a.py'}:A"}, 20)[0]) == "not_refuted"
    finally:
        opened.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root is another user inside")
def test_what_cannot_be_read_in_a_recipe_is_said(place):
    with pytest.raises(SandboxUnavailable, match="cannot be read"):
        open_sandbox(ladder=LADDER[:1], guest=guest(place))
