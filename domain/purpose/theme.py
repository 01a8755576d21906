"""Theme: a lane inside a strategy that guides objectives. Read downwards: events, state, evolve, decisions."""

from dataclasses import dataclass, replace
from uuid import UUID

from domain.history import At
from domain.personal import Personal
from domain.purpose import base as purpose
from domain.purpose.base import Purpose, PurposeEvent, PurposeStarted, Retired


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeSet(PurposeStarted):
    """A theme was set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeReworded:
    """Its words from now on."""

    title: str
    reason: Personal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeRetired(Retired):
    """The theme is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeChampionNamed:
    """This member owns the theme and speaks for it."""

    champion_id: UUID


ThemeEvent = ThemeSet | ThemeReworded | ThemeRetired | ThemeChampionNamed | PurposeEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme(Purpose):
    champion_id: UUID | None = None


def evolve(theme: Theme | None, event: ThemeEvent, at: At) -> Theme | None:
    """Remember one stored fact. Never refuses: what is stored has happened."""
    match event:
        case ThemeSet():
            return Theme(**purpose.started(event, at))
        case ThemeReworded() if theme:
            return replace(theme, state=purpose.revised(theme), title=event.title)
        case ThemeChampionNamed() if theme:
            return replace(theme, champion_id=event.champion_id)
        case _:
            return purpose.evolve(theme, event, at)


def set_(
    *,
    title: str,
    team_id: UUID | None = None,
    owner_id: UUID | None = None,
    parent_id: UUID | None = None,
    cycle_id: UUID | None = None,
) -> list[ThemeEvent]:
    """Set a theme."""
    return [ThemeSet(title=title, team_id=team_id, owner_id=owner_id, parent_id=parent_id, cycle_id=cycle_id)]


def reword(theme: Theme, *, title: str, reason: Personal) -> list[ThemeEvent]:
    """Say it otherwise, and why."""
    if title == theme.title:
        return []
    purpose.require_live(theme)
    return [ThemeReworded(title=title, reason=reason)]


def name_champion(theme: Theme, *, champion_id: UUID) -> list[ThemeEvent]:
    """Say who owns the theme and speaks for it."""
    if champion_id == theme.champion_id:
        return []
    purpose.require_live(theme)
    return [ThemeChampionNamed(champion_id=champion_id)]


def retire(theme: Theme, *, reason: Personal) -> list[ThemeEvent]:
    """End it."""
    return [] if theme.state == "retired" else [ThemeRetired(reason=reason)]
