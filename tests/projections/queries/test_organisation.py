"""Workspaces, members, teams and cycles over HTTP, on a real log; lists in pages of one moment."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import httpx
import pytest

from contracts.answers.people import (
    CycleAnswer,
    CycleList,
    MemberAnswer,
    MemberList,
    SettingsShown,
    TeamAnswer,
    TeamList,
    WorkspaceList,
)
from domain.cycle import CycleActivated, CyclePlanned
from domain.ids import local_owner_id
from domain.member import MemberAdded, MemberSuspended, Role, TokenIssued, TokenRevoked
from domain.personal import Personal
from domain.team import TeamDissolved, TeamFormed, TeamJoined, TeamLeadNamed, TeamRenamed
from domain.workspace import SettingsChanged, WorkspaceOpened
from services.access.credentials import api_token, new_secret
from tests.json_types import Parameter
from tests.projections.conftest import Ask
from tests.projections.log_writer import Log, LogEntry

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
BO = UUID(int=0xB)
TEAM, CYCLE = UUID(int=1), UUID(int=2)


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def member(id: UUID, name: str, role: Role = "member", *, address: Personal | None = None) -> LogEntry:
    return "member", id, MemberAdded(name=Personal(id, name), role=role, address=address)


def test_members_are_shown_by_name_role_and_standing(ask: Ask, log: Log, workspace: UUID) -> None:
    address = Personal(BO, "bo@acme.example")
    position = log.append(
        workspace, member(BO, "Bo Ek", "coach", address=address), ("member", BO, MemberSuspended(reason=None))
    )
    answer = ask("members", promised=MemberList, min_position=position)
    assert [(each["name"], each["role"], each["suspended"]) for each in answer["members"]] == [
        ("Ana Lind", "owner", False),
        ("Bo Ek", "coach", True),
    ]
    one = ask(f"members/{BO}", promised=MemberAnswer)
    assert (one["address"], one["placeholder"], one["position"]) == ("bo@acme.example", False, position)


def test_teams_show_whom_they_hold_as_it_was(ask: Ask, log: Log, workspace: UUID) -> None:
    position = log.append(
        workspace,
        (*member(BO, "Bo Ek"), day(0)),
        ("team", TEAM, TeamFormed(name="Growth"), day(0)),
        ("team", TEAM, TeamJoined(member_id=BO), day(1)),
        ("team", TEAM, TeamLeadNamed(member_id=BO), day(1)),
        ("team", TEAM, TeamRenamed(name="Reach"), day(2)),
        ("team", TEAM, TeamDissolved(), day(3)),
    )
    bo = {"id": str(BO), "name": "Bo Ek"}
    now = ask("teams", promised=TeamList, min_position=position)["teams"][0]
    assert (now["name"], now["lead"], now["members"]) == ("Reach", bo, [bo])
    assert now["dissolved_at"] == "2026-01-08T09:00:00Z"
    then = ask(f"teams/{TEAM}", promised=TeamAnswer, as_of=day(1.5).isoformat())
    assert (then["name"], then["lead"], then["dissolved_at"]) == ("Growth", bo, None)
    assert ask(f"teams/{TEAM}", as_of=day(0.5).isoformat())["members"] == []
    assert ask(f"teams/{TEAM}", 404, as_of=day(-1).isoformat())["type"] == "urn:northing:problem:not-found"


def test_cycles_show_their_days_and_how_far_they_are(ask: Ask, log: Log, workspace: UUID) -> None:
    planned = CyclePlanned(name="2026-Q1", kind="quarter", start=date(2026, 1, 1), end=date(2026, 4, 1))
    log.append(workspace, ("cycle", CYCLE, planned, day(0)))
    position = log.append(workspace, ("cycle", CYCLE, CycleActivated(), day(1)))
    (cycle,) = ask("cycles", promised=CycleList, min_position=position)["cycles"]
    assert (cycle["name"], cycle["start"], cycle["end"], cycle["state"]) == (
        "2026-Q1",
        "2026-01-01",
        "2026-04-01",
        "active",
    )
    assert ask(f"cycles/{CYCLE}", promised=CycleAnswer, as_of=day(0.5).isoformat())["state"] == "planning"


def test_settings_are_those_of_the_moment(ask: Ask, log: Log, workspace: UUID) -> None:
    opened = ask("settings", promised=SettingsShown, min_position=2)
    assert (opened["timezone"], opened["bands"], opened["id"]) == (
        "Europe/Berlin",
        ["0.3", "0.5", "0.7", "1.0"],
        str(workspace),
    )
    bands = (Decimal("0.2"), Decimal("0.4"), Decimal("0.6"), Decimal("0.9"))
    position = log.append(workspace, ("workspace", workspace, SettingsChanged(name="Acme II", bands=bands)))
    assert ask("settings", min_position=position)["name"] == "Acme II"
    assert ask("settings", known_position=2)["bands"] == opened["bands"]


# --- pages --------------------------------------------------------------------------------------------------------


@pytest.fixture
def seven_teams(log: Log, workspace: UUID) -> int:
    return log.append(workspace, *(("team", UUID(int=n), TeamFormed(name=f"Team {n}")) for n in range(1, 8)))


def test_pages_are_of_one_moment_however_much_comes_between(
    ask: Ask, log: Log, workspace: UUID, seven_teams: int
) -> None:
    page = ask("teams", limit=3, min_position=seven_teams)
    names = [team["name"] for team in page["teams"]]
    while page["next"]:
        log.append(workspace, ("team", uuid4(), TeamFormed(name="Late")))
        log.append(workspace, ("team", UUID(int=7), TeamRenamed(name="Renamed")))
        first = page["as_of"], page["known_position"]
        page = ask("teams", promised=TeamList, limit=3, cursor=page["next"])
        assert (page["as_of"], page["known_position"]) == first
        names += [team["name"] for team in page["teams"]]
    assert names == [f"Team {n}" for n in range(1, 8)]


def test_the_last_page_has_no_next_even_when_it_is_full(ask: Ask, seven_teams: int) -> None:
    assert ask("teams", limit=7, min_position=seven_teams)["next"] is None
    assert ask("teams", limit=6)["next"] is not None


def test_a_cursor_is_of_its_list_and_whole(ask: Ask, seven_teams: int) -> None:
    cursor = ask("teams", limit=3, min_position=seven_teams)["next"]
    for address, broken in (("members", cursor), ("teams", cursor[:-2]), ("teams", "x" + cursor[1:]), ("teams", "é")):
        assert ask(address, 422, cursor=broken)["type"] == "urn:northing:problem:invalid"


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 201}, {"limit": "x"}, {"known_position": -1}])
def test_what_cannot_be_asked_is_refused(client: httpx.Client, workspace: UUID, query: dict[str, int | str]) -> None:
    answer = client.get(f"/v1/workspaces/{workspace}/teams", params=query)
    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:northing:problem:invalid-request"


# --- who may read -------------------------------------------------------------------------------------------------


def test_who_is_suspended_reads_nothing_and_who_is_no_member_finds_nothing(ask: Ask, log: Log, workspace: UUID) -> None:
    position = log.append(workspace, member(BO, "Bo"), ("member", BO, MemberSuspended()))
    assert ask("settings", 403, by=BO, min_position=position)["type"] == "urn:northing:problem:suspended"
    assert ask("settings", 404, by=uuid4())["type"] == "urn:northing:problem:not-found"


def test_a_token_opens_its_own_workspace_until_it_is_revoked(client: httpx.Client, log: Log, workspace: UUID) -> None:
    token_id, other = uuid4(), uuid4()
    token, digest = api_token(workspace, BO, token_id, new_secret())
    forged, _ = api_token(workspace, BO, token_id, new_secret())
    issued = TokenIssued(token_id=token_id, digest=digest, label="bot")
    position = log.append(workspace, member(BO, "Bo"), ("member", BO, issued))
    log.append(other, ("workspace", other, WorkspaceOpened(name="Other", timezone="UTC")))

    def status(token: str, workspace_id: UUID = workspace, **query: Parameter) -> int:
        headers = {"Authorization": f"Bearer {token}"}
        return client.get(f"/v1/workspaces/{workspace_id}/settings", headers=headers, params=query).status_code

    assert [status(token, min_position=position), status(forged), status(token, other), status("x")] == [
        200,
        401,
        404,
        401,
    ]
    position = log.append(workspace, ("member", BO, TokenRevoked(token_id=token_id)))
    assert status(token, min_position=position) == 401


def test_workspaces_are_listed_for_those_who_may_read_them(
    client: httpx.Client, log: Log, workspace: UUID, ask: Ask
) -> None:
    other, closed = uuid4(), uuid4()
    opened = WorkspaceOpened(name="Other", timezone="UTC")
    log.append(other, ("workspace", other, opened), member(local_owner_id(other), "Ana", "owner"))
    position = log.append(closed, ("workspace", closed, opened), member(BO, "Bo", "owner"))
    headers = {"X-Northing-Member": str(BO)}
    client.get(f"/v1/workspaces/{closed}/settings", headers=headers, params={"min_position": position})
    answer = client.get("/v1/workspaces")
    WorkspaceList.model_validate_json(answer.content, extra="forbid")
    assert {each["id"] for each in answer.json()["workspaces"]} == {str(workspace), str(other)}
    assert [each["id"] for each in client.get("/v1/workspaces", headers=headers).json()["workspaces"]] == [str(closed)]
    first = client.get("/v1/workspaces", params={"limit": 1}).json()
    second = client.get("/v1/workspaces", params={"limit": 1, "cursor": first["next"]}).json()
    assert {each["id"] for page in (first, second) for each in page["workspaces"]} == {str(workspace), str(other)}
    assert second["next"] is None
