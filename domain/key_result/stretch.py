"""A stretch: more than was committed, offered afterwards and negotiated like the target.

Read downwards: events, decisions. Progress and score stay measured to the target.
A declined stretch is never held against anyone.
"""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from domain.errors import NotOpen
from domain.goal import base as goal
from domain.goal.measure import require_stretch
from domain.key_result.state import KeyResult, require_nothing_open, require_party_of_committed
from domain.personal import Personal


@dataclass(frozen=True, slots=True, kw_only=True)
class KRStretchOffered:
    """After commitment one party offered a stretch beyond the target, in the key result's unit."""

    by: UUID
    stretch: Decimal
    reason: Personal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KRStretchCountered:
    """The other party answered with another stretch."""

    by: UUID
    stretch: Decimal
    reason: Personal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KRStretchAgreed:
    """The standing stretch was accepted."""

    by: UUID
    self_agreed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KRStretchDeclined:
    """The standing stretch was turned down, which is never held against anyone."""

    by: UUID
    reason: Personal | None = None


StretchEvent = KRStretchOffered | KRStretchCountered | KRStretchAgreed | KRStretchDeclined


def offer_stretch(kr: KeyResult, *, by: UUID, stretch: Decimal, reason: Personal | None = None) -> list[StretchEvent]:
    """Offer to reach for more than was committed."""
    if _repeats(kr, by, stretch):
        return []
    require_party_of_committed(kr, by)
    require_nothing_open(kr)
    if kr.stretch == stretch:
        return []
    require_stretch(kr.terms, stretch)
    return [KRStretchOffered(by=by, stretch=stretch, reason=reason)]


def counter_stretch(kr: KeyResult, *, by: UUID, stretch: Decimal, reason: Personal | None = None) -> list[StretchEvent]:
    """Answer the standing stretch with another."""
    if _repeats(kr, by, stretch):
        return []
    _require_turn(kr, by)
    require_stretch(kr.terms, stretch)
    return [KRStretchCountered(by=by, stretch=stretch, reason=reason)]


def agree_stretch(kr: KeyResult, *, by: UUID) -> list[StretchEvent]:
    """Accept the standing stretch."""
    if kr.ended == (KRStretchAgreed, by):
        return []
    _require_turn(kr, by)
    return [KRStretchAgreed(by=by, self_agreed=kr.partner_id is None)]


def decline_stretch(kr: KeyResult, *, by: UUID, reason: Personal | None = None) -> list[StretchEvent]:
    """Turn the standing stretch down."""
    if kr.ended == (KRStretchDeclined, by):
        return []
    _require_turn(kr, by)
    return [KRStretchDeclined(by=by, reason=reason)]


def _repeats(kr: KeyResult, by: UUID, stretch: Decimal) -> bool:
    return kr.stretch_offer is not None and (kr.offered_by, kr.stretch_offer) == (by, stretch)


def _require_turn(kr: KeyResult, by: UUID) -> None:
    require_party_of_committed(kr, by)
    if kr.stretch_offer is None:
        raise NotOpen("no stretch is offered")
    goal.require_turn(kr, by)
