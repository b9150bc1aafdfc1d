"""Rows and texts become trials again."""

import json
from datetime import UTC, datetime

from kgents.domain.fact import Finished
from kgents.domain.outcome import Cause, Check
from kgents.store.codec import trial_of

AT = datetime(2026, 3, 1, tzinfo=UTC)
DETAIL = {
    "error": "it said no",
    "checks": [["types", False, "line 3"]],
    "repairs": ["glued_fence"],
    "metadata": {"n": 1},
}


def test_what_a_trial_says_is_in_the_text_that_its_mark_names() -> None:
    fact = Finished(0, 4, False, Cause.WRONG_OUTPUT, detail="d", output="o", candidate="c")
    trial = trial_of(fact, AT, {"d": json.dumps(DETAIL).encode(), "o": b"out"})
    assert (trial.error, trial.checks) == ("it said no", (Check("types", False, "line 3"),))
    assert (trial.repairs, trial.metadata) == (("glued_fence",), {"n": 1})
    assert (trial.output, trial.candidate, trial.addresses) == ("out", None, ("o", "c"))


def test_a_text_that_was_erased_and_one_that_never_was_leave_a_trial_without() -> None:
    for address in ("erased", None):
        trial = trial_of(Finished(0, 4, False, Cause.NETWORK, error="refused", detail=address), AT, {})
        assert (trial.error, trial.checks, trial.repairs, trial.metadata) == ("refused", (), (), {})


def test_what_the_world_said_goes_before_what_the_program_said() -> None:
    fact = Finished(0, 4, None, Cause.SANDBOX, error="no room", detail="d")
    assert trial_of(fact, AT, {"d": json.dumps(DETAIL).encode()}).error == "no room"
