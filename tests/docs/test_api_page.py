"""The examples of docs/api.md, docs/how-notebook.md and of the docstrings of the public functions are run as they are printed."""

import doctest
from pathlib import Path

import pytest

import kgents

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "api.md"
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.IGNORE_EXCEPTION_DETAIL | doctest.ELLIPSIS


@pytest.fixture(autouse=True)
def _own_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KGENTS_DATABASE_URL", f"sqlite:///{tmp_path}/record.db")


@pytest.mark.parametrize(("page", "least"), [(PAGE, 25), (DOCS / "how-notebook.md", 7)], ids=["api", "notebook"])
def test_the_examples_of_a_page_come_out_as_printed(page: Path, least: int) -> None:
    failed, attempted = doctest.testfile(str(page), module_relative=False, optionflags=FLAGS)
    assert attempted >= least
    assert not failed


@pytest.mark.parametrize("name", [name for name in kgents.__all__ if ">>>" in (getattr(kgents, name).__doc__ or "")])
def test_the_example_of_a_function_comes_out_as_printed(name: str) -> None:
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    for case in doctest.DocTestFinder(recurse=False).find(getattr(kgents, name), name, globs={}):
        assert not runner.run(case).failed


def test_every_public_name_is_on_the_page() -> None:
    text = PAGE.read_text()
    assert [name for name in kgents.__all__ if name not in text] == []
