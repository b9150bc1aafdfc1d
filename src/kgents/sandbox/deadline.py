"""A channel to an untrusted process: never waits beyond its deadline."""

import socket
import time

from kgents.sandbox.inside import values as codec


class TimedChannel(codec.Channel):
    """A channel to an untrusted process: never waits beyond its deadline."""

    __slots__ = ("_deadline", "_socket")

    def __init__(self, end: socket.socket, deadline: float) -> None:
        super().__init__(end.fileno())
        self._socket = end
        self._deadline = deadline

    def write(self, frames: bytes) -> None:
        """Writes whole frames."""
        self._socket.settimeout(max(0.01, self._deadline - time.monotonic()))
        self._socket.sendall(frames)

    def _part(self, most: int) -> bytes:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)
        part = self._socket.recv(most)
        if not part:
            raise EOFError
        return part
