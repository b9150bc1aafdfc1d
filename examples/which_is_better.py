"""Which of two functions is better, or are they as good as each other? Both face the same seeds."""

import kgents as kg


def old(t: kg.Trial) -> bool:
    return t.rng.random() < 0.6


def new(t: kg.Trial) -> bool:
    return t.rng.random() < 0.9


if __name__ == "__main__":
    result = kg.compare({"old": old, "new": new}, max_trials=200, seed=1)
    print(result.sentence, f"({result.verdict})")
    for arm in result.arms:
        print(f"{arm['name']}: {arm['trials_success']} of {arm['trials_total']}")
