"""The notebook of the examples, executed in a Jupyter kernel; and Ctrl-C there."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager, start_new_kernel
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
PATH = ROOT / "examples" / "prompts.ipynb"


@pytest.fixture(autouse=True)
def _own_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KGENTS_DATABASE_URL", f"sqlite:///{tmp_path}/record.db")
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "src"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))


def test_the_notebook_runs_from_its_beginning_to_its_end() -> None:
    """Every cell; a result is shown as its page, and an awaited decision is supported."""
    notebook = nbformat.reads(PATH.read_text(), as_version=4)
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    printed = "".join(output.get("text", "") for output in outputs)
    assert "refuted: the rate of success is not above 0.9" in printed
    assert "new is better than old" in printed
    shown = [output["data"] for output in outputs if "data" in output]
    assert sum("text/html" in data for data in shown) >= 3
    assert any("supported" in data["text/plain"] for data in shown)


def test_the_notebook_is_kept_without_outputs() -> None:
    """What it prints is what it prints where it is run."""
    cells = json.loads(PATH.read_text())["cells"]
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in cells)


@pytest.fixture
def kernel() -> Iterator[tuple[KernelManager, BlockingKernelClient]]:
    """A Jupyter kernel of its own."""
    manager, client = start_new_kernel(kernel_name="python3")
    yield manager, client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


ENDLESS = """
import time
import kgents as kg

def trial(t):
    print("running", flush=True)
    time.sleep(600)
    return True

kg.decide(trial, name="endless")
"""


def test_an_interrupted_cell_ends_at_once_and_the_kernel_lives(
    kernel: tuple[KernelManager, BlockingKernelClient],
) -> None:
    """The stop button while a trial sleeps: KeyboardInterrupt with the way to go on; the record says interrupted."""
    manager, client = kernel
    client.execute(ENDLESS)
    told: list[Any] = []
    while not told or told[-1]["msg_type"] != "status" or told[-1]["content"]["execution_state"] != "idle":
        told.append(client.get_iopub_msg(timeout=60))
        if told[-1]["content"].get("text", "").startswith("running"):
            manager.interrupt_kernel()
    (error,) = [message["content"] for message in told if message["msg_type"] == "error"]
    assert error["ename"] == "KeyboardInterrupt"
    assert "kg.resume" in "\n".join(error["traceback"])
    client.execute("print(kg.load('endless').status)")
    printed = ""
    while not printed.endswith("\n"):  # a kernel may send a line in parts
        message = client.get_iopub_msg(timeout=60)
        printed += message["content"]["text"] if message["msg_type"] == "stream" else ""
    assert printed == "interrupted\n"
