"""Mission: for about five years, for the company or a team. Read downwards: events, state, evolve, decisions.

drafted --adopt--> adopted --retire--> retired        drafted --retire--> retired
"""

from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from domain.errors import NotLive, ReasonRequired
from domain.history import At
from domain.personal import Personal
from domain.purpose import base as purpose
from domain.purpose.base import Purpose, PurposeEvent, PurposeStarted, Retired

HORIZON_YEARS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class MissionStatement:
    """One sentence, which is the title in the tree; and its four parts, where it was said in parts."""

    title: str
    audience: str | None = None
    outcome: str | None = None
    approach: str | None = None
    impact: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MissionDrafted(PurposeStarted):
    """A mission was put into words. Its origin is the moment of meaning: when and why it began."""

    audience: str | None = None
    outcome: str | None = None
    approach: str | None = None
    impact: str | None = None
    horizon_years: int = HORIZON_YEARS
    origin: str | None = None
    origin_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MissionAdopted:
    """The mission is the company's or the team's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MissionRevised:
    """Statement and horizon from now on."""

    title: str
    audience: str | None = None
    outcome: str | None = None
    approach: str | None = None
    impact: str | None = None
    horizon_years: int = HORIZON_YEARS
    reason: Personal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MissionReaffirmed:
    """Those whose mission it is looked at it and its origin again, and it holds."""

    note: Personal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MissionRetired(Retired):
    """The mission is over."""


MissionEvent = MissionDrafted | MissionAdopted | MissionRevised | MissionReaffirmed | MissionRetired | PurposeEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Mission(Purpose):
    statement: MissionStatement
    horizon_years: int
    origin: str | None
    origin_date: date | None
    reaffirmed_at: datetime | None = None


def statement_in_parts(*, audience: str, outcome: str, approach: str, impact: str) -> MissionStatement:
    """
    >>> statement_in_parts(
    ...     audience="small bakeries", outcome="no bread is wasted",
    ...     approach="a forecast they trust", impact="baking pays again",
    ... ).title
    'For small bakeries: no bread is wasted, through a forecast they trust, so that baking pays again'
    """
    title = f"For {audience}: {outcome}, through {approach}, so that {impact}"
    return MissionStatement(title=title, audience=audience, outcome=outcome, approach=approach, impact=impact)


def evolve(mission: Mission | None, event: MissionEvent, at: At) -> Mission | None:
    """Remember one stored fact. Never refuses: what is stored has happened."""
    match event:
        case MissionDrafted():
            return Mission(
                **purpose.started(event, at),
                state="drafted",
                statement=_statement(event),
                horizon_years=event.horizon_years,
                origin=event.origin,
                origin_date=event.origin_date,
            )
        case MissionAdopted() if mission:
            return mission if mission.state == "retired" else replace(mission, state="adopted")
        case MissionRevised() if mission:
            state = purpose.revised(mission, "adopted")
            statement = _statement(event)
            return replace(
                mission, state=state, title=event.title, statement=statement, horizon_years=event.horizon_years
            )
        case MissionReaffirmed() if mission:
            return replace(mission, reaffirmed_at=at.effective_at)
        case _:
            return purpose.evolve(mission, event, at)


def draft(
    *,
    statement: MissionStatement,
    horizon_years: int = HORIZON_YEARS,
    origin: str | None = None,
    origin_date: date | None = None,
    team_id: UUID | None = None,
    owner_id: UUID | None = None,
    parent_id: UUID | None = None,
    cycle_id: UUID | None = None,
) -> list[MissionEvent]:
    """Put a mission into words."""
    return [
        MissionDrafted(
            **_fields(statement),
            horizon_years=horizon_years,
            origin=origin,
            origin_date=origin_date,
            team_id=team_id,
            owner_id=owner_id,
            parent_id=parent_id,
            cycle_id=cycle_id,
        )
    ]


def adopt(mission: Mission) -> list[MissionEvent]:
    """Make it the company's or the team's mission."""
    if mission.state == "adopted":
        return []
    purpose.require_live(mission)
    return [MissionAdopted()]


def revise(
    mission: Mission, *, statement: MissionStatement, horizon_years: int, reason: Personal | None
) -> list[MissionEvent]:
    """Say it otherwise; once it is adopted, with a reason."""
    if (statement, horizon_years) == (mission.statement, mission.horizon_years):
        return []
    purpose.require_live(mission)
    if mission.state == "adopted" and reason is None:
        raise ReasonRequired("the mission is adopted")
    return [MissionRevised(**_fields(statement), horizon_years=horizon_years, reason=reason)]


def reaffirm(mission: Mission, *, note: Personal | None = None) -> list[MissionEvent]:
    """Say that it still holds. Each time is a fact of its own: it is done on a rhythm."""
    if mission.state != "adopted":
        raise NotLive(f"the mission is {mission.state}, not adopted")
    return [MissionReaffirmed(note=note)]


def retire(mission: Mission, *, reason: Personal) -> list[MissionEvent]:
    """End it."""
    return [] if mission.state == "retired" else [MissionRetired(reason=reason)]


def _statement(event: MissionDrafted | MissionRevised) -> MissionStatement:
    return MissionStatement(**_fields(event))


def _fields(statement: MissionStatement | MissionDrafted | MissionRevised) -> dict[str, Any]:
    return {field.name: getattr(statement, field.name) for field in fields(MissionStatement)}
