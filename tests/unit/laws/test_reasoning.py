"""Answers, transformations, the simulated reasoner's closed form, and the decider on its blocks."""

from fractions import Fraction

import pytest

from kgents.domain.fact import Verdict
from kgents.domain.ports import Limits
from kgents.engine.blocks import Blocks
from kgents.errors import UsageError
from kgents.laws import CategoricalProbeRunner
from kgents.laws.answers import extract, number
from kgents.laws.probe import Problem
from kgents.laws.reasoner import SimulatedReasoner, reasoner
from kgents.laws.transformations import TRANSFORMATIONS, transform
from kgents.stats import Design, Prior, Rule

PROBLEM = "Ann has 17 apples. She buys 25 more. How many has she?"


@pytest.mark.parametrize(
    ("text", "kind", "key"),
    [
        ("so 3 * 4 = 12\n#### 12", "number", "12"),
        ("The answer is $1,234.50.", "number", "2469/2"),
        ("Thus \\boxed{\\frac{3}{4}}", "number", "3/4"),
        ("I think 3/4", "number", "3/4"),
        ("Final answer: 18", "number", "18"),
        ("first 7. The answer is 3 + 4 = 8", "number", "8"),
        ("I do not know", "number", None),
        ("The answer is (B).", "choice", "B"),
        ("Answer: no, it knows nothing", "yesno", "no"),
        ("I know nothing", "yesno", None),
        ('Here: {"a": [1, {"b": 5}]}', "json:a.1.b", "5"),
        ("x=12 y=13", "regex:y=(\\d+)", "13"),
        ("The answer is  Paris.", "text", "paris"),
    ],
)
def test_answers_are_extracted(text, kind, key):
    assert extract(text, kind).key == key


def test_numbers_are_exact():
    assert number("12.5%") == Fraction(1, 8)
    assert number("abc") is None


@pytest.mark.parametrize("name", TRANSFORMATIONS)
def test_a_transformation_keeps_the_numbers(name):
    changed = transform(TRANSFORMATIONS[name], PROBLEM)
    assert "17" in changed
    assert changed != PROBLEM


def test_a_model_parameter_that_is_not_there_is_a_usage_error():
    with pytest.raises(UsageError, match="zeal"):
        reasoner("simulated-reasoner:zeal=1", [])


def test_the_closed_form_is_zero_without_an_effect_and_half_the_squared_distance_with_one():
    assert SimulatedReasoner(s=0.7, fail=0.1).truth().excess_disagreement == pytest.approx(0)
    truth = SimulatedReasoner(s=1.0, d=0.5).truth()
    assert truth.excess_disagreement == pytest.approx(0.25)
    assert truth.agreement_drop == pytest.approx(0.5)


async def test_the_reasoner_is_a_function_of_prompt_and_seed():
    model = SimulatedReasoner(plain=(PROBLEM,))
    first = await model.generate(PROBLEM, 7, Limits())
    assert first.text == (await model.generate(PROBLEM, 7, Limits())).text


async def _verdict(d, epsilon=0.2, s=0.9):
    model = SimulatedReasoner(s=s, d=d, plain=(PROBLEM,))
    runner = CategoricalProbeRunner(model.ask)
    decider = Blocks(Design(Rule.FIXED, None, 0.95, 300, Prior(), 0.0), 1, epsilon)
    index = 0
    while decider.decision() is None:
        block = await runner.identity(Problem(PROBLEM), TRANSFORMATIONS["label"], index)
        decider.launch(0, index)
        decider.consume(0, index, True, block.score)
        index += 1
    return decider.decision()


async def test_a_shift_is_violated_and_none_holds():
    assert (await _verdict(0.0)).verdict is Verdict.SUPPORTED
    broken = await _verdict(0.6)
    assert broken.verdict is Verdict.REFUTED
    assert broken.detail["laws"][0]["blocks"] < 60


async def test_associativity_moves_the_call_boundary_and_needs_three_steps():
    asked = []

    async def ask(prompt, seed):
        asked.append(prompt)
        return "The answer is 5."

    runner = CategoricalProbeRunner(ask)
    block = await runner.associativity(Problem("P", ("one", "two", "three")), 1)
    assert block.score == (0, 0, 0, 0)
    assert "P\none\ntwo" in asked
    assert "P\none" in asked
    assert "P\nThe answer is 5.\ntwo\nthree" in asked
    with pytest.raises(UsageError, match="not applicable"):
        await runner.associativity(Problem("P", ("one", "two")), 1)
