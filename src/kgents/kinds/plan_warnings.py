"""Warnings that are known before the first trial: said on stderr, and kept with the plan, so that the record has them."""

from collections.abc import Mapping, Sequence

from kgents.domain.notice import tell


class PlanWarnings:
    """What was said so far, in order: [code, text]."""

    def __init__(self) -> None:
        self.rows: list[list[str]] = []

    def say(self, code: str, text: str) -> None:
        """Tells a warning and keeps it."""
        tell(code, text, "warning")
        self.rows.append([code, text])

    def keep(self, coders: Sequence[Mapping[str, object]]) -> None:
        """Keeps what was said of coders when they were described."""
        self.rows += [["coder", str(coder["doubt"])] for coder in coders if coder.get("doubt")]

    @property
    def facts(self) -> Mapping[str, object]:
        """For the plan; empty where nothing was said."""
        return {"warnings": self.rows} if self.rows else {}
