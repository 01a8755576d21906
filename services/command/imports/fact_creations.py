"""Goals and cycles as an import brings them: agreed, committed or adopted by the same line, by no member."""

import re
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from domain.cycle import CycleDated
from domain.errors import WrongKind
from domain.goal.measure import Terms, fields_of
from domain.key_result.negotiation import KRCommitted, KRProposed
from domain.objective.agreement import ObjectiveAgreed, ObjectiveProposed
from domain.personal import Personal
from domain.purpose.mission import MissionAdopted
from services.command.imports.fact_alignment import GoalPlace, align_later, align_waiting, find_place
from services.command.imports.fact_line import terms_after
from services.command.imports.fact_translation import FactTranslation
from services.command.imports.goal_events import PURPOSE_EVENTS, GoalEvent

_PERIOD = re.compile(r"runs from (.+?) to (\d{4}-\d{2}-\d{2}|[A-Za-z]+ \d{1,2}, \d{4})")


class FirstFields(NamedTuple):
    """What goals of every kind begin with, beside their title and their parent."""

    team_id: UUID | None
    owner_id: UUID | None
    cycle_id: UUID | None
    note: Personal | None
    external_id: str
    awaits: str | None


def create_goal(translation: FactTranslation, external_id: str) -> None:
    """The first line of a goal. Raises Loop, or WrongKind."""
    line, kind = translation.line, translation.line.kind
    goal_id = translation.ids.id(kind, external_id)
    place = find_place(translation, goal_id, line.parent, ())
    fields = FirstFields(
        team_id=translation.team(line.team),
        owner_id=translation.placeholder(line.owner),
        cycle_id=translation.cycle(line.cycle),
        note=translation.note(),
        external_id=external_id,
        awaits=place.awaits,
    )
    translation.add_events(kind, goal_id, *_first_events(translation, place, fields))
    align_later(translation, kind, goal_id, place)
    align_waiting(translation, external_id, goal_id, place)


def _first_events(translation: FactTranslation, place: GoalPlace, fields: FirstFields) -> list[GoalEvent]:
    line, parent_id, shared = translation.line, place.parent_id, fields._asdict()
    title = line.title or ""
    if line.kind == "objective":
        proposed = ObjectiveProposed(title=title, parent_id=parent_id, partner_id=None, by=None, **shared)
        return [proposed, ObjectiveAgreed(by=None)]
    if line.kind == "key_result":
        terms = fields_of(terms_after(Terms(title=title), line))
        offered = KRProposed(**terms, objective_id=parent_id, partner_id=None, by=None, **shared)
        return [offered, KRCommitted(by=None)]
    started = PURPOSE_EVENTS[line.kind].started(title=title, parent_id=parent_id, **shared)
    return [started, MissionAdopted()] if line.kind == "mission" else [started]


def create_cycle(translation: FactTranslation, external_id: str) -> None:
    """A line about a cycle: it is there, and has the days that its note says. Raises WrongKind."""
    line = translation.line
    if found := translation.find_goal(external_id):
        raise WrongKind(f"an id of another kind: {external_id} is of the kind {found.kind}")
    cycle_id = translation.named_cycle(line.cycle or line.title or "", external_id)
    cycle, days = translation.cycle_as_of(cycle_id), period(line.note or "")
    if days and (cycle is None or (cycle.start, cycle.end) != days):
        translation.add_events("cycle", cycle_id, CycleDated(start=days[0], end=days[1]))


def period(note: str) -> tuple[date, date] | None:
    """First day and first day after, from "runs from A to B", where B is the last day.

    >>> [day.isoformat() for day in period("runs from August 1, 2019 to October 31, 2019 (as the page says)")]
    ['2019-08-01', '2019-11-01']
    """
    found = _PERIOD.search(note)
    if found is None:
        return None
    start, last = _day(found[1]), _day(found[2])
    return (start, last + timedelta(days=1)) if start and last and start <= last else None


def _day(text: str) -> date | None:
    for form in ("%Y-%m-%d", "%B %d, %Y", "%b %d, %Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007  A day has no zone.
        except ValueError:
            continue
    return None
