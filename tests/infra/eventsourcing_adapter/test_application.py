"""The library's application reads the real log: states as the API shows them, events of their own classes, no text
that was not asked for, and no way to write.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from eventsourcing.application import AggregateNotFoundError
from eventsourcing.dispatch import singledispatchmethod
from eventsourcing.persistence import NotSupportedError

from domain.goal.check_in import CheckedIn
from domain.key_result.negotiation import KRCommitted, KRProposed
from domain.personal import Personal
from domain.registry import TOPICS
from infra.eventsourcing_adapter.application import Northing
from infra.eventsourcing_adapter.mapper import PlacedEvent
from tests.infra.eventsourcing_adapter.conftest import Demo
from tests.infra.eventsourcing_adapter.projecting import rows


@contextmanager
def northing(demo: Demo, *, text: str = "sealed", whole: bool = False) -> Iterator[Northing]:
    env = {"NORTHING_DATABASE_URL": demo.database_url, "NORTHING_PERSONAL_TEXT": text}
    with Northing(env if whole else env | {"NORTHING_WORKSPACE": demo.id}) as log:
        yield log


def named(answer: dict[str, str] | None) -> UUID | None:
    return UUID(answer["id"]) if answer else None


def decimal(answer: str | None) -> Decimal | None:
    return None if answer is None else Decimal(answer)


def test_every_state_is_what_the_api_shows(demo: Demo) -> None:
    found = [demo.sees(f"key-results/{each['id']}") for each in demo.sees("key-results")["key_results"]]
    assert {each["state"] for each in found} >= {"committed", "graded", "proposed"}
    with northing(demo) as one, northing(demo, whole=True) as all_:
        for shown in found:
            state = one.repository.get(UUID(shown["id"]))
            assert state == all_.repository.get(UUID(shown["id"]))
            assert (state.state, state.title) == (shown["state"], shown["title"])
            assert (state.owner_id, state.partner_id) == (named(shown["owner"]), named(shown["partner"]))
            assert (state.team_id, state.cycle_id) == (named(shown["team"]), named(shown["cycle"]))
            assert (state.terms.baseline, state.terms.target) == (decimal(shown["baseline"]), decimal(shown["target"]))
            assert len(state.check_ins) == shown["check_ins"]
            assert (state.check_ins[-1].statement.value if state.check_ins else None) == decimal(shown["value"])
            assert (state.confidence and state.confidence.value) == decimal(shown["confidence"])
            assert (state.grade and state.grade.score) == decimal(shown["score"])
            last = list(one.events.get(UUID(shown["id"])))[-1]
            assert isinstance(last, PlacedEvent)
            assert last.originator_version == shown["version"]


def test_a_fact_that_comes_late_stands_where_it_was_true(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither cache nor snapshots stand in its way, though the library's environment asks for them."""
    monkeypatch.setenv("AGGREGATE_CACHE_MAXSIZE", "10")
    monkeypatch.setenv("IS_SNAPSHOTTING_ENABLED", "y")
    id = demo.committed()[0]
    with northing(demo) as log:
        before = log.repository.get(UUID(id))
        moment = before.check_ins[-1].at.effective_at - timedelta(minutes=1)
        late = demo.does(f"key-results/{id}/check-ins", value="0.5", effective_at=moment.isoformat())
        after = log.repository.get(UUID(id))
        assert [str(each.id) for each in after.check_ins].index(late["id"]) == len(before.check_ins) - 1
        assert after.check_ins[-1] == before.check_ins[-1]
        assert str(after.check_ins[-1].statement.value) == demo.sees(f"key-results/{id}")["value"]
        assert log.repository.get(UUID(id), version=late["version"] - 1) == before
        assert log.repository.get(UUID(id), version=1).state == "proposed"
        assert log.snapshots is None


def test_a_stream_that_is_not_there_is_not_found(demo: Demo) -> None:
    with northing(demo) as log:
        assert uuid4() not in log.repository
        with pytest.raises(AggregateNotFoundError):
            log.repository.get(uuid4())


class Seen:
    """Dispatch as users of the library write it."""

    @singledispatchmethod
    def see(self, event: object) -> str:
        return "another"

    @see.register
    def _(self, event: CheckedIn) -> str:
        return f"checked in at {event.value}"

    @see.register
    def _(self, event: KRCommitted) -> str:
        return "committed"


def test_events_are_of_their_own_classes_and_know_their_place(demo: Demo) -> None:
    id = demo.committed()[0]
    answer = demo.does(f"key-results/{id}/check-ins", value="0.5")
    with northing(demo) as log:
        events = list(log.events.get(UUID(id)))
    assert [Seen().see(event) for event in events][-1] == "checked in at 0.5"
    assert "committed" in [Seen().see(event) for event in events]
    assert isinstance(events[0], KRProposed)
    last = events[-1]
    assert isinstance(last, PlacedEvent)
    assert isinstance(last, CheckedIn)
    assert (str(last.originator_id), last.originator_version) == (id, answer["version"])
    assert last.at == (last.recorded.effective_at, answer["position"])
    assert last.recorded.effective_at >= datetime.fromisoformat(demo.sees(f"key-results/{id}")["first_at"])
    assert (str(last.recorded.event_id), str(last.recorded.workspace_id)) == (answer["id"], demo.id)
    assert type(last).__name__ == "CheckedIn"


@pytest.mark.parametrize("event_class", TOPICS.values(), ids=TOPICS)
def test_no_event_has_a_field_of_the_name_of_its_place(event_class: type) -> None:
    names = {"recorded", "at", "originator_id", "originator_version"}
    assert names == {name for name in (*vars(PlacedEvent), *PlacedEvent.__annotations__) if not name.startswith("_")}
    assert names.isdisjoint(field.name for field in fields(event_class))


def test_the_notification_log_is_the_workspace_in_its_order(demo: Demo) -> None:
    with northing(demo) as log:
        assert [each.id for each in log.notification_log.select(11, 10)] == [*range(11, 21)]
        assert {each.topic for each in log.notification_log.select(1, 10, topics=["CheckedIn"])} == {"CheckedIn"}
        section = log.notification_log["1,10"]
        assert (section.items[0].topic, section.next_id) == ("WorkspaceOpened", "11,20")
        assert log.recorder.max_notification_id() == demo.sees("settings")["known_position"]


def test_text_is_sealed_unless_it_is_asked_for(demo: Demo) -> None:
    """And of a person whose key is gone it stays sealed."""
    id = demo.committed()[0]
    demo.does(f"key-results/{id}/check-ins", value="0.5", narrative="Rye sells")

    def narrative(text: str) -> Personal | None:
        with northing(demo, text=text) as log:
            found: Personal | None = log.repository.get(UUID(id)).check_ins[-1].statement.narrative
            return found

    opened, sealed = narrative("open"), narrative("sealed")
    assert opened
    assert opened.text == "Rye sells"
    assert sealed == Personal(opened.subject, None)
    rows(demo.database_url, "DELETE FROM northing.person_keys WHERE subject_id = %s", opened.subject)
    assert narrative("open") == sealed


def test_it_writes_nothing(demo: Demo) -> None:
    with northing(demo) as log:
        [event, *_] = log.events.get(UUID(demo.id))
        for write in (
            lambda: log.save(event),
            lambda: log.events.put([event]),
            lambda: log.mapper.to_stored_event(event),
        ):
            with pytest.raises(NotSupportedError, match="decided by Northing's commands"):
                write()
