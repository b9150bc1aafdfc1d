"""What a run is going to cost, said before its first trial: from the history of the model, else from the price list.

Rule: an unknown price is said to be unknown, and a budget in dollars that could never bind is refused.
"""

import asyncio
from collections.abc import Mapping, Sequence
from decimal import Decimal
from importlib.util import find_spec

from kgents.domain.json import JsonObject
from kgents.domain.notice import tell
from kgents.domain.plan import Layout, Plan
from kgents.domain.ports import Query, Store
from kgents.domain.words import number
from kgents.errors import UsageError
from kgents.harness.choice import AGENTS, EXTRA
from kgents.harness.model_name import canonical_vendor
from kgents.harness.pricing import price
from kgents.kinds.kind import Config
from kgents.report.planning import PerTrial, most_expected
from kgents.stats import Rule
from kgents.stats.default_cap import clearly_better, least_cap

PAID = ("api", *AGENTS)
ANSWER_TOKENS = 1000  # what an answer is taken for where nothing is known of this model
PROMPT_TOKENS = 500
LOOKED_AT = 50  # the newest experiments


def listed(model: str, prompt_tokens: int = PROMPT_TOKENS, answer_tokens: int = ANSWER_TOKENS) -> PerTrial | None:
    """A trial of a model by the price list; None where its price is not on it."""
    head, _, name = model.partition(":")
    listed_price = price(canonical_vendor(head), name, prompt_tokens, answer_tokens)
    if listed_price is None:
        return None
    return PerTrial(None, float(listed_price), 0, f"price list, {prompt_tokens} + {answer_tokens} tokens")


async def per_trial(model: str, store: Store, kind: str | None = None) -> PerTrial | None:
    """Mean seconds and cost of a trial of this model (of one kind); None where there is no history of it."""
    trials, micros, usd, known = 0, 0, 0.0, True  # of runs that were answered: a refused key is no free trial
    async for summary in store.history(Query(kind=kind, model=model, limit=LOOKED_AT)):
        if not any(tally.trials for tally in summary.tallies):
            continue
        trials += sum(tally.finished - tally.errors for tally in summary.tallies)
        micros += summary.duration_us
        known = known and summary.usage.cost_usd is not None
        usd += float(summary.usage.cost_usd or 0)
    if not trials:
        return None
    return PerTrial(
        micros / trials / 1e6, usd / trials if known else None, trials, f"history of {number(trials, 'trial')}"
    )


async def announce_bill(plan: Plan, config: Config, store: Store, capped_by_default: bool = False) -> None:
    """Says on stderr what a run with paid coders is expected to cost.

    UsageError: --budget-usd without a price, or one that cannot pay for the cap that nobody named.
    """
    coders = plan.facts.get("coders", ())
    paid = [coder for coder in coders if coder.get("harness") in PAID]
    if plan.budget.usd is not None:
        await _refuse_unpriced(coders)
    named, told = len(coders) > 1, set()
    for coder in paid:
        name = f" of {coder['harness']}, {coder['model']}" if named else ""
        past = await _past(coder, plan, config, store)
        if capped_by_default:
            _refuse_unaffordable(plan, past)
        line = f"expected bill{name}: {_expected(coder, plan, past)}"
        if line not in told:
            tell("bill", line)
        told.add(line)


async def _past(coder: JsonObject, plan: Plan, config: Config, store: Store) -> PerTrial | None:
    """What a trial costs, by history or by the list; None where neither knows."""
    past = await per_trial(plan.model or "", store, plan.kind) if "|" not in (plan.model or "|") else None
    if past is None or past.usd is None:
        prompt = len(str(config.get("prompt", ""))) // 4 or PROMPT_TOKENS
        asked = config.get("max_output_tokens")
        answer = asked if isinstance(asked, int) and asked else ANSWER_TOKENS
        past = None if "base_url" in coder else await asyncio.to_thread(listed, str(coder["model"]), prompt, answer)
    return past


def _refuse_unaffordable(plan: Plan, past: PerTrial | None) -> None:
    """UsageError where the budget ends before a verdict can be expected."""
    usd, design = plan.budget.usd, plan.design
    if usd is None or past is None or not past.usd or len(plan.arms) > 1 or design.rule is Rule.FIXED:
        return
    paid, needed = int(usd / Decimal(past.usd)), least_cap(design)
    if paid >= needed:
        return
    better = clearly_better(design.target or 0.5)
    raise UsageError(
        f"--budget-usd {usd} pays for about {paid} trials of {past.usd:.2g} USD ({past.source}); "
        f"to support a rate of {better:.12g} takes up to {needed}",
        f"--budget-usd {needed * past.usd:.2f}; or, if so few will do, --max-trials {max(1, paid)}",
    )


def _expected(coder: Mapping[str, object], plan: Plan, past: PerTrial | None) -> str:
    if past is None or past.usd is None:
        return f"the price of {coder['model']} is not known; --budget-tokens and --budget-seconds bound the run"
    if plan.layout is Layout.BLOCKS and not past.trials:
        return f"{past.usd:.4g} USD a question ({past.source}); a trial asks several"
    each = f"{past.usd:.4g} USD a trial ({past.source})"
    cap = plan.design.max_trials
    if cap is None:
        return each
    most = cap if plan.layout is Layout.COMPARE else cap * len(plan.arms)
    return f"{each}{_mean(plan, past.usd)}, at most {most * past.usd:.2g} USD ({number(most, 'trial')})"


def _mean(plan: Plan, usd: float) -> str:
    cap = plan.design.max_trials
    trials = most_expected(plan.design) if plan.layout is Layout.INDEPENDENT and len(plan.arms) == 1 else cap
    if cap is None or trials is None or trials >= cap:
        return ""
    return f", {trials * usd:.2g} USD on average whatever the rate ({trials:.1f} trials)"


async def _refuse_unpriced(coders: Sequence[Mapping[str, object]]) -> None:
    for coder in coders:
        harness, model = coder.get("harness"), str(coder.get("model"))
        listed_here = harness in PAID and "base_url" not in coder and await asyncio.to_thread(listed, model) is not None
        if harness in (*PAID, "command") and not listed_here:
            raise UsageError(
                f"--budget-usd would never stop this run: the price of {model} is not known",
                "use --budget-tokens or --budget-seconds" + ("" if find_spec("genai_prices") else f", or {EXTRA}"),
            )
