"""What a person wrote, or what names a person, is nowhere readable in the log; and nothing says who is anonymous."""

import json
from collections.abc import Iterator
from dataclasses import fields
from uuid import UUID

import pytest

from domain.ids import anonymous_id
from domain.registry import TOPICS
from services.eventlog.codec import personal_fields
from tests.command.http.test_problems import Bakery
from tests.command.http_workspace import HttpWorkspace, problem
from tests.json_types import Json

TABLES = ("events", "commands", "heads", "children", "migrations")


def canaries() -> Iterator[str]:
    """Words that stand nowhere else, each different."""
    number = 0
    while True:
        number += 1
        yield f"Zanzibarquokka{number}"


@pytest.fixture
def written(workspace: HttpWorkspace) -> tuple[Bakery, list[str]]:
    """A workspace in which everything that a person can write has been written."""
    used: list[str] = []
    words = canaries()

    def word() -> str:
        used.append(next(words))
        return used[-1]

    at = Bakery(workspace)
    eve = at.make("members", {"name": word(), "address": word(), "handle": word()})
    at.make(f"members/{eve}/suspend", {"reason": word()})
    kr = at.key_result(reason=word())
    at.make(f"key-results/{kr}/counter", {"measure": {"target": "9"}, "reason": word()}, by=at.bo)
    at.make(f"key-results/{kr}/commit")
    at.make(f"key-results/{kr}/offer-stretch", {"stretch": "12", "reason": word()})
    at.make(f"key-results/{kr}/decline-stretch", {"reason": word()}, by=at.bo)
    at.make(f"key-results/{kr}/propose-amendment", {"measure": {"target": "8"}, "reason": word()})
    at.make(f"key-results/{kr}/refuse-amendment", {"reason": word()}, by=at.bo)
    said = at.make(f"key-results/{kr}/check-ins", {"value": "3", "narrative": word(), "blockers": word()})
    at.make(f"key-results/{kr}/check-ins/{said}/correct", {"value": "4", "narrative": word(), "reason": word()})
    at.make(f"key-results/{kr}/confidence", {"confidence": "5", "reason": word()})
    at.make(f"key-results/{kr}/drop", {"reason": word()})
    at.make(f"key-results/{kr}/reinstate", {"reason": word()})
    at.make(f"objectives/{at.objective}/check-ins", {"confidence": "5", "narrative": word(), "blockers": word()})
    at.make(f"objectives/{at.objective}/reword", {"title": "Fresher", "reason": word()})
    at.make("comments", {"about_kind": "objective", "about_id": at.objective, "text": word()})
    at.make(f"teams/{at.make('teams', {'name': 'Mill'})}/dissolve", {"reason": word()})
    mission = at.make("missions", {"statement": "Bread"})
    at.make(f"missions/{mission}/adopt")
    at.make(f"missions/{mission}/reaffirm", {"note": word()})
    at.make(f"missions/{mission}/retire", {"reason": word()})
    cycle = at.closed_cycle()
    at.make(f"cycles/{cycle}/reopen", {"reason": word()})
    retro = at.make("retrospectives", {"team_id": at.team, "cycle_id": cycle})
    at.make(f"retrospectives/{retro}/learnings", {"kind": "why", "text": word()})
    at.make(f"retrospectives/{retro}/learnings", {"kind": "why", "text": word(), "anonymous": True}, by=at.bo)
    at.make(f"retrospectives/{retro}/actions", {"text": word(), "owner_id": at.bo})
    conclusion = {"next_steps": word(), "resources_needed": word(), "support_required": word()}
    at.make(f"retrospectives/{retro}/conclude", conclusion)
    return at, used


def test_no_name_narrative_or_comment_stands_readable_in_any_table_of_the_log(
    written: tuple[Bakery, list[str]],
) -> None:
    at, used = written
    assert len(used) > 25
    kept = [said for table in TABLES for (said,) in at.rows(f"SELECT t::text FROM northing.{table} t")]
    kept += [state for (state,) in at.rows("SELECT convert_from(state, 'UTF8') FROM northing.events")]
    assert not [word for word in used if any(word in said for said in kept)]
    assert "quokka" not in "".join(kept).lower()


def test_the_same_text_reads_on_the_other_side(written: tuple[Bakery, list[str]]) -> None:
    at, used = written
    feed = at.client.get(f"{at.url}/events", params={"limit": 200, "min_position": at.events()}).text
    assert [word for word in used if word not in feed] == []


def test_titles_and_names_of_teams_are_the_organisations(written: tuple[Bakery, list[str]]) -> None:
    at, _ = written
    states = b"".join(bytes(state) for (state,) in at.rows("SELECT state FROM northing.events"))
    assert b"Fresher" in states
    assert b"Oven" in states


def test_each_person_has_a_key_and_so_has_each_anonymous_learning(written: tuple[Bakery, list[str]]) -> None:
    at, _ = written
    subjects = {
        subject for (subject,) in at.rows("SELECT subject_id FROM northing.person_keys WHERE workspace_id = %s", at.id)
    }
    [learning] = anonymous_learnings(at)
    assert UUID(learning["text"]["subject"]) in subjects
    assert UUID(learning["text"]["subject"]) == UUID(learning["learning_id"])
    assert UUID(at.bo) in subjects


def anonymous_learnings(at: HttpWorkspace) -> list[Json]:
    rows = at.rows(
        "SELECT state FROM northing.events WHERE workspace_id = %s AND topic = 'LearningRecorded' AND actor_id = %s",
        at.id,
        anonymous_id(at.id),
    )
    return [json.loads(bytes(state)) for (state,) in rows]


def test_nothing_that_is_stored_leads_to_who_said_something_anonymously(workspace: HttpWorkspace) -> None:
    at = Bakery(workspace)
    retro = at.make("retrospectives", {"team_id": at.team, "cycle_id": at.closed_cycle()})
    answer = at.post(
        f"retrospectives/{retro}/learnings",
        {"kind": "adjust", "text": "Start earlier", "anonymous": True},
        by=at.cy,
        key="mine",
        traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        x_correlation_id="4bf92f35-77b3-4da6-a3ce-929d0e0e4736",
    )
    learning = answer.json()["id"]
    [[event]] = at.rows("SELECT to_jsonb(e) FROM northing.events e WHERE event_id = %s", learning)
    kept = at.rows("SELECT to_jsonb(c) FROM northing.commands c WHERE id = %s", learning)
    assert event["actor_id"] == str(anonymous_id(at.id))
    assert [event[name] for name in ("correlation_id", "causation_id", "trace_parent")] == [None, None, None]
    assert at.cy not in json.dumps([event, kept])
    assert UUID(learning).version == 4, "a UUIDv7 tells the millisecond"
    assert answer.json()["token"] not in str(at.rows("SELECT convert_from(state, 'UTF8') FROM northing.events"))


def test_what_is_anonymous_is_shown_to_the_day_and_withdrawn_only_with_its_token(workspace: HttpWorkspace) -> None:
    at = Bakery(workspace)
    retro = at.make("retrospectives", {"team_id": at.team, "cycle_id": at.closed_cycle()})
    said = {"kind": "adjust", "text": "Start earlier", "anonymous": True}
    first = at.post(f"retrospectives/{retro}/learnings", said, by=at.cy).json()
    withdrawn = f"retrospectives/{retro}/learnings/{first['id']}/withdraw"
    assert problem(at.post(withdrawn, by=at.cy)) == "not-the-author"
    assert problem(at.post(withdrawn)) == "not-the-author", "an owner either"
    assert problem(at.post(withdrawn, {"token": "guessed"}, by=at.cy)) == "not-the-author"
    assert at.post(withdrawn, {"token": first["token"]}, by=at.cy).is_success
    feed = at.client.get(f"{at.url}/events", params={"limit": 200, "min_position": first["position"] + 1}).json()
    shown = [event for event in feed["events"] if event["actor"]["id"] == str(anonymous_id(at.id))]
    assert [event["type"] for event in shown] == ["LearningRecorded", "LearningWithdrawn"]
    for event in shown:
        assert len(event["recorded_at"]) == len(event["effective_at"]) == len("2026-07-01")
        assert UUID(event["id"]).version == 4
        assert at.cy not in json.dumps(event)


@pytest.mark.parametrize("topic", TOPICS)
def test_a_field_that_holds_what_a_person_wrote_is_personal(topic: str) -> None:
    """Names by which a field says that it is a person's words. Titles and statements are the organisation's."""
    words = {
        "narrative",
        "blockers",
        "reason",
        "note",
        "text",
        "next_steps",
        "resources_needed",
        "support_required",
        "address",
        "handle",
    }
    event = TOPICS[topic]
    assert words & {field.name for field in fields(event)} <= set(personal_fields(event))
