"""What is done in the process of the target: an examination, or the replay of a counterexample.

Whoever starts that process confines it. What the target tries to do to files, the network and other processes is noted
by an audit hook: a diagnosis for people, not a defence.
Job: {"target", "path", "laws", "functions", "among", "cases", "seed", "spec": {…}} or {"replay": program, "path"}.
Answer: {"findings": {…}, "tried": […]}, {"broken": …, "why"}, or {"error": {"message", "hint"}, "tried"}.
"""

import contextlib
import sys
from typing import TYPE_CHECKING, Any, TypedDict

from kgents.errors import UsageError

if TYPE_CHECKING:
    from kgents.laws.spec import LawSpec


class Job(TypedDict, total=False):
    """What is asked of the process: an examination, a draw of elements, or the replay of a program.

    functions  laws of the user, each by its place
    among      laws by name that are asked beside this one
    spec       expressions, by the role that they play
    draw       the seed of a draw of elements
    """

    target: str
    path: list[str]
    laws: list[str]
    functions: list[str]
    among: list[str]
    cases: int
    seed: int
    spec: dict[str, str]
    draw: int
    replay: str


_UNIX = 1
_MOST = 5  # distinct attempts that are kept
_TRIED = {
    "os.remove": "remove", "os.rename": "rename", "os.mkdir": "make the folder", "os.rmdir": "remove the folder",
    "os.truncate": "truncate", "os.chmod": "change the mode of", "os.link": "link", "os.symlink": "link",
    "socket.__new__": "open a socket", "socket.connect": "connect", "subprocess.Popen": "start", "os.system": "start",
    "os.exec": "start", "os.posix_spawn": "start", "os.fork": "fork", "os.kill": "signal",
}  # fmt: skip


class Attempts:
    """What the target tried to do outside of its own memory, in words."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """The audit hook; it never raises."""
        with contextlib.suppress(Exception):
            words = _words(event, arguments)
            if words is None or ".hypothesis" in words or "__pycache__" in words or words in self.seen:
                return
            if len(self.seen) < _MOST:
                self.seen.append(words)


def _words(event: str, arguments: tuple[Any, ...]) -> str | None:
    if event == "open":
        path, mode, _ = arguments
        writing = isinstance(mode, str) and any(letter in mode for letter in "wax+")
        return f"write {path}" if writing and str(path) != "/dev/null" else None
    if event == "socket.__new__" and arguments[1] == _UNIX:
        return None  # what an event loop wakes itself with
    if event in _TRIED:
        shown = [str(part) for part in arguments if isinstance(part, str | bytes)][:1]
        return " ".join([_TRIED[event], *shown])
    return None


def answer(job: Job) -> dict[str, object]:
    """What can be said of the laws of the job's target; an error of the target is an answer."""
    attempts = Attempts()
    sys.addaudithook(attempts)
    sys.path[:0] = [folder for folder in job.get("path", ()) if folder not in sys.path]
    if "replay" in job:
        return _replay(job["replay"])
    try:
        answer = _drawn(job) if "draw" in job else _examined(job)
    except UsageError as wrong:
        answer = {"error": {"message": wrong.message, "hint": wrong.hint}}
    except Exception as wrong:  # noqa: BLE001 - the target's own code runs in here
        answer = {"error": {"message": f"{type(wrong).__name__}: {wrong}"[:300], "hint": None}}
    return {**answer, "tried": attempts.seen}


def _examined(job: Job) -> dict[str, object]:
    from kgents.laws.examination import examine, load

    laws = [*job["laws"], *[load(address) for address in job.get("functions", ())]]
    spec = _spec(job) if job.get("spec") else None
    examined = examine(job["target"], laws, spec=spec, cases=job["cases"], seed=job["seed"], among=job.get("among", ()))
    return {"findings": examined.to_data()}


def _drawn(job: Job) -> dict[str, object]:
    from dataclasses import asdict

    from kgents.laws.stochastic import Sampler

    return asdict(Sampler(job["target"], job["laws"][0], _spec(job)).draw(job["draw"]))


def _spec(job: Job) -> "LawSpec":
    """What the options say of a target: every text of them is an expression."""
    from kgents.laws.spec import LawSpec, Source

    return LawSpec(**{key: Source(text) for key, text in job["spec"].items()})


def _replay(code: str) -> dict[str, object]:
    try:
        exec(code, {"__name__": "replay"})
    except AssertionError:
        return {"broken": True}
    except BaseException as wrong:  # noqa: BLE001 - the target's own code runs in here
        return {"broken": False, "why": f"{type(wrong).__name__}: {wrong}"}
    return {"broken": False}
