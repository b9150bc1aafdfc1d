"""Templates and style: the file, the part that the live page renews, the notebook's frame."""

from base64 import b64encode
from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

from kgents.domain.summary import Summary
from kgents.report.document_types import Document
from kgents.report.html.collect import Collected, Window
from kgents.report.html.shown import plain
from kgents.report.html.view import view
from kgents.report.pictures import DARK, LIGHT, rules, variables

HERE = Path(__file__).parent


def experiment_file(
    summary: Summary, data: Document, collection: Collected, mark_ids: Sequence[str], window: Window
) -> str:
    """One HTML document that needs nothing else."""
    page = view(summary, data, collection, mark_ids, window)
    return render("file.html", page=page, body="experiment.html", style=style(), policy=file_policy())


def experiment_part(
    summary: Summary, data: Document, collection: Collected, mark_ids: Sequence[str], window: Window, **more: Any
) -> str:
    """What the live page shows of an experiment, and renews."""
    return render("experiment.html", page=view(summary, data, collection, mark_ids, window), **more)


def notebook(document: str) -> str:
    """A document within a notebook: in a frame that runs nothing and reaches nothing of the notebook."""
    return (
        f'<iframe sandbox="" width="100%" height="640" title="kgents experiment" srcdoc="{escape(document)}"></iframe>'
    )


def render(template: str, **values: Any) -> str:
    """A template with its values; every text is escaped, and its controls are made visible."""
    from markupsafe import Markup

    marked = {name: Markup(value) if name in ("style", "part") else value for name, value in values.items()}
    page: str = environment().get_template(template).render(**marked)
    return page


@lru_cache(maxsize=1)
def environment() -> Any:
    """The environment of Jinja2."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    def shown(value: object) -> object:
        return plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value

    return Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, finalize=shown,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


@lru_cache(maxsize=1)
def style() -> str:
    """The one style block of every page."""
    own = (HERE / "style.css").read_text(encoding="utf-8")
    dark = f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {variables(DARK)} }} }}"
    return f":root {{ color-scheme: light dark; {variables(LIGHT)} }}\n{dark}\n{own}\n{rules()}\n"


def style_source() -> str:
    """The style block as a source of a content security policy."""
    return f"'sha256-{b64encode(sha256(style().encode()).digest()).decode()}'"


def file_policy() -> str:
    """The policy of a document that loads nothing and runs nothing."""
    return f"default-src 'none'; style-src {style_source()}; img-src data:; base-uri 'none'; form-action 'none'"
