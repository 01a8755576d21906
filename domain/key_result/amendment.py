"""An amendment: the only way in which what is committed changes. Read downwards: events, decisions.

committed --propose_amendment--> amendment open --agree/refuse--> committed
"""

from dataclasses import dataclass
from uuid import UUID

from domain.errors import NotOpen, TypeIsFixed
from domain.goal import base as goal
from domain.goal.measure import Terms, fields_of, require_possible
from domain.key_result.state import KeyResult, require_nothing_open, require_party_of_committed
from domain.personal import Personal


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


AmendmentEvent = KRAmendmentProposed | KRAmended | KRAmendmentRefused


def propose_amendment(kr: KeyResult, *, by: UUID, terms: Terms, reason: Personal) -> list[AmendmentEvent]:
    """Ask that the committed terms be changed."""
    if kr.amendment is not None and (kr.offered_by, kr.amendment) == (by, terms):
        return []
    require_party_of_committed(kr, by)
    require_nothing_open(kr)
    if kr.terms == terms:
        return []
    require_possible(terms)
    _require_type_may_change(kr, terms)
    return [KRAmendmentProposed(**fields_of(terms), by=by, reason=reason)]


def agree_amendment(kr: KeyResult, *, by: UUID) -> list[AmendmentEvent]:
    """Agree to the proposed amendment."""
    if kr.ended == (KRAmended, by):
        return []
    _require_turn(kr, by)
    # Check-ins may have come since it was proposed.
    _require_type_may_change(kr, kr.amendment)
    return [KRAmended(by=by, self_agreed=kr.partner_id is None)]


def refuse_amendment(kr: KeyResult, *, by: UUID, reason: Personal | None = None) -> list[AmendmentEvent]:
    """Refuse the proposed amendment; what is committed stays."""
    if kr.ended == (KRAmendmentRefused, by):
        return []
    _require_turn(kr, by)
    return [KRAmendmentRefused(by=by, reason=reason)]


def _require_turn(kr: KeyResult, by: UUID) -> None:
    require_party_of_committed(kr, by)
    if kr.amendment is None:
        raise NotOpen("no amendment is proposed")
    goal.require_turn(kr, by)


def _require_type_may_change(kr: KeyResult, terms: Terms | None) -> None:
    if terms and kr.check_ins and kr.terms.type not in (terms.type, "baseline"):
        raise TypeIsFixed(f"from {kr.terms.type} to {terms.type}, after {len(kr.check_ins)} check-ins")
