"""Key result: negotiated, committed, checked in on, graded. Read downwards: events, state, evolve, decisions.

    proposed --counter--> proposed --commit--> committed --propose_amendment--> amendment open --agree/refuse--> committed
       |--decline--> declined |--withdraw--> withdrawn      |--offer_stretch--> stretch open --counter/agree/decline--> committed
    committed --grade--> graded      any live state --drop--> dropped --reinstate--> the state before

Two parties: owner and partner. Committed first, stretch afterwards; then nothing changes but by an amendment.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from domain import check_in, grade
from domain.alignment import GoalRescheduled, Links, linked
from domain.check_in import CheckedIn, CheckInCorrected, CheckIns, Confidence, ConfidenceUpdated
from domain.errors import (
    AlreadyCommitted,
    AlreadyOpen,
    NoOwner,
    NotAParty,
    NotCommitted,
    NotLive,
    NotOpen,
    NotYourTurn,
    TypeIsFixed,
)
from domain.grade import Grade, KRGraded
from domain.history import At
from domain.measure import TERMS, Terms, require_possible, require_stretch, terms_of
from domain.personal import Personal
from domain.roll_up import RollUpChosen, RollUpMode

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


@dataclass(frozen=True, slots=True, kw_only=True)
class KRReassigned:
    """Owner, partner and team from now on, all three."""

    owner_id: UUID | None
    partner_id: UUID | None
    team_id: UUID | None
    reason: Personal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KRDropped:
    """The key result was given up. `because_of` is the objective that was dropped with it, if one was."""

    reason: Personal | None
    because_of: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KRReinstated:
    """The key result came back to the state before it was dropped."""

    reason: Personal | None = None
    because_of: UUID | None = None


KREvent = (
    KRProposed | KRCountered | KRCommitted | KRDeclined | KRWithdrawn
    | KRStretchOffered | KRStretchCountered | KRStretchAgreed | KRStretchDeclined
    | KRAmendmentProposed | KRAmended | KRAmendmentRefused
    | KRMoved | KRReassigned | GoalRescheduled | RollUpChosen
    | CheckedIn | CheckInCorrected | ConfidenceUpdated | KRGraded | KRDropped | KRReinstated
)  # fmt: skip

# --- state --------------------------------------------------------------------------------------------------------

KRState = Literal["proposed", "committed", "graded", "declined", "withdrawn", "dropped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyResult:
    state: KRState
    terms: Terms  # Those offered last; from commitment on those agreed last.
    offered_by: UUID | None  # Whose offer stands; the other party may answer it.
    owner_id: UUID | None
    partner_id: UUID | None
    team_id: UUID | None
    cycle_id: UUID | None
    links: Links
    first_at: datetime
    external_id: str | None = None
    state_before_drop: KRState | None = None
    dropped_because_of: UUID | None = None
    committed_at: datetime | None = None
    first_agreed: Terms | None = None
    closed_by: UUID | None = None  # Who committed, declined or withdrew.
    amendment: Terms | None = None
    amendment_by: UUID | None = None
    stretch: Decimal | None = None
    stretch_offer: Decimal | None = None
    stretch_by: UUID | None = None
    check_ins: CheckIns = ()
    replaced_check_ins: frozenset[UUID] = frozenset()
    confidence: Confidence | None = None
    grade: Grade | None = None
    graded_terms: Terms | None = None
    roll_up: RollUpMode | None = None

    @property
    def parent_id(self) -> UUID | None:
        return self.links[-1].parent_id

    @property
    def title(self) -> str:
        return self.terms.title


# --- evolve -------------------------------------------------------------------------------------------------------


def evolve(kr: KeyResult | None, event: KREvent, at: At) -> KeyResult:
    """Remember one stored fact. Never refuses: what is stored has happened."""
    match event:
        case KRProposed():
            return KeyResult(
                state="proposed", terms=terms_of(event), offered_by=event.by,
                owner_id=event.owner_id, partner_id=event.partner_id, team_id=event.team_id, cycle_id=event.cycle_id,
                links=linked((), at, event.objective_id), first_at=at.effective_at, external_id=event.external_id,
            )  # fmt: skip
        case KRCountered():
            return replace(kr, terms=terms_of(event), offered_by=event.by)
        case KRCommitted():
            return replace(
                kr, state="committed", closed_by=event.by, committed_at=at.effective_at, first_agreed=kr.terms
            )
        case KRDeclined():
            return replace(kr, state="declined", closed_by=event.by)
        case KRWithdrawn():
            return replace(kr, state="withdrawn", closed_by=event.by)
        case KRStretchOffered() | KRStretchCountered():
            return replace(kr, stretch_offer=event.stretch, stretch_by=event.by)
        case KRStretchAgreed():
            return replace(kr, stretch=kr.stretch_offer, stretch_offer=None, stretch_by=None)
        case KRStretchDeclined():
            return replace(kr, stretch_offer=None, stretch_by=None)
        case KRAmendmentProposed():
            return replace(kr, amendment=terms_of(event), amendment_by=event.by)
        case KRAmended():
            return replace(kr, terms=kr.amendment, amendment=None, amendment_by=None)
        case KRAmendmentRefused():
            return replace(kr, amendment=None, amendment_by=None)
        case _:
            return _evolve_life(kr, event, at)


def _evolve_life(kr: KeyResult, event: KREvent, at: At) -> KeyResult:
    """Whatever happens to a key result beside its negotiation."""
    match event:
        case KRMoved():
            return replace(kr, links=linked(kr.links, at, event.objective_id))
        case KRReassigned():
            return replace(kr, owner_id=event.owner_id, partner_id=event.partner_id, team_id=event.team_id)
        case GoalRescheduled():
            return replace(kr, cycle_id=event.cycle_id)
        case RollUpChosen():
            return replace(kr, roll_up=event.mode)
        case CheckedIn() | CheckInCorrected():
            replaced = kr.replaced_check_ins
            return replace(
                kr,
                check_ins=check_in.recorded(kr.check_ins, event, at),
                confidence=check_in.stated(kr.confidence, event, at),
                replaced_check_ins=replaced | {event.corrects} if isinstance(event, CheckInCorrected) else replaced,
            )
        case ConfidenceUpdated():
            return replace(kr, confidence=check_in.stated(kr.confidence, event, at))
        case KRGraded():
            graded = replace(kr, grade=grade.regraded(kr.grade, event), graded_terms=kr.terms)
            if kr.state == "dropped":
                return replace(graded, state_before_drop="graded")
            return replace(graded, state="graded")
        case KRDropped():
            return replace(
                kr, state="dropped", state_before_drop=kr.state_before_drop or kr.state, dropped_because_of=event.because_of
            )
        case KRReinstated():
            return replace(
                kr, state=kr.state_before_drop or kr.state, state_before_drop=None, dropped_because_of=None
            )


# --- decisions: the negotiation -----------------------------------------------------------------------------------


def propose(
    *, by: UUID, owner_id: UUID, partner_id: UUID | None, objective_id: UUID, terms: Terms,
    team_id: UUID | None, cycle_id: UUID | None, reason: Personal | None = None,
) -> list[KREvent]:  # fmt: skip
    """Offer a key result. The other of owner and partner answers; without a partner the owner agrees alone."""
    require_possible(terms)
    if by not in (owner_id, partner_id):
        raise NotAParty(f"{by} is neither the owner {owner_id} nor the partner {partner_id}")
    return [
        KRProposed(
            **_fields(terms), by=by, owner_id=owner_id, partner_id=partner_id, objective_id=objective_id,
            team_id=team_id, cycle_id=cycle_id, reason=reason,
        )
    ]  # fmt: skip


def counter(kr: KeyResult, *, by: UUID, terms: Terms, reason: Personal | None = None) -> list[KREvent]:
    """Answer the standing offer with other terms."""
    if (kr.state, kr.offered_by, kr.terms) == ("proposed", by, terms):
        return []  # The same request again: nothing new has happened.
    _require_turn(kr, by)
    require_possible(terms)
    return [KRCountered(**_fields(terms), by=by, reason=reason)]


def commit(kr: KeyResult, *, by: UUID) -> list[KREvent]:
    """Accept the standing offer."""
    if (kr.state, kr.closed_by) == ("committed", by):
        return []
    _require_turn(kr, by)
    return [KRCommitted(by=by, self_agreed=kr.partner_id is None)]


def decline(kr: KeyResult, *, by: UUID, reason: Personal | None = None) -> list[KREvent]:
    """Turn the standing offer down."""
    if (kr.state, kr.closed_by) == ("declined", by):
        return []
    _require_turn(kr, by)
    return [KRDeclined(by=by, reason=reason)]


def withdraw(kr: KeyResult, *, by: UUID, reason: Personal | None = None) -> list[KREvent]:
    """Take one's own standing offer back."""
    if (kr.state, kr.closed_by) == ("withdrawn", by):
        return []
    _require_proposed(kr)
    if by != kr.offered_by:
        raise NotYourTurn(f"{by} may not withdraw the offer made by {kr.offered_by}")
    return [KRWithdrawn(by=by, reason=reason)]


def offer_stretch(kr: KeyResult, *, by: UUID, stretch: Decimal, reason: Personal | None = None) -> list[KREvent]:
    """Offer to reach for more than was committed."""
    _require_party_of_committed(kr, by)
    if (kr.stretch_by, kr.stretch_offer) == (by, stretch) or (kr.stretch_by is None and kr.stretch == stretch):
        return []
    if kr.stretch_offer is not None:
        raise AlreadyOpen(f"a stretch to {kr.stretch_offer}, offered by {kr.stretch_by}")
    require_stretch(kr.terms, stretch)
    return [KRStretchOffered(by=by, stretch=stretch, reason=reason)]


def counter_stretch(kr: KeyResult, *, by: UUID, stretch: Decimal, reason: Personal | None = None) -> list[KREvent]:
    """Answer the standing stretch with another."""
    if (kr.stretch_by, kr.stretch_offer) == (by, stretch):
        return []
    _require_stretch_turn(kr, by)
    require_stretch(kr.terms, stretch)
    return [KRStretchCountered(by=by, stretch=stretch, reason=reason)]


def agree_stretch(kr: KeyResult, *, by: UUID) -> list[KREvent]:
    """Accept the standing stretch."""
    _require_stretch_turn(kr, by)
    return [KRStretchAgreed(by=by)]


def decline_stretch(kr: KeyResult, *, by: UUID, reason: Personal | None = None) -> list[KREvent]:
    """Turn the standing stretch down."""
    _require_stretch_turn(kr, by)
    return [KRStretchDeclined(by=by, reason=reason)]


def propose_amendment(kr: KeyResult, *, by: UUID, terms: Terms, reason: Personal) -> list[KREvent]:
    """Ask that the committed terms be changed."""
    _require_party_of_committed(kr, by)
    if (kr.amendment_by, kr.amendment) == (by, terms) or (kr.amendment is None and kr.terms == terms):
        return []
    if kr.amendment is not None:
        raise AlreadyOpen(f"an amendment, proposed by {kr.amendment_by}")
    require_possible(terms)
    if kr.check_ins and terms.type != kr.terms.type and kr.terms.type != "baseline":
        raise TypeIsFixed(f"from {kr.terms.type} to {terms.type}, after {len(kr.check_ins)} check-ins")
    proposed = KRAmendmentProposed(**_fields(terms), by=by, reason=reason)
    return [proposed, KRAmended(by=by, self_agreed=True)] if kr.partner_id is None else [proposed]


def agree_amendment(kr: KeyResult, *, by: UUID) -> list[KREvent]:
    """Agree to the proposed amendment."""
    _require_amendment_turn(kr, by)
    return [KRAmended(by=by)]


def refuse_amendment(kr: KeyResult, *, by: UUID, reason: Personal | None = None) -> list[KREvent]:
    """Refuse the proposed amendment; what is committed stays."""
    _require_amendment_turn(kr, by)
    return [KRAmendmentRefused(by=by, reason=reason)]


# --- guards of the negotiation ------------------------------------------------------------------------------------


def _require_turn(kr: KeyResult, by: UUID) -> None:
    _require_proposed(kr)
    _require_party(kr, by)
    if by == kr.offered_by and kr.partner_id is not None:
        raise NotYourTurn(f"{by} may not answer the offer made by {kr.offered_by}")


def _require_proposed(kr: KeyResult) -> None:
    if kr.state in ("committed", "graded"):
        raise AlreadyCommitted(f"committed to {kr.terms.title!r}")
    if kr.state != "proposed":
        raise NotLive(f"the key result is {kr.state}")


def _require_party(kr: KeyResult, by: UUID) -> None:
    if kr.owner_id is None:
        raise NoOwner("the key result has no owner")
    if by not in (kr.owner_id, kr.partner_id):
        raise NotAParty(f"{by} is neither the owner {kr.owner_id} nor the partner {kr.partner_id}")


def _require_party_of_committed(kr: KeyResult, by: UUID) -> None:
    if kr.state != "committed":
        raise NotCommitted(f"the key result is {kr.state}")
    _require_party(kr, by)


def _require_stretch_turn(kr: KeyResult, by: UUID) -> None:
    _require_party_of_committed(kr, by)
    if kr.stretch_offer is None:
        raise NotOpen("no stretch is offered")
    if by == kr.stretch_by and kr.partner_id is not None:
        raise NotYourTurn(f"{by} may not answer the stretch offered by {kr.stretch_by}")


def _require_amendment_turn(kr: KeyResult, by: UUID) -> None:
    _require_party_of_committed(kr, by)
    if kr.amendment is None:
        raise NotOpen("no amendment is proposed")
    if by == kr.amendment_by:
        raise NotYourTurn(f"{by} may not answer the amendment proposed by {kr.amendment_by}")


def _fields(terms: Terms) -> dict:
    return {name: getattr(terms, name) for name in TERMS}
