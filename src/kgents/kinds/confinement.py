"""Which sandbox runs candidates, and what they can import in it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from kgents.kinds.options import SandboxOptions
from kgents.sandbox.environment import Environment, environment, imports_of
from kgents.sandbox.program import Program
from kgents.sandbox.providers import open_provided
from kgents.sandbox.sandbox import Sandbox, open_sandbox

_UNREAD = ("coders", "allow_weak_sandbox", "sandbox", "timeout")  # hold no program


def sandbox_of(
    options: SandboxOptions,
    texts: Iterable[str] | None = None,
    hidden: Iterable[str | None] = (),
    served: Sequence[Program] = (),
    meanwhile: Callable[[], None] | None = None,
) -> Sandbox:
    """The sandbox that options or a recorded configuration ask for. UsageError, SandboxUnavailable.

    texts  the spec, its tests and the prompt, whose imports are visible; all of a recorded configuration where None
    hidden  files of which candidates see nothing, such as a suite
    served  what runs candidates, see Sandbox
    meanwhile  is done while it starts
    """
    name = options.get("sandbox")
    weak = bool(options["allow_weak_sandbox"])
    read, files = list(_strings(options) if texts is None else texts), list(hidden)
    visible = environment_of(options, read, files)
    if name:
        return open_provided(name, weak, environment=visible)
    sandbox = open_sandbox(weak, environment=visible, served=served, meanwhile=meanwhile)
    sandbox.widen = partial(_widened, options, read, files, served)
    return sandbox


def _widened(
    options: SandboxOptions, texts: Sequence[str], hidden: Sequence[str | None], served: Sequence[Program], package: str
) -> Sandbox:
    """The same sandbox with one more package."""
    packages = ",".join(filter(None, (options.get("packages"), package)))
    return sandbox_of({**options, "packages": packages}, texts, hidden, served)


def environment_of(options: SandboxOptions, texts: Iterable[str], hidden: Iterable[str | None] = ()) -> Environment:
    """The interpreter that options ask for, and what can be imported in it. UsageError."""
    packages = tuple(word.strip() for word in (options.get("packages") or "").split(",") if word.strip())
    folder = options.get("module_path")
    files = [Path(name) for name in hidden if name is not None]
    return environment(
        imports_of(texts),
        packages,
        python=options.get("python"),
        module_path=Path(folder) if folder else None,
        hidden=[file for file in files if _is_file(file)],
    )


def keep_imports(config: SandboxOptions, options: SandboxOptions) -> None:
    """Adds to a configuration which packages, interpreter and folder of modules candidates see, where that was said."""
    packages, python, folder = options.get("packages"), options.get("python"), options.get("module_path")
    if packages:
        config["packages"] = packages
    if python:
        config["python"] = python
    if folder:
        config["module_path"] = folder


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _strings(data: Any) -> Iterable[str]:
    """Every text in a recorded configuration."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for key, value in data.items():
            if key not in _UNREAD:
                yield from _strings(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from _strings(value)
