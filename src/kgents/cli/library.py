"""generate, parse and laws as functions: every option of the command is a keyword, a parser or a class is given as itself.

Rule: the words go through the options of the command, so that defaults, checks and messages are those of the command.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import click

from kgents.api.door import Stop, call
from kgents.api.recorded import opened
from kgents.api.result import Result, result_of
from kgents.errors import UsageError
from kgents.kinds.callable.trial import refuse_nested

if TYPE_CHECKING:
    from kgents.cli.running import Prepare
    from kgents.store.sql import SqlStore

_OF_THE_COMMAND_LINE = {"as_json", "as_jsonl", "quiet", "outputs", "fail_on", "debug", "listed", "folder", "ui"}


def generate(spec: str | None = None, *, record: bool = True, **options: Any) -> Result:
    """Trials of code generation from a spec, as `kg experiment generate` runs them; blocks until they are decided.

    spec     code, a signature, or prose with `tests=`; "@FILE" reads a file. Left out for `suite=`
    record   False: nothing is kept once the result is gone
    options  those of the command with underscores: model, harness, n, adaptive, target, confidence, max_trials, tests,
             suite, budget_usd, concurrency, timeout, seed, name, database, … (`kg experiment generate --help`)

    UsageError for options that cannot be met, TypeError for one that there is not.

    >>> import kgents as kg
    >>> kg.generate("def add(a, b): return a + b", model="simulated:1.0", n=3, record=False).successes
    3
    """
    if spec is not None and not isinstance(spec, str):
        raise UsageError(
            f"spec = {spec!r:.60}: a text is needed", 'such as spec="def add(a, b): return a + b" or "@FILE"'
        )
    return _run("generate", {"spec": spec, **options}, record)


def parse(parser: Callable[[str], Any] | str | Sequence[str], *, record: bool = True, **options: Any) -> Result:
    """How well a parser survives malformed input, as `kg experiment parse` runs it.

    parser   a function of one text that can be imported (it runs in a process of its own), or names of strategies
    record   False: nothing is kept once the result is gone
    options  those of the command with underscores: n, adaptive, target, corpus, schema, mutators, severity, …

    >>> import json, kgents as kg
    >>> kg.parse(json.loads, n=20, seed=1, record=False).trials
    20
    """
    if callable(parser):
        return _run("parse", {"parser": [importable(parser)], **options}, record)
    names = parser if isinstance(parser, str) else _joined(parser)
    return _run("parse", {"strategy": names, **options}, record)


def _laws(target: type | Callable[..., Any] | str | None = None, *, record: bool = True, **options: Any) -> Result:
    """Laws of a class or function, or of a model's reasoning, as `kg experiment laws` examines them.

    target   a class or a function of two elements that can be imported, or "PATH.py:NAME"; left out for `problem=`
    record   False: nothing is kept once the result is gone
    options  those of the command with underscores: laws (names), cases, compose, identity, elements, problem, model, …

    >>> import collections, kgents as kg
    >>> kg.laws(collections.Counter, cases=50, seed=1, record=False).refuted
    False
    """
    named = target if target is None or isinstance(target, str) else importable(target)
    return _run("laws", {"target": named, **options}, record)


def _joined(strategies: object) -> str:
    named = list(strategies) if isinstance(strategies, Iterable) else []
    if not named or not all(isinstance(name, str) for name in named):
        raise UsageError(f"parser = {strategies!r:.60}: a function, or names of strategies", 'such as "json,repair"')
    return ",".join(named)


class _Laws(ModuleType):
    """The package `kgents.laws`, which can be called."""

    def __call__(
        self, target: type | Callable[..., Any] | str | None = None, *, record: bool = True, **options: Any
    ) -> Result:
        """See `_laws`."""
        return _laws(target, record=record, **options)


def _callable(package: ModuleType) -> _Laws:
    package.__class__ = _Laws
    assert isinstance(package, _Laws)
    return package


laws: _Laws = _callable(import_module("kgents.laws"))


def importable(thing: Any) -> str:
    """`MODULE:NAME` or `PATH.py:NAME`, by which a process of its own finds it. UsageError where none can."""
    name, module = getattr(thing, "__qualname__", type(thing).__name__), getattr(thing, "__module__", None)
    if "<" in name or module is None:
        raise UsageError(
            f"{name}: another process cannot import a lambda or something defined inside a function",
            "define it at the top of a module",
        )
    if module not in ("__main__", "__mp_main__"):
        return f"{module}:{name}"
    try:
        path = Path(inspect.getsourcefile(thing) or "")
    except TypeError:
        path = Path()
    if not path.is_file():
        raise UsageError(f"{name} is defined in no file (a notebook, a prompt)", "write it to a module and import that")
    return f"{path}:{name}"


def _run(name: str, keywords: Mapping[str, Any], record: bool) -> Result:
    refuse_nested()
    module = import_module(f"kgents.cli.{name}")
    command: click.Command = getattr(module, name)
    options = options_of(command, keywords)
    prepare: Prepare = module.prepared(options)

    async def work(stop: Stop) -> Result:
        from kgents.runner.begin import begin
        from kgents.runner.cluster.address import workers_of
        from kgents.runner.session import Record

        async with opened(options["database"], record) as (store, context, source):

            async def there() -> "SqlStore":
                return store

            request = await prepare(Record(there), context)
            summary = await begin(
                request, store, context, options["concurrency"], (), stop.listen(), workers_of(options)
            )
            if stop.wrong is not None and summary.decision is None:
                raise stop.wrong
            return await result_of(store, summary, source)

    return call(work)


def options_of(command: click.Command, keywords: Mapping[str, Any]) -> dict[str, Any]:
    """What the command would be called with. TypeError for a keyword that is none of its options, UsageError for a value."""
    words: list[str] = []
    for name, value in keywords.items():
        if value is None or value is False:
            continue
        asked = _option(command, name)
        several = isinstance(value, list | tuple) and asked.multiple
        for each in value if several else [value]:
            words += _words(asked, each)
    try:
        return command.make_context(command.name, words, help_option_names=["-h", "--help"]).params  # click keeps them
    except click.UsageError as wrong:
        raise UsageError(wrong.format_message(), f"kg experiment {command.name} --help") from wrong


def _option(command: click.Command, name: str) -> click.Option:
    for parameter in command.params:
        if isinstance(parameter, click.Option) and name not in _OF_THE_COMMAND_LINE:
            flags = [flag.lstrip("-").replace("-", "_") for flag in parameter.opts]
            if name == parameter.name or name in flags:
                return parameter
    raise TypeError(
        f"unexpected keyword argument {name!r}; the options of kg experiment {command.name} are the keywords"
    )


def _words(option: click.Option, value: Any) -> list[str]:
    flag = max(option.opts, key=len)
    if option.is_flag:
        return [flag]
    text = ",".join(map(str, value)) if isinstance(value, list | tuple | set | frozenset) else str(value)
    return [f"{flag}={text}" if flag.startswith("--") else flag, *([] if flag.startswith("--") else [text])]
