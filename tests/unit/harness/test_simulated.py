"""The simulated coder: a known rate, real mistakes, no model."""

import ast
from decimal import Decimal

import pytest

from kgents.domain.json import canonical
from kgents.domain.outcome import Tier
from kgents.domain.ports import Limits
from kgents.errors import UsageError
from kgents.harness.prompt import code_prompt
from kgents.harness.simulated import SimulatedCoder, Simulation, parse_simulation, reference_of
from kgents.testing.reading import taken

ADD = "def add(a, b): return a + b"
LIMITS = Limits()


async def codes(coder: SimulatedCoder, spec: str, seeds: range) -> list[str | None]:
    """What is extracted from the answers."""
    return [taken((await coder.generate(code_prompt(spec), seed, LIMITS)).text).code for seed in seeds]


async def test_a_perfect_coder_always_gives_the_reference() -> None:
    assert set(await codes(SimulatedCoder(Simulation(Decimal(1))), ADD, range(300))) == {ADD + "\n"}


async def test_a_useless_coder_never_does() -> None:
    found = await codes(SimulatedCoder(Simulation(Decimal(0))), ADD, range(300))
    assert ADD + "\n" not in found
    assert len(set(found)) > 15


async def test_the_rate_is_the_share_of_references() -> None:
    """3 000 seeds; 0.7 ± 0.05 is missed with probability below 1e-8 (Hoeffding), and the seeds are fixed anyway."""
    found = await codes(SimulatedCoder(Simulation(Decimal("0.7"))), ADD, range(3000))
    assert abs(found.count(ADD + "\n") / 3000 - 0.7) < 0.06


async def test_prompt_and_seed_alone_decide() -> None:
    one, other = SimulatedCoder(), SimulatedCoder()
    answers = [await one.generate(code_prompt(ADD), seed, LIMITS) for seed in range(50)]
    again = [await other.generate(code_prompt(ADD), seed, LIMITS, trial=seed) for seed in reversed(range(50))]
    assert answers == again[::-1]


async def test_latency_is_slept_on_the_given_clock() -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    coder = SimulatedCoder(parse_simulation("simulated:0.8,latency=0.2"), sleep=sleep)
    await coder.generate("x", 1, LIMITS)
    assert slept == [0.2]


async def test_a_given_reference_goes_before_the_specification() -> None:
    coder = SimulatedCoder(Simulation(Decimal(1)), {code_prompt("add two numbers"): ADD})
    assert await codes(coder, "add two numbers", range(3)) == [ADD + "\n"] * 3


async def test_it_is_loud_about_what_it_is() -> None:
    coder = SimulatedCoder(parse_simulation("simulated:0.80,latency=1.5"))
    assert coder.tier is Tier.SIMULATED
    assert canonical(coder.describe())
    assert parse_simulation(str(coder.describe()["model"])) == parse_simulation("simulated:0.8,latency=1.5")
    reply = await SimulatedCoder().generate("x", 1, LIMITS)
    assert reply.usage.cost_usd == 0
    assert reply.usage.input_tokens + reply.usage.output_tokens > 0


@pytest.mark.parametrize(
    ("spec", "name"),
    [
        ("def area(w: float, h: float) -> float:", "area"),
        ("def area(w, h):\n    '''The area.'''\n", "area"),
        ("def area(w, h): ...", "area"),
        ("def area(w, h):\n    raise NotImplementedError('later')", "area"),
        ("Write `area(w, h)`, which multiplies.", "area"),
        ("A function named rect_area that multiplies.", "rect_area"),
        ("async def area(\n    w,\n    h,\n):", "area"),
        ("multiply two numbers", "solution"),
        ("def (:", "solution"),
        ("", "solution"),
    ],
)
def test_without_code_in_the_specification_there_is_a_skeleton(spec: str, name: str) -> None:
    code = reference_of(spec)
    assert code != spec
    assert [getattr(node, "name", None) for node in ast.parse(code).body] == [name]


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("simulated:1.5", "between 0 and 1"),
        ("simulated:-1", "rate"),
        ("simulated:", "rate"),
        ("simulated:nan", "rate"),
        ("simulated:0.5,latency=soon", "latency"),
        ("simulated,latncy=1", "latncy"),
    ],
)
def test_a_bad_setting_is_named(model: str, words: str) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        parse_simulation(model)
    assert "--model" in caught.value.message
    assert "simulated:0.8" in (caught.value.hint or "")
