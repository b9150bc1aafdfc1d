"""Functions that workers import."""

import kgents


def mostly(trial: "kgents.Trial") -> bool:
    """Succeeds at nine in ten seeds."""
    trial.note(f"trial {trial.index}")
    return trial.rng.random() < 0.9


def wrong(trial: "kgents.Trial") -> bool:
    """Returns what says nothing."""
    return "yes"  # type: ignore[return-value]
