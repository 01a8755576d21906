"""The change feed over HTTP: every event of the workspace in order, in pages and as it happens."""

import json
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from uuid import UUID, uuid4

import httpx
import pytest

from contracts.answers.events import EventList
from domain.goal.check_in import CheckedIn
from domain.ids import anonymous_id
from domain.member import MemberAdded, MemberSuspended
from domain.personal import Personal
from domain.retrospective import LearningRecorded, RetrospectiveOpened
from domain.team import TeamFormed
from services.projections.queries import sse
from tests.json_types import Parameter
from tests.projections.conftest import Ask
from tests.projections.engine.test_runner import key_result
from tests.projections.log_writer import Log

BO = UUID(int=0xB)
KR = UUID(int=1)


@pytest.fixture
def position(log: Log, workspace: UUID) -> int:
    """Bo joins, and checks in on a key result. The last position."""
    narrative = Personal(BO, "Half way")
    return log.append(
        workspace,
        ("member", BO, MemberAdded(name=Personal(BO, "Bo Ek"), role="member")),
        ("key_result", KR, key_result()),
        ("key_result", KR, CheckedIn(check_in_id=uuid4(), value=Decimal("6.50"), narrative=narrative)),
        by=BO,
    )


def heard(
    client: httpx.Client, workspace: UUID, count: int, *, headers: dict[str, str] | None = None, **query: Parameter
) -> list[dict[str, str]]:
    """So many messages of the stream, then go away."""
    address = f"/v1/workspaces/{workspace}/stream"
    with client.stream("GET", address, params=query, headers=headers) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        return list(islice(messages(response), count))


def messages(response: httpx.Response) -> Iterator[dict[str, str]]:
    message: dict[str, str] = {}
    for line in response.iter_lines():
        if not line and message:
            yield message
            message = {}
        elif line:
            name, _, value = line.partition(": ")
            message[name] = value


def test_the_feed_has_every_event_with_its_fields_in_clear(ask: Ask, log: Log, workspace: UUID, position: int) -> None:
    answer = ask("events", promised=EventList, min_position=position)
    assert [event["position"] for event in answer["events"]] == list(range(1, position + 1))
    assert (answer["position"], answer["next"]) == (position, None)
    last = answer["events"][-1]
    assert (last["type"], last["stream_kind"], last["aggregate_id"], last["version"]) == (
        "CheckedIn",
        "key_result",
        str(KR),
        2,
    )
    assert last["actor"] == {"id": str(BO), "name": "Bo Ek"}
    assert (last["data"]["value"], last["data"]["narrative"]) == ("6.50", {"subject": str(BO), "text": "Half way"})
    assert last["command_id"] is not None


def test_the_feed_goes_on_after_a_position(ask: Ask, log: Log, workspace: UUID, position: int) -> None:
    first = ask("events", limit=2, min_position=position)
    assert first["next"] == 2
    rest = ask("events", after=first["next"])
    assert [event["position"] for event in rest["events"]] == [3, 4, 5]
    empty = ask("events", after=position)
    assert (empty["events"], empty["next"], empty["position"]) == ([], None, position)
    news = log.append(workspace, ("team", uuid4(), TeamFormed(name="Growth")))
    assert [event["type"] for event in ask("events", after=position, min_position=news)["events"]] == ["TeamFormed"]


def test_what_was_said_anonymously_shows_neither_command_nor_time(ask: Ask, log: Log, workspace: UUID) -> None:
    retro, id = uuid4(), uuid4()
    learnt = LearningRecorded(learning_id=id, kind="why", text=Personal(id, "Fear"), withdrawal_digest="d")
    opened = RetrospectiveOpened(team_id=uuid4(), cycle_id=uuid4())
    log.append(workspace, ("retrospective", retro, opened))
    position = log.append(workspace, ("retrospective", retro, learnt), by=anonymous_id(workspace))
    event = ask("events", promised=EventList, after=position - 1, min_position=position)["events"][0]
    assert (event["command_id"], event["correlation_id"], event["causation_id"]) == (None, None, None)
    assert len(event["effective_at"]) == len(event["recorded_at"]) == len("2026-01-05")
    assert event["actor"] == {"id": str(anonymous_id(workspace)), "name": None}


def test_the_stream_begins_after_a_position_and_says_what_happens(
    client: httpx.Client, log: Log, workspace: UUID, position: int
) -> None:
    address = f"/v1/workspaces/{workspace}/stream"
    with client.stream("GET", address, params={"after": position - 1, "min_position": position}) as response:
        said = messages(response)
        assert json.loads(next(said)["data"])["type"] == "CheckedIn"
        now = log.append(workspace, ("team", uuid4(), TeamFormed(name="Growth")))
        message = next(said)
    assert message["id"] == str(now)
    assert json.loads(message["data"])["data"]["name"] == "Growth"


def test_a_stream_goes_on_after_the_last_id_that_was_received(
    client: httpx.Client, workspace: UUID, position: int
) -> None:
    said = heard(client, workspace, 2, headers={"Last-Event-ID": str(position - 2)}, after=0, min_position=position)
    assert [int(message["id"]) for message in said] == [position - 1, position]


def test_a_stream_in_which_nothing_happens_says_that_it_is_alive(
    client: httpx.Client, workspace: UUID, position: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sse, "HEARTBEAT_SECONDS", 0.01)
    address = f"/v1/workspaces/{workspace}/stream"
    with client.stream("GET", address, params={"after": position, "min_position": position}) as response:
        assert list(islice(response.iter_lines(), 4)) == [": still here", "", ": still here", ""]


def test_who_may_not_read_any_more_hears_no_more(
    client: httpx.Client, log: Log, workspace: UUID, position: int
) -> None:
    address = f"/v1/workspaces/{workspace}/stream"
    headers = {"X-Northing-Member": str(BO)}
    with client.stream(
        "GET", address, params={"after": position, "min_position": position}, headers=headers
    ) as response:
        log.append(workspace, ("member", BO, MemberSuspended()))
        assert [message["data"] for message in messages(response)] == []
    assert client.get(address, headers=headers).status_code == 403
