"""Is this sorting network right more often than nine times in ten? A decision, and what it would have cost at other rates."""

import kgents as kg


def sorts(t: kg.Trial) -> tuple[bool, str]:
    """One trial: three compare-exchanges on four random numbers, which is two too few."""
    numbers = [t.rng.randrange(100) for _ in range(4)]
    wanted = sorted(numbers)
    for low, high in ((0, 1), (2, 3), (1, 2)):
        if numbers[low] > numbers[high]:
            numbers[low], numbers[high] = numbers[high], numbers[low]
    return numbers == wanted, str(numbers)


if __name__ == "__main__":
    result = kg.decide(sorts, target=0.9, seed=1)
    print(result.sentence)
    print("first failure:", result.failures()[0]["output"])
    for rate in (0.5, 0.8, 0.95, 0.99):
        row = kg.plan(target=0.9).at(rate)
        print(f"true rate {rate:.2f}: {row.expected_trials:.0f} trials, supported with probability {row.supported:.3f}")
