"""What an interpreter says of itself and of what is installed in it. Run by that interpreter, unconfined, as a script.

Rule: standard library only, and nothing of kgents: it is run by interpreters in which kgents is not installed.
"""

import csv
import functools
import glob
import importlib.util
import json
import os
import re
import sys
import sysconfig
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.metadata import Distribution

    from kgents.sandbox.inside.messages import Layout, Question, Visible

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_PARTS = ("purelib", "platlib")


def layout() -> "Layout":
    """{version, version_info, implementation, stdlib: folders, masked: folders in which packages are installed}."""
    paths = sysconfig.get_paths()
    stdlib = sorted({os.path.realpath(paths[name]) for name in ("stdlib", "platstdlib") if os.path.isdir(paths[name])})
    masked = {os.path.realpath(path) for path in _installed_in() if os.path.isdir(path)}
    return {
        "version": sys.version.split()[0],
        "version_info": list(sys.version_info[:2]),
        "implementation": sys.implementation.name,
        "stdlib": [path for path in stdlib if not any(path.startswith(other + "/") for other in stdlib)],
        "masked": sorted(masked),
    }


def _installed_in() -> list[str]:
    """Every folder that may hold installed packages: those of this interpreter, and those in its standard library."""
    paths: list[str] = []
    for scheme in (sysconfig.get_default_scheme(), *sysconfig.get_scheme_names()):
        try:
            folders = sysconfig.get_paths(scheme)
        except (KeyError, AttributeError):
            continue
        paths += [folders[name] for name in _PARTS if name in folders]
    paths += [path for path in sys.path if os.path.basename(path) in ("site-packages", "dist-packages")]
    for base in (sys.prefix, sys.base_prefix, "/usr", "/usr/local"):
        for kind in ("site-packages", "dist-packages"):
            paths += glob.glob(f"{base}/lib*/python*/{kind}")
    return paths


def answer(question: "Question") -> "Visible":
    """The layout, and what has to be visible for the imports and packages that the question names."""
    distributions = _distributions()
    never = {_normal(name) for name in question["denied"]}
    never |= {name for name, distribution in distributions.items() if _holds(distribution, question["hidden"])}
    wanted, missing, refused = _wanted(question, distributions, never)
    _close(wanted, distributions, never)
    entries: set[str] = set()
    visible: set[str] = set()
    folders: list[str] = []
    path: list[str] = []
    for name in sorted(wanted):
        distribution = distributions[name]
        visible.update(_top_level(distribution))
        for root, part in _files(distribution):
            entries.add(os.path.join(root, part))
            path += [] if root in path else [root]
        for folder in _editable(distribution):
            folders.append(folder)
            path.append(folder)
    return {
        **layout(),
        "entries": sorted(entries),
        "folders": folders,
        "path": list(dict.fromkeys(path)),
        "visible": sorted(visible),
        "missing": missing,
        "denied": refused,
    }


def _wanted(
    question: "Question", distributions: "dict[str, Distribution]", never: set[str]
) -> tuple[set[str], list[str], list[str]]:
    """(distributions that the question names, packages that are not there, packages that must not be visible)."""
    owners = _Owners(distributions)
    allowed_root = question["module_path"]
    wanted: set[str] = set()
    missing: list[str] = []
    refused: list[str] = []
    if question["packages"] == ["all"]:
        wanted = set(distributions) - never
    else:
        for name in question["packages"]:
            names = {_normal(name)} & set(distributions) or owners.of(name)
            missing += [] if names else [name]
            refused += [name] if names & never else []
            wanted |= names - never
    for name in question["imports"]:
        if not (allowed_root and _provides(allowed_root, name)):
            wanted |= owners.of(name) - never
    return wanted, missing, refused


class _Owners:
    """Which distributions provide a module."""

    def __init__(self, distributions: "dict[str, Distribution]") -> None:
        self._distributions = distributions
        self._map: dict[str, set[str]] = {}

    def of(self, module: str) -> set[str]:
        """Normalised names of the distributions that provide a top-level module."""
        near = self._distributions.get(_normal(module))
        if near is not None and module in _top_level(near):
            return {_normal(module)}
        if not self._map:
            for name, distribution in self._distributions.items():
                for top in _top_level(distribution):
                    self._map.setdefault(top, set()).add(name)
        return set(self._map.get(module, ()))


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _distributions() -> "dict[str, Distribution]":
    from importlib import metadata

    by_name: dict[str, Distribution] = {}
    for distribution in metadata.distributions():
        name = distribution.metadata["Name"]
        if name:
            by_name.setdefault(_normal(name), distribution)
    return by_name


def _close(wanted: set[str], distributions: "dict[str, Distribution]", never: set[str]) -> None:
    """Adds what is required, and what that requires."""
    queue = list(wanted)
    while queue:
        for requirement in distributions[queue.pop()].requires or ():
            match = _NAME.match(requirement)
            name = _normal(match.group()) if match and "extra" not in requirement.partition(";")[2] else ""
            if name in distributions and name not in wanted | never:
                wanted.add(name)
                queue.append(name)


@functools.cache
def _files(distribution: "Distribution") -> frozenset[tuple[str, str]]:
    """(folder, first part of a path in it) of everything that a distribution installed among packages."""
    root = os.path.realpath(str(distribution.locate_file("")))
    return frozenset(
        (root, first)
        for first in _first_parts(distribution)
        if first not in ("", "..", "__pycache__")
        and not first.endswith(".pth")
        and not first.startswith("__editable__")
    )


def _first_parts(distribution: "Distribution") -> set[str]:
    """The first parts of the paths of its files; "" stands for paths from the root. A long list is read as text: making
    a path of each of some ten thousand files takes seconds.
    """
    record = distribution.read_text("RECORD")
    if record is None:
        return {file.parts[0] if file.parts[0] != "/" else "" for file in distribution.files or ()}
    lines = record.splitlines()
    plain = {line.partition(",")[0] for line in lines if not line.startswith('"')}
    quoted = {row[0] for row in csv.reader(line for line in lines if line.startswith('"'))}
    return {path.partition("/")[0] for path in plain | quoted}


@functools.cache
def _top_level(distribution: "Distribution") -> frozenset[str]:
    names = {
        part.partition(".")[0]
        for _, part in _files(distribution)
        if not part.endswith((".dist-info", ".egg-info", ".libs"))
    }
    told = (distribution.read_text("top_level.txt") or "").split()
    return frozenset(name for name in names | set(told) if name.isidentifier())


def _editable(distribution: "Distribution") -> list[str]:
    """Folders of an editable install that are on the path."""
    try:
        direct = json.loads(distribution.read_text("direct_url.json") or "{}")
    except ValueError:
        return []
    if not direct.get("dir_info", {}).get("editable"):
        return []
    folders: list[str] = []
    for name in sorted(_top_level(distribution)):
        try:
            spec = importlib.util.find_spec(name)
        except (ImportError, ValueError):
            continue
        if spec is not None and spec.origin:
            folder = os.path.dirname(spec.origin)
            folders.append(os.path.realpath(os.path.dirname(folder) if spec.submodule_search_locations else folder))
    return sorted(set(folders))


def _root(distribution: "Distribution") -> str:
    try:
        url = json.loads(distribution.read_text("direct_url.json") or "{}").get("url", "")
    except ValueError:
        return ""
    return os.path.realpath(url[7:]) if url.startswith("file://") else ""


def _holds(distribution: "Distribution", paths: list[str]) -> bool:
    """Whether one of the paths lies in what a distribution installed, or in the folder of an editable install."""
    if not paths:
        return False
    roots = [os.path.join(root, part) for root, part in _files(distribution)]
    roots += _editable(distribution) and [_root(distribution), *_editable(distribution)]
    return any(path == root or path.startswith(root + "/") for path in paths for root in roots if root)


def _provides(folder: str, name: str) -> bool:
    return os.path.isdir(os.path.join(folder, name)) or os.path.isfile(os.path.join(folder, name + ".py"))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(answer(json.loads(sys.argv[1]))))
