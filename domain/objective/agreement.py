"""How the parties agree on an objective and on its words. Read downwards: events, decisions.

proposed --agree--> agreed        proposed --withdraw--> withdrawn
"""

from dataclasses import dataclass
from uuid import UUID

from domain.errors import Invalid, NotAParty, NotLive, ReasonRequired
from domain.goal import base as goal
from domain.goal.measure import Commitment
from domain.objective.state import Objective
from domain.personal import Personal


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveProposed:
    """One of owner and partner offered an objective to the other. `why` is how it manifests the strategy."""

    title: str
    owner_id: UUID | None
    partner_id: UUID | None
    by: UUID | None
    why: str | None = None
    resources: str | None = None
    commitment: Commitment | None = None
    parent_id: UUID | None = None
    team_id: UUID | None = None
    cycle_id: UUID | None = None
    note: Personal | None = None
    external_id: str | None = None
    awaits: str | None = None  # The external id of a parent that an import has named and not brought yet.


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveAgreed:
    """The other party agreed."""

    by: UUID | None
    self_agreed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveWithdrawn:
    """The party who proposed the objective took it back."""

    by: UUID
    reason: Personal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveReworded:
    """Title, why, resources and commitment from now on, all four."""

    title: str
    why: str | None
    resources: str | None
    commitment: Commitment | None
    reason: Personal | None = None


AgreementEvent = ObjectiveProposed | ObjectiveAgreed | ObjectiveWithdrawn | ObjectiveReworded


def propose(
    *,
    by: UUID,
    owner_id: UUID,
    partner_id: UUID | None,
    title: str,
    why: str | None = None,
    resources: str | None = None,
    commitment: Commitment | None = None,
    parent_id: UUID | None = None,
    team_id: UUID | None = None,
    cycle_id: UUID | None = None,
) -> list[AgreementEvent]:
    """Offer an objective. The other of owner and partner agrees; without a partner the owner agrees alone."""
    goal.require_two_parties(owner_id, partner_id)
    if by not in (owner_id, partner_id):
        raise NotAParty(f"{by} is neither the owner {owner_id} nor the partner {partner_id}")
    return [
        ObjectiveProposed(
            title=_titled(title),
            why=why,
            resources=resources,
            commitment=commitment,
            parent_id=parent_id,
            owner_id=owner_id,
            partner_id=partner_id,
            by=by,
            team_id=team_id,
            cycle_id=cycle_id,
        )
    ]


def agree(objective: Objective, *, by: UUID) -> list[AgreementEvent]:
    """Agree to what the other party proposed."""
    if objective.ended == (ObjectiveAgreed, by):
        return []
    goal.require_state(objective, "proposed")
    goal.require_turn(objective, by)
    return [ObjectiveAgreed(by=by, self_agreed=objective.partner_id is None)]


def withdraw(objective: Objective, *, by: UUID, reason: Personal | None = None) -> list[AgreementEvent]:
    """Take one's own proposal back."""
    if objective.ended == (ObjectiveWithdrawn, by):
        return []
    goal.require_state(objective, "proposed")
    goal.require_own_offer(objective, by)
    return [ObjectiveWithdrawn(by=by, reason=reason)]


def reword(
    objective: Objective,
    *,
    title: str,
    why: str | None,
    resources: str | None,
    commitment: Commitment | None,
    reason: Personal | None,
) -> list[AgreementEvent]:
    """Say the same objective in other words; once it is agreed, with a reason."""
    goal.require_live(objective)
    if (title, why, resources, commitment) == (
        objective.title,
        objective.why,
        objective.resources,
        objective.commitment,
    ):
        return []
    if objective.state != "proposed" and reason is None:
        raise ReasonRequired("the objective is agreed")
    return [ObjectiveReworded(title=_titled(title), why=why, resources=resources, commitment=commitment, reason=reason)]


def require_open_to_key_results(objective: Objective) -> None:
    """A key result is proposed for an objective that is proposed or agreed."""
    if objective.state not in ("proposed", "agreed"):
        raise NotLive(f"the objective is {objective.state}")


def _titled(title: str) -> str:
    if not title.strip():
        raise Invalid("title: an objective needs one")
    return title
