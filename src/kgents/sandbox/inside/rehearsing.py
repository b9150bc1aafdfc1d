"""What a zygote does before it forks, so that its children need not: a small program is run as theirs will be.

The interpreter specialises code and looks names up once per process; whoever is forked afterwards finds it done.
"""

import socket
from collections.abc import Callable

REHEARSALS = 10  # code is specialised after the eighth time


def rehearsed(main: Callable[[int], None], sent: bytes) -> None:
    """Runs the function of a job, some times over, on a line from which it reads what was `sent`, and then its end."""
    for _ in range(REHEARSALS):
        ours, theirs = socket.socketpair()
        with ours, theirs:
            ours.sendall(sent)
            ours.shutdown(socket.SHUT_WR)
            main(theirs.fileno())
