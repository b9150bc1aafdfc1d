"""Is the mean of a rubric's stars above 3.5? A trial returns a score instead of a bool."""

import kgents as kg


def stars(t: kg.Trial) -> tuple[float, str]:
    """Stands for a judge that gives one to five stars."""
    given = 1 + 4 * t.rng.random() ** 0.4
    return given, f"{given:.1f} stars"


if __name__ == "__main__":
    result = kg.decide(stars, score=(1, 5), target=3.5, max_trials=1000, seed=1)
    print(result.sentence)
    print(f"mean {result.mean:.2f}, at every look between {result.low:.2f} and {result.high:.2f}")
