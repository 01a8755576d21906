"""Teams: a tree, with members and leads. Read downwards: events, state, evolve, decisions."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import UUID

from domain.errors import AlreadyExists, DissolvedTeam, Invalid, Loop, NotFound
from domain.history import At
from domain.personal import Personal


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamFormed:
    """A team began, below another one or at the top."""

    name: str
    parent_id: UUID | None = None
    external_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamRenamed:
    """The team is called otherwise."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamMoved:
    """The team stands below another one, or at the top."""

    parent_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamDissolved:
    """The team is no more. Its goals and its past stay."""

    reason: Personal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamJoined:
    """A member belongs to the team."""

    member_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamLeft:
    """A member belongs to the team no more; if it was the lead, the team has none."""

    member_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamLeadNamed:
    """A member of the team leads it."""

    member_id: UUID


TeamEvent = TeamFormed | TeamRenamed | TeamMoved | TeamDissolved | TeamJoined | TeamLeft | TeamLeadNamed


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    name: str
    parent_id: UUID | None = None
    external_id: str | None = None
    members: frozenset[UUID] = frozenset()
    lead_id: UUID | None = None
    dissolved_at: At | None = None


TeamOf = Callable[[UUID], Team | None]  # The team with this id, as far as the decision may look.


def evolve(team: Team | None, event: TeamEvent, at: At) -> Team | None:
    """Remember one stored fact. Never refuses: what is stored has happened."""
    if isinstance(event, TeamFormed):
        return Team(name=event.name, parent_id=event.parent_id, external_id=event.external_id)
    if team is None:
        return None
    match event:
        case TeamRenamed():
            return replace(team, name=event.name)
        case TeamMoved():
            return replace(team, parent_id=event.parent_id)
        case TeamDissolved():
            return replace(team, dissolved_at=at)
        case TeamJoined():
            return replace(team, members=team.members | {event.member_id})
        case TeamLeft():
            lead_id = None if team.lead_id == event.member_id else team.lead_id
            return replace(team, members=team.members - {event.member_id}, lead_id=lead_id)
        case TeamLeadNamed():
            return replace(team, lead_id=event.member_id)


def require_new_name(team: Team | None, *, name: str, team_id: UUID) -> None:
    """A team has the id of its first name, which is its own for ever: `team` is the one that has it already."""
    if team is not None:
        raise AlreadyExists(f"a team was formed as {name!r}: {team_id}")


def form(*, name: str, parent_id: UUID | None, team_of: TeamOf) -> list[TeamEvent]:
    """Begin a team."""
    if parent_id is not None:
        _require_team(parent_id, team_of)
    return [TeamFormed(name=name, parent_id=parent_id)]


def rename(team: Team, *, name: str) -> list[TeamEvent]:
    """Call the team otherwise."""
    if name == team.name:
        return []
    _require_live(team)
    return [TeamRenamed(name=name)]


def move(team: Team, *, team_id: UUID, parent_id: UUID | None, team_of: TeamOf) -> list[TeamEvent]:
    """Put the team below another one, or at the top. Looks at the new parent and at all teams above it."""
    if parent_id == team.parent_id:
        return []
    _require_live(team)
    if parent_id is not None:
        _require_team(parent_id, team_of)
        _refuse_loop(team_id, parent_id, team_of)
    return [TeamMoved(parent_id=parent_id)]


def dissolve(team: Team, *, reason: Personal | None) -> list[TeamEvent]:
    """End the team. The teams below stay where they are, and may be moved."""
    return [] if team.dissolved_at else [TeamDissolved(reason=reason)]


def join(team: Team, *, member_id: UUID) -> list[TeamEvent]:
    """Take a member in."""
    if member_id in team.members:
        return []
    _require_live(team)
    return [TeamJoined(member_id=member_id)]


def leave(team: Team, *, member_id: UUID) -> list[TeamEvent]:
    """Let a member go. A lead who leaves leads no more."""
    if member_id not in team.members:
        return []
    _require_live(team)
    return [TeamLeft(member_id=member_id)]


def name_lead(team: Team, *, member_id: UUID) -> list[TeamEvent]:
    """Say who leads the team; a lead who is not in the team joins it."""
    if member_id == team.lead_id:
        return []
    _require_live(team)
    return [*join(team, member_id=member_id), TeamLeadNamed(member_id=member_id)]


def require_not_dissolved(team: Team, team_id: UUID) -> None:
    """A goal is not given to a team that is no more."""
    if team.dissolved_at:
        raise Invalid(f"team {team_id} is dissolved")


def _require_live(team: Team) -> None:
    if team.dissolved_at:
        raise DissolvedTeam(f"{team.name} was dissolved by the event at position {team.dissolved_at.position}")


def _require_team(parent_id: UUID, team_of: TeamOf) -> None:
    parent = team_of(parent_id)
    if parent is None:
        raise NotFound(f"parent_id: no team has the id {parent_id}")
    _require_live(parent)


def _refuse_loop(team_id: UUID, parent_id: UUID, team_of: TeamOf) -> None:
    above: UUID | None = parent_id
    seen: set[UUID] = set()  # The walk ends whatever the log holds.
    while above is not None and above not in seen:
        if above == team_id:
            raise Loop(f"{parent_id} stands below {team_id}")
        seen.add(above)
        team = team_of(above)
        above = team.parent_id if team else None
