"""A boundary as rows, and as a picture of characters."""

from kgents.stats import Design, Rule, boundary, draw_boundary


def test_a_fixed_number_decides_in_its_last_row_alone() -> None:
    """Before it no number of successes stops the run; there every number has a verdict."""
    fixed = boundary(Design(Rule.FIXED, 0.5, 0.95, 10, futility=0.0))
    assert [fixed.row(n) for n in range(1, 10)] == [(None, None, None, None)] * 9
    refute, support, low, high = fixed.row(10)
    assert (refute, support, low, high) == (1, 9, 2, 8)
    assert fixed.distance(3, 2) == 7


def test_the_rows_of_a_sequential_boundary_are_its_verdicts() -> None:
    """Each number of successes after each number of trials is in the row where `decide` says so."""
    stopping = boundary(Design(Rule.CALIBRATED, 0.5, 0.95, 20, futility=0.0))
    for n in range(1, 21):
        refute, support, low, high = stopping.row(n)
        for s in range(n + 1):
            named = (
                "refuted" if refute is not None and s <= refute
                else "supported" if support is not None and s >= support
                else "inconclusive" if low is not None and high is not None and low <= s <= high
                else None
            )  # fmt: skip
            decided = stopping.decide(n, s)
            assert named == (decided and decided.value), (n, s)


def test_the_picture_has_a_line_for_each_number_of_successes() -> None:
    """From the cap at the top to 0; a small cap needs no more lines than it has numbers."""
    lines = draw_boundary(boundary(Design(Rule.CALIBRATED, 0.5, 0.95, 8, futility=0.0))).splitlines()
    assert [line.split("|")[0].strip() for line in lines if "|" in line] == [str(s) for s in range(8, -1, -1)]
    assert "+" in lines[0]
    assert "-" in lines[8]
