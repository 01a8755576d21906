"""What a key result promises: the terms of an offer, and how far a value is on its way.

Read downwards: terms, what makes terms impossible, progress. All numbers are Decimal, in the unit of the key result.
"""

from dataclasses import dataclass, fields
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, Literal, NamedTuple

from domain.errors import FlatTarget, Invalid, NotAStretch

MeasureType = Literal["change", "stay_above", "stay_below", "range", "binary", "baseline"]
Commitment = Literal["committed", "aspirational"]
Count = Literal["latest", "share"]
Bound = Literal["stay_above", "stay_below"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The whole of an offer. Of stay above and stay below, `target` is the bound."""

    title: str
    type: MeasureType = "change"
    metric: str | None = None
    unit: str | None = None
    baseline: Decimal | None = None
    target: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    inclusive: bool = True
    count: Count = "latest"
    due: date | None = None
    resources: str | None = None
    commitment: Commitment | None = None


TERMS = tuple(field.name for field in fields(Terms))


def terms_of(offer: Any) -> Terms:
    """The terms that an offer's event carries."""
    return Terms(**{name: getattr(offer, name) for name in TERMS})


def changes(before: Any, after: Any, names: tuple[str, ...] = TERMS) -> dict[str, tuple[Any, Any]]:
    """What differs between two offers, from what to what: derived, never typed."""
    pairs = ((name, getattr(before, name), getattr(after, name)) for name in names)
    return {name: (old, new) for name, old, new in pairs if old != new}


def require_possible(terms: Terms) -> None:
    """Refuse terms that could never be measured. Open baselines and targets are fine: they read as null."""
    if not terms.title.strip():
        raise Invalid("title: a key result needs one")
    if terms.type == "change" and terms.baseline is not None and terms.baseline == terms.target:
        raise FlatTarget(f"baseline and target are both {terms.target}")
    if terms.type == "range":
        if terms.low is None or terms.high is None or terms.low >= terms.high:
            raise Invalid("low, high: a range needs both, low below high")
    elif terms.low is not None or terms.high is not None:
        raise Invalid("low, high: only a range has them")
    if terms.type in ("stay_above", "stay_below") and terms.target is None:
        raise Invalid("target: the bound to stay on this side of")
    if terms.type in ("range", "binary", "baseline") and (terms.target, terms.baseline) != (None, None):
        raise Invalid(f"baseline, target: a measure of type {terms.type} has neither")
    if terms.count == "share" and terms.type not in ("stay_above", "stay_below"):
        raise Invalid("count: a share of check-ins is counted only of stay_above and stay_below")


def require_stretch(terms: Terms, stretch: Decimal) -> None:
    """Refuse a stretch that is not beyond the target in the direction of travel."""
    if terms.type != "change" or terms.baseline is None or terms.target is None:
        raise NotAStretch(f"the measure is a {terms.type} with baseline {terms.baseline} and target {terms.target}")
    if change(terms.baseline, terms.target, stretch) <= 1:
        raise NotAStretch(f"{stretch} is not beyond {terms.target}, coming from {terms.baseline}")


def suggested_stretch(terms: Terms) -> Decimal | None:
    """`b + (t - b) / 0.7`, rounded to the target's decimals: a suggestion, which counts nowhere.

    >>> suggested_stretch(Terms(title="t", baseline=Decimal(0), target=Decimal("0.7")))
    Decimal('1.0')
    """
    if terms.type != "change" or terms.baseline is None or terms.target is None or terms.baseline == terms.target:
        return None
    exponent = min(int(terms.target.as_tuple().exponent), 0)
    suggestion = terms.baseline + (terms.target - terms.baseline) / Decimal("0.7")
    return suggestion.quantize(Decimal(1).scaleb(exponent), ROUND_HALF_EVEN)


class Progress(NamedTuple):
    """A raw ratio, neither clamped nor rounded; or None, with the reason."""

    ratio: Decimal | None
    missing: str | None = None


def change(baseline: Decimal, target: Decimal, value: Decimal) -> Decimal:
    """Share of the way from baseline to target: 0 at the one, 1 at the other, signed and not clamped.

    One formula for both directions. baseline and target differ.
    Source: docs/domain.md, "Progress".
    >>> [str(change(Decimal(100), Decimal(60), Decimal(v))) for v in (80, 70, 50, 110)]
    ['0.5', '0.75', '1.25', '-0.25']
    """
    return (value - baseline) / (target - baseline)


def progress(terms: Terms, values: tuple[Decimal, ...]) -> Progress:
    """How far these terms are met by the values of the check-ins, oldest first; the last one decides.

    >>> progress(Terms(title="t", baseline=Decimal(9), target=Decimal(4)), (Decimal(6),)).ratio
    Decimal('0.6')
    """
    missing = _missing(terms)
    if missing:
        return Progress(None, missing)
    if not values:
        return Progress(None, "no_value")
    value = values[-1]
    match terms.type:
        case "change":
            return Progress(change(terms.baseline, terms.target, value))
        case "stay_above" | "stay_below" if terms.count == "share":
            return Progress(Decimal(sum(_holds(terms, v) for v in values)) / len(values))
        case "stay_above" | "stay_below":
            return Progress(Decimal(_holds(terms, value)))
        case "range":
            return Progress(_nearness(terms.low, terms.high, value))
        case "binary":
            return Progress(Decimal(value != 0))
        case "baseline":
            return Progress(Decimal(1))


def _missing(terms: Terms) -> str | None:
    match terms.type:
        case "change" if terms.target is None:
            return "unmeasured" if terms.baseline is None else "no_target"
        case "change" if terms.baseline is None:
            return "no_baseline"
        case "change" if terms.baseline == terms.target:
            return "flat"
        case "stay_above" | "stay_below" if terms.target is None:
            return "no_target"
    return None


def _holds(terms: Terms, value: Decimal) -> bool:
    if value == terms.target:
        return terms.inclusive
    return value > terms.target if terms.type == "stay_above" else value < terms.target


def _nearness(low: Decimal, high: Decimal, value: Decimal) -> Decimal:
    distance = max(low - value, value - high, Decimal(0))
    return max(1 - distance / (high - low), Decimal(0))
