"""Key result: how its state follows from its events. The events stand with the decisions that make them.

proposed --counter--> proposed --commit--> committed --grade--> graded
   |--decline--> declined                      |--propose_amendment--> amendment open --agree/refuse--> committed
   |--withdraw--> withdrawn                    |--offer_stretch--> stretch open --agree/decline--> committed
any live state --drop--> dropped --reinstate--> the state before
"""

from typing import Any

from msgspec.structs import replace

from domain.goal import base as goal
from domain.goal.alignment import linked
from domain.goal.check_in import CheckedIn
from domain.goal.grade import KRGraded
from domain.goal.measure import Terms, is_stretch, terms_of
from domain.history import At
from domain.key_result.amendment import AmendmentEvent, KRAmended, KRAmendmentProposed, KRAmendmentRefused
from domain.key_result.lifecycle import KRDropped, KRLifecycleEvent, KRMoved, KRReinstated
from domain.key_result.negotiation import (
    KRCommitted,
    KRCountered,
    KRDeclined,
    KRProposed,
    KRWithdrawn,
    NegotiationEvent,
)
from domain.key_result.state import KeyResult
from domain.key_result.stretch import (
    KRStretchAgreed,
    KRStretchCountered,
    KRStretchDeclined,
    KRStretchOffered,
    StretchEvent,
)

KREvent = NegotiationEvent | AmendmentEvent | StretchEvent | KRLifecycleEvent


def evolve(kr: KeyResult | None, event: KREvent, at: At) -> KeyResult | None:
    """Remember one stored fact. Never refuses: a fact from before the beginning finds nothing to change."""
    if isinstance(event, KRProposed):
        return KeyResult(
            state="proposed",
            terms=terms_of(event),
            offered_from=goal.side(event.by, event.owner_id),
            owner_id=event.owner_id,
            partner_id=event.partner_id,
            team_id=event.team_id,
            cycle_id=event.cycle_id,
            links=linked((), at, event.objective_id),
            first_at=at.effective_at,
            external_id=event.external_id,
            awaits=event.awaits,
        )
    if kr is None:
        return None
    match event:
        case CheckedIn():
            return goal.evolve(kr, event, at)  # Named first because most facts are check-ins.
        case KRCountered():
            return _offered(kr, event, terms=terms_of(event))
        case KRCommitted():
            committed = _ended(kr, event, committed_at=at.effective_at, first_agreed=kr.terms)
            return goal.turned(committed, "committed")
        case KRDeclined():
            return goal.turned(_ended(kr, event), "declined")
        case KRWithdrawn():
            return goal.turned(_ended(kr, event), "withdrawn")
        case KRAmendmentProposed():
            return _offered(kr, event, amendment=terms_of(event))
        case KRAmended():
            return _amended(_ended(kr, event), kr.amendment or kr.terms)
        case KRStretchOffered() | KRStretchCountered():
            return _offered(kr, event, stretch_offer=event.stretch)
        case KRStretchAgreed():
            return _ended(kr, event, stretch=kr.stretch if kr.stretch_offer is None else kr.stretch_offer)
        case KRAmendmentRefused() | KRStretchDeclined():
            return _ended(kr, event)
        case KRMoved():
            return replace(kr, links=linked(kr.links, at, event.objective_id), awaits=event.awaits)
        case KRDropped() if kr.state != "dropped":
            return replace(goal.evolve(kr, event, at), dropped_because_of=event.because_of)
        case KRReinstated():
            return replace(goal.evolve(kr, event, at), dropped_because_of=None)
        case KRGraded():
            return replace(goal.evolve(kr, event, at), graded_terms=kr.terms)
    return goal.evolve(kr, event, at)


def _offered(kr: KeyResult, event: Any, **changes: Any) -> KeyResult:
    """The turn is the other party's."""
    return replace(kr, offered_from=goal.side(event.by, kr.owner_id), ended=None, **changes)


def _ended(kr: KeyResult, event: Any, **changes: Any) -> KeyResult:
    """The open offer was answered."""
    return replace(kr, offered_from=None, amendment=None, stretch_offer=None, ended=(type(event), event.by), **changes)


def _amended(kr: KeyResult, terms: Terms) -> KeyResult:
    """Other terms hold. A stretch that no longer lies beyond their target is one no more."""
    keeps = kr.stretch is not None and is_stretch(terms, kr.stretch)
    return replace(kr, terms=terms, stretch=kr.stretch if keeps else None)
