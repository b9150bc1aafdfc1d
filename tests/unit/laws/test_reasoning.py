"""Answers, transformations, the simulated reasoner's closed form, and the decider on its blocks."""

from fractions import Fraction

import pytest

from kgents.domain.fact import Verdict
from kgents.domain.ports import Limits
from kgents.engine.blocks import Blocks
from kgents.errors import UsageError
from kgents.laws import CategoricalProbeRunner
from kgents.laws.answers import extract, number
from kgents.laws.problems import Problem
from kgents.laws.reasoner import SimulatedReasoner, reasoner
from kgents.laws.transformations import TRANSFORMATIONS, options_of, transform
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
        ("Final answer: y = 3/4", "expression", "3/4"),
        ("the answer is not to be had", "expression", None),
    ],
)
def test_answers_are_extracted(text, kind, key):
    assert extract(text, kind).key == key


@pytest.mark.parametrize(
    ("ways", "other"),
    [
        (("x^2+2x+1", "(x+1)^2", "(1+x)(x+1)", "x^{2} + 2x + 1", "$(x+1)**2$"), "(x-1)^2"),
        ((r"\frac{\sqrt{8}}{2}", "√2", "2sqrt(2)/2"), "sqrt(3)"),
        (("1/(x-1) - 1/(x+1)", r"\frac{2}{x^2-1}"), "2/(x^2+1)"),
        (("sin(x)cos x", "cos(x) sin(x+0)"), "sin(x)sin(x)"),
        (("0.5", r"\frac12"), "0.51"),
    ],
)
def test_expressions_are_what_they_are_equal_to(ways, other):
    keys = {extract(f"The answer is {text}.", "expression").key for text in (*ways, other)}
    assert len(keys) == 2
    assert None not in keys


def test_an_answer_that_is_missing_is_an_answer_of_its_own():
    assert extract("I do not know", "number").digest == 0
    assert extract("#### 0", "number").digest == extract("The answer is 0.00", "number").digest != 0


def test_numbers_are_exact():
    assert number("12.5%") == Fraction(1, 8)
    assert number("abc") is None


CHOICE = "Ann has 17 apples and buys 25. How many has she?\nA) 8\nB) 42\nC) 425\n"


@pytest.mark.parametrize("name", TRANSFORMATIONS)
def test_a_transformation_keeps_the_numbers(name):
    problem = CHOICE if name == "rotate-options" else PROBLEM
    changed = transform(TRANSFORMATIONS[name], problem)
    assert "17" in changed
    assert changed != problem


@pytest.mark.parametrize(("by", "verdict"), [("content", "holds"), ("letter", "violated")])
async def test_a_letter_is_compared_by_the_option_that_it_stands_for(by, verdict):
    """Who knows the answer follows the option; who likes B does not."""

    def ask(prompt, seed):
        options = {content: letter for letter, content in options_of(prompt).items()}
        return f"The answer is ({options['42'] if by == 'content' else 'B'})."

    found = await CategoricalProbeRunner(ask, "choice").test([CHOICE], ["rotate-options"], epsilon=0.3)
    assert found.laws[0].verdict == verdict


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


async def _test(model, laws=("label",), problems=(PROBLEM,), **more):
    return await CategoricalProbeRunner(model).test(problems, laws, **more)


async def test_a_shift_is_violated_and_none_holds():
    held = await _test(SimulatedReasoner(s=0.9, plain=(PROBLEM,)), epsilon=0.2, max_blocks=300)
    assert held.laws[0].verdict == "holds"
    broken = await _test(SimulatedReasoner(s=0.9, d=0.6, plain=(PROBLEM,)), epsilon=0.2)
    assert [law.law for law in broken.violated] == ["label"]
    assert broken.laws[0].blocks < 30
    span = broken.laws[0].effects["agreement_drop"]
    assert span.low <= span.estimate <= span.high


async def test_laws_of_one_round_share_the_plain_answers():
    """K transformations cost 2(1 + K) calls a round, and the bill knows it."""
    asked = []

    def ask(prompt, seed):
        asked.append((prompt, seed))
        return "The answer is 5."

    found = await _test(ask, ("label", "lines", "please"), epsilon=0.5, max_blocks=30)
    rounds = {law.blocks for law in found.laws}
    assert rounds == {found.laws[0].blocks}
    assert len(asked) == found.usage.calls == 8 * found.laws[0].blocks
    plain = [call for call in asked if call[0] == PROBLEM]
    assert len(plain) == len(set(plain)) == 2 * found.laws[0].blocks


async def test_a_difference_of_format_is_found_by_its_own_test():
    """Answers in words are no answers to an extractor of numbers; the law of extraction is the one that is broken."""
    model = SimulatedReasoner(s=1.0, fmt=0.7, plain=(PROBLEM,))
    found = (await _test(model)).laws[0]
    assert found.extraction_differs
    assert found.unextracted[0] == 0 < found.unextracted[1]
    assert (
        not (await _test(SimulatedReasoner(s=0.9, fail=0.2, plain=(PROBLEM,)), max_blocks=60))
        .laws[0]
        .extraction_differs
    )


async def test_an_effect_below_epsilon_can_be_measurable():
    """Both are true: there is an effect, and it is below ε."""
    model = SimulatedReasoner(s=1.0, d=0.3, plain=(PROBLEM,))
    runner = CategoricalProbeRunner(model)
    decider = Blocks(Design(Rule.FIXED, None, 0.95, 2000, Prior(), 0.0), 1, 0.4, measure=True)
    index = 0
    while decider.decision() is None:
        block = await runner.identity(Problem(PROBLEM), TRANSFORMATIONS["label"], index)
        decider.launch(0, index)
        decider.consume(0, index, True, block.score)
        index += 1
    assert decider.decision().detail["laws"][0]["verdict"] == "measurable"
    assert decider.decision().verdict is Verdict.REFUTED


async def test_coherence_of_a_model_is_a_rate_over_traces_that_can_be_checked():
    sound = await _test(SimulatedReasoner(c=0.0, plain=(PROBLEM,)), ("coherence",))
    assert sound.laws[0].verdict == "holds"
    assert sound.cores == ()
    broken = await _test(SimulatedReasoner(c=0.5, plain=(PROBLEM,)), ("coherence",))
    assert broken.laws[0].verdict == "violated"
    assert broken.cores
    mute = await _test(lambda prompt, seed: "I cannot say.", ("coherence",), max_blocks=20)
    assert mute.laws[0].verdict == "undecided"


STEPS = ("Add 17 and 25.", "Subtract 3.", "State the answer.")


@pytest.mark.parametrize(("g", "verdict"), [(0.0, "holds"), (0.5, "violated")])
async def test_call_boundaries_that_lose_answers_break_associativity(g, verdict):
    model = SimulatedReasoner(s=0.95, g=g, plain=(PROBLEM,), steps=(STEPS,))
    found = await _test(model, ("associativity",), (Problem(PROBLEM, STEPS),), epsilon=0.2, max_blocks=300)
    assert found.laws[0].verdict == verdict


async def test_the_closed_form_of_call_boundaries():
    """Mean of D over blocks against ½‖P − Q‖²."""
    from kgents.stats.evalues import excess

    model = SimulatedReasoner(s=0.9, g=0.4, plain=(PROBLEM,), steps=(STEPS,))
    runner = CategoricalProbeRunner(model)
    blocks = [await runner.associativity(Problem(PROBLEM, STEPS), seed) for seed in range(1500)]
    mean = sum(excess(block.score) for block in blocks) / len(blocks)
    assert mean == pytest.approx(model.truth_of_boundaries(3).excess_disagreement, abs=0.03)


async def test_a_cache_repeats_answers():
    model = SimulatedReasoner(s=0.3, k=50, rho=1.0, plain=(PROBLEM,))
    assert len({await model.ask(PROBLEM, seed) for seed in range(20)}) == 1


async def test_associativity_moves_the_call_boundary_and_needs_three_steps():
    asked = []

    async def ask(prompt, seed):
        asked.append(prompt)
        return "The answer is 5."

    runner = CategoricalProbeRunner(ask)
    block = await runner.associativity(Problem("P", ("one", "two", "three")), 1)
    assert len(set(block.score)) == 1
    assert block.score[0] != 0
    assert "P\none\ntwo" in asked
    assert "P\none" in asked
    assert "P\nThe answer is 5.\ntwo\nthree" in asked
    with pytest.raises(UsageError, match="not applicable"):
        await runner.associativity(Problem("P", ("one", "two")), 1)
