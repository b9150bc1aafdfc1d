"""Test programs as pytest would collect them: functions, methods, parameters, and the plain fixtures of the file itself.

Rule: what is not supported is refused when the oracle is made (`verify.fixtures`), never found out at a candidate's cost.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from inspect import isgenerator, signature
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kgents.verify.mirrors.inside.messages import Report

_Fixtures = Mapping[str, Callable[..., Any]]


def collected(names: dict[str, Any], own: list[str], entry: str | None, report: "Report") -> int:
    """Runs check(candidate) if there is one, and every test_… function and method; the number of them.

    own  names that stand for the candidate's: a function of its own that is called check or test_… is no test
    """
    done = 0
    if callable(names.get("check")) and entry and "check" not in own:
        names["check"](names[entry])
        done += 1
    fixtures = dict(_fixtures(names))
    for name, value in list(names.items()):
        if name in own:
            continue
        if name.startswith("test") and callable(value) and not isinstance(value, type):
            for arguments in _cases(value):
                report["test"] = name
                _run(value, arguments, fixtures)
                done += 1
        elif name.startswith("Test") and isinstance(value, type):
            for method in [method for method in vars(value) if method.startswith("test")]:
                report["test"] = f"{name}.{method}"
                done += _method(value, method, fixtures)
    report.pop("test", None)
    return max(done, 1)


def _method(kind: Any, name: str, fixtures: _Fixtures) -> int:
    """A test method with each of its parameters, between setUp and tearDown where there are any."""
    done = 0
    for arguments in _cases(vars(kind)[name], getattr(kind, "pytestmark", ())):
        thing = kind(name) if hasattr(kind, "assertEqual") else kind()
        before, after = ("setUp", "tearDown") if hasattr(thing, "setUp") else ("setup_method", "teardown_method")
        if hasattr(thing, before):
            getattr(thing, before)()
        _run(getattr(thing, name), arguments, fixtures)
        if hasattr(thing, after):
            getattr(thing, after)()
        done += 1
    return done


def _run(test: Callable[..., Any], arguments: Mapping[str, object], fixtures: _Fixtures) -> None:
    with ExitStack() as stack:
        test(**arguments, **_asked(test, fixtures, stack, {}, arguments))


def _asked(
    function: Callable[..., Any],
    fixtures: _Fixtures,
    stack: ExitStack,
    made: dict[str, object],
    passed: Mapping[str, object] = {},
) -> dict[str, object]:
    """The values of the fixtures that a function asks for; each is made once for a test."""
    wanted = [name for name in signature(function).parameters if name in fixtures and name not in passed]
    for name in wanted:
        if name not in made:
            value = fixtures[name](**_asked(fixtures[name], fixtures, stack, made))
            made[name] = stack.enter_context(_lent(value)) if isgenerator(value) else value
    return {name: made[name] for name in wanted}


@contextmanager
def _lent(steps: Any) -> Iterator[Any]:
    """What a fixture yields; the rest of it runs after the test."""
    yield next(steps)
    for _ in steps:
        raise RuntimeError("a fixture yields twice")


def _fixtures(names: Mapping[str, Any]) -> Iterator[tuple[str, Callable[..., Any]]]:
    """The functions under @pytest.fixture, as pytest before and since 8.4 keeps them."""
    for name, value in names.items():
        if type(value).__name__ == "FixtureFunctionDefinition":
            yield name, value._fixture_function
        elif hasattr(value, "_pytestfixturefunction") and hasattr(value, "__pytest_wrapped__"):
            yield name, value.__pytest_wrapped__.obj


def _cases(function: Any, more: Any = ()) -> list[dict[str, object]]:
    """The keyword arguments of each case of a function that pytest would parametrise; those to be skipped left out."""
    marks = [*getattr(function, "pytestmark", []), *(more if isinstance(more, list | tuple) else [more])]
    cases: list[dict[str, object]] = [] if _left_out(marks) else [{}]
    for mark in marks:
        if mark.name == "parametrize":
            named = [mark.kwargs[key] for key in ("argnames", "argvalues") if key in mark.kwargs]
            names, rows = [*mark.args, *named][:2]
            if isinstance(names, str):
                names = [name.strip() for name in names.split(",") if name.strip()]
            values = [values for row in rows for values in _values(row, len(names))]
            cases = [{**case, **dict(zip(names, row, strict=True))} for case in cases for row in values]
    return cases


def _values(row: Any, count: int) -> list[Any]:
    """The values of one row, plain or a pytest.param; none where that is marked to be skipped."""
    if type(row).__name__ == "ParameterSet":
        return [] if _left_out(row.marks) else [row.values]
    return [row if count > 1 else (row,)]


def _left_out(marks: Any) -> bool:
    named = [getattr(mark, "mark", mark) for mark in marks]
    return any(mark.name in ("skip", "xfail") or (mark.name == "skipif" and all(mark.args)) for mark in named)
