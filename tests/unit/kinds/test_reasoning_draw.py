"""Which problem a block of `laws --problems` is about."""

from collections import Counter

from kgents.domain.seeds import derive
from kgents.laws.problems import Problem, drawn

PROBLEMS = [Problem(f"problem {number}") for number in range(40)]
BLOCKS = 4000


def test_problems_are_drawn_evenly_and_from_the_whole_file_at_once() -> None:
    """The first blocks are not the first problems, and in the long run each problem has its share."""
    blocks = [drawn(PROBLEMS, derive(1, index)) for index in range(BLOCKS)]
    second_half = sum(PROBLEMS.index(problem) >= len(PROBLEMS) // 2 for problem in blocks[:20])
    assert 4 <= second_half <= 16
    assert len(set(blocks[:20])) > 10
    counts = Counter(problem.text for problem in blocks)
    assert set(counts) == {problem.text for problem in PROBLEMS}
    assert max(counts.values()) < 2 * BLOCKS / len(PROBLEMS)


def test_laws_of_one_round_share_a_problem() -> None:
    """The draw depends on the seed of the round alone, so plain answers are asked once for all laws."""
    assert all(drawn(PROBLEMS, derive(7, index)) is drawn(list(PROBLEMS), derive(7, index)) for index in range(50))
