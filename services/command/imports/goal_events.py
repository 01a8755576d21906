"""The events of a goal by its kind: what a fact becomes depends on it, and nothing else here does."""

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from domain.goal.check_in import CheckedIn, CheckInCorrected, ObjectiveCheckedIn, ObjectiveCheckInCorrected
from domain.goal.grade import KRGraded, ObjectiveGraded
from domain.key_result.evolve import KREvent
from domain.key_result.lifecycle import KRDropped, KRMoved, KRReassigned, KRReinstated
from domain.key_result.state import KeyResult
from domain.objective.agreement import ObjectiveReworded
from domain.objective.evolve import ObjectiveEvent
from domain.objective.lifecycle import (
    ObjectiveAligned,
    ObjectiveDropped,
    ObjectiveReassigned,
    ObjectiveReinstated,
    ObjectiveUnaligned,
)
from domain.objective.state import Objective
from domain.personal import Personal
from domain.purpose.base import PurposeAligned
from domain.purpose.mission import (
    Mission,
    MissionDrafted,
    MissionEvent,
    MissionRetired,
    MissionRevised,
    MissionStatement,
)
from domain.purpose.strategy import Strategy, StrategyEvent, StrategyRetired, StrategyRevised, StrategyStated
from domain.purpose.theme import Theme, ThemeEvent, ThemeRetired, ThemeReworded, ThemeSet
from domain.purpose.vision import Vision, VisionEvent, VisionRetired, VisionRevised, VisionStated

AnyPurpose = Mission | Vision | Strategy | Theme
FactGoal = AnyPurpose | Objective | KeyResult
GoalEvent = MissionEvent | VisionEvent | StrategyEvent | ThemeEvent | ObjectiveEvent | KREvent


class PurposeEventClasses(NamedTuple):
    """How purpose of one kind begins and ends."""

    started: type[MissionDrafted | VisionStated | StrategyStated | ThemeSet]
    retired: type[MissionRetired | VisionRetired | StrategyRetired | ThemeRetired]


class NegotiatedEventClasses(NamedTuple):
    """What is recorded of objectives, or of key results."""

    reassigned: type[ObjectiveReassigned | KRReassigned]
    checked_in: type[ObjectiveCheckedIn | CheckedIn]
    check_in_corrected: type[ObjectiveCheckInCorrected | CheckInCorrected]
    graded: type[ObjectiveGraded | KRGraded]
    dropped: type[ObjectiveDropped | KRDropped]
    reinstated: type[ObjectiveReinstated | KRReinstated]


PURPOSE_EVENTS: Mapping[str, PurposeEventClasses] = {
    "mission": PurposeEventClasses(MissionDrafted, MissionRetired),
    "vision": PurposeEventClasses(VisionStated, VisionRetired),
    "strategy": PurposeEventClasses(StrategyStated, StrategyRetired),
    "theme": PurposeEventClasses(ThemeSet, ThemeRetired),
}
NEGOTIATED_EVENTS: Mapping[str, NegotiatedEventClasses] = {
    "objective": NegotiatedEventClasses(
        reassigned=ObjectiveReassigned,
        checked_in=ObjectiveCheckedIn,
        check_in_corrected=ObjectiveCheckInCorrected,
        graded=ObjectiveGraded,
        dropped=ObjectiveDropped,
        reinstated=ObjectiveReinstated,
    ),
    "key_result": NegotiatedEventClasses(
        reassigned=KRReassigned,
        checked_in=CheckedIn,
        check_in_corrected=CheckInCorrected,
        graded=KRGraded,
        dropped=KRDropped,
        reinstated=KRReinstated,
    ),
}


def moved(
    kind: str,
    parent_id: UUID | None,
    *,
    left: UUID | None = None,
    awaits: str | None = None,
    reason: Personal | None = None,
) -> GoalEvent:
    """A goal of this kind comes to stand under another, or leaves `left` for the top, where it may wait for one."""
    if kind == "key_result":
        return KRMoved(objective_id=parent_id, reason=reason, awaits=awaits)
    if kind != "objective":
        return PurposeAligned(parent_id=parent_id, reason=reason, awaits=awaits)
    if parent_id is None:
        return ObjectiveUnaligned(parent_id=left, reason=reason, awaits=awaits)
    return ObjectiveAligned(parent_id=parent_id, reason=reason)


def reworded(goal: AnyPurpose | Objective, title: str, reason: Personal | None) -> GoalEvent:
    """Another title for the goal. What it says beside its title stays, but for the parts of a mission's sentence."""
    match goal:
        case Objective():
            return ObjectiveReworded(
                title=title, why=goal.why, resources=goal.resources, commitment=goal.commitment, reason=reason
            )
        case Mission():
            statement = goal.statement if title == goal.title else MissionStatement(title=title)
            return MissionRevised(
                title=title,
                audience=statement.audience,
                outcome=statement.outcome,
                approach=statement.approach,
                impact=statement.impact,
                horizon_years=goal.horizon_years,
                reason=reason,
            )
        case Strategy(hypothesis=hypothesis):
            return StrategyRevised(
                title=title,
                choices=hypothesis.choices,
                rules_out=hypothesis.rules_out,
                drop_signs=hypothesis.drop_signs,
                reason=reason,
            )
        case Theme():
            return ThemeReworded(title=title, reason=reason)
        case Vision():
            return VisionRevised(title=title, reason=reason)
