"""A stochastic test in pytest: pytest examples/test_agent.py"""

import pytest

import kgents as kg


def agent(seed: int) -> str:
    """Stands for what you test: right 97 times of 100, and repeatable by its seed."""
    return "refund" if kg.Trial(0, seed).rng.random() < 0.97 else "sorry"


@pytest.mark.experiment(target=0.8)
def test_refund(trial: kg.Trial) -> None:
    assert agent(trial.seed) == "refund"
