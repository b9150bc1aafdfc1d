"""The boundaries of calibration version 1 are frozen: records of today are replayed and resumed under them."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

from kgents.stats import Design, DesignError, Prior, Rule, boundary

FROZEN = Path(__file__).parent / "data" / "boundaries_1.txt"
DESIGNS = 2000
DIGITS = 16  # of the digest of each


def designs() -> Iterator[Design]:
    """Designs at random from all options, the valid ones."""
    random, count = Random(19), 0
    while count < DESIGNS:
        rule = random.choice(list(Rule))
        target = random.choice((0.01, 0.1, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, round(random.random(), 3)))
        design = Design(
            rule,
            target,
            random.choice((0.8, 0.9, 0.95, 0.99, 0.999)),
            random.choice((1, 5, random.randint(1, 60), random.randint(1, 120))),
            random.choice((Prior(), Prior(), Prior(1, 1), Prior(50, 1), Prior(0.1, 3), Prior(20, 20))),
            random.choice((0.0, 0.02, 0.2, 0.49)),
            round(random.uniform(0.005, 0.1), 3) if rule is Rule.SPRT else None,
            random.random() < 0.8,
        )
        try:
            design.validate()
        except DesignError:
            continue
        count += 1
        yield design


def digests() -> list[str]:
    """Of each design, the first digits of the digest of its boundary; the remedy where it has none."""
    return [_digest(design) for design in designs()]


def _digest(design: Design) -> str:
    try:
        return boundary(design).digest[:DIGITS]
    except DesignError:
        return "refused"


def test_version_1_still_gives_each_of_the_frozen_boundaries() -> None:
    """None of 2 000 designs has got another boundary since version 1."""
    assert digests() == FROZEN.read_text().split()
