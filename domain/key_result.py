"""Key result: negotiated, committed, checked in on, graded. Read downwards: events, state, evolve, decisions.

    proposed --counter--> proposed --commit--> committed --grade--> graded
       |--decline--> declined                      |--propose_amendment--> amendment open --agree/refuse--> committed
       |--withdraw--> withdrawn                    |--offer_stretch--> stretch open --agree/decline--> committed
    any live state --drop--> dropped --reinstate--> the state before

Two parties: owner and partner. One offer at a time: first the terms; once these are committed, an amendment or a
stretch. The decisions here lead to commitment; those after it are in amendment.py, stretch.py and key_result_life.py.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from domain import goal
from domain.alignment import GoalRescheduled, linked
from domain.check_in import CheckedIn, CheckInCorrected, ConfidenceUpdated
from domain.errors import AlreadyCommitted, NotAParty, NotLive
from domain.goal import Dropped, Goal, Reassigned, Reinstated
from domain.grade import KRGraded
from domain.history import At
from domain.measure import Terms, fields_of, is_stretch, require_possible, terms_of
from domain.personal import Personal
from domain.roll_up import RollUpChosen

# --- events -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class KRProposed(Terms):
    """One party offered terms to the other."""

    owner_id: UUID | None
    partner_id: UUID | None
    by: UUID | None
    objective_id: UUID | None
    team_id: UUID | None = None
    cycle_id: UUID | None = None
    reason: Personal | None = None
    note: Personal | None = None
    external_id: str | None = None
    awaits: str | None = None  # The external id of a parent that an import has named and not brought yet.


@dataclass(frozen=True, slots=True, kw_only=True)
class KRCountered(Terms):
    """The party whose turn it was answered with other terms."""

    by: UUID
    reason: Personal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KRCommitted:
    """The standing offer was accepted. From here on the terms are fixed."""

    by: UUID | None
    self_agreed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KRDeclined:
    """The standing offer was turned down, and with it the key result."""

    by: UUID
    reason: Personal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KRWithdrawn:
    """The party whose offer stood took it back, and with it the key result."""

    by: UUID
    reason: Personal | None = None


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


@dataclass(frozen=True, slots=True, kw_only=True)
class KRAmendmentProposed(Terms):
    """One party asked that the committed terms be changed to these."""

    by: UUID | None
    reason: Personal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KRAmended:
    """The other party agreed: the proposed terms hold."""

    by: UUID | None
    self_agreed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KRAmendmentRefused:
    """The other party refused: the committed terms still hold."""

    by: UUID
    reason: Personal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KRMoved:
    """The key result was moved to stand under another goal."""

    objective_id: UUID | None
    reason: Personal | None = None
    awaits: str | None = None  # As in KRProposed.


@dataclass(frozen=True, slots=True, kw_only=True)
class KRReassigned(Reassigned):
    """The key result has these people and this team from now on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KRDropped(Dropped):
    """The key result was given up. `because_of` is the objective that was dropped with it, if one was."""

    because_of: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KRReinstated(Reinstated):
    """The key result came back to the state before it was dropped. `because_of` is the objective it came back with."""

    because_of: UUID | None = None


KREvent = (
    KRProposed | KRCountered | KRCommitted | KRDeclined | KRWithdrawn
    | KRStretchOffered | KRStretchCountered | KRStretchAgreed | KRStretchDeclined
    | KRAmendmentProposed | KRAmended | KRAmendmentRefused
    | KRMoved | KRReassigned | GoalRescheduled | RollUpChosen
    | CheckedIn | CheckInCorrected | ConfidenceUpdated | KRGraded | KRDropped | KRReinstated
)  # fmt: skip

# --- state --------------------------------------------------------------------------------------------------------


class KeyResult(Goal, frozen=True, kw_only=True):
    terms: Terms  # Those offered last; from commitment on those agreed last.
    dropped_because_of: UUID | None = None
    committed_at: datetime | None = None
    first_agreed: Terms | None = None
    amendment: Terms | None = None  # The open one.
    stretch_offer: Decimal | None = None  # The open one.
    stretch: Decimal | None = None
    graded_terms: Terms | None = None

    @property
    def title(self) -> str:
        return self.terms.title


# --- evolve -------------------------------------------------------------------------------------------------------


def evolve(kr: KeyResult | None, event: KREvent, at: At) -> KeyResult | None:
    """Remember one stored fact. Never refuses: a fact from before the beginning finds nothing to change."""
    if isinstance(event, KRProposed):
        return KeyResult(
            state="proposed", terms=terms_of(event), offered_from=goal.side(event.by, event.owner_id),
            owner_id=event.owner_id, partner_id=event.partner_id, team_id=event.team_id, cycle_id=event.cycle_id,
            links=linked((), at, event.objective_id), first_at=at.effective_at, external_id=event.external_id,
            awaits=event.awaits,
        )  # fmt: skip
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


# --- decisions: from the first offer to commitment ----------------------------------------------------------------


def propose(
    *, by: UUID, owner_id: UUID, partner_id: UUID | None, objective_id: UUID, terms: Terms,
    team_id: UUID | None, cycle_id: UUID | None, reason: Personal | None = None,
) -> list[KREvent]:  # fmt: skip
    """Offer a key result. The other of owner and partner answers; without a partner the owner agrees alone."""
    require_possible(terms)
    goal.require_two_parties(owner_id, partner_id)
    if by not in (owner_id, partner_id):
        raise NotAParty(f"{by} is neither the owner {owner_id} nor the partner {partner_id}")
    return [
        KRProposed(
            **fields_of(terms), by=by, owner_id=owner_id, partner_id=partner_id, objective_id=objective_id,
            team_id=team_id, cycle_id=cycle_id, reason=reason,
        )
    ]  # fmt: skip


def counter(kr: KeyResult, *, by: UUID, terms: Terms, reason: Personal | None = None) -> list[KREvent]:
    """Answer the standing offer with other terms."""
    if (kr.state, kr.offered_by, kr.terms) == ("proposed", by, terms):
        return []  # The same request again: nothing new has happened.
    _require_proposed(kr)
    goal.require_turn(kr, by)
    require_possible(terms)
    return [KRCountered(**fields_of(terms), by=by, reason=reason)]


def commit(kr: KeyResult, *, by: UUID) -> list[KREvent]:
    """Accept the standing offer."""
    if kr.ended == (KRCommitted, by):
        return []
    _require_proposed(kr)
    goal.require_turn(kr, by)
    return [KRCommitted(by=by, self_agreed=kr.partner_id is None)]


def decline(kr: KeyResult, *, by: UUID, reason: Personal | None = None) -> list[KREvent]:
    """Turn the standing offer down."""
    if kr.ended == (KRDeclined, by):
        return []
    _require_proposed(kr)
    goal.require_turn(kr, by)
    return [KRDeclined(by=by, reason=reason)]


def withdraw(kr: KeyResult, *, by: UUID, reason: Personal | None = None) -> list[KREvent]:
    """Take one's own standing offer back."""
    if kr.ended == (KRWithdrawn, by):
        return []
    _require_proposed(kr)
    goal.require_own_offer(kr, by)
    return [KRWithdrawn(by=by, reason=reason)]


def _require_proposed(kr: KeyResult) -> None:
    if kr.state in ("committed", "graded"):
        raise AlreadyCommitted(f"committed to {kr.terms.title!r}")
    if kr.state != "proposed":
        raise NotLive(f"the key result is {kr.state}")
