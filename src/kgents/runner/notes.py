"""Every finished experiment leaves a crystal."""

from datetime import UTC, datetime

from kgents.domain.plan import Layout
from kgents.domain.summary import Summary
from kgents.kinds.config import config_of
from kgents.kinds.registry import kind_of
from kgents.report.claims import short_interval
from kgents.report.evidence import interval_of, shown_data
from kgents.store.crystal import distil
from kgents.store.crystals import Crystals
from kgents.store.sql import SqlStore


async def remember(store: SqlStore, summary: Summary) -> None:
    """Keeps what a decided experiment taught."""
    if summary.decision is None:
        return
    config = await config_of(store, summary.plan)
    headline = kind_of(summary.plan.kind).headline(config) if config else summary.plan.kind
    rate = None
    if summary.plan.layout is Layout.INDEPENDENT and len(summary.plan.arms) == 1:
        rate = short_interval(shown_data(interval_of(summary)))
    crystal = distil(summary, headline, rate)
    if crystal is not None:
        now = datetime.now(UTC)
        await Crystals(store).capture(crystal.title, crystal.body, crystal.tags, crystal.experiment, now)
