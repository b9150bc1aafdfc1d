"""Which sandbox runs candidates, and what they can import in it."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from kgents.sandbox.environment import Environment, environment, imports_of
from kgents.sandbox.providers import open_provided
from kgents.sandbox.sandbox import Sandbox, open_sandbox

_UNREAD = ("coders", "allow_weak_sandbox", "sandbox", "timeout")  # hold no program


def sandbox_of(options: Mapping[str, Any], texts: Iterable[str] | None = None) -> Sandbox:
    """The sandbox that options or a recorded configuration ask for. UsageError, SandboxUnavailable.

    texts  the spec, its tests and the prompt, whose imports are visible; all of a recorded configuration where None
    """
    name = options.get("sandbox")
    weak = bool(options["allow_weak_sandbox"])
    visible = environment_of(options, _strings(options) if texts is None else texts)
    return open_provided(name, weak, environment=visible) if name else open_sandbox(weak, environment=visible)


def environment_of(options: Mapping[str, Any], texts: Iterable[str]) -> Environment:
    """The interpreter that options ask for, and what can be imported in it. UsageError."""
    packages = tuple(word.strip() for word in (options.get("packages") or "").split(",") if word.strip())
    folder = options.get("module_path")
    files = [Path(options[key]) for key in ("suite", "spec_file") if isinstance(options.get(key), str)]
    return environment(
        imports_of(texts),
        packages,
        python=options.get("python"),
        module_path=Path(folder) if folder else None,
        hidden=[file for file in files if _is_file(file)],
    )


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
