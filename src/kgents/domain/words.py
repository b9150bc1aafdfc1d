"""Numbers as people say them: one trial, two trials; seconds; per cent."""

from decimal import Decimal


def number(count: int, one: str, many: str | None = None) -> str:
    """1 trial, 2 trials."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def percent(share: float) -> str:
    """0.05 as 5 %; what is neither nothing nor all is never said to be."""
    rounded = round(100 * share, 4)
    if rounded == 0 < share:
        return f"{_small(share):f} %"
    return f"{100 - _small(1 - share):f} %" if rounded == 100 and share < 1 else f"{rounded:g} %"


def level(share: float) -> str:
    """The same without the space: 95%, 98.1546%."""
    return percent(share).replace(" ", "")


def _small(share: float) -> Decimal:
    return Decimal(f"{100 * share:.3g}").normalize()


def seconds(value: float) -> str:
    """A duration in seconds with three digits that matter: 0.0123 s, 90.2 s; from ten minutes on in minutes, then hours."""
    if value >= 36_000:
        return f"{value / 3600:.1f} h"
    if value >= 600:
        return f"{value / 60:.1f} min"
    return f"{value:.0f} s" if value >= 100 else f"{Decimal(f'{value:.3g}').normalize():f} s"
