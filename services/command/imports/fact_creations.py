"""Goals and cycles as an import brings them: agreed, committed, adopted in one act, by nobody of the workspace."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from domain.cycle import CycleDated
from domain.errors import WrongKind
from domain.key_result.negotiation import KRCommitted, KRProposed
from domain.objective.agreement import ObjectiveAgreed, ObjectiveProposed
from domain.purpose.mission import MissionAdopted, MissionDrafted
from domain.purpose.strategy import StrategyStated
from domain.purpose.theme import ThemeSet
from domain.purpose.vision import VisionStated
from services.command.imports.fact_alignment import follow, gather, place
from services.command.imports.fact_line import NUMBERS
from services.command.imports.fact_translation import FactTranslation

PURPOSE: dict[str, Any] = {
    "mission": MissionDrafted,
    "vision": VisionStated,
    "strategy": StrategyStated,
    "theme": ThemeSet,
}

_PERIOD = re.compile(r"runs from (.+?) to (\d{4}-\d{2}-\d{2}|[A-Za-z]+ \d{1,2}, \d{4})")


def create_goal(telling: FactTranslation) -> None:
    """The first line of a goal."""
    line, kind = telling.line, telling.line.kind
    says = line.says
    goal_id = telling.names.id(kind, line.id or "")
    where = place(telling, goal_id, says.get("parent"), ())
    whose: dict[str, Any] = {
        "team_id": telling.team(says.get("team")),
        "owner_id": telling.member(says.get("owner")),
        "cycle_id": telling.cycle(says.get("cycle")),
        "note": telling.note,
        "external_id": line.id,
        "awaits": where.awaits,
    }
    if kind == "objective":
        proposed = ObjectiveProposed(title=says["title"], parent_id=where.parent_id, partner_id=None, by=None, **whose)
        telling.tell(kind, goal_id, proposed, ObjectiveAgreed(by=None))
    elif kind == "key_result":
        terms = measured(says)
        offered = KRProposed(**terms, objective_id=where.parent_id, partner_id=None, by=None, **whose)
        telling.tell(kind, goal_id, offered, KRCommitted(by=None))
    else:
        telling.tell(kind, goal_id, PURPOSE[kind](title=says["title"], parent_id=where.parent_id, **whose))
        if kind == "mission":
            telling.tell(kind, goal_id, MissionAdopted())
    follow(telling, kind, goal_id, where)
    gather(telling, goal_id, where)


def measured(says: Any) -> dict[str, Any]:
    """The terms that a line says, by name: a baseline or target is a number, or what was written instead of one.

    >>> measured({"title": "t", "target": "[N1]"})
    {'title': 't', 'target': None, 'target_as_written': '[N1]'}
    """
    terms = {name: says[name] for name in ("title", "metric", "unit") if name in says}
    for name in NUMBERS:
        if name in says:
            said = says[name]
            terms[name] = said if isinstance(said, Decimal) else None
            terms[f"{name}_as_written"] = None if isinstance(said, Decimal) else said
    return terms


def create_cycle(telling: FactTranslation) -> None:
    """A line about a cycle: it is there, and dated where its note says from when to when it runs."""
    line = telling.line
    if found := telling.goal(line.id or ""):
        raise WrongKind(f"an id of another kind: {line.id} is of the kind {found.kind}")
    name = line.says.get("cycle") or line.says["title"]
    cycle_id = telling.named_cycle(name, line.id)
    stands = telling.as_of(telling.ctx.stream(cycle_id))
    if (days := period(line.note or "")) and (stands is None or (stands.start, stands.end) != days):
        telling.tell("cycle", cycle_id, CycleDated(start=days[0], end=days[1]))


def period(note: str) -> tuple[date, date] | None:
    """First day and first day after, from "runs from A to B", where B is the last day.

    >>> [day.isoformat() for day in period("runs from August 1, 2019 to October 31, 2019 (as the page says)")]
    ['2019-08-01', '2019-11-01']
    """
    said = _PERIOD.search(note)
    if said is None:
        return None
    start, last = _day(said[1]), _day(said[2])
    return (start, last + timedelta(days=1)) if start and last and start <= last else None


def _day(text: str) -> date | None:
    for form in ("%Y-%m-%d", "%B %d, %Y", "%b %d, %Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007  A day has no zone.
        except ValueError:
            continue
    return None
