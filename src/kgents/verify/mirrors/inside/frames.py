"""Messages to processes that run tests: JSON with its length; descriptors may be handed over with one.

Imports the standard library alone: it also runs where kgents is not installed.
"""

import json
import socket
import struct
from typing import Any

HEADER = struct.Struct(">I")


def send(line: socket.socket, data: Any) -> None:
    """One message."""
    body = json.dumps(data).encode()
    line.sendall(HEADER.pack(len(body)) + body)


def receive(line: socket.socket) -> Any:
    """The next message; None at the end."""
    header = exactly(line, HEADER.size)
    return json.loads(exactly(line, HEADER.unpack(header)[0])) if header else None


def handed(line: socket.socket, most: int) -> tuple[Any, list[int]] | None:
    """The next message and the descriptors, at most so many, that came with it; None at the end."""
    header, descriptors, _, _ = socket.recv_fds(line, HEADER.size, most, socket.MSG_WAITALL)
    if len(header) < HEADER.size:
        return None
    body = exactly(line, HEADER.unpack(header)[0])
    return (json.loads(body), list(descriptors)) if body else None


def exactly(line: socket.socket, length: int) -> bytes:
    """So many bytes; none where the line ends before."""
    parts = bytearray()
    while len(parts) < length:
        part = line.recv(length - len(parts))
        if not part:
            return b""
        parts += part
    return bytes(parts)
