"""Cycles: planning -> active -> grading -> closed (-> reopened -> closed).

Read downwards: events, state, evolve, decisions, and what goals ask of their cycle. A goal without a cycle is ruled as
if its cycle were active, and may be graded.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.calendar import first_instant
from domain.errors import AlreadyExists, ClosedCycle, Invalid, WrongPhase
from domain.history import At
from domain.personal import Personal

CycleKind = Literal["year", "quarter", "custom"]
CycleState = Literal["planning", "active", "grading", "closed", "reopened"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CyclePlanned:
    """A period of work was named. Days are the workspace's, and `end` is the first day after it."""

    name: str
    kind: CycleKind = "custom"
    start: date | None = None
    end: date | None = None
    external_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleDated:
    """The period has these days."""

    start: date
    end: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleActivated:
    """Work began: from here on what is committed changes only by amendment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleGradingStarted:
    """The time to grade and to look back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleClosed:
    """The grades stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleReopened:
    """An admin or owner allowed again what grading allows."""

    reason: Personal


CycleEvent = CyclePlanned | CycleDated | CycleActivated | CycleGradingStarted | CycleClosed | CycleReopened


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    name: str
    kind: CycleKind
    start: date | None
    end: date | None
    external_id: str | None
    since: At  # Of the event that brought the state.
    state: CycleState = "planning"
    active_since: datetime | None = None


def evolve(cycle: Cycle | None, event: CycleEvent, at: At) -> Cycle | None:
    """Remember one stored fact. Never refuses: what is stored has happened."""
    if isinstance(event, CyclePlanned):
        return Cycle(
            name=event.name,
            kind=event.kind,
            start=event.start,
            end=event.end,
            external_id=event.external_id,
            since=at,
        )
    if cycle is None:
        return None
    match event:
        case CycleDated():
            return replace(cycle, start=event.start, end=event.end)
        case CycleActivated():
            return replace(cycle, state="active", since=at, active_since=at.effective_at)
        case CycleGradingStarted():
            return replace(cycle, state="grading", since=at)
        case CycleClosed():
            return replace(cycle, state="closed", since=at)
        case CycleReopened():
            return replace(cycle, state="reopened", since=at)


def require_new_name(cycle: Cycle | None, *, name: str, cycle_id: UUID) -> None:
    """A cycle has the id of its name: `cycle` is the one that has it already."""
    if cycle is not None:
        raise AlreadyExists(f"a cycle was planned as {name!r}: {cycle_id}")


def plan(
    *, name: str, kind: CycleKind = "custom", start: date | None = None, end: date | None = None
) -> list[CycleEvent]:
    """Name a period, with its days or to be dated later."""
    if (start is None) != (end is None):
        raise Invalid("start, end: a cycle has both or neither")
    if start is not None and end is not None:
        _require_days(start, end)
    return [CyclePlanned(name=name, kind=kind, start=start, end=end)]


def date_(cycle: Cycle, *, start: date, end: date) -> list[CycleEvent]:
    """Give the period its days, or other ones."""
    if (start, end) == (cycle.start, cycle.end):
        return []
    require_not_closed(cycle)
    _require_days(start, end)
    return [CycleDated(start=start, end=end)]


def activate(cycle: Cycle) -> list[CycleEvent]:
    """Begin the work."""
    if cycle.state == "active":
        return []
    _require(cycle, "planning", to="be activated")
    return [CycleActivated()]


def start_grading(cycle: Cycle) -> list[CycleEvent]:
    """Begin to grade."""
    if cycle.state == "grading":
        return []
    _require(cycle, "active", to="be graded")
    return [CycleGradingStarted()]


def close(cycle: Cycle) -> list[CycleEvent]:
    """Let the grades stand."""
    if cycle.state == "closed":
        return []
    _require(cycle, "grading", "reopened", to="be closed")
    return [CycleClosed()]


def reopen(cycle: Cycle, *, reason: Personal) -> list[CycleEvent]:
    """Allow again what grading allows. Only an admin or owner may, which is ruled by `permission`."""
    if cycle.state == "reopened":
        return []
    if cycle.state != "closed":
        _require(cycle, to="be reopened")
    return [CycleReopened(reason=reason)]


def require_open_for_negotiation(cycle: Cycle | None) -> None:
    """Goals are proposed and negotiated in planning and active."""
    _require(cycle, "planning", "active", to="propose and negotiate")


def require_open_for_check_in(cycle: Cycle | None) -> None:
    """Check-ins are taken in active and grading: the state when they are recorded, whenever they were true."""
    _require(cycle, "active", "grading", "reopened", to="check in")


def require_open_for_correction(cycle: Cycle | None, *, by_admin: bool) -> None:
    """What was checked in may be corrected; once the cycle is closed, only by an admin or owner."""
    if not by_admin:
        require_not_closed(cycle)


def require_grading(cycle: Cycle | None, *, early: bool = False) -> None:
    """Grades are given in grading; `early` is for a key result, which may close while the cycle is active."""
    if cycle is not None:
        _require(cycle, *(("active",) if early else ()), "grading", "reopened", to="grade")


def require_not_closed(cycle: Cycle | None) -> None:
    """Nothing about the goals of a closed cycle moves."""
    if cycle is not None and cycle.state == "closed":
        raise ClosedCycle(f"{cycle.name} was closed by the event at position {cycle.since.position}")


def periods_overlap(one: Cycle | None, other: Cycle | None) -> bool:
    """Whether the periods share a day; unknown days are given the benefit of the doubt."""
    dated = [(cycle.start, cycle.end) for cycle in (one, other) if cycle and cycle.start and cycle.end]
    return len(dated) < 2 or max(start for start, _ in dated) < min(end for _, end in dated)


def starts_at(cycle: Cycle, zone: ZoneInfo) -> datetime | None:
    """The first instant of the period, in UTC."""
    return first_instant(cycle.start, zone) if cycle.start else None


def ends_at(cycle: Cycle, zone: ZoneInfo) -> datetime | None:
    """The first instant after the period, in UTC."""
    return first_instant(cycle.end, zone) if cycle.end else None


def _require(cycle: Cycle | None, *states: CycleState, to: str) -> None:
    """Refuse unless the cycle is in one of these states; None is as good as active."""
    if cycle is None or cycle.state in states:
        return
    require_not_closed(cycle)
    raise WrongPhase(
        f"{cycle.name} is in {cycle.state} since position {cycle.since.position}: too early or too late to {to}"
    )


def _require_days(start: date, end: date) -> None:
    if end <= start:
        raise Invalid(f"start, end: {start} to {end} holds no day; the end is the first day after the cycle")
