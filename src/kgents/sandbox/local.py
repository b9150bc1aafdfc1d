"""Our own backend: fork servers on this machine, confined by one recipe; programs that one server can serve share it."""

import socket
import threading

from kgents.sandbox.forkserver import SandboxFault, Zygote, ended_of
from kgents.sandbox.inside.protocol import Ended
from kgents.sandbox.levels import Recipe
from kgents.sandbox.program import Program


class LocalProcess:
    """A child of a fork server."""

    __slots__ = ("_cpu_s", "_ended", "_number", "_status", "_zygote", "socket")

    def __init__(self, zygote: Zygote, program: Program, wall: float) -> None:
        self.socket: socket.socket
        self.socket, self._number, self._status = zygote.spawn(program, wall)
        self._zygote = zygote
        self._cpu_s = program.limits.cpu_s
        self._ended: Ended | None = None

    def kill(self) -> None:
        """Ends it without waiting. Its line stays open until it is gone: whoever reads there is killed, not told."""
        try:
            self._zygote.kill(self._number)
        except SandboxFault:
            self.socket.close()
            raise

    def ended(self, patience: float = 10.0) -> Ended:
        """Waits until it is gone; overdue where it used up its time, wall-clock or CPU."""
        if self._ended is None:
            try:
                self._ended = ended_of(self._status, patience, self._cpu_s)
            finally:
                self.socket.close()
        return self._ended


class LocalBackend:
    """Fork servers that are started when they are first asked for."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self._zygotes: dict[Program, Zygote] = {}
        self._lock = threading.Lock()
        self._closed = False

    def start(self, program: Program, wall: float) -> LocalProcess:
        """A child of a server that serves the program."""
        return LocalProcess(self.zygote(program), program, wall)

    def zygote(self, program: Program) -> Zygote:
        """The server of the program, which may still be on its way up."""
        with self._lock:
            if self._closed:
                raise SandboxFault("the sandbox is closed")
            if program not in self._zygotes:
                running = (zygote for zygote in self._zygotes.values() if zygote.program.serves(program))
                self._zygotes[program] = next(running, None) or Zygote(program, self.recipe)
            return self._zygotes[program]

    @property
    def tokens(self) -> set[str]:
        """What stands in the command lines of the servers and of all that they forked."""
        return {zygote.token for zygote in self._zygotes.values()}

    def renew(self) -> None:
        """Ends the servers; others are started when they are asked for."""
        with self._lock:
            zygotes, self._zygotes, self._closed = set(self._zygotes.values()), {}, False
        for zygote in zygotes:
            zygote.close()

    def close(self) -> None:
        """Ends the servers for good."""
        self.renew()
        self._closed = True
