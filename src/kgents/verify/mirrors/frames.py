"""Messages between this process and those of ours that run tests: JSON with its length before it."""

import json
import socket
import struct
from collections.abc import Mapping
from typing import Any

from kgents.sandbox.deadline import TimedChannel
from kgents.verify.mirrors.inside.messages import Report

HEADER = struct.Struct(">I")


def put(line: socket.socket, data: Mapping[str, object], *descriptors: int) -> None:
    """Sends one message with its length, and descriptors with it. OSError."""
    body = json.dumps(data).encode()
    header = HEADER.pack(len(body))
    if descriptors:
        socket.send_fds(line, [header], descriptors)
        line.sendall(body)
    else:
        line.sendall(header + body)


def taken(line: socket.socket, deadline: float) -> Report:
    """The report of a process of ours. TimeoutError, EOFError, OSError; ValueError where it is none."""
    told: Any = message(line, deadline)
    report: Report = told
    return report


def message(line: socket.socket, deadline: float) -> Mapping[str, object]:
    """The next message. TimeoutError, EOFError, OSError; ValueError where it is none."""
    channel = TimedChannel(line, deadline)
    (length,) = HEADER.unpack(exactly(channel, HEADER.size))
    told = json.loads(exactly(channel, length))
    if not isinstance(told, dict):
        raise ValueError("no report")
    return told


def exactly(channel: TimedChannel, length: int) -> bytes:
    """So many bytes. TimeoutError, EOFError, OSError."""
    parts = bytearray()
    while len(parts) < length:
        parts += channel._part(length - len(parts))
    return bytes(parts)
