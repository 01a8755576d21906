"""An edit of a goal that is there: an amendment at once agreed, a rewording, a move, another team, owner or cycle."""

from dataclasses import replace
from typing import Any

from domain.goal.alignment import GoalRescheduled
from domain.goal.base import Goal
from domain.goal.measure import fields_of
from domain.key_result.amendment import KRAmended, KRAmendmentProposed
from domain.key_result.lifecycle import KRReassigned, KRReinstated
from domain.key_result.state import KeyResult
from domain.objective.agreement import ObjectiveReworded
from domain.objective.lifecycle import ObjectiveReassigned, ObjectiveReinstated
from domain.objective.state import Objective
from domain.purpose.base import Purpose, PurposeReassigned
from domain.purpose.mission import Mission, MissionRevised
from domain.purpose.strategy import Strategy, StrategyRevised
from domain.purpose.theme import Theme, ThemeReworded
from domain.purpose.vision import VisionRevised
from services.command.imports.fact_alignment import aligned, at_the_top, follow, place
from services.command.imports.fact_creations import measured
from services.command.imports.fact_line import MEASURED, PLACED
from services.command.imports.fact_translation import FactTranslation, FoundGoal

Says = dict[str, Any]  # Field by field what the line says; None clears.


def edit(telling: FactTranslation, found: FoundGoal) -> None:
    """Tell what changes. A dropped goal is reinstated first; an edit without a known change is a comment."""
    known = (*PLACED, *MEASURED) if found.kind == "key_result" else PLACED
    said = dict.fromkeys(telling.line.clears) | dict(telling.line.says)
    says = {name: value for name, value in said.items() if name in known}
    goal = telling.as_of(found.stream)
    if goal is None:
        goal = telling.as_of(found.stream, found.state.first_at)
        telling.warn(f"older than the first moment of {telling.line.id}, {goal.first_at.isoformat()}: it shows nothing")
    before = len(telling.news)
    changes = [_reworded(telling, found, goal, says), _moved(telling, found, goal, says)]
    changes += [_reassigned(telling, found, goal, says), _rescheduled(telling, found, goal, says)]
    if not any(changes):
        telling.comment(found.kind, found.id)
    _reinstate_first(telling, found, goal, before)


def _reinstate_first(telling: FactTranslation, found: FoundGoal, goal: Goal | Purpose, before: int) -> None:
    """Bring a dropped goal back, ahead of what changes. Of purpose, whatever revises it does so."""
    changes, telling.news[before:] = telling.news[before:], []
    if goal.state == "dropped":
        back = KRReinstated if found.kind == "key_result" else ObjectiveReinstated
        telling.tell(found.kind, found.id, back(reason=telling.note))
    elif goal.state == "retired" and not any(isinstance(new.event, REVISED) for new in changes):
        telling.tell(found.kind, found.id, _revised(goal, goal.title, telling.note))
    telling.news += changes


def _reworded(telling: FactTranslation, found: FoundGoal, goal: Any, says: Says) -> bool:
    """Title and measure."""
    if isinstance(goal, KeyResult):
        terms = replace(goal.terms, **measured({name: says[name] for name in ("title", *MEASURED) if name in says}))
        if terms == goal.terms:
            return False
        pending = KRAmendmentProposed(**fields_of(terms), by=None, reason=telling.note)
        telling.tell(found.kind, found.id, pending, KRAmended(by=None))
        return True
    title = says.get("title", goal.title)
    if title == goal.title:
        return False
    telling.tell(found.kind, found.id, _revised(goal, title, telling.note))
    return True


REVISED = (MissionRevised, VisionRevised, StrategyRevised, ThemeReworded)


def _revised(goal: Any, title: str, reason: Any) -> Any:
    """Other words for the same. What a goal says beside its title stays, but for the parts of a mission's sentence."""
    match goal:
        case Objective():
            kept: dict[str, Any] = {"why": goal.why, "resources": goal.resources, "commitment": goal.commitment}
            return ObjectiveReworded(title=title, reason=reason, **kept)
        case Mission():
            if title == goal.title:
                said = goal.statement
                parts = {name: getattr(said, name) for name in ("audience", "outcome", "approach", "impact")}
            else:
                parts = {}
            return MissionRevised(title=title, horizon_years=goal.horizon_years, reason=reason, **parts)
        case Strategy(hypothesis=said):
            lines: dict[str, Any] = {
                "choices": said.choices,
                "rules_out": said.rules_out,
                "drop_signs": said.drop_signs,
            }
            return StrategyRevised(title=title, reason=reason, **lines)
        case Theme():
            return ThemeReworded(title=title, reason=reason)
    return VisionRevised(title=title, reason=reason)


def _moved(telling: FactTranslation, found: FoundGoal, goal: Goal | Purpose, says: Says) -> bool:
    parent = says.get("parent")
    if "parent" not in says or (parent is not None and parent == goal.awaits):
        return False
    where = place(telling, found.id, parent, found.state.links)
    if (where.parent_id, where.awaits) != (goal.parent_id, goal.awaits):
        if where.parent_id is not None:
            telling.tell(found.kind, found.id, aligned(found.kind, where.parent_id, telling.note))
        else:
            telling.tell(found.kind, found.id, at_the_top(found.kind, goal.parent_id, where.awaits, telling.note))
    elif where.follows is None:
        return False
    follow(telling, found.kind, found.id, where)
    return True


def _reassigned(telling: FactTranslation, found: FoundGoal, goal: Any, says: Says) -> bool:
    """Team and owner. Who becomes the owner is no longer the partner."""
    team_id, owner_id = goal.team_id, goal.owner_id
    if "team" in says:
        team_id = says["team"] and telling.names.id("team", says["team"])
    if "owner" in says:
        owner_id = says["owner"] and telling.names.id("placeholder", says["owner"])
    if (team_id, owner_id) == (goal.team_id, goal.owner_id):
        return False
    telling.team(says.get("team"))
    telling.member(says.get("owner"))
    whose = {"team_id": team_id, "owner_id": owner_id, "reason": telling.note}
    if isinstance(goal, Purpose):
        telling.tell(found.kind, found.id, PurposeReassigned(**whose))
        return True
    reassigned = KRReassigned if found.kind == "key_result" else ObjectiveReassigned
    partner_id = None if goal.partner_id == owner_id else goal.partner_id
    telling.tell(found.kind, found.id, reassigned(partner_id=partner_id, **whose))
    return True


def _rescheduled(telling: FactTranslation, found: FoundGoal, goal: Goal | Purpose, says: Says) -> bool:
    if "cycle" not in says:
        return False
    cycle_id = says["cycle"] and telling.names.id("cycle", says["cycle"])
    if cycle_id == goal.cycle_id:
        return False
    telling.cycle(says["cycle"])
    telling.tell(found.kind, found.id, GoalRescheduled(cycle_id=cycle_id, reason=telling.note))
    return True
