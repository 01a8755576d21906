"""Objective: how its state follows from its events. The events stand with the decisions that make them.

proposed --agree--> agreed --grade--> graded        proposed --withdraw--> withdrawn
any live state --drop--> dropped --reinstate--> the state before
"""

from typing import Any

from msgspec.structs import replace

from domain.goal import base as goal
from domain.goal.alignment import linked
from domain.goal.roll_up import ChildrenWeighted
from domain.history import At
from domain.objective.agreement import (
    AgreementEvent,
    ObjectiveAgreed,
    ObjectiveProposed,
    ObjectiveReworded,
    ObjectiveWithdrawn,
)
from domain.objective.lifecycle import (
    ObjectiveAligned,
    ObjectiveLifecycleEvent,
    ObjectiveUnaligned,
)
from domain.objective.state import Objective

ObjectiveEvent = AgreementEvent | ObjectiveLifecycleEvent


def evolve(objective: Objective | None, event: ObjectiveEvent, at: At) -> Objective | None:
    """Remember one stored fact. Never refuses: a fact from before the beginning finds nothing to change."""
    if isinstance(event, ObjectiveProposed):
        return Objective(
            state="proposed",
            title=event.title,
            why=event.why,
            resources=event.resources,
            commitment=event.commitment,
            owner_id=event.owner_id,
            partner_id=event.partner_id,
            team_id=event.team_id,
            cycle_id=event.cycle_id,
            offered_from=goal.side(event.by, event.owner_id),
            links=linked((), at, event.parent_id),
            first_at=at.effective_at,
            external_id=event.external_id,
            awaits=event.awaits,
        )
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
