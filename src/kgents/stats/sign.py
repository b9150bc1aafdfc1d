"""The sign test of pairs: of those on which two differ, each wins half if neither is better.

Source: Arbuthnot 1710; exact, two-sided by doubling the smaller tail. It is McNemar's test in its exact form.
"""

import math


def sign_test(a: int, b: int) -> float:
    """The exact two-sided p-value of so many wins on either side, for a number of pairs that was fixed beforehand."""
    n, k = a + b, min(a, b)
    if n == 0:
        return 1.0
    logs = [math.lgamma(n + 1) - math.lgamma(i + 1) - math.lgamma(n - i + 1) - n * math.log(2) for i in range(k + 1)]
    return min(1.0, 2 * math.fsum(math.exp(value) for value in logs))
