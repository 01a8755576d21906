"""Objective: proposed and agreed, aligned, checked in on, graded. Read downwards: events, state, evolve, decisions.

proposed --agree--> agreed --grade--> graded        proposed --withdraw--> withdrawn
any live state --drop--> dropped --reinstate--> the state before
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from msgspec import field
from msgspec.structs import replace

from domain import check_in, goal, grade, roll_up
from domain.alignment import GoalRescheduled, linked
from domain.check_in import ObjectiveCheckedIn, ObjectiveCheckInCorrected, Said
from domain.errors import Invalid, NotAParty, ReasonRequired
from domain.goal import Dropped, Goal, Reassigned, Reinstated
from domain.grade import ObjectiveGraded
from domain.history import At
from domain.measure import Commitment
from domain.personal import Personal
from domain.roll_up import ChildrenWeighted, RollUpChosen, RollUpMode

LinkKind = Literal["contribute", "support"]

# --- events -------------------------------------------------------------------------------------------------------


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveAligned:
    """The objective contributes to a goal (and stands under it), or supports one (which places nothing)."""

    parent_id: UUID
    link: LinkKind = "contribute"
    reason: Personal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveUnaligned:
    """The link was taken away. `parent_id` is the goal above that was left, where there was one."""

    parent_id: UUID | None
    link: LinkKind = "contribute"
    reason: Personal | None = None
    awaits: str | None = None  # As in ObjectiveProposed.


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveReassigned(Reassigned):
    """The objective has these people and this team from now on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveDropped(Dropped):
    """The objective was given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveReinstated(Reinstated):
    """The objective came back to the state before it was dropped."""


ObjectiveEvent = (
    ObjectiveProposed | ObjectiveAgreed | ObjectiveWithdrawn | ObjectiveReworded | ObjectiveAligned | ObjectiveUnaligned
    | ObjectiveReassigned | GoalRescheduled | ChildrenWeighted | RollUpChosen | ObjectiveCheckedIn
    | ObjectiveCheckInCorrected | ObjectiveGraded | ObjectiveDropped | ObjectiveReinstated
)  # fmt: skip

# --- state --------------------------------------------------------------------------------------------------------


class Objective(Goal, frozen=True, kw_only=True):
    title: str
    why: str | None
    resources: str | None
    commitment: Commitment | None
    supports: tuple[UUID, ...] = ()
    weights: dict[UUID, Decimal] = field(default_factory=dict)


# --- evolve -------------------------------------------------------------------------------------------------------


def evolve(objective: Objective | None, event: ObjectiveEvent, at: At) -> Objective | None:
    """Remember one stored fact. Never refuses: a fact from before the beginning finds nothing to change."""
    if isinstance(event, ObjectiveProposed):
        return Objective(
            state="proposed", title=event.title, why=event.why, resources=event.resources,
            commitment=event.commitment, owner_id=event.owner_id, partner_id=event.partner_id,
            team_id=event.team_id, cycle_id=event.cycle_id, offered_from=goal.side(event.by, event.owner_id),
            links=linked((), at, event.parent_id), first_at=at.effective_at, external_id=event.external_id,
            awaits=event.awaits,
        )  # fmt: skip
    if objective is None:
        return None
    match event:
        case ObjectiveAgreed():
            return goal.turned(_ended(objective, event), "agreed")
        case ObjectiveWithdrawn():
            return goal.turned(_ended(objective, event), "withdrawn")
        case ObjectiveReworded():
            return replace(
                objective, title=event.title, why=event.why, resources=event.resources, commitment=event.commitment
            )
        case ObjectiveAligned(link="contribute"):
            return replace(objective, links=linked(objective.links, at, event.parent_id), awaits=None)
        case ObjectiveAligned():
            return replace(objective, supports=(*objective.supports, event.parent_id))
        case ObjectiveUnaligned(link="contribute"):
            return replace(objective, links=linked(objective.links, at, None), awaits=event.awaits)
        case ObjectiveUnaligned():
            return replace(objective, supports=tuple(up for up in objective.supports if up != event.parent_id))
        case ChildrenWeighted():
            return replace(objective, weights=objective.weights | {w.goal_id: w.weight for w in event.weights})
    return goal.evolve(objective, event, at)


def _ended(objective: Objective, event: Any) -> Objective:
    """The proposal was answered or taken back."""
    return replace(objective, offered_from=None, ended=(type(event), event.by))


# --- decisions ----------------------------------------------------------------------------------------------------


def propose(
    *, by: UUID, owner_id: UUID, partner_id: UUID | None, title: str, why: str | None = None,
    resources: str | None = None, commitment: Commitment | None = None, parent_id: UUID | None = None,
    team_id: UUID | None = None, cycle_id: UUID | None = None,
) -> list[ObjectiveEvent]:  # fmt: skip
    """Offer an objective. The other of owner and partner agrees; without a partner the owner agrees alone."""
    goal.require_two_parties(owner_id, partner_id)
    if by not in (owner_id, partner_id):
        raise NotAParty(f"{by} is neither the owner {owner_id} nor the partner {partner_id}")
    return [
        ObjectiveProposed(
            title=_titled(title), why=why, resources=resources, commitment=commitment, parent_id=parent_id,
            owner_id=owner_id, partner_id=partner_id, by=by, team_id=team_id, cycle_id=cycle_id,
        )
    ]  # fmt: skip


def agree(objective: Objective, *, by: UUID) -> list[ObjectiveEvent]:
    """Agree to what the other party proposed."""
    if objective.ended == (ObjectiveAgreed, by):
        return []
    goal.require_state(objective, "proposed")
    goal.require_turn(objective, by)
    return [ObjectiveAgreed(by=by, self_agreed=objective.partner_id is None)]


def withdraw(objective: Objective, *, by: UUID, reason: Personal | None = None) -> list[ObjectiveEvent]:
    """Take one's own proposal back."""
    if objective.ended == (ObjectiveWithdrawn, by):
        return []
    goal.require_state(objective, "proposed")
    goal.require_own_offer(objective, by)
    return [ObjectiveWithdrawn(by=by, reason=reason)]


def reword(
    objective: Objective, *, title: str, why: str | None, resources: str | None, commitment: Commitment | None,
    reason: Personal | None,
) -> list[ObjectiveEvent]:  # fmt: skip
    """Say the same objective in other words; once it is agreed, with a reason."""
    goal.require_live(objective)
    if (title, why, resources, commitment) == (
        objective.title, objective.why, objective.resources, objective.commitment
    ):  # fmt: skip
        return []
    if objective.state != "proposed" and reason is None:
        raise ReasonRequired("the objective is agreed")
    return [ObjectiveReworded(title=_titled(title), why=why, resources=resources, commitment=commitment, reason=reason)]


def align(objective: Objective, *, parent_id: UUID, link: LinkKind, reason: Personal | None) -> list[ObjectiveEvent]:
    """Let the objective contribute to (and stand under) or support a goal. Loops are refused by domain.alignment."""
    goal.require_live(objective)
    if parent_id == objective.parent_id if link == "contribute" else parent_id in objective.supports:
        return []
    if link == "contribute" and objective.parent_id is not None and reason is None:
        raise ReasonRequired(f"the objective contributes to {objective.parent_id} now")
    return [ObjectiveAligned(parent_id=parent_id, link=link, reason=reason)]


def unalign(
    objective: Objective, *, parent_id: UUID | None, link: LinkKind, reason: Personal | None
) -> list[ObjectiveEvent]:
    """Take a link away: the contributing one, or the support of `parent_id`."""
    goal.require_live(objective)
    held = objective.supports if link == "support" else (objective.parent_id,)
    away = parent_id if link == "support" else parent_id or objective.parent_id
    if away is None or away not in held:
        return []
    if link == "contribute" and reason is None:
        raise ReasonRequired(f"the objective contributes to {away} now")
    return [ObjectiveUnaligned(parent_id=away, link=link, reason=reason)]


def reassign(
    objective: Objective, *, owner_id: UUID | None, partner_id: UUID | None, team_id: UUID | None,
    reason: Personal | None,
) -> list[ObjectiveEvent]:  # fmt: skip
    """Give the objective another owner, partner or team."""
    goal.require_live(objective)
    goal.require_two_parties(owner_id, partner_id)
    if (owner_id, partner_id, team_id) == (objective.owner_id, objective.partner_id, objective.team_id):
        return []
    return [ObjectiveReassigned(owner_id=owner_id, partner_id=partner_id, team_id=team_id, reason=reason)]


def reschedule(objective: Objective, *, cycle_id: UUID | None, reason: Personal | None) -> list[ObjectiveEvent]:
    """Put the objective into another cycle, or out of cycles."""
    goal.require_live(objective)
    return [] if objective.cycle_id == cycle_id else [GoalRescheduled(cycle_id=cycle_id, reason=reason)]


def weigh(objective: Objective, *, weights: dict[UUID, Decimal]) -> list[ObjectiveEvent]:
    """Set the weights of key results and contributing goals."""
    goal.require_live(objective)
    return [*roll_up.weigh(objective.weights, weights)]


def choose_roll_up(objective: Objective, *, mode: RollUpMode | None) -> list[ObjectiveEvent]:
    """What moves the objective's progress: its key results, the contributing goals, or both."""
    goal.require_live(objective)
    return [] if objective.roll_up == mode else [RollUpChosen(mode=mode)]


def say(objective: Objective, *, check_in_id: UUID, said: Said, effective_at: datetime | None) -> list[ObjectiveEvent]:
    """Check in: confidence, narrative, blockers, health. An objective has no value of its own."""
    goal.require_state(objective, "agreed")
    _require_without_value(said)
    check_in.require_not_before(objective, effective_at)
    if check_in.already_said(objective.check_ins, said, effective_at):
        return []
    return [ObjectiveCheckedIn(**check_in.fields_of(said), check_in_id=check_in_id)]


def correct(
    objective: Objective, *, corrects: UUID, check_in_id: UUID, said: Said, effective_at: datetime,
    reason: Personal | None,
) -> list[ObjectiveEvent]:  # fmt: skip
    """Replace a check-in that was wrong, its moment too."""
    goal.require_state(objective, "agreed", "graded")
    _require_without_value(said)
    check_in.require_not_before(objective, effective_at)
    wrong = check_in.require_standing(objective.check_ins, corrects, objective.replaced_check_ins)
    if (wrong.said, wrong.at.effective_at) == (said, effective_at):
        return []
    return [
        ObjectiveCheckInCorrected(**check_in.fields_of(said), check_in_id=check_in_id, corrects=corrects, reason=reason)
    ]


def computed_score(objective: Objective, scores: Mapping[UUID, Decimal | None]) -> Decimal | None:
    """The weighted mean of the scores of its counted key results."""
    return roll_up.computed_score((score, objective.weights.get(id, Decimal(1))) for id, score in scores.items())


def give_grade(
    objective: Objective, *, score: Decimal | None, computed: Decimal | None, reason: Personal | None
) -> list[ObjectiveEvent]:
    """Give the final score; without one the computed score, the weighted mean of its key results, is taken."""
    goal.require_state(objective, "agreed", "graded")
    return [*grade.give(ObjectiveGraded, objective.grade, score=score, computed=computed, reason=reason)]


def drop(objective: Objective, *, reason: Personal) -> list[ObjectiveEvent]:
    """Give the objective up. Its open key results are dropped in the same command; child objectives stay."""
    if objective.state == "dropped":
        return []
    goal.require_live(objective)
    return [ObjectiveDropped(reason=reason)]


def reinstate(objective: Objective, *, reason: Personal | None) -> list[ObjectiveEvent]:
    """Bring a dropped objective back to the state before, with grade and alignment."""
    return [ObjectiveReinstated(reason=reason)] if objective.state == "dropped" else []


# --- guards -------------------------------------------------------------------------------------------------------


def _titled(title: str) -> str:
    if not title.strip():
        raise Invalid("title: an objective needs one")
    return title


def _require_without_value(said: Said) -> None:
    check_in.require_sayable(said)
    if said.value is not None or said.claimed is not None:
        raise Invalid("value, claimed: an objective's progress follows from what stands under it")
