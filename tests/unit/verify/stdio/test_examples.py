"""Files of examples in every shape that is read, and what is refused."""

import base64
import json
import pickle
import zlib
from typing import Any

import pytest

from kgents.errors import UsageError
from kgents.verify.stdio.examples import Example, Programs
from kgents.verify.stdio.reading import read_examples

OWN = [{"stdin": "1\n", "stdout": "2\n"}, {"stdin": "3\n", "stdout": "4\n"}]
CASES = [{"input": "1\n", "output": "2\n", "testtype": "stdin"}]
CALLS = [{"input": "[1, 2]\n3", "output": "6", "testtype": "functional"}]


def packed(cases: Any) -> str:
    """As LiveCodeBench packs private test cases."""
    return base64.b64encode(zlib.compress(pickle.dumps(json.dumps(cases)))).decode()


def test_pairs_in_our_own_shape() -> None:
    """JSON, JSON lines, pairs of strings, other names, a BOM."""
    wanted = [Example("1\n", ("2\n",)), Example("3\n", ("4\n",))]
    for text in (
        json.dumps(OWN),
        "\ufeff" + "\n".join(map(json.dumps, OWN)) + "\n\n",
        json.dumps([["1\n", "2\n"], ["3\n", "4\n"]]),
        json.dumps([{"input": one["stdin"], "output": one["stdout"]} for one in OWN]),
        json.dumps({"inputs": ["1\n", "3\n"], "outputs": ["2\n", "4\n"]}),
        json.dumps({"inputs": [["1", ""], "3\n"], "outputs": [["2", ""], "4\n"]}),
    ):
        assert read_examples(text) == (wanted, None), text


def test_what_an_example_may_say_besides() -> None:
    """Several answers, how outputs are compared, a tolerance, a limit; arguments and results."""
    told = {"stdin": "", "stdout": ["a", "b"], "checker": "any_order", "tolerance": 0.01, "seconds": 2}
    (one,), entry = read_examples(json.dumps([told]))
    assert (one.answers, one.way, one.near, one.seconds, entry) == (("a", "b"), "unordered", 0.01, 2, None)
    (one,), _ = read_examples('{"args": [1, 2], "returns": 3}')
    assert (one.args, one.returns, one.answers) == ((1, 2), (3,), ())


def test_a_task_of_livecodebench() -> None:
    """Public cases as text, private ones packed; calls with the name of the function."""
    task = {"question_content": "…", "public_test_cases": json.dumps(CASES), "metadata": "{}"}
    task["private_test_cases"] = packed([{"input": "5\n", "output": "6\n", "testtype": "stdin"}])
    assert read_examples(json.dumps(task)) == ([Example("1\n", ("2\n",)), Example("5\n", ("6\n",))], None)
    task = {"public_test_cases": json.dumps(CALLS), "private_test_cases": packed([]), "metadata": '{"func_name": "f"}'}
    assert read_examples(json.dumps(task)) == ([Example(args=([1, 2], 3), returns=(6,))], "f")


def test_a_task_of_apps_and_of_codecontests() -> None:
    """Programs, calls whose results are wrapped, three fields of tests."""
    task = {"question": "…", "input_output": json.dumps({"inputs": ["1\n"], "outputs": ["2\n"]})}
    assert read_examples(json.dumps(task)) == ([Example("1\n", ("2\n",))], None)
    task["input_output"] = json.dumps({"fn_name": "f", "inputs": [[1, "a"]], "outputs": [[True]]})
    assert read_examples(json.dumps(task)) == ([Example(args=(1, "a"), returns=(True, [True]))], "f")
    contest = {"public_tests": {"input": ["1\n"], "output": ["2\n"]}, "private_tests": {"input": [], "output": []}}
    assert read_examples(json.dumps(contest)) == ([Example("1\n", ("2\n",))], None)


class Evil:
    """Runs a function where it is unpickled."""

    def __reduce__(self) -> Any:
        return (print, ("unpickled",))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "no example"),
        ("{", "not JSON"),
        ("3", "neither an object"),
        ('{"stdin": "1"}', "'stdout' is missing"),
        ('{"a": 1}', "neither 'stdin' nor 'stdout'"),
        ('{"stdin": "1", "stdout": null}', "'stdout' is missing"),
        ('{"stdin": {}, "stdout": "1"}', "'stdin' is no string"),
        ('{"stdin": "1", "stdout": "2", "checker": "magic"}', "'magic'"),
        ('{"stdin": "1", "stdout": "2", "tolerance": -1}', "'tolerance'"),
        ('{"stdin": "1", "stdout": "2"}\n{"stdin": "1\\n", "stdout": "3"}', "another output"),
        ('{"inputs": ["1"], "outputs": []}', "one length"),
        ('{"input_output": "{"}', "no JSON"),
        ('{"stdin": "1", "stdout": "2", "interactive": true}', "interactive"),
        ('{"question_content": "This is an interactive problem.", "public_test_cases": "[]"}', "interactive"),
        ('{"public_test_cases": "%%%"}', "packed"),
        (
            json.dumps({"public_test_cases": base64.b64encode(zlib.compress(pickle.dumps(Evil()))).decode()}),
            "builtins.print",
        ),
    ],
)
def test_what_is_no_file_of_examples_is_refused(text: str, word: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A sentence names what is wrong; nothing in the file is executed."""
    with pytest.raises(UsageError) as wrong:
        read_examples(text)
    assert word in wrong.value.message
    assert capsys.readouterr().out == ""


def test_examples_are_data() -> None:
    """What is recorded is read back."""
    programs = Programs((Example("1", ("2", "3"), (1, [2]), ([3],), "exact", 0.1, 4), Example()), "f", "c", "p", ("x",))
    assert Programs.from_data(json.loads(json.dumps(programs.to_data()))) == programs
