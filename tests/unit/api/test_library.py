"""generate, parse and laws as functions: the options of the commands, checked by the commands."""

import collections
import doctest
import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

import kgents as kg
from kgents.cli import library
from kgents.errors import UsageError

TRIAL = {"record": False, "seed": 1}


def test_the_examples_of_the_docstrings() -> None:
    functions = [library.generate, library.parse, library._laws]
    assert all(">>>" in str(function.__doc__) for function in functions)
    finder = doctest.DocTestFinder(recurse=False)
    for function in functions:
        for example in finder.find(function, globs={}):
            assert doctest.DocTestRunner().run(example).failed == 0


def test_generate_takes_every_option_of_the_command(tmp_path: Path) -> None:
    """A list is an option given several times, a flag is True, and the record is that of the command."""
    database = f"sqlite:///{tmp_path / 'record.db'}"
    result = kg.generate(
        "def add(a, b): return a + b", model="simulated:1.0", adaptive=True, target=0.5, max_trials=20, seed=3,
        name="x", tags=["one", "two"], database=database,
    )  # fmt: skip
    assert result.supported
    assert kg.load("x", database=database).sentence == result.sentence
    assert result.to_dict()["tags"] == ["one", "two"]


def test_parse_takes_a_function_that_can_be_imported() -> None:
    result = kg.parse(json.loads, n=20, **TRIAL)  # type: ignore[arg-type]
    assert result.trials == 20
    assert kg.parse("strict", n=20, **TRIAL).trials == 20  # type: ignore[arg-type]
    assert {arm["name"] for arm in kg.parse(["strict", "lazy_validation"], n=20, **TRIAL).arms} == {  # type: ignore[arg-type]
        "strict", "lazy_validation",
    }  # fmt: skip


def test_laws_is_a_package_and_a_function_in_any_order() -> None:
    """`kgents.laws` is imported as a package before and after it is called."""
    package = importlib.import_module("kgents.laws")
    assert kg.laws is package
    result = kg.laws(collections.Counter, cases=50, **TRIAL)  # type: ignore[arg-type]
    assert not result.refuted
    importlib.import_module("kgents.laws.answers")
    assert kg.laws is package
    assert callable(kg.laws)


def test_what_another_process_cannot_import_is_refused() -> None:
    for parser in (lambda text: text, lambda text: None):
        with pytest.raises(UsageError, match="lambda"):
            kg.parse(parser, **TRIAL)  # type: ignore[arg-type]
    code = "import kgents as kg\ndef mine(text): return text\nkg.parse(mine, n=5, record=False)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "UsageError: mine is defined in no file" in done.stderr


def test_a_script_gives_its_own_function_by_its_path(tmp_path: Path) -> None:
    script = tmp_path / "mine.py"
    script.write_text(
        "import json, kgents as kg\n"
        "def mine(text):\n    return json.loads(text)\n"
        "if __name__ == '__main__':\n"
        f"    print(kg.parse(mine, n=20, seed=1, database='sqlite:///{tmp_path}/record.db').trials)\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
    assert done.stdout == "20\n", done.stderr


def test_wrong_options_are_said_as_the_command_says_them() -> None:
    with pytest.raises(TypeError, match="nonsense"):
        kg.generate("def f(x): return x", nonsense=1)
    with pytest.raises(TypeError, match="as_json"):
        kg.generate("def f(x): return x", as_json=True)
    with pytest.raises(UsageError, match="many"):
        kg.generate("def f(x): return x", n="many")
    with pytest.raises(UsageError, match="--target 3"):
        kg.parse("strict", target=3.0, adaptive=True)


def test_a_list_is_every_one_of_it() -> None:
    """For an option with commas as for one that is repeated."""
    from kgents.cli.laws import laws as command
    from kgents.cli.library import options_of

    asked = options_of(command, {"target": "collections:Counter", "names": ["associativity", "commutativity"]})
    assert asked["names"] == "associativity,commutativity"
