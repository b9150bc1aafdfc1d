"""`laws` put together: options become a request, and a recorded configuration runs again in the same kind of sandbox."""

import asyncio
import importlib.util
import sys
from dataclasses import replace
from pathlib import Path

from kgents.domain.json import digest_of
from kgents.domain.plan import DecidedBy, Layout
from kgents.errors import UsageError, nearest, suggested
from kgents.kinds.kind import Request
from kgents.kinds.laws.guest import guest
from kgents.kinds.laws.options import LawOptions, LawsConfig
from kgents.kinds.options import RunSettings, as_written
from kgents.laws.catalogue import laws_of
from kgents.sandbox.names import bound
from kgents.sandbox.sandbox import Sandbox, open_sandbox
from kgents.stats import Design, Prior, Rule

PARTS = ("compose", "identity", "elements", "observe", "probes", "inverse", "plus", "map", "unit", "bind", "image",
         "image_compose", "zero",
         "insert", "arity", "restrict", "glue", "domain", "ap", "traverse", "get", "put", "sample")  # fmt: skip


async def request(target: str, options: LawOptions, run: RunSettings) -> Request:
    """A request for the laws of a target; the sandbox that it opens goes on to the examinations.

    UsageError for an unknown law; SandboxUnavailable where the machine has none that is good enough.
    """
    names, config = configuration("laws", target, options)
    facts = {"spec": digest_of([config["object"], *names])}
    return await confined(Request(
        "laws", config, Design(Rule.FIXED, None, 0.95, 1, Prior(), 0.0), arms=titles(names), layout=Layout.BLOCKS,
        decider=DecidedBy.VERDICTS,
        oracle="laws", facts=facts, boundary_digest=digest_of("one examination per law"), **run,
    ))  # fmt: skip


def configuration(kind: str, target: str, options: LawOptions) -> tuple[tuple[str, ...], LawsConfig]:
    """(the laws, the configuration of an experiment of this kind). UsageError for an unknown law."""
    names = _names(options["names"] or "identity,associativity")
    path, readable = places([target, *names])
    return names, {
        "type": kind,
        "object": located(target, "--target"),
        "laws": list(names),
        "cases": options["cases"],
        "spec": {name: str(text) for name, text in options.items() if name in PARTS and text is not None},
        "limits": {"as_mb": options["memory_mb"], "cpu_s": int(options["timeout"]) + 1},
        "timeout": options["timeout"],
        "allow_weak_sandbox": options["allow_weak_sandbox"],
        "path": path,
        "readable": readable,
    }


async def confined(request: Request) -> Request:
    """The request with a sandbox opened for it. SandboxUnavailable where the machine has none that is good enough."""
    sandbox = await sandbox_for(as_written(LawsConfig, request.config))
    confinement = sandbox.describe()
    facts = {
        "sandbox": f"{confinement['level']}: {confinement['meaning']}",
        "recipe": confinement["recipe"],
        "integrity": "judged in the target's own process",
    }
    return replace(request, facts={**request.facts, **facts}, opened=sandbox)


async def sandbox_for(config: LawsConfig) -> Sandbox:
    """The sandbox in which a configuration is examined. SandboxUnavailable."""
    return await asyncio.to_thread(_open, config)


def _open(config: LawsConfig) -> Sandbox:
    return open_sandbox(config["allow_weak_sandbox"], guest=guest(config["readable"], config["limits"]))


def _names(text: str) -> tuple[str, ...]:
    """Laws by name, then the user's own functions with their places."""
    words = [word.strip() for word in text.split(",") if word.strip()]
    known = [law.name for law in laws_of(tuple(word for word in words if ":" not in word))]
    return (*known, *[located(word, "--laws") for word in words if ":" in word])


def titles(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names of arms."""
    return tuple(name.rpartition(":")[2] for name in names)


def located(text: str, flag: str) -> str:
    """PATH.py:NAME with the path made absolute, or PKG.MOD:NAME as it is. UsageError names the flag."""
    module, colon, name = text.rpartition(":")
    if not colon or not module or not name:
        raise UsageError(
            f"{flag} {text}: not of the form PATH.py:NAME or PACKAGE.MODULE:NAME", f"such as {flag} {_meant(text)}"
        )
    if not module.endswith(".py"):
        _check_module(module, name.partition(".")[0], f"{flag} {text}")
        return text
    path = Path(module).resolve()
    if not path.is_file():
        raise UsageError(f"{flag} {text}: there is no file {module}", _other(path))
    _check_name(path, name.partition(".")[0], f"{flag} {text}")
    return f"{path}:{name}"


def _meant(text: str) -> str:
    """The form that a place without a name may have been meant in."""
    if text.endswith(".py"):
        return f"{text}:NAME"
    module, dot, name = text.strip(":").rpartition(".")
    return f"{module}:{name}" if dot and module else "collections:Counter"


def _check_module(module: str, name: str, shown: str) -> None:
    """UsageError where there is no such module, or its source shows no such name; nothing is imported."""
    top = module.partition(".")[0]
    root, _ = _root(module)
    if root is None:
        if top not in sys.builtin_module_names and importlib.util.find_spec(top) is None:
            raise UsageError(f"{shown}: there is no module {top!r}", "run it where the module is, or give PATH.py:NAME")
        return
    base = Path(root, *module.split("."))
    source = next((path for path in (base / "__init__.py", base.with_name(f"{base.name}.py")) if path.is_file()), None)
    if source is not None:
        _check_name(source, name, shown, module)
    elif base.is_dir():
        raise UsageError(f"{shown}: {module} is a folder without __init__.py", "give PATH.py:NAME")


def _other(path: Path) -> str:
    """The file of the folder whose name is nearest; where none is, where it was looked for."""
    near = nearest(path.name, [each.name for each in path.parent.glob("*.py")])
    return f"did you mean {near}?" if near else f"name a file that is there; looked for in {path.parent}"


def _check_name(path: Path, name: str, shown: str, module: str | None = None) -> None:
    """UsageError where a file is no Python, or its source shows that it defines no such name; code that is not read by eye
    may.

    module  what the user calls it, where that is not the name of the file
    """
    try:
        names = bound(path.read_text(encoding="utf-8"))
    except SyntaxError as wrong:
        where = f" in line {wrong.lineno}" if wrong.lineno else ""
        raise UsageError(f"{shown}: a syntax error{where}: {wrong.msg}", f"correct {path.name}") from wrong
    except UnicodeDecodeError as wrong:
        raise UsageError(f"{shown}: not UTF-8 text", f"save {path.name} as UTF-8") from wrong
    except (OSError, ValueError, RecursionError, MemoryError):
        return  # whoever imports it says what is wrong with it
    if names is None or name in names:
        return
    public = [word for word in sorted(names) if not word.startswith("_")][:8]
    raise UsageError(
        f"{shown}: {module or path.name} defines no {name!r}{suggested(name, names)}",
        f"one of {', '.join(public)}" if public else "it defines nothing",
    )


def places(texts: list[str]) -> tuple[list[str], list[str]]:
    """Where modules are looked for beyond the interpreter's own places, and what of it has to be readable."""
    path: list[str] = []
    readable: list[str] = []
    for text in texts:
        if ":" not in text:
            continue
        root, needed = _root(text.rpartition(":")[0])
        path += [root] if root else []
        readable += [needed] if needed else []
    own = str(Path(__file__).resolve().parents[2])
    linked = [entry for entry in sys.path if entry and Path(entry).is_dir() and not _private(Path(entry))]
    outside = [str(Path(entry).resolve()) for entry in linked if not _installed(entry)]
    return _once([*path, *outside]), _once([*readable, *outside, own])


def _root(target: str) -> tuple[str | None, str | None]:
    """The folder that has to be on the path for a target, and what has to be readable."""
    if target.endswith(".py"):
        folder = Path(target).resolve().parent
        while (folder / "__init__.py").is_file():
            folder = folder.parent
        return str(folder), str(Path(target).resolve()) if _private(folder) else str(folder)
    top = target.partition(".")[0]
    for folder in (Path.cwd(), *map(Path, filter(None, sys.path))):
        there = next((folder / name for name in (top, f"{top}.py") if (folder / name).exists()), None)
        if there is not None:
            return str(folder), str(there if _private(folder) else folder)
    return None, None


def _private(folder: Path) -> bool:
    """Folders that are not opened as a whole, because more than a project lies in them."""
    return folder.resolve() in (Path("/"), Path.home(), Path("/tmp"), Path("/root"), Path("/home"))


def _installed(entry: str) -> bool:
    folder = Path(entry).resolve()
    return any(folder.is_relative_to(Path(root).resolve()) for root in (sys.prefix, sys.base_prefix))


def _once(items: list[str]) -> list[str]:
    return list(dict.fromkeys(items))
