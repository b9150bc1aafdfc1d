"""An experiment as Markdown, for a pull request or a wiki."""

from kgents.domain.summary import Summary
from kgents.kinds.registry import command_of, kind_of
from kgents.report.clean import clean
from kgents.report.document_types import Document
from kgents.report.sentence import sentence
from kgents.report.text import rows


def markdown(summary: Summary, data: Document) -> str:
    """The sentence, the table, the witness."""
    plan = summary.plan
    lines = [
        f"## {_escape(sentence(summary, data['evidence']))}",
        "",
        f"`{plan.experiment}` · {command_of(plan.kind)} · {_escape(kind_of(plan.kind).headline(data['config']))[:200]}"
        if not data["config"].get("erased")
        else f"`{plan.experiment}` · {command_of(plan.kind)}",
        "",
        "| | |",
        "|---|---|",
        *(f"| {_escape(label)} | {_escape(text)} |" for label, text in rows(summary, data)),
        "",
        *(
            f"{_escape(title)}:\n\n```python\n{program}\n```\n"
            for title, program in kind_of(plan.kind).programs(data["config"], data["evidence"])
        ),
        *(f"> **Warning.** {_escape(warning.text)}" for warning in summary.warnings),
        f"Record: {summary.size} marks, head `{summary.head}`. Check it with `kg witness verify {plan.experiment}`.",
        "",
    ]
    return clean("\n".join(lines))


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")
