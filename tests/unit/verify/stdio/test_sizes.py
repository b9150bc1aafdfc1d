"""A list has as many parts as the size that was read for it, in every test case anew."""

import pytest

from kgents.verify.stdio.inside.generating import Writer

CASES = "for _ in range(int(input())):\n    n = int(input())\n    print(list(map(int, input().split())))\n"
SOLVE = (
    "def solve():\n    n, k = map(int, input().split())\n    print(list(map(int, input().split())))\n\n"
    "for _ in range(int(input())):\n    solve()\n"
)


@pytest.mark.parametrize("source", [CASES, SOLVE])
def test_each_case_has_its_own_size(source: str) -> None:
    """The number of cases is the size of no list."""
    writer = Writer(source)
    written = [run[0] for run in map(writer.run, range(20)) if run is not None]  # None where there are too many cases
    assert len(written) > 8
    for text in written:
        count, *lines = text.splitlines()
        assert len(lines) == 2 * int(count)
        assert all(int(size.split()[0]) == len(row.split()) for size, row in zip(lines[::2], lines[1::2], strict=True))


def test_two_sizes_are_of_two_lists() -> None:
    """Sizes in lines of their own belong to the lists in their order."""
    source = (
        "n = int(input())\nm = int(input())\na = list(map(int, input().split()))\nb = list(map(int, input().split()))\n"
    )
    for seed in range(20):
        run = Writer(source).run(seed)
        assert run is not None
        n, m, one, other = run[0].splitlines()
        assert (len(one.split()), len(other.split())) == (int(n), int(m))
