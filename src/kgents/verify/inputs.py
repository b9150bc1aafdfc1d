"""What is said of a batch of calls, and how long a reference may take for one."""

from kgents.sandbox.batch import Batch

ONE_CALL = 0.1  # CPU seconds that the reference may take for one input


def said_of(batch: Batch) -> str:
    """Why a text could not be loaded."""
    raised = batch.load.get("raised") if isinstance(batch.load, dict) else None
    return f"{raised[0]}: {raised[2]}" if raised else "no reason given"
