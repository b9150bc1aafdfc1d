"""What starts the processes of a sandbox: our own fork servers, or what another package provides."""

import socket
from typing import Protocol

from kgents.sandbox.inside.protocol import Ended
from kgents.sandbox.program import Program


class Process(Protocol):
    """One process in which a program's function runs, and our end of the channel to it."""

    socket: socket.socket

    def kill(self) -> None:
        """Ends it and everything in it, without waiting. Twice does no harm."""

    def ended(self, patience: float = 10.0) -> Ended:
        """Waits until it is gone, at most `patience` seconds. SandboxFault where nothing is known of its end."""


class Backend(Protocol):
    """What a package provides. Methods block, and may be called from several threads; each process is in fresh memory.

    A fault of the backend itself is a SandboxFault or an OSError; whatever a candidate does is none.
    """

    def start(self, program: Program, wall: float) -> Process:
        """A process that runs `program.main` with the other end of a stream socket, for at most `wall` seconds.

        The program's modules, kgents.sandbox.inside and the program's environment can be imported in it; nothing else
        of kgents, and nothing that an earlier process has left.
        """

    def renew(self) -> None:
        """Starts afresh after a fault."""

    def close(self) -> None:
        """Ends everything."""
