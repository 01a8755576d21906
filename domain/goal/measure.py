"""What a key result promises: the terms of an offer, and how far a value is on its way.

Read downwards: terms, what makes terms impossible, progress. All numbers are Decimal, in the unit of the key result.
"""

from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, Literal, NamedTuple

from domain.errors import FlatTarget, Invalid, NotAStretch
from domain.goal.ratio import EXACT

MeasureType = Literal["change", "stay_above", "stay_below", "range", "binary", "baseline"]
Commitment = Literal["committed", "aspirational"]
Count = Literal["latest", "share"]

MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The whole of an offer. Of stay above and stay below, `target` is the bound."""

    title: str
    type: MeasureType = "change"
    metric: str | None = None
    unit: str | None = None
    baseline: Decimal | None = None
    target: Decimal | None = None
    baseline_as_written: str | None = None  # What an import gave that is not a number.
    target_as_written: str | None = None
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


def fields_of(terms: Terms) -> dict[str, Any]:
    """The terms by name, to make an offer's event of."""
    return {name: getattr(terms, name) for name in TERMS}


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


def is_stretch(terms: Terms, stretch: Decimal) -> bool:
    """Whether it lies beyond the target in the direction of travel, which only a change from baseline to target has."""
    if terms.type != "change" or terms.baseline is None or terms.target in (None, terms.baseline):
        return False
    return change(terms.baseline, terms.target, stretch) > 1


def require_stretch(terms: Terms, stretch: Decimal) -> None:
    """Refuse a stretch that is not one."""
    if not is_stretch(terms, stretch):
        raise NotAStretch(f"{stretch} for a {terms.type} from {terms.baseline} to {terms.target}")


def suggested_stretch(terms: Terms) -> Decimal | None:
    """`b + (t - b) / 0.7`, rounded to the target's decimals: a suggestion, which counts nowhere.

    >>> suggested_stretch(Terms(title="t", baseline=Decimal(0), target=Decimal("0.7")))
    Decimal('1.0')
    """
    if terms.type != "change" or terms.baseline is None or terms.target is None or terms.baseline == terms.target:
        return None
    exponent = min(int(terms.target.as_tuple().exponent), 0)
    suggestion = terms.baseline + (terms.target - terms.baseline) / Decimal("0.7")
    return suggestion.quantize(Decimal(1).scaleb(exponent), ROUND_HALF_EVEN, EXACT)


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


def expected_pace(start: datetime, end: datetime, now: datetime) -> Decimal:
    """The progress expected by `now`: linear over the cycle, from 0 when it starts to 1 when it ends.

    >>> from datetime import UTC
    >>> str(expected_pace(*(datetime(2026, 1, day, tzinfo=UTC) for day in (1, 9, 3))))
    '0.25'
    """
    passed = Decimal((now - start) // MICROSECOND) / ((end - start) // MICROSECOND)
    return min(max(passed, Decimal(0)), Decimal(1))


def progress(terms: Terms, values: tuple[Decimal, ...]) -> Progress:
    """How far these terms are met by the values of the check-ins, oldest first; the last one decides.

    >>> progress(Terms(title="t", baseline=Decimal(9), target=Decimal(4)), (Decimal(6),)).ratio
    Decimal('0.6')
    """
    if not values:
        return Progress(None, _open(terms) or "no_value")
    value = values[-1]
    match terms:
        case Terms(type="change", baseline=Decimal() as baseline, target=Decimal() as target) if baseline != target:
            return Progress(change(baseline, target, value))
        case Terms(type="stay_above" | "stay_below", count="share", target=Decimal() as bound):
            return Progress(Decimal(sum(_holds(terms, bound, each) for each in values)) / len(values))
        case Terms(type="stay_above" | "stay_below", target=Decimal() as bound):
            return Progress(Decimal(_holds(terms, bound, value)))
        case Terms(type="range", low=Decimal() as low, high=Decimal() as high) if low < high:
            return Progress(_nearness(low, high, value))
        case Terms(type="binary"):
            return Progress(Decimal(value != 0))
        case Terms(type="baseline"):
            return Progress(Decimal(1))
    return Progress(None, _open(terms) or "unmeasured")


def _open(terms: Terms) -> str | None:
    """What the terms leave open, so that no value can be measured by them."""
    match terms:
        case Terms(type="change", baseline=None, target=None):
            return "unmeasured"
        case Terms(type="change", baseline=None):
            return "no_baseline"
        case Terms(target=None, type="change" | "stay_above" | "stay_below"):
            return "no_target"
        case Terms(type="change", baseline=baseline, target=target) if baseline == target:
            return "flat"
    return None


def _holds(terms: Terms, bound: Decimal, value: Decimal) -> bool:
    if value == bound:
        return terms.inclusive
    return value > bound if terms.type == "stay_above" else value < bound


def _nearness(low: Decimal, high: Decimal, value: Decimal) -> Decimal:
    distance = max(low - value, value - high, Decimal(0))
    return max(1 - distance / (high - low), Decimal(0))
