"""Teams: the tree, the members, the lead."""

from uuid import UUID

from domain.errors import DissolvedTeam, Loop, NotFound
from domain.team import (
    Team,
    TeamDissolved,
    TeamEvent,
    TeamFormed,
    TeamJoined,
    TeamLeadNamed,
    TeamLeft,
    TeamMoved,
    TeamRenamed,
    dissolve,
    evolve,
    form,
    join,
    leave,
    move,
    name_lead,
    rename,
)
from tests.domain import scenario as spec
from tests.domain.scenario import ANA, BO, beginning, words

TEAM = spec.Specification(evolve)
scenario, state = TEAM.scenario, TEAM.state

BREAD, OVEN, FLOUR, GONE, NOWHERE = (UUID(int=n) for n in range(1, 6))
OVEN_FORMED = TeamFormed(name="Oven", parent_id=BREAD)
DISSOLVED = TeamDissolved(reason=words("merged"))
TREE = {
    BREAD: state([TeamFormed(name="Bread")]),
    OVEN: state([OVEN_FORMED]),
    FLOUR: state([TeamFormed(name="Flour", parent_id=OVEN)]),
    GONE: state([TeamFormed(name="Gone"), DISSOLVED]),
}


def under(parent_id: UUID | None) -> spec.Decision[Team, TeamEvent]:
    return lambda team: move(team, team_id=OVEN, parent_id=parent_id, team_of=TREE.get)


def test_a_team_is_formed_below_another() -> None:
    beginning(when=lambda: form(name="Oven", parent_id=BREAD, team_of=TREE.get), then=[OVEN_FORMED])


def test_a_team_stands_below_a_team_that_is_there() -> None:
    beginning(when=lambda: form(name="Oven", parent_id=NOWHERE, team_of=TREE.get), then=NotFound)
    beginning(when=lambda: form(name="Oven", parent_id=GONE, team_of=TREE.get), then=DissolvedTeam)
    scenario(given=[OVEN_FORMED], when=under(NOWHERE), then=NotFound)
    scenario(given=[OVEN_FORMED], when=under(GONE), then=DissolvedTeam, says="position 2")


def test_a_team_is_renamed() -> None:
    scenario(given=[OVEN_FORMED], when=lambda t: rename(t, name="Ovens"), then=[TeamRenamed(name="Ovens")])
    scenario(given=[OVEN_FORMED], when=lambda t: rename(t, name="Oven"), then=[])


def test_a_team_is_moved() -> None:
    scenario(given=[OVEN_FORMED], when=under(None), then=[TeamMoved(parent_id=None)])
    scenario(given=[OVEN_FORMED, TeamMoved(parent_id=None)], when=under(BREAD), then=[TeamMoved(parent_id=BREAD)])
    scenario(given=[OVEN_FORMED], when=under(BREAD), then=[])


def test_no_team_stands_below_itself() -> None:
    scenario(given=[OVEN_FORMED], when=under(OVEN), then=Loop)
    scenario(given=[OVEN_FORMED], when=under(FLOUR), then=Loop)


def test_a_loop_that_is_stored_already_holds_nobody_up() -> None:
    round_about = {BREAD: Team(name="Bread", parent_id=FLOUR), FLOUR: Team(name="Flour", parent_id=BREAD)}
    scenario(
        given=[TeamFormed(name="Oven")],
        when=lambda t: move(t, team_id=OVEN, parent_id=BREAD, team_of=round_about.get),
        then=[TeamMoved(parent_id=BREAD)],
    )


def test_members_join_and_leave() -> None:
    joined: list[TeamEvent] = [OVEN_FORMED, TeamJoined(member_id=ANA)]
    scenario(given=[OVEN_FORMED], when=lambda t: join(t, member_id=ANA), then=[TeamJoined(member_id=ANA)])
    scenario(given=joined, when=lambda t: join(t, member_id=ANA), then=[])
    scenario(given=joined, when=lambda t: leave(t, member_id=ANA), then=[TeamLeft(member_id=ANA)])
    scenario(given=joined, when=lambda t: leave(t, member_id=BO), then=[])


def test_a_lead_who_is_not_in_the_team_joins_it() -> None:
    lead = TeamLeadNamed(member_id=ANA)
    joined = TeamJoined(member_id=ANA)
    scenario(given=[OVEN_FORMED], when=lambda t: name_lead(t, member_id=ANA), then=[joined, lead])
    scenario(given=[OVEN_FORMED, joined], when=lambda t: name_lead(t, member_id=ANA), then=[lead])
    scenario(given=[OVEN_FORMED, joined, lead], when=lambda t: name_lead(t, member_id=ANA), then=[])


def test_a_lead_who_leaves_leads_no_more() -> None:
    led: list[TeamEvent] = [
        OVEN_FORMED,
        TeamJoined(member_id=ANA),
        TeamJoined(member_id=BO),
        TeamLeadNamed(member_id=ANA),
    ]
    assert state([*led, TeamLeft(member_id=BO)]).lead_id == ANA
    assert state([*led, TeamLeft(member_id=ANA)]).lead_id is None


def test_a_team_is_dissolved_once_and_takes_no_more_acts() -> None:
    gone: list[TeamEvent] = [OVEN_FORMED, TeamJoined(member_id=BO), DISSOLVED]
    scenario(given=[OVEN_FORMED], when=lambda t: dissolve(t, reason=words("merged")), then=[DISSOLVED])
    scenario(given=gone, when=lambda t: dissolve(t, reason=words("again")), then=[])
    for act in (
        lambda t: rename(t, name="Ovens"),
        under(None),
        lambda t: join(t, member_id=ANA),
        lambda t: leave(t, member_id=BO),
        lambda t: name_lead(t, member_id=ANA),
        lambda t: name_lead(t, member_id=BO),
    ):
        scenario(given=gone, when=act, then=DissolvedTeam, says="position 3")
