"""What if the money runs out? The experiment stops, loses nothing, and goes on when there is more."""

import kgents as kg


def costly(t: kg.Trial) -> bool:
    """Stands for a call of a model at two cents."""
    t.cost(usd="0.02", tokens=300)
    return t.rng.random() < 0.99


if __name__ == "__main__":
    stopped = kg.decide(costly, target=0.8, budget_usd="0.10", seed=1)
    print(stopped.sentence)
    assert stopped.verdict is None
    resumed = kg.resume(stopped.id, costly, budget_usd="5.00")
    print(resumed.sentence)
    print(f"{resumed.usage.cost_usd} USD in all; the first {stopped.trials} trials were not run again")
