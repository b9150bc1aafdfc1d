"""--examples: pairs of standard input and output, in our own shape and in those of APPS, LiveCodeBench and CodeContests."""

import base64
import io
import json
import pickle
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kgents.domain.json_lines import values
from kgents.errors import UsageError
from kgents.verify.stdio.examples import NEAR, WAYS, Example

OPTION = "--examples"
HINT = 'lines such as {"stdin": "2 3\\n", "stdout": "5\\n"}; or a task of LiveCodeBench or APPS'
LARGEST = 64_000_000  # characters of all examples
SLOWEST = 60  # CPU seconds that an example may ask for
_STDIN = ("stdin", "input")
_STDOUT = ("stdout", "output", "expected_output", "expected", "answers")
_FIELDS = frozenset((*_STDIN, *_STDOUT, "args", "returns", "checker", "tolerance", "seconds", "testtype"))
_SAME_WAY = {
    "floats": "tokens", "float": "tokens", "default": "tokens", "any_order": "unordered", "any order": "unordered",
    "lines": "exact", "yesno": "nocase",
}  # fmt: skip
_CONTESTS = ("public_tests", "private_tests", "generated_tests")

Read = tuple[list[Example], str | None]


def read_examples(text: str, option: str = OPTION) -> Read:
    """(examples, the function that they call, if they name one) of a file's text. UsageError names option and place."""
    examples: list[Example] = []
    entries: dict[str, None] = {}
    for location, item in _items(text.removeprefix("\ufeff"), option):
        some, entry = examples_in(item, f"{option} {location}")
        examples += some
        entries.update({entry: None} if entry else {})
    if not examples:
        raise UsageError(f"{option}: there is no example in the file", HINT)
    if len(entries) > 1:
        raise UsageError(
            f"{option}: examples of several functions ({', '.join(entries)})", "one task a file, or --suite"
        )
    return checked_examples(examples, option), next(iter(entries), None)


def checked_examples(examples: list[Example], option: str = OPTION) -> list[Example]:
    """Examples without repetition. UsageError where they contradict each other, or are too large."""
    known: dict[tuple[str, str], Example] = {}
    for number, one in enumerate(examples, 1):
        key = (one.stdin.strip(), json.dumps(one.args))
        other = known.setdefault(key, one)
        same = [[answer.split() for answer in each.answers] for each in (one, other)]
        if same[0] != same[1] or one.returns != other.returns:
            raise UsageError(
                f"{option}: example {number} has an input that an earlier one has, and another output",
                'where several are right, give a list: "stdout": ["1 2", "2 1"], or --checker FILE',
            )
    if sum(len(one.stdin) + sum(map(len, one.answers)) for one in known.values()) > LARGEST:
        raise UsageError(f"{option}: more than {LARGEST} characters in all", "leave the largest examples out")
    return list(known.values())


def _items(text: str, option: str) -> Iterator[tuple[str, Any]]:
    """(where, item) of a JSON list, of one JSON object, or of JSON lines."""
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        yield from _lines(text, option)
        return
    if isinstance(whole, list) and not _is_pair(whole):
        yield from ((f"item {number}", item) for number, item in enumerate(whole, 1))
    else:
        yield "item 1", whole


def _lines(text: str, option: str) -> Iterator[tuple[str, Any]]:
    for number, item in values(option, text.encode("utf-8", "surrogatepass"), HINT):
        yield f"line {number}", item


def _is_pair(item: Any) -> bool:
    return isinstance(item, list) and len(item) == 2 and all(isinstance(part, str) for part in item)


def examples_in(item: Any, location: str) -> Read:
    """(examples, function) of one item. UsageError names the place."""
    if _is_pair(item):
        return [Example(*_texts(item[0], location, "stdin"), answers=_texts(item[1], location, "stdout"))], None
    if not isinstance(item, dict):
        raise UsageError(f"{location}: neither an object nor a pair of strings", HINT)
    _refuse_interactive(item, location)
    if "input_output" in item or ("inputs" in item and "outputs" in item):
        return _apps(item, location)
    if item.keys() & {"public_test_cases", "private_test_cases"}:
        return livecodebench(item, location)
    if item.keys() & set(_CONTESTS):
        return _contests(item, location), None
    return [_own(item, location)], None


def _refuse_interactive(item: Mapping[str, object], location: str) -> None:
    texts = " ".join(str(item.get(name, "")) for name in ("question", "question_content", "description", "type"))
    if item.get("interactive") is True or is_interactive(texts):
        raise UsageError(
            f"{location}: an interactive task: its input depends on what the program prints",
            "only tasks whose whole input is known before can be judged",
        )


def is_interactive(text: str) -> bool:
    """Whether a statement says that the judge answers while the program runs."""
    low = text.lower()
    return any(words in low for words in ("interactive problem", "interactive task", "interactive judge", "interactor"))


def _own(item: Mapping[str, object], location: str) -> Example:
    unknown = sorted(item.keys() - _FIELDS)
    if unknown and not item.keys() & {*_STDIN, *_STDOUT, "args"}:
        raise UsageError(f"{location}: neither 'stdin' nor 'stdout'", HINT)
    functional = item.get("testtype") == "functional"
    if functional:
        return _functional(str(item.get("input", "")), str(item.get("output", "")), location)
    stdin = next((item[name] for name in _STDIN if name in item), "")
    answers = next((item[name] for name in _STDOUT if name in item), None)
    args = item.get("args", [])
    if not isinstance(args, list):
        raise UsageError(f"{location}: 'args' is no list", 'such as "args": [1, 2]')
    if answers is None and "returns" not in item:
        raise UsageError(f"{location}: 'stdout' is missing", HINT)
    several = answers if isinstance(answers, list) else [] if answers is None else [answers]
    outputs = tuple(text for each in several for text in _texts(each, location, "stdout"))
    return Example(
        *_texts(stdin, location, "stdin"),
        answers=outputs,
        args=tuple(args),
        returns=(item["returns"],) if "returns" in item else None,
        way=_way(item, location),
        near=_number(item, "tolerance", NEAR, 1.0, location),
        seconds=int(_number(item, "seconds", 0, SLOWEST, location)),
    )


def _texts(value: Any, location: str, name: str) -> tuple[str]:
    """A text, or the text of lines or of a number."""
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return ("\n".join(value),)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return (str(value),)
    raise UsageError(f"{location}: {name!r} is no string", HINT)


def _way(item: Mapping[str, object], location: str) -> str:
    way = str(item.get("checker", "tokens"))
    way = _SAME_WAY.get(way, way)
    if way not in WAYS:
        raise UsageError(f"{location}: 'checker' {way!r}: there is none", f"{', '.join(WAYS)}; or --checker FILE")
    return way


def _number(item: Mapping[str, Any], name: str, default: float, most: float, location: str) -> float:
    value = item.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise UsageError(f"{location}: {name!r} {value!r}: a number from 0 to {most:g}", HINT)
    return value


def _apps(item: Mapping[str, object], location: str) -> Read:
    """{inputs, outputs, fn_name}, alone (input_output.json) or as text within a task of APPS."""
    data: Any = item.get("input_output", item)
    if isinstance(data, str):
        try:
            data = json.loads(data)
        except (ValueError, RecursionError) as wrong:
            raise UsageError(f"{location}: 'input_output' is no JSON: {wrong}", HINT) from wrong
    inputs, outputs = (data.get("inputs"), data.get("outputs")) if isinstance(data, dict) else (None, None)
    if not isinstance(inputs, list) or not isinstance(outputs, list) or len(inputs) != len(outputs):
        raise UsageError(f"{location}: 'inputs' and 'outputs' are no lists of one length", HINT)
    name = data.get("fn_name")
    if name is None:
        pairs = zip(inputs, outputs, strict=True)
        return [Example(*_texts(a, location, "inputs"), answers=_texts(b, location, "outputs")) for a, b in pairs], None
    examples = [_called(arguments, value, location) for arguments, value in zip(inputs, outputs, strict=True)]
    return examples, str(name)


def _called(arguments: Any, value: Any, location: str) -> Example:
    """A call in APPS: outputs are often wrapped in a list of one."""
    if not isinstance(arguments, list):
        raise UsageError(f"{location}: 'inputs' of a function are no lists of arguments", HINT)
    alone = isinstance(value, list) and len(value) == 1
    return Example(args=tuple(arguments), returns=(value[0], value) if alone else (value,))


def livecodebench(item: Mapping[str, object], location: str) -> Read:
    """The public and private test cases of a task of LiveCodeBench, and the function that they call, if any."""
    cases = [case for name in ("public_test_cases", "private_test_cases") for case in _cases(item, name, location)]
    metadata = item.get("metadata") or {}
    if isinstance(metadata, str):
        try:
            metadata = json.loads(metadata)
        except ValueError as wrong:
            raise UsageError(f"{location}: 'metadata' is no JSON: {wrong}", HINT) from wrong
    examples = []
    for case in cases:
        stdin, wanted = (str(case.get(name, "")) for name in ("input", "output"))
        functional = case.get("testtype") == "functional"
        examples.append(_functional(stdin, wanted, location) if functional else Example(stdin, (wanted,)))
    entry = metadata.get("func_name") if isinstance(metadata, dict) else None
    return examples, str(entry) if entry and any(one.returns is not None for one in examples) else None


def _functional(stdin: str, wanted: str, location: str) -> Example:
    """Arguments, one a line, and the value that is returned, as JSON."""
    try:
        arguments = [json.loads(line) for line in stdin.split("\n") if line.strip()]
        return Example(args=tuple(arguments), returns=(json.loads(wanted),))
    except (ValueError, RecursionError) as wrong:
        raise UsageError(f"{location}: a functional test case is no JSON: {wrong}", HINT) from wrong


def _cases(item: Mapping[str, Any], name: str, location: str) -> list[dict[str, Any]]:
    data: Any = item.get(name) or []
    if isinstance(data, str):
        try:
            data = json.loads(data)
        except ValueError:
            data = _packed(data, f"{location}: {name!r}")
    if not isinstance(data, list) or not all(isinstance(case, dict) for case in data):
        raise UsageError(f"{location}: {name!r} is no list of test cases", HINT)
    return data


def _packed(text: str, location: str) -> Any:
    """What LiveCodeBench packs: JSON in a pickled text, compressed, in base64. Nothing but plain data is unpickled."""
    try:
        unpacker = zlib.decompressobj()
        content = unpacker.decompress(base64.b64decode(text, validate=True), 2 * LARGEST)
        if unpacker.unconsumed_tail:
            raise UsageError(f"{location}: more than {2 * LARGEST} bytes unpacked", HINT)
        unpacked = _Plain(io.BytesIO(content)).load()
        return json.loads(unpacked) if isinstance(unpacked, str | bytes) else unpacked
    except UsageError:
        raise
    except Exception as wrong:  # damaged in any way
        raise UsageError(f"{location} can be read neither as JSON nor as packed JSON: {wrong}", HINT) from wrong


class _Plain(pickle.Unpickler):
    """Refuses whatever is not built in."""

    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f"it names {module}.{name}")


def _contests(item: Mapping[str, Any], location: str) -> list[Example]:
    """Of CodeContests: {input: […], output: […]} in three fields."""
    examples = []
    for name in _CONTESTS:
        data = item.get(name) or {}
        inputs, outputs = data.get("input", []), data.get("output", [])
        if not isinstance(inputs, list) or not isinstance(outputs, list) or len(inputs) != len(outputs):
            raise UsageError(f"{location}: {name!r} is no pair of lists", HINT)
        pairs: Iterable[tuple[Any, Any]] = zip(inputs, outputs, strict=True)
        examples += [Example(*_texts(a, location, name), answers=_texts(b, location, name)) for a, b in pairs]
    return examples
