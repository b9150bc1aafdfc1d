"""`kg` on a real terminal (a pseudo-terminal, read by an emulator): a picture while it runs, nothing of it afterwards."""

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pyte

sys.path.insert(0, str(Path(__file__).parents[1]))
from conftest import clean_environment


def on_a_terminal(home: Path, columns: int, arguments: list[str], **variables: str) -> tuple[str, list[str]]:
    """(all that was written, what stands on the screen at the end)."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    environment = {**clean_environment(home), "TERM": "xterm", **variables}
    command = [sys.executable, "-m", "kgents", *arguments]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=home, env=environment) as process:
        os.close(theirs)
        written = bytearray()
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # the other end was closed
                break
            written += piece
        process.wait(60)
    os.close(ours)
    screen = pyte.Screen(columns, 40)
    pyte.ByteStream(screen).feed(bytes(written))
    return written.decode(), [line.rstrip() for line in screen.display]


def test_a_run_is_seen_while_it_goes_on_and_its_result_stands_alone(tmp_path: Path) -> None:
    """The picture names the run before its first trial has ended; at the end the sentence is the first line of the screen."""
    gate = tmp_path / "gate"
    trial = f"i=0; until [ -e {gate} ] || [ $i -gt 20 ]; do i=$((i+1)); sleep 0.1; done; touch {gate}"
    written, screen = on_a_terminal(tmp_path, 60, ["experiment", "run", "--n", "2", trial])
    assert "run · preparing" in written
    assert "1 in flight" in written
    assert "0 of 2 counted" in written
    assert screen[0].startswith("estimate: the rate of exit status 0 was 2 of 2")
    assert not any("in flight" in line for line in screen)


def test_a_dumb_terminal_gets_lines_and_no_codes(tmp_path: Path) -> None:
    """TERM=dumb: what would stand in a log."""
    written, screen = on_a_terminal(tmp_path, 80, ["experiment", "run", "--n", "1", "--", "true"], TERM="dumb")
    assert "\x1b" not in written
    assert any("✓ trial 0" in line for line in screen)
