"""The library's own test cases pass on our recorder; and what they do not ask."""

import threading
import unittest
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from eventsourcing.persistence import IntegrityError, OperationalError, ProgrammingError, StoredEvent
from eventsourcing.postgres import PostgresDatastore
from eventsourcing.tests import persistence

from infra.eventsourcing_adapter.reader import UrlDatastore
from infra.eventsourcing_adapter.recorder import WorkspaceRecorder
from services.command.loop import append
from tests.conftest import on_database
from tests.sizes import by_size


@pytest.fixture(scope="module")
def own_database(cluster: str, _template: str) -> Iterator[str]:
    """The events of these tests are none of Northing's: no read model could take them in."""
    with psycopg.connect(cluster, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE recorded TEMPLATE {_template}")
        yield on_database(cluster, "recorded")
        connection.execute("DROP DATABASE recorded WITH (FORCE)")


@pytest.fixture
def store(own_database: str) -> Iterator[PostgresDatastore]:
    with UrlDatastore(own_database, role="northing_writer") as store:
        yield store


@pytest.fixture
def recorder(store: PostgresDatastore) -> WorkspaceRecorder:
    return WorkspaceRecorder(store, uuid4())


class OnOurs:
    """Every test of a case has a workspace of its own."""

    store: PostgresDatastore

    def create_recorder(self) -> WorkspaceRecorder:
        return WorkspaceRecorder(self.store, uuid4())


class ApplicationRecorderCase(OnOurs, persistence.ApplicationRecorderTestCase[WorkspaceRecorder]):
    EXPECT_CONTIGUOUS_NOTIFICATION_IDS = True

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class NonInterleavingNotificationIDsCase(OnOurs, persistence.NonInterleavingNotificationIDsBaseCase):
    insert_num = by_size(check=100, test=1000, proof=10_000)


class AggregateRecorderCase(OnOurs, persistence.AggregateRecorderTestCase):
    """The case asks that no positions are given, which is of a recorder without notifications; ours are left out."""

    def create_recorder(self) -> Any:
        recorder = super().create_recorder()
        insert = recorder.insert_events
        recorder.insert_events = lambda events, **more: (insert(events, **more), None)[1]  # type: ignore[method-assign]
        return recorder


CASES = [
    (case, name)
    for case in (ApplicationRecorderCase, NonInterleavingNotificationIDsCase, AggregateRecorderCase)
    for name in dir(case)
    if name.startswith("test")
]
del ApplicationRecorderCase, NonInterleavingNotificationIDsCase, AggregateRecorderCase


@pytest.mark.parametrize(("case", "name"), CASES, ids=[f"{case.__name__}-{name}" for case, name in CASES])
def test_of_the_library(case: Any, name: str, store: PostgresDatastore) -> None:
    case.store = store
    result = unittest.TestResult()
    case(name).run(result)
    assert result.testsRun == 1
    assert not result.skipped
    assert not [*result.errors, *result.failures], "\n".join(said for _, said in (*result.errors, *result.failures))


# --- what they do not ask -----------------------------------------------------------------------------------------


def event(stream_id: UUID, version: int = 1) -> StoredEvent:
    return StoredEvent(originator_id=stream_id, originator_version=version, topic="topic", state=b"{}")


def test_the_mode_that_loses_events_is_refused(own_database: str) -> None:
    with UrlDatastore(own_database, role="northing_writer") as store:
        store.enable_db_functions = True
        with pytest.raises(ProgrammingError, match="loses events"):
            WorkspaceRecorder(store, uuid4())


def test_a_workspace_does_not_see_another(store: PostgresDatastore, recorder: WorkspaceRecorder) -> None:
    other, stream_id = WorkspaceRecorder(store, uuid4()), uuid4()
    assert recorder.insert_events([event(stream_id)]) == [1]
    assert other.select_events(stream_id) == []
    assert other.select_notifications(None, 10) == []
    assert other.max_notification_id() is None
    with pytest.raises(IntegrityError):
        other.insert_events([event(stream_id)])


def test_versions_follow_one_another(recorder: WorkspaceRecorder) -> None:
    stream_id = uuid4()
    for gap in ([event(stream_id, 2)], [event(stream_id), event(stream_id, 3)], [event(stream_id), event(stream_id)]):
        with pytest.raises(IntegrityError):
            recorder.insert_events(gap)
    assert recorder.select_events(stream_id) == []


def test_the_same_command_is_recorded_once(recorder: WorkspaceRecorder) -> None:
    command_id, events = uuid4(), [event(uuid4()), event(uuid4())]
    recorder.insert_events([event(uuid4())])
    assert recorder.insert_events(events, command_id=command_id) == [2, 3]
    assert recorder.insert_events(events, command_id=command_id) == [2, 3]
    assert recorder.max_notification_id() == 3


def test_an_append_that_was_stored_and_not_answered_is_no_conflict(
    recorder: WorkspaceRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library repeats after a lost connection, and calls its own events a conflict."""
    read, swallowed = append.append_result, threading.Event()

    def lose_the_first(row: Any) -> append.AppendResult:
        if not swallowed.is_set():
            swallowed.set()
            raise OperationalError("the connection is lost")
        return read(row)

    monkeypatch.setattr("infra.eventsourcing_adapter.recorder.append_result", lose_the_first)
    assert recorder.insert_events([event(uuid4())]) == [1]
    assert recorder.max_notification_id() == 1


def test_what_is_said_of_a_command_stands_in_its_columns(recorder: WorkspaceRecorder, own_database: str) -> None:
    actor_id, correlation_id, stream_id = uuid4(), uuid4(), uuid4()
    recorder.insert_events([event(stream_id)], actor_id=actor_id, correlation_id=correlation_id, stream_kind="team")
    with psycopg.connect(own_database) as connection:
        [row] = connection.execute(
            "SELECT actor_id, correlation_id, stream_kind FROM northing.events WHERE stream_id = %s", [stream_id]
        ).fetchall()
    assert row == (actor_id, correlation_id, "team")


def test_one_that_breaks_the_statement_fails_alone(store: PostgresDatastore, recorder: WorkspaceRecorder) -> None:
    """A stream of another workspace cannot be taken; that stops no insert beside it."""
    foreign = uuid4()
    WorkspaceRecorder(store, uuid4()).insert_events([event(foreign)])
    streams = [uuid4() for _ in range(40)]
    streams[20] = foreign

    def insert(stream_id: UUID) -> Any:
        try:
            return recorder.insert_events([event(stream_id)])
        except IntegrityError as refused:
            return refused

    with ThreadPoolExecutor(40) as threads:
        results = list(threads.map(insert, streams))
    assert isinstance(results.pop(20), IntegrityError)
    assert sorted(position for [position] in results) == [*range(1, 40)]


def test_of_many_who_write_one_version_at_once_one_wins(recorder: WorkspaceRecorder) -> None:
    stream_id = uuid4()

    def insert(_: int) -> bool:
        try:
            recorder.insert_events([event(stream_id)])
        except IntegrityError:
            return False
        return True

    with ThreadPoolExecutor(32) as threads:
        assert sum(threads.map(insert, range(32))) == 1
    assert len(recorder.select_events(stream_id)) == 1


def test_a_killed_connection_is_survived(database: str) -> None:
    with UrlDatastore(database, role="northing_writer") as store:
        _kill_and_insert(WorkspaceRecorder(store, uuid4()), database)


def _kill_and_insert(recorder: WorkspaceRecorder, database: str) -> None:
    stream_id = uuid4()
    for version in (1, 2, 3):
        recorder.insert_events([event(stream_id, version)])
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
    assert [each.originator_version for each in recorder.select_events(stream_id)] == [1, 2, 3]
