"""The log is read in the order of commits, by a role that may only read, and no event waits for the one after it."""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from eventsourcing.persistence import Notification, NotSupportedError, ProgrammingError, StoredEvent
from eventsourcing.postgres import PostgresSubscription

from infra.eventsourcing_adapter.reader import LogSubscription, ReadOnlyRecorder, UrlDatastore
from infra.eventsourcing_adapter.recorder import WorkspaceRecorder
from tests.infra.eventsourcing_adapter.projecting import eventually, rows
from tests.server import PATIENCE_SECONDS

LISTENING = (
    "SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND state = 'idle' AND datname = current_database()"
)


def event(stream_id: UUID | None = None, topic: str = "topic") -> StoredEvent:
    return StoredEvent(stream_id or uuid4(), 1, topic, b"{}")


@pytest.fixture
def writing(database: str) -> Iterator[UrlDatastore]:
    with UrlDatastore(database, role="northing_writer") as datastore:
        yield datastore


@pytest.fixture
def reading(database: str) -> Iterator[UrlDatastore]:
    with UrlDatastore(database, role="northing_reader") as datastore:
        yield datastore


# --- what is read -------------------------------------------------------------------------------------------------


def test_each_workspace_counts_for_itself_and_the_log_counts_all(writing: UrlDatastore, reading: UrlDatastore) -> None:
    workspaces = uuid4(), uuid4()
    events = [event() for _ in range(6)]
    for number, each in enumerate(events):
        WorkspaceRecorder(writing, workspaces[number % 2]).insert_events([each])
    for reader, expected in (
        (ReadOnlyRecorder(reading), events),
        *((ReadOnlyRecorder(reading, workspace), events[number::2]) for number, workspace in enumerate(workspaces)),
    ):
        read = reader.select_notifications(None, 10)
        assert [each.id for each in read] == [*range(1, len(expected) + 1)]
        assert [each.originator_id for each in read] == [each.originator_id for each in expected]
        assert reader.max_notification_id() == reader.last_notification_id() == len(expected)
        assert reader.select_events(events[0].originator_id) == ([events[0]] if events[0] in expected else [])


def test_an_empty_log_has_no_last_event(reading: UrlDatastore) -> None:
    for reader in (ReadOnlyRecorder(reading), ReadOnlyRecorder(reading, uuid4())):
        assert reader.max_notification_id() is None
        assert reader.last_notification_id() == 0


def test_the_last_event_of_some_topics(writing: UrlDatastore) -> None:
    recorder = WorkspaceRecorder(writing, uuid4())
    recorder.insert_events([event(topic=topic) for topic in "abacc"])
    assert [recorder.last_notification_id(topics) for topics in ("a", "b", "ab", "x", "")] == [3, 2, 3, 0, 5]


# --- by whom ------------------------------------------------------------------------------------------------------


def test_a_reader_writes_nothing_and_reads_no_key(reading: UrlDatastore) -> None:
    with pytest.raises(NotSupportedError, match="decided by Northing's commands"):
        ReadOnlyRecorder(reading, uuid4()).insert_events([event()])
    for statement in (
        "INSERT INTO northing.heads VALUES (gen_random_uuid(), 1, now())",
        "UPDATE northing.events SET state = ''",
        "INSERT INTO northing.events SELECT * FROM northing.events",
        "SELECT * FROM northing.person_keys",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), reading.cursor() as cursor:
            cursor.execute(statement.encode())


def test_nothing_of_a_database_url_is_lost(database: str) -> None:
    """The library's own settings have no room for more than host, port, user, password and name."""
    with UrlDatastore(f"{database}&options=-c%20statement_timeout%3D1234") as datastore, datastore.cursor() as cursor:
        assert cursor.execute("SHOW statement_timeout").fetchone() == {"statement_timeout": "1234ms"}


# --- between the first pull and LISTEN ----------------------------------------------------------------------------


class Watched(WorkspaceRecorder):
    """Its subscriptions listen only when they may; `pulls` is what each pull brought."""

    def __init__(self, datastore: UrlDatastore) -> None:
        self.pulls: list[list[int]] = []
        self.pulled, self.may_listen = threading.Event(), threading.Event()
        super().__init__(datastore, uuid4())

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        read = super().select_notifications(start, limit, stop, topics, inclusive_of_start=inclusive_of_start)
        self.pulls.append([each.id for each in read])
        self.pulled.set()
        return read


class LateLogSubscription(LogSubscription):
    def _listen(self) -> None:
        self._recorder.may_listen.wait()  # type: ignore[attr-defined]
        super()._listen()


class LateLibrarySubscription(PostgresSubscription):
    def _listen(self) -> None:
        self._recorder.may_listen.wait()  # type: ignore[attr-defined]
        super()._listen()


def in_the_hole(recorder: Watched) -> None:
    """Record an event after the first pull, and only then let the subscription listen."""
    assert recorder.pulled.wait(PATIENCE_SECONDS)
    recorder.insert_events([event()])
    recorder.may_listen.set()


def test_what_is_recorded_between_pull_and_listen_is_delivered(writing: UrlDatastore) -> None:
    recorder = Watched(writing)
    with ThreadPoolExecutor(1) as reader, LateLogSubscription(recorder, None, ()) as subscription:
        in_the_hole(recorder)
        try:
            assert reader.submit(next, subscription).result(PATIENCE_SECONDS).id == 1
        finally:
            subscription.stop()
    assert recorder.pulls[:2] == [[], [1]]


def test_the_library_alone_delivers_it_only_with_the_next_event(writing: UrlDatastore, database: str) -> None:
    """The control: the hole is there. Once this fails, the library has closed it, and ours may go."""
    recorder = Watched(writing)
    with LateLibrarySubscription(recorder) as subscription:
        in_the_hole(recorder)
        eventually(lambda: bool(rows(database, LISTENING)))
        recorder.insert_events([event()])
        assert [next(subscription).id, next(subscription).id] == [1, 2]
    assert recorder.pulls[:2] == [[], [1, 2]]


def test_a_subscription_knows_what_its_caller_is_done_with(writing: UrlDatastore) -> None:
    recorder = WorkspaceRecorder(writing, uuid4())
    recorder.insert_events([event(), event()])
    with recorder.subscribe() as subscription:
        assert isinstance(subscription, LogSubscription)
        assert (subscription.processed, next(subscription).id) == (0, 1)
        assert (subscription.processed, next(subscription).id) == (0, 2)
        assert subscription.processed == 1
