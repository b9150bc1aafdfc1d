"""Long texts on a channel, whose frames are bounded."""

from typing import Any

PART = 1_000_000  # characters of a frame
MOST = 64  # parts of a text


def send_text(channel: Any, text: str) -> None:
    """Writes the number of parts, and each."""
    parts = [text[start : start + PART] for start in range(0, len(text), PART)]
    channel.send(len(parts))
    for part in parts:
        channel.send(part)


def receive_text(channel: Any) -> str:
    """What `send_text` wrote. ValueError where it is something else."""
    count = channel.receive()
    if type(count) is not int or not 0 <= count <= MOST:
        raise ValueError("no text")
    parts = [channel.receive() for _ in range(count)]
    if not all(isinstance(part, str) for part in parts):
        raise ValueError("no text")
    return "".join(parts)
