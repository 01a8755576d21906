"""A stretch: to reach for more than was committed, offered afterwards and negotiated like the target.

Progress and score stay measured to the target. Declining a stretch is never held against anyone.
"""

from decimal import Decimal
from uuid import UUID

from domain import goal
from domain.amendment import require_nothing_open, require_party_of_committed
from domain.errors import NotOpen
from domain.key_result import (
    KeyResult,
    KREvent,
    KRStretchAgreed,
    KRStretchCountered,
    KRStretchDeclined,
    KRStretchOffered,
)
from domain.measure import require_stretch
from domain.personal import Personal


def offer_stretch(kr: KeyResult, *, by: UUID, stretch: Decimal, reason: Personal | None = None) -> list[KREvent]:
    """Offer to reach for more than was committed."""
    if _repeats(kr, by, stretch):
        return []
    require_party_of_committed(kr, by)
    require_nothing_open(kr)
    if kr.stretch == stretch:
        return []
    require_stretch(kr.terms, stretch)
    return [KRStretchOffered(by=by, stretch=stretch, reason=reason)]


def counter_stretch(kr: KeyResult, *, by: UUID, stretch: Decimal, reason: Personal | None = None) -> list[KREvent]:
    """Answer the standing stretch with another."""
    if _repeats(kr, by, stretch):
        return []
    _require_turn(kr, by)
    require_stretch(kr.terms, stretch)
    return [KRStretchCountered(by=by, stretch=stretch, reason=reason)]


def agree_stretch(kr: KeyResult, *, by: UUID) -> list[KREvent]:
    """Accept the standing stretch."""
    if kr.ended == (KRStretchAgreed, by):
        return []
    _require_turn(kr, by)
    return [KRStretchAgreed(by=by, self_agreed=kr.partner_id is None)]


def decline_stretch(kr: KeyResult, *, by: UUID, reason: Personal | None = None) -> list[KREvent]:
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
