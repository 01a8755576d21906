"""The workspace: its name, its time zone, its settings. Read downwards: events, state, evolve, decisions."""

from dataclasses import dataclass, fields, replace
from decimal import Decimal
from itertools import pairwise
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from domain.errors import Invalid
from domain.goal.grade import BAND_STARTS, BandStarts
from domain.history import At

RHYTHMS = ("1 week", "2 weeks", "3 weeks", "month")


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceOpened:
    """An organisation began to work here. `timezone` is an IANA name."""

    name: str
    timezone: str
    owner_id: UUID | None = None  # Who opened it, and is an owner from then on.


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsChanged:
    """Settings were changed: those that are not None."""

    name: str | None = None
    timezone: str | None = None
    week_start: int | None = None
    check_in_every: str | None = None
    bands: BandStarts | None = None
    imported_from: UUID | None = None  # Of the settings that stand for another workspace's opening, in its export.
    names_from: tuple[UUID, ...] | None = None  # As in Workspace.


WorkspaceEvent = WorkspaceOpened | SettingsChanged


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    name: str
    timezone: str
    owner_id: UUID | None = None
    week_start: int = 0  # Monday; 6 is Sunday.
    check_in_every: str = RHYTHMS[0]
    bands: BandStarts = (
        BAND_STARTS  # From where on a score is business as usual, meaningful, significant, a breakthrough.
    )
    imported_from: UUID | None = None
    names_from: tuple[UUID, ...] = ()  # Where the ids of imported names come from, if not from here alone.


def given(change: SettingsChanged) -> dict[str, Any]:
    """The settings that a change names, with their new values."""
    values = ((field.name, getattr(change, field.name)) for field in fields(change))
    return {name: value for name, value in values if value is not None}


def evolve(workspace: Workspace | None, event: WorkspaceEvent, _at: At) -> Workspace | None:
    """Remember one stored fact. Never refuses: what is stored has happened."""
    match event:
        # Where there is history from before an opening, it was imported: what it says goes on.
        case WorkspaceOpened() if workspace:
            return replace(workspace, owner_id=event.owner_id)
        case SettingsChanged(imported_from=UUID()) if workspace:
            return replace(workspace, imported_from=event.imported_from)
        case WorkspaceOpened():
            return Workspace(name=event.name, timezone=event.timezone, owner_id=event.owner_id)
        case SettingsChanged():
            before = workspace or Workspace(name=event.name or "", timezone=event.timezone or "UTC")
            return replace(before, **given(event))


def open_(*, name: str, timezone: str, owner_id: UUID | None = None) -> list[WorkspaceEvent]:
    """Begin. The caller becomes its owner, which is an event of the member's own."""
    _require_zone(timezone)
    return [WorkspaceOpened(name=name, timezone=timezone, owner_id=owner_id)]


def change_settings(
    workspace: Workspace,
    *,
    name: str | None = None,
    timezone: str | None = None,
    week_start: int | None = None,
    check_in_every: str | None = None,
    bands: BandStarts | None = None,
) -> list[WorkspaceEvent]:
    """Change the settings that are given; recorded is only what differs."""
    asked = SettingsChanged(
        name=name, timezone=timezone, week_start=week_start, check_in_every=check_in_every, bands=bands
    )
    _require_possible(asked)
    new = {name: value for name, value in given(asked).items() if value != getattr(workspace, name)}
    return [SettingsChanged(**new)] if new else []


def _require_possible(asked: SettingsChanged) -> None:
    if asked.timezone is not None:
        _require_zone(asked.timezone)
    if asked.week_start is not None and asked.week_start not in range(7):
        raise Invalid(f"week_start: {asked.week_start} is not a day of the week, 0 (Monday) to 6 (Sunday)")
    if asked.check_in_every is not None and asked.check_in_every not in RHYTHMS:
        raise Invalid(f"check_in_every: {asked.check_in_every} is none of {', '.join(RHYTHMS)}")
    if asked.bands is not None and any(low >= high for low, high in pairwise((Decimal(0), *asked.bands))):
        raise Invalid(f"bands: {', '.join(map(str, asked.bands))} do not rise from above 0")


def _require_zone(timezone: str) -> None:
    if timezone not in available_timezones():
        raise Invalid(f"timezone: {timezone} is not the name of an IANA time zone, such as Europe/Berlin")
