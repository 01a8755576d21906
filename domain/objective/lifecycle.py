"""What becomes of an objective: aligned, reassigned, weighed, checked in on, graded, dropped and brought back.

Read downwards: events, decisions.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from domain.errors import Invalid, ReasonRequired
from domain.goal import base as goal
from domain.goal import check_in, grade, roll_up
from domain.goal.alignment import GoalRescheduled
from domain.goal.base import Dropped, Reassigned, Reinstated
from domain.goal.check_in import ObjectiveCheckedIn, ObjectiveCheckInCorrected, Statement
from domain.goal.grade import ObjectiveGraded
from domain.goal.roll_up import ChildrenWeighted, RollUpChosen, RollUpMode
from domain.objective.state import LinkKind, Objective
from domain.personal import Personal


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


ObjectiveLifecycleEvent = (
    ObjectiveAligned
    | ObjectiveUnaligned
    | ObjectiveReassigned
    | GoalRescheduled
    | ChildrenWeighted
    | RollUpChosen
    | ObjectiveCheckedIn
    | ObjectiveCheckInCorrected
    | ObjectiveGraded
    | ObjectiveDropped
    | ObjectiveReinstated
)


def align(
    objective: Objective, *, parent_id: UUID, link: LinkKind, reason: Personal | None
) -> list[ObjectiveLifecycleEvent]:
    """Let the objective contribute to (and stand under) or support a goal. Loops are refused by domain.alignment."""
    goal.require_live(objective)
    if parent_id == objective.parent_id if link == "contribute" else parent_id in objective.supports:
        return []
    if link == "contribute" and objective.parent_id is not None and reason is None:
        raise ReasonRequired(f"the objective contributes to {objective.parent_id} now")
    return [ObjectiveAligned(parent_id=parent_id, link=link, reason=reason)]


def unalign(
    objective: Objective, *, parent_id: UUID | None, link: LinkKind, reason: Personal | None
) -> list[ObjectiveLifecycleEvent]:
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
    objective: Objective,
    *,
    owner_id: UUID | None,
    partner_id: UUID | None,
    team_id: UUID | None,
    reason: Personal | None,
) -> list[ObjectiveLifecycleEvent]:
    """Give the objective another owner, partner or team."""
    goal.require_live(objective)
    goal.require_two_parties(owner_id, partner_id)
    if (owner_id, partner_id, team_id) == (objective.owner_id, objective.partner_id, objective.team_id):
        return []
    return [ObjectiveReassigned(owner_id=owner_id, partner_id=partner_id, team_id=team_id, reason=reason)]


def reschedule(
    objective: Objective, *, cycle_id: UUID | None, reason: Personal | None
) -> list[ObjectiveLifecycleEvent]:
    """Put the objective into another cycle, or out of cycles."""
    goal.require_live(objective)
    return [] if objective.cycle_id == cycle_id else [GoalRescheduled(cycle_id=cycle_id, reason=reason)]


def require_children(weighed: Set[UUID], children: Set[UUID]) -> None:
    """Only what stands under the objective now has a weight in it."""
    if strangers := weighed - children:
        raise Invalid(f"weights: {min(strangers)} does not stand under this objective")


def weigh(objective: Objective, *, weights: dict[UUID, Decimal]) -> list[ObjectiveLifecycleEvent]:
    """Set the weights of key results and contributing goals."""
    goal.require_live(objective)
    return [*roll_up.weigh(objective.weights, weights)]


def choose_roll_up(objective: Objective, *, mode: RollUpMode | None) -> list[ObjectiveLifecycleEvent]:
    """What moves the objective's progress: its key results, the contributing goals, or both."""
    goal.require_live(objective)
    return [] if objective.roll_up == mode else [RollUpChosen(mode=mode)]


def add_check_in(
    objective: Objective, *, check_in_id: UUID, statement: Statement, effective_at: datetime | None
) -> list[ObjectiveLifecycleEvent]:
    """Check in: confidence, narrative, blockers, health. An objective has no value of its own."""
    goal.require_state(objective, "agreed")
    _require_without_value(statement)
    check_in.require_not_before(objective, effective_at)
    if check_in.already_stated(objective.check_ins, statement, effective_at):
        return []
    return [ObjectiveCheckedIn(**check_in.fields_of(statement), check_in_id=check_in_id)]


def correct_check_in(
    objective: Objective,
    *,
    corrects: UUID,
    check_in_id: UUID,
    statement: Statement,
    effective_at: datetime,
    reason: Personal | None,
) -> list[ObjectiveLifecycleEvent]:
    """Replace a check-in that was wrong, its moment too."""
    goal.require_state(objective, "agreed", "graded")
    _require_without_value(statement)
    check_in.require_not_before(objective, effective_at)
    wrong = check_in.require_standing(objective.check_ins, corrects, objective.replaced_check_ins)
    if (wrong.statement, wrong.at.effective_at) == (statement, effective_at):
        return []
    return [
        ObjectiveCheckInCorrected(
            **check_in.fields_of(statement), check_in_id=check_in_id, corrects=corrects, reason=reason
        )
    ]


def computed_score(objective: Objective, scores: Mapping[UUID, Decimal | None]) -> Decimal | None:
    """The weighted mean of the scores of its counted key results."""
    return roll_up.computed_score((score, objective.weights.get(id, Decimal(1))) for id, score in scores.items())


def give_grade(
    objective: Objective, *, score: Decimal | None, computed: Decimal | None, reason: Personal | None
) -> list[ObjectiveLifecycleEvent]:
    """Give the final score; without one the computed score, the weighted mean of its key results, is taken."""
    goal.require_state(objective, "agreed", "graded")
    return [*grade.give(ObjectiveGraded, objective.grade, score=score, computed=computed, reason=reason)]


def drop(objective: Objective, *, reason: Personal) -> list[ObjectiveLifecycleEvent]:
    """Give the objective up. Its open key results are dropped in the same command; child objectives stay."""
    if objective.state == "dropped":
        return []
    goal.require_live(objective)
    return [ObjectiveDropped(reason=reason)]


def reinstate(objective: Objective, *, reason: Personal | None) -> list[ObjectiveLifecycleEvent]:
    """Bring a dropped objective back to the state before, with grade and alignment."""
    return [ObjectiveReinstated(reason=reason)] if objective.state == "dropped" else []


def _require_without_value(statement: Statement) -> None:
    check_in.require_valid_statement(statement)
    if statement.value is not None or statement.claimed is not None:
        raise Invalid("value, claimed: an objective's progress follows from what stands under it")
