"""The corpus of everyday specs says the truth of its own programs."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from everyday_specs import Everyday, everyday_specs, observed

SPECS = everyday_specs()


def test_there_are_enough_of_them() -> None:
    """At least 50 specs, each with three wrong programs and two right ones."""
    assert len(SPECS) >= 50
    assert all(len(spec.wrong) >= 3 and len(spec.right) >= 2 for spec in SPECS)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_wrong_programs_differ_from_the_spec_and_right_ones_do_not(spec: Everyday) -> None:
    """On the probes each wrong program shows something else than the spec, each right one does not."""
    wanted = observed(spec.spec, spec.probes)
    assert all(observed(program, spec.probes) != wanted for program in spec.wrong)
    assert all(observed(program, spec.probes) == wanted for program in spec.right)
