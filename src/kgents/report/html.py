"""An experiment as one HTML file: no script, nothing loaded from elsewhere."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from html import escape
from typing import Any

from kgents.domain.plan import Layout
from kgents.domain.ports import Trial
from kgents.domain.prefix import Key, counted
from kgents.domain.summary import Summary
from kgents.kinds.registry import kind_of
from kgents.report.cautions import cautions
from kgents.report.sentence import sentence
from kgents.report.text import rows
from kgents.stats import Rule, boundary, boundary_svg

LONGEST = 5000  # trials whose path is drawn
SHOWN = 500  # trials listed in the page; the record has all of them

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1b1f24; }
h1 { font-size: 1.5rem; } table { border-collapse: collapse; width: 100%; }
td, th { padding: .3rem .6rem; text-align: left; border-bottom: 1px solid #d8dee4; vertical-align: top; }
pre, .columns { white-space: pre-wrap; margin: 0; font: .85rem ui-monospace, monospace; }
td, pre { overflow-wrap: anywhere; }
.pass { color: #116329; } .fail { color: #a40e26; } .void { color: #6e7781; } .verdict { padding: .1rem .5rem;
border-radius: .3rem; background: #eaeef2; } footer { color: #57606a; margin-top: 2rem; font-size: .85rem; }
"""


async def html(
    summary: Summary,
    data: Mapping[str, Any],
    trials: AsyncIterator[Trial],
    mark_ids: Sequence[str],
    waiting: Collection[Key] = (),
) -> str:
    """The page; `waiting` are trials that do not count yet: they are listed and not drawn."""
    plan = summary.plan
    table = "".join(f"<tr><th>{escape(label)}</th>{_cell(text)}</tr>" for label, text in rows(summary, data))
    warnings = "".join(f"<p class=fail>warning: {escape(text)}</p>" for text in _warnings(summary))
    title = escape(sentence(summary, data["evidence"]))
    programs = "".join(
        f"<h2>{escape(name)}</h2><pre>{escape(program)}</pre>"
        for name, program in kind_of(plan.kind).programs(data["config"], data["evidence"])
    )
    listed, path = await _trials(summary, trials, waiting)
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title><style>{_STYLE}</style>'
        f"<h1>{title}</h1><p><code>{plan.experiment}</code> · {escape(plan.kind)} · {data['created_at']}</p>"
        f"{warnings}<table>{table}</table>"
        f"{programs}{kind_of(plan.kind).page(data['config'], data['evidence'])}{_picture(summary, path)}<h2>Trials</h2>"
        f"<table><tr><th>trial<th>outcome<th>what was said</tr>{listed}</table>"
        f"<footer>{summary.size} marks, head <code>{summary.head}</code>. Anyone with the record can check it: "
        f"<code>kg witness verify {plan.experiment}</code><details><summary>mark ids</summary>"
        f"<pre>{'<br>'.join(mark_ids)}</pre></details></footer></html>\n"
    )


def _cell(text: str) -> str:
    """Text in columns keeps them."""
    return f"<td{' class=columns' if '  ' in text else ''}>{escape(text)}</td>"


def _warnings(summary: Summary) -> list[str]:
    return [*cautions(summary.plan), *(warning.text for warning in summary.warnings)]


async def _trials(summary: Summary, trials: AsyncIterator[Trial], waiting: Collection[Key]) -> tuple[str, list[int]]:
    """(the rows of the table, the successes after each trial that counted, in the order of consumption)."""
    shown: list[str] = []
    path: list[int] = []
    total = 0
    async for row in trials:
        total += 1
        if total <= SHOWN:
            shown.append(_row(summary, row))
        success = counted(row.success, row.cause, summary.plan.errors)
        if len(path) < LONGEST and success is not None and (row.arm, row.index) not in waiting:
            path.append((path[-1] if path else 0) + success)
    rest = f"<tr><td colspan=3>… and {total - SHOWN} more in the record</tr>" if total > SHOWN else ""
    return "".join(shown) + rest, path


def _row(summary: Summary, row: Trial) -> str:
    style = {True: "pass", False: "fail", None: "void"}[row.success]
    outcome = "success" if row.success else f"{row.cause}: {row.error or ''}"
    said = (row.candidate or row.output or "")[:4000]
    name = f"{summary.plan.arms[row.arm]} {row.index}".strip()
    return f"<tr><td>{escape(name)}<td class={style}>{escape(outcome)}<td><pre>{escape(said)}</pre></tr>"


def _picture(summary: Summary, path: list[int]) -> str:
    plan, design = summary.plan, summary.plan.design
    one = plan.layout is Layout.INDEPENDENT and len(plan.arms) == 1
    if not one or design.rule is Rule.FIXED or design.max_trials is None or design.max_trials > LONGEST:
        return ""
    heading = "Where it stopped" if summary.decision is not None else "Where it would have stopped"
    return f"<h2>{heading}</h2>{boundary_svg(boundary(design), path)}"
