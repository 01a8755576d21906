"""Handlers of workspaces, members, teams and cycles, each on a dict."""

from uuid import UUID

import pytest

from contracts.commands.base import Nothing
from contracts.commands.cycles import PlanCycle, ReopenCycle
from contracts.commands.members import AddMember, ChangeRole, IssueToken
from contracts.commands.teams import FormTeam, JoinTeam, MoveTeam
from contracts.commands.workspaces import ChangeSettings, OpenWorkspace
from contracts.problems import Unauthenticated
from domain.cycle import Cycle, CycleClosed, CycleGradingStarted, CyclePlanned, CycleReopened
from domain.errors import AlreadyExists, Forbidden, Invalid, Loop, OwnersOnly, OwnMembership
from domain.member import Member, MemberAdded, TokenIssued, TokenRevoked
from domain.personal import Personal
from domain.team import Team, TeamFormed, TeamJoined
from domain.workspace import SettingsChanged, WorkspaceOpened
from services.access.credentials import Caller
from services.command.handlers import cycles, members, teams, workspaces
from services.command.loop.context import Context, NewEvent
from tests.command.handlers.bakery import ANA, BO, CY, CYCLE, MADE, NEW, TEAM, WORKSPACE, Bakery

OTHER_WORKSPACE = UUID(int=99)
OPENED = OpenWorkspace(name="Mill", timezone="UTC")


def elsewhere(at: Bakery) -> Context:
    """What is seen by the command that opens another workspace, whose owner is to be NEW."""
    return Context(OTHER_WORKSPACE, NEW, at.now, at.streams, {}, at.children, {})


def test_who_opens_a_workspace_is_its_owner() -> None:
    opened = workspaces.open_workspace(
        elsewhere(Bakery()), OTHER_WORKSPACE, OPENED, made_id=MADE, digest="", opener="Eve"
    )
    assert opened == [
        WorkspaceOpened(name="Mill", timezone="UTC", owner_id=NEW),
        NewEvent("member", NEW, MemberAdded(name=Personal(NEW, "Eve"), role="owner")),
    ]


def test_an_opener_with_a_token_administers_another_workspace_and_gets_a_token_here() -> None:
    at = Bakery()
    at.given(Member, ANA, TokenIssued(token_id=TEAM, digest="abc", label="x"))
    ana = Caller(ANA, TEAM, "abc", WORKSPACE)
    _, added, issued = workspaces.open_workspace(
        elsewhere(at), OTHER_WORKSPACE, OPENED, made_id=MADE, digest="def", opener=ana
    )
    assert added == NewEvent("member", NEW, MemberAdded(name=Personal(NEW, "Ana"), role="owner"))
    token = TokenIssued(token_id=MADE, digest="def", label="opened the workspace")
    assert issued == NewEvent("member", NEW, token)
    for opener, refusal in (
        (Caller(ANA, TEAM, "wrong", WORKSPACE), Unauthenticated),
        (Caller(TEAM, None, "", WORKSPACE), Unauthenticated),
        (Caller(BO, None, "", WORKSPACE), Forbidden),
    ):
        with pytest.raises(refusal):
            workspaces.open_workspace(elsewhere(at), OTHER_WORKSPACE, OPENED, made_id=MADE, digest="def", opener=opener)


def test_settings_that_differ_are_changed() -> None:
    body = ChangeSettings(name="Bakery", week_start=6)
    assert workspaces.change_settings(Bakery().context(ANA), WORKSPACE, body) == [SettingsChanged(week_start=6)]


def test_a_member_is_the_subject_of_their_own_name() -> None:
    added = members.add(Bakery().context(ANA), NEW, AddMember(name="Dot", handle="@dot"))
    assert added == [MemberAdded(name=Personal(NEW, "Dot"), role="member", handle=Personal(NEW, "@dot"))]


def test_only_an_owner_makes_an_owner_and_no_one_changes_their_own_role() -> None:
    with pytest.raises(OwnersOnly):
        members.add(Bakery().context(BO), NEW, AddMember(name="Dot", role="owner"))
    with pytest.raises(OwnMembership):
        members.change_role(Bakery().context(ANA), ANA, ChangeRole(role="viewer"))


def test_a_token_is_stored_as_its_digest_and_revoked_by_its_id() -> None:
    at = Bakery()
    issued = members.issue_token(at.context(ANA), BO, IssueToken(label="report"), made_id=MADE, digest="abc")
    assert issued == [TokenIssued(token_id=MADE, digest="abc", label="report")]
    at.given(Member, BO, *issued)
    assert members.revoke_token(at.context(ANA), BO, Nothing(), token_id=MADE) == [TokenRevoked(token_id=MADE)]
    assert at.decide(f"tokens/{MADE}/revoke", {}, by=ANA, made_id=NEW) == [
        NewEvent("member", BO, TokenRevoked(token_id=MADE))
    ], "where the member is not at hand"


def test_a_first_name_is_a_teams_own() -> None:
    at = Bakery()
    assert teams.form(at.context(BO), NEW, FormTeam(name="Mill", parent_id=TEAM)) == [
        TeamFormed(name="Mill", parent_id=TEAM)
    ]
    with pytest.raises(AlreadyExists, match=f"a team was formed as 'Oven': {TEAM}"):
        teams.form(at.context(BO), TEAM, FormTeam(name="Oven"))


def test_a_team_goes_not_below_itself_and_takes_no_one_in_who_is_suspended() -> None:
    at = Bakery().suspended(CY)
    at.given(Team, NEW, TeamFormed(name="Mill", parent_id=TEAM))
    with pytest.raises(Loop):
        teams.move(at.context(ANA), TEAM, MoveTeam(parent_id=NEW))
    assert teams.join(at.context(ANA), TEAM, JoinTeam(member_id=BO)) == [TeamJoined(member_id=BO)]
    with pytest.raises(Invalid):
        teams.join(at.context(ANA), TEAM, JoinTeam(member_id=CY))


def test_a_cycle_is_planned_once_and_reopened_with_a_reason() -> None:
    at = Bakery()
    assert cycles.plan(at.context(ANA), NEW, PlanCycle(name="Q2")) == [CyclePlanned(name="Q2")]
    with pytest.raises(AlreadyExists):
        cycles.plan(at.context(ANA), CYCLE, PlanCycle(name="Q1"))
    at.given(Cycle, CYCLE, CycleGradingStarted(), CycleClosed())
    assert cycles.reopen(at.context(ANA), CYCLE, ReopenCycle(reason="A wrong month")) == [
        CycleReopened(reason=Personal(ANA, "A wrong month"))
    ]
