"""What a zygote does before it forks, so that its children need not: a small program is run as theirs will be.

The interpreter specialises code and looks names up once per process; whoever is forked afterwards finds it done.
"""

import os
import resource
import signal
import socket
from collections.abc import Callable

from kgents.sandbox.inside.linux import syscalls as system

REHEARSALS = 10  # code is specialised after the eighth time


def rehearsed(main: Callable[[int], None], sent: bytes) -> None:
    """Runs the function of a job, some times over, on a line from which it reads what was `sent`, and then its end."""
    for _ in range(REHEARSALS):
        ours, theirs = socket.socketpair()
        with ours, theirs:
            ours.sendall(sent)
            ours.shutdown(socket.SHUT_WR)
            main(theirs.fileno())


def looked_up() -> list[object]:
    """What a child looks up before it runs its job: the interpreter then knows where these names are, and children need not
    write it down.
    """
    of_system: list[object] = [os.setsid, os.dup2, os.closerange, os.getpid, os._exit, signal.SIGKILL]
    return [*of_system, resource.setrlimit, system.prctl, system.PDEATHSIG, system.drop_capabilities]
