"""The part of a page that a run renews."""

from kgents.page.record import PAGE, Shown
from kgents.report.html.page import experiment_part, render


def part(shown: Shown) -> str:
    """The experiment as HTML, with links to the other pages of its trials."""
    start, total = shown.window.start, shown.collection.total
    address = f"/e/{shown.summary.plan.experiment}"
    newer = f"{address}?start={max(0, start - PAGE)}#trials" if start else ""
    older = f"{address}?start={start + PAGE}#trials" if start + PAGE < total else ""
    drawn = experiment_part(shown.summary, shown.data, shown.collection, shown.mark_ids, shown.window)
    return drawn + render("pager.html", newer=newer, older=older)


def ended(shown: Shown) -> bool:
    """Whether nothing more will happen to it by itself."""
    return shown.summary.completed_at is not None or shown.summary.stop is not None
