"""Vision: where the mission leads. Read downwards: events, state, evolve, decisions."""

from dataclasses import dataclass, replace
from uuid import UUID

from domain.history import At
from domain.personal import Personal
from domain.purpose import base as purpose
from domain.purpose.base import Purpose, PurposeEvent, PurposeStarted, Retired


@dataclass(frozen=True, slots=True, kw_only=True)
class VisionStated(PurposeStarted):
    """A vision was put into words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisionRevised:
    """Its words from now on."""

    title: str
    reason: Personal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VisionRetired(Retired):
    """The vision is over."""


VisionEvent = VisionStated | VisionRevised | VisionRetired | PurposeEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Vision(Purpose):
    """A vision is what all purpose is, and no more."""


def evolve(vision: Vision | None, event: VisionEvent, at: At) -> Vision | None:
    """Remember one stored fact. Never refuses: what is stored has happened."""
    match event:
        case VisionStated():
            return Vision(**purpose.started(event, at))
        case VisionRevised() if vision:
            return replace(vision, state=purpose.revised(vision), title=event.title)
        case _:
            return purpose.evolve(vision, event, at)


def state(
    *,
    title: str,
    team_id: UUID | None = None,
    owner_id: UUID | None = None,
    parent_id: UUID | None = None,
    cycle_id: UUID | None = None,
) -> list[VisionEvent]:
    """Put a vision into words."""
    return [VisionStated(title=title, team_id=team_id, owner_id=owner_id, parent_id=parent_id, cycle_id=cycle_id)]


def revise(vision: Vision, *, title: str, reason: Personal) -> list[VisionEvent]:
    """Say it otherwise, and why."""
    if title == vision.title:
        return []
    purpose.require_live(vision)
    return [VisionRevised(title=title, reason=reason)]


def retire(vision: Vision, *, reason: Personal) -> list[VisionEvent]:
    """End it."""
    return [] if vision.state == "retired" else [VisionRetired(reason=reason)]
