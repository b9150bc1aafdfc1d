"""Where what people are told goes."""

import asyncio
import io

import pytest

from kgents.domain.notice import Notice, listening, tell
from kgents.domain.plan import Plan
from kgents.kinds.plan_warnings import PlanWarnings
from kgents.runner.begin import announce_impossible
from kgents.stats import Design, Rule


def test_where_nobody_listens_it_is_a_line_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    tell("bill", "expected bill: 3 USD")
    tell("question", "the tests show more", "note")
    assert capsys.readouterr() == ("", "expected bill: 3 USD\nnote: the tests show more\n")


def test_a_stderr_that_is_closed_takes_no_run_along(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr("sys.stderr", closed)
    tell("bill", "expected bill: 3 USD")


async def test_who_listens_is_told_and_nothing_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """By code and level; what is begun meanwhile tells the same listener, and nobody is told afterwards."""
    heard: list[Notice] = []
    plan = Plan("exp-1", "null", "c", Design(Rule.CALIBRATED, 0.99, 0.95, 3), "", 1)

    async def later() -> None:
        announce_impossible(plan)

    with listening(heard.append):
        warnings = PlanWarnings()
        warnings.say("weak_tests", "a stub passes")
        await asyncio.create_task(later())
    assert heard[0] == Notice("weak_tests", "a stub passes", "warning")
    assert warnings.rows == [["weak_tests", "a stub passes"]]
    assert {notice.code for notice in heard[1:]} == {"impossible"}
    assert heard[1].line == "warning: SUPPORTED cannot occur within 3 trials; a cap of 299 would do"
    assert capsys.readouterr() == ("", "")
    count = len(heard)
    tell("bill", "expected bill: 3 USD")
    assert len(heard) == count
    assert capsys.readouterr().err == "expected bill: 3 USD\n"
