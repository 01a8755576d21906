"""The negotiation of a key result: from the first offer to commitment. Read downwards: events, decisions.

    proposed --counter--> proposed --commit--> committed
       |--decline--> declined
       |--withdraw--> withdrawn

There are two parties, owner and partner, and one offer at a time. After commitment the terms change by amendment
(amendment.py), and more than the target is offered as a stretch (stretch.py).
"""

from dataclasses import dataclass
from uuid import UUID

from domain.errors import AlreadyCommitted, NotAParty, NotLive
from domain.goal import base as goal
from domain.goal.measure import Terms, fields_of, require_possible
from domain.key_result.state import KeyResult
from domain.personal import Personal


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


NegotiationEvent = KRProposed | KRCountered | KRCommitted | KRDeclined | KRWithdrawn


def propose(
    *,
    by: UUID,
    owner_id: UUID,
    partner_id: UUID | None,
    objective_id: UUID,
    terms: Terms,
    team_id: UUID | None,
    cycle_id: UUID | None,
    reason: Personal | None = None,
) -> list[NegotiationEvent]:
    """Offer a key result. The other of owner and partner answers; without a partner the owner agrees alone."""
    require_possible(terms)
    goal.require_two_parties(owner_id, partner_id)
    if by not in (owner_id, partner_id):
        raise NotAParty(f"{by} is neither the owner {owner_id} nor the partner {partner_id}")
    return [
        KRProposed(
            **fields_of(terms),
            by=by,
            owner_id=owner_id,
            partner_id=partner_id,
            objective_id=objective_id,
            team_id=team_id,
            cycle_id=cycle_id,
            reason=reason,
        )
    ]


def counter(kr: KeyResult, *, by: UUID, terms: Terms, reason: Personal | None = None) -> list[NegotiationEvent]:
    """Answer the standing offer with other terms."""
    if (kr.state, kr.offered_by, kr.terms) == ("proposed", by, terms):
        return []  # The same request again: nothing new has happened.
    _require_proposed(kr)
    goal.require_turn(kr, by)
    require_possible(terms)
    return [KRCountered(**fields_of(terms), by=by, reason=reason)]


def commit(kr: KeyResult, *, by: UUID) -> list[NegotiationEvent]:
    """Accept the standing offer."""
    if kr.ended == (KRCommitted, by):
        return []
    _require_proposed(kr)
    goal.require_turn(kr, by)
    return [KRCommitted(by=by, self_agreed=kr.partner_id is None)]


def decline(kr: KeyResult, *, by: UUID, reason: Personal | None = None) -> list[NegotiationEvent]:
    """Turn the standing offer down."""
    if kr.ended == (KRDeclined, by):
        return []
    _require_proposed(kr)
    goal.require_turn(kr, by)
    return [KRDeclined(by=by, reason=reason)]


def withdraw(kr: KeyResult, *, by: UUID, reason: Personal | None = None) -> list[NegotiationEvent]:
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
