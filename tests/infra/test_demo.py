"""Millrace: the same for the same day, whole on any day, and showing what its story says."""

import json
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import httpx
import pytest

from domain import errors
from infra.cli.demo import fill
from infra.cli.line_sender import SendReport
from infra.demo import ANSWERS, LOOK_AT, NAME, OWNER, TIMEZONE, demo_lines
from infra.demo.demo_workspace import DemoWorkspace
from infra.demo.story import StoryLine, story_lines
from tests.json_types import Json

DAY = date(2026, 7, 1)
STORY_STREAMS = {"objective": 15, "key_result": 40, "member": 10, "team": 5, "cycle": 5, "retrospective": 8}


def demo_events(day: date = DAY) -> list[Json]:
    return [json.loads(line) for line in demo_lines(day)[1:]]


def filled(server: httpx.Client) -> tuple[Json, SendReport]:
    """The demo's workspace, and what became of its lines, which were sent."""
    workspace, report = fill(server)
    assert report
    return workspace, report


def test_same_seed_and_day_are_the_same_bytes() -> None:
    assert demo_lines(DAY) == demo_lines(DAY)
    assert demo_lines(DAY, seed=8) != demo_lines(DAY)


@pytest.mark.parametrize("later", range(0, 371, 10))
def test_on_every_day_the_whole_story_is_legal_and_past(later: int) -> None:
    day = DAY + timedelta(later)
    events = demo_events(day)  # Made by the domain's own decisions: what is not legal raises.
    streams = Counter(event["stream_kind"] for event in events if event["version"] == 1)
    assert STORY_STREAMS.items() <= streams.items()
    assert max(event["recorded_at"] for event in events)[:10] < day.isoformat()


def test_lines_come_in_order_and_ids_look_like_those_of_commands() -> None:
    events = demo_events()
    assert [event["position"] for event in events] == list(range(1, len(events) + 1))
    named = [event for event in events if event["actor"]["id"] and len(event["recorded_at"]) > 10]
    assert [event["recorded_at"] for event in named] == sorted(event["recorded_at"] for event in named)
    assert len({event["id"] for event in events}) == len(events)
    assert {event["id"][14] for event in events} == {"7"}


def test_a_key_is_given_once() -> None:
    keys = [key for line in story_lines(DAY) for key in (line.begins, line.label) if key is not None]
    assert [key for key, times in Counter(keys).items() if times > 1] == []


@pytest.mark.parametrize(
    ("who", "path", "refusal"),
    [
        ("hal", "key-results/villages/commit", errors.NotYourTurn),
        ("bruno", "key-results/days-to-five/withdraw", errors.ClosedCycle),
        ("jonas", "key-results/villages/commit", errors.Suspended),
    ],
)
def test_a_line_that_is_not_legal_raises_the_refusal(who: str, path: str, refusal: type[errors.Refusal]) -> None:
    lines = story_lines(DAY)
    workspace = DemoWorkspace(None, seed=7, opened=lines[0].day, name=NAME, timezone=TIMEZONE, owner=OWNER)
    for line in lines:
        workspace.run(line)
    with pytest.raises(refusal):
        workspace.run(StoryLine(DAY, DAY, who, path, {}, "", None, None))


def test_the_story_has_every_act_of_a_negotiation() -> None:
    acts = Counter(event["type"] for event in demo_events())
    for act in (
        "KRCountered",
        "KRDeclined",
        "KRWithdrawn",
        "KRStretchCountered",
        "KRStretchAgreed",
        "KRStretchDeclined",
        "KRAmended",
        "KRAmendmentRefused",
        "KRReassigned",
        "KRDropped",
        "ObjectiveDropped",
        "ObjectiveAligned",
        "CheckInCorrected",
        "ConfidenceUpdated",
        "ActionAgreed",
        "ActionDone",
        "RetrospectiveConcluded",
    ):
        assert acts[act], act
    assert acts["ActionAgreed"] > acts["ActionDone"]
    late = [
        event
        for event in demo_events()
        if event["type"] == "CheckedIn" and event["effective_at"] < event["recorded_at"]
    ]
    assert len(late) == 3
    anonymous = [
        event for event in demo_events() if event["type"] == "LearningRecorded" and event["command_id"] is None
    ]
    assert len(anonymous) == 5


def test_the_demo_enters_whole_and_shows_its_story(server: httpx.Client) -> None:
    found, report = filled(server)
    assert (report.refused, report.warnings) == (0, [])
    path = f"/v1/workspaces/{found['id']}"

    def get(address: str) -> Json:
        answer = server.get(f"{path}/{address}", params={"min_position": report.position})
        assert answer.status_code == 200, answer.text
        shown: Json = answer.json()
        return shown

    nodes = get("alignment-tree")["nodes"]
    assert Counter(node["kind"] for node in nodes)["objective"] == 14  # One was dropped.
    below = {node["title"]: node for node in nodes if node["cycle"] and node["cycle"]["name"] == "FY7 Q2"}
    assert below["More parts are at hand when they are needed"]["score"] == "0"
    assert Decimal(below["The app is rated a little better"]["score"]) > 1
    [bargained] = [node["id"] for node in nodes if node["title"] == "New members join"]
    moved = [
        e["changed"]["target"]
        for e in get(f"key-results/{bargained}/negotiation")["entries"]
        if "target" in e["changed"]
    ]
    assert [(change["from"], change["to"]) for change in moved][:3] == [("200", "320"), ("320", "280"), ("280", "300")]
    assert moved[-1] == {"from": "300", "to": "180"}
    retrospectives = get("retrospectives")["retrospectives"]
    assert len(retrospectives) == STORY_STREAMS["retrospective"]
    shown = get(f"retrospectives/{retrospectives[0]['id']}")
    assert {learning["author"] is None for learning in shown["learnings"]} == {True, False}
    assert all(action["done_at"] for action in shown["actions"])
    assert shown["grades"]


def test_the_open_amendment_can_be_answered_by_its_partner_only(server: httpx.Client) -> None:
    found, report = filled(server)
    path = f"/v1/workspaces/{found['id']}"
    late = {"min_position": report.position}
    nodes = server.get(f"{path}/alignment-tree", params={"cycle": "current", **late}).json()["nodes"]
    [goal] = [node["id"] for node in nodes if node["title"] == LOOK_AT]
    members = {m["name"]: m["id"] for m in server.get(f"{path}/members", params=late).json()["members"]}
    agree = f"{path}/key-results/{goal}/agree-amendment"
    assert server.post(agree).json()["type"] == "urn:northing:problem:not-a-party"
    assert server.post(agree, headers={"X-Northing-Member": members["Céline Marchetti"]}).status_code == 403
    assert server.post(agree, headers={"X-Northing-Member": members[ANSWERS]}).status_code == 200


def test_the_second_filling_imports_nothing(server: httpx.Client) -> None:
    first, report = filled(server)
    server.get(f"/v1/workspaces/{first['id']}/settings", params={"min_position": report.position})
    second, nothing = fill(server)
    assert (second["id"], nothing) == (first["id"], None)


def test_a_filling_that_was_cut_is_finished(server: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(today: date, *, workspace_id: UUID | None = None) -> list[bytes]:
        return demo_lines(today, workspace_id=workspace_id)[:300]

    monkeypatch.setattr("infra.demo.demo_lines", cut)
    found, report = filled(server)
    server.get(f"/v1/workspaces/{found['id']}/settings", params={"min_position": report.position})
    monkeypatch.undo()
    same, rest = filled(server)
    assert same["id"] == found["id"]
    assert (rest.refused, rest.unchanged) == (0, 300)
