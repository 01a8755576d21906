"""An edit of a goal that is there: an amendment at once agreed, a rewording, a move, another team, owner or cycle."""

from domain.goal.alignment import GoalRescheduled
from domain.goal.base import partner_of
from domain.goal.measure import fields_of
from domain.key_result.amendment import KRAmended, KRAmendmentProposed
from domain.key_result.state import KeyResult
from domain.purpose.base import Purpose, PurposeReassigned
from services.command.imports.fact_alignment import align_later, find_place
from services.command.imports.fact_line import terms_after
from services.command.imports.fact_translation import FactTranslation, FoundGoal
from services.command.imports.goal_events import NEGOTIATED_EVENTS, FactGoal, moved, reworded


def edit_goal(translation: FactTranslation, found: FoundGoal) -> None:
    """What changes, each part as an event of its own. An edit without a known change is a comment. Raises Loop.

    A goal that was dropped or retired at the fact's moment is brought back first.
    """
    goal = translation.goal_as_of(found)
    if goal is None:
        first_at = found.state.first_at
        goal = translation.goal_as_of(found, first_at) or found.state
        translation.warn(
            f"older than the first moment of {translation.line.id}, {first_at.isoformat()}: it shows nothing"
        )
    _bring_back(translation, found, goal)
    changes = [
        _reword(translation, found, goal),
        _move(translation, found, goal),
        _reassign(translation, found, goal),
        _reschedule(translation, found, goal),
    ]
    if not any(changes):
        translation.add_comment(found.kind, found.id)


def _bring_back(translation: FactTranslation, found: FoundGoal, goal: FactGoal) -> None:
    """Reinstate a dropped goal. Retired purpose is back once it is revised, if only to its own title."""
    if not isinstance(goal, Purpose):
        if goal.state == "dropped":
            reinstated = NEGOTIATED_EVENTS[found.kind].reinstated(reason=translation.note())
            translation.add_events(found.kind, found.id, reinstated)
    elif goal.state == "retired" and translation.line.title in (None, goal.title):
        translation.add_events(found.kind, found.id, reworded(goal, goal.title, translation.note()))


def _reword(translation: FactTranslation, found: FoundGoal, goal: FactGoal) -> bool:
    """Title and measure."""
    line = translation.line
    if isinstance(goal, KeyResult):
        terms = terms_after(goal.terms, line)
        if terms == goal.terms:
            return False
        proposed = KRAmendmentProposed(**fields_of(terms), by=None, reason=translation.note())
        translation.add_events(found.kind, found.id, proposed, KRAmended(by=None))
        return True
    if line.title in (None, goal.title):
        return False
    translation.add_events(found.kind, found.id, reworded(goal, line.title, translation.note()))
    return True


def _move(translation: FactTranslation, found: FoundGoal, goal: FactGoal) -> bool:
    line = translation.line
    if not line.changes("parent") or (line.parent is not None and line.parent == goal.awaits):
        return False
    place = find_place(translation, found.id, line.parent, found.state.links)
    if (place.parent_id, place.awaits) != (goal.parent_id, goal.awaits):
        event = moved(found.kind, place.parent_id, left=goal.parent_id, awaits=place.awaits, reason=translation.note())
        translation.add_events(found.kind, found.id, event)
    elif place.later_parent_id is None:
        return False
    align_later(translation, found.kind, found.id, place)
    return True


def _reassign(translation: FactTranslation, found: FoundGoal, goal: FactGoal) -> bool:
    """Team and owner. The partner stays, unless becoming the owner."""
    line, ids = translation.line, translation.ids
    team_id, owner_id = goal.team_id, goal.owner_id
    if line.changes("team"):
        team_id = ids.id("team", line.team) if line.team else None
    if line.changes("owner"):
        owner_id = ids.id("placeholder", line.owner) if line.owner else None
    if (team_id, owner_id) == (goal.team_id, goal.owner_id):
        return False
    translation.team(line.team)
    translation.placeholder(line.owner)
    reason = translation.note()
    if isinstance(goal, Purpose):
        event = PurposeReassigned(team_id=team_id, owner_id=owner_id, reason=reason)
        translation.add_events(found.kind, found.id, event)
        return True
    reassigned = NEGOTIATED_EVENTS[found.kind].reassigned(
        owner_id=owner_id, partner_id=partner_of(owner_id, goal.partner_id), team_id=team_id, reason=reason
    )
    translation.add_events(found.kind, found.id, reassigned)
    return True


def _reschedule(translation: FactTranslation, found: FoundGoal, goal: FactGoal) -> bool:
    line = translation.line
    if not line.changes("cycle"):
        return False
    cycle_id = translation.ids.id("cycle", line.cycle) if line.cycle else None
    if cycle_id == goal.cycle_id:
        return False
    translation.cycle(line.cycle)
    translation.add_events(found.kind, found.id, GoalRescheduled(cycle_id=cycle_id, reason=translation.note()))
    return True
