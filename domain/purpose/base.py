"""What missions, visions, strategies and themes share: whose they are, where they stand, how they end.

Read downwards: events, state, evolve, decisions. What each says is in its own file.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, TypeVar
from uuid import UUID

from domain.errors import NotLive, ReasonRequired
from domain.goal.alignment import GoalRescheduled, Links, linked
from domain.history import At
from domain.personal import Personal


@dataclass(frozen=True, slots=True, kw_only=True)
class PurposeStarted:
    """How each of the four begins. `note` came with an import."""

    title: str
    team_id: UUID | None = None
    owner_id: UUID | None = None
    parent_id: UUID | None = None
    cycle_id: UUID | None = None
    note: Personal | None = None
    external_id: str | None = None
    awaits: str | None = None  # The external id of a parent that an import has named and not brought yet.


@dataclass(frozen=True, slots=True, kw_only=True)
class Retired:
    """How each of the four ends. Nothing is deleted."""

    reason: Personal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PurposeAligned:
    """It stands under this goal from now on, or at the top."""

    parent_id: UUID | None
    reason: Personal | None = None
    awaits: str | None = None  # As in Begun.


@dataclass(frozen=True, slots=True, kw_only=True)
class PurposeReassigned:
    """Team and owner from now on, both."""

    team_id: UUID | None
    owner_id: UUID | None
    reason: Personal | None = None


PurposeEvent = PurposeAligned | PurposeReassigned | GoalRescheduled

PurposeState = Literal["drafted", "adopted", "current", "retired"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    state: PurposeState = "current"
    title: str
    team_id: UUID | None
    owner_id: UUID | None
    cycle_id: UUID | None
    links: Links
    first_at: datetime
    note: Personal | None = None
    external_id: str | None = None
    awaits: str | None = None

    @property
    def parent_id(self) -> UUID | None:
        return self.links[-1].parent_id


P = TypeVar("P", bound=Purpose)


def started(event: PurposeStarted, at: At) -> dict[str, Any]:
    """What a state takes over from the event with which it begins."""
    return {
        "title": event.title,
        "team_id": event.team_id,
        "owner_id": event.owner_id,
        "cycle_id": event.cycle_id,
        "links": linked((), at, event.parent_id),
        "first_at": at.effective_at,
        "note": event.note,
        "external_id": event.external_id,
        "awaits": event.awaits,
    }


def evolve(purpose: P | None, event: object, at: At) -> P | None:
    """Remember one stored fact. Never refuses: a fact from before the beginning finds nothing to change."""
    if purpose is None:
        return None
    match event:
        case PurposeAligned():
            return replace(purpose, links=linked(purpose.links, at, event.parent_id), awaits=event.awaits)
        case PurposeReassigned():
            return replace(purpose, team_id=event.team_id, owner_id=event.owner_id)
        case GoalRescheduled():
            return replace(purpose, cycle_id=event.cycle_id)
        case Retired():
            return replace(purpose, state="retired")
    return purpose


def revised(purpose: Purpose, live: PurposeState = "current") -> PurposeState:
    """The state after a revision: what an import revises after it was retired is back. Commands are refused that."""
    return live if purpose.state == "retired" else purpose.state


def align(purpose: Purpose, *, parent_id: UUID | None, reason: Personal | None) -> list[PurposeEvent]:
    """Put it under another goal, or at the top. Loops are refused by domain.alignment."""
    if parent_id == purpose.parent_id:
        return []
    require_live(purpose)
    if purpose.parent_id is not None and reason is None:
        raise ReasonRequired(f"it stands under {purpose.parent_id} now")
    return [PurposeAligned(parent_id=parent_id, reason=reason)]


def reassign(
    purpose: Purpose, *, team_id: UUID | None, owner_id: UUID | None, reason: Personal | None
) -> list[PurposeEvent]:
    """Give it to another team or owner."""
    if (team_id, owner_id) == (purpose.team_id, purpose.owner_id):
        return []
    require_live(purpose)
    return [PurposeReassigned(team_id=team_id, owner_id=owner_id, reason=reason)]


def require_live(purpose: Purpose) -> None:
    """Refuse what is asked of something retired."""
    if purpose.state == "retired":
        raise NotLive(f"{purpose.title!r} is retired")
