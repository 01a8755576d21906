"""The supervisor: a runner that dies is followed by another, one process feeds, new code builds its own generation."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from uuid import UUID, uuid4

import psycopg
import pytest

from contracts.problems import Unavailable
from domain.purpose.mission import MissionDrafted
from infra.postgres.migrate import migrate
from infra.postgres.person_keys import ThreadPersonKeys
from services.projections.engine.applied_poll import poll_applied
from services.projections.engine.applied_positions import AppliedPositions
from services.projections.engine.feed import LogFeed
from services.projections.engine.read_model import AnyReadModel
from services.projections.engine.supervisor import ProjectionSupervisor
from services.projections.queries.log_reader import LogReader, log_pool
from services.projections.queries.moment import RequestedMoment
from services.projections.queries.read_session import ReadPool, ReadSessions, pool_of
from services.projections.read_models.catalog import READ_MODELS
from tests.conftest import NewDatabase
from tests.projections.log_writer import Log

LIVE = "SELECT generation FROM northing.generations WHERE state = 'live'"
END = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND application_name = %s"
)


class Process:
    """What one process has: a supervisor, and readers that wait in its event loop."""

    def __init__(
        self, database: str, read_database: str, supervisor: ProjectionSupervisor, loop: asyncio.Runner
    ) -> None:
        self.database, self.read_database = database, read_database
        self.supervisor, self.loop = supervisor, loop

    def reaches(self, workspace: UUID, position: int) -> bool:
        """Whether a reader that waits for the position is woken."""
        return self.loop.run(self._reaches(workspace, position))

    def titles(self, workspace: UUID) -> list[str]:
        """Of the missions that a query shows."""
        return self.loop.run(self._titles(workspace))

    async def _reaches(self, workspace: UUID, position: int) -> bool:
        applied = self.supervisor.applied
        async with pool_of(self.read_database, 1) as pool, log_pool(self.database) as log_connections:
            look_up = partial(self._sessions(pool, log_connections).look_up_applied, pool)
            polling = asyncio.create_task(poll_applied(applied, look_up, is_fed=lambda: self.supervisor.feeds))
            try:
                return await applied.wait_for(workspace, position, 30)
            finally:
                polling.cancel()

    async def _titles(self, workspace: UUID) -> list[str]:
        async with (
            pool_of(self.read_database, 1) as pool,
            log_pool(self.database) as log_connections,
            self._sessions(pool, log_connections).at(workspace, RequestedMoment()) as session,
        ):
            found = await session.rows(f"SELECT title FROM goals WHERE {session.time_filter}")
        return [title for (title,) in found]

    def _sessions(self, pool: ReadPool, log_connections: ReadPool) -> ReadSessions:
        return ReadSessions(pool, LogReader(log_connections), self.supervisor.applied, self.supervisor.code_hash)


@contextmanager
def running(
    database: str, models: Sequence[AnyReadModel] = READ_MODELS, *, read_database: str | None = None
) -> Iterator[Process]:
    read = read_database or database
    with closing(ThreadPersonKeys(database)) as keys, asyncio.Runner() as loop:
        supervisor = ProjectionSupervisor(read, partial(LogFeed, database), models, keys.find, AppliedPositions())
        supervisor.start()
        assert supervisor.await_live(60)
        try:
            yield Process(database, read, supervisor, loop)
        finally:
            supervisor.stop()


def mission(log: Log, workspace: UUID) -> int:
    return log.append(workspace, ("mission", uuid4(), MissionDrafted(title="No bread is wasted")))


@pytest.mark.parametrize("connection_name", ["northing-projecting", "northing-feed"])
def test_a_runner_whose_connection_dies_is_followed_by_another(
    database: str, log: Log, workspace: UUID, connection_name: str
) -> None:
    with running(database) as process:
        for _ in range(3):
            assert process.reaches(workspace, mission(log, workspace))
            with psycopg.connect(database, autocommit=True) as connection:
                ended = connection.execute(END, [connection_name]).fetchall()
            assert ended == [(True,)]
        assert process.reaches(workspace, mission(log, workspace))
        assert len(process.titles(workspace)) == 4


def test_a_second_process_stands_by_and_takes_over(database: str, log: Log, workspace: UUID) -> None:
    with running(database) as first, running(database) as second:
        assert (first.supervisor.status.state, second.supervisor.status.state) == ("live", "standing by")
        position = mission(log, workspace)
        assert first.reaches(workspace, position)
        assert second.reaches(workspace, position)
        first.supervisor.stop()
        assert second.reaches(workspace, mission(log, workspace))
        assert len(second.titles(workspace)) == 2


def test_a_process_that_stands_by_listens_to_nothing(database: str, log: Log, workspace: UUID) -> None:
    """A session that listens and is not read fills up, and then holds up the server: a database cannot be dropped."""
    listening = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = %s"
    with running(database) as first, running(database) as second, psycopg.connect(database) as connection:
        assert first.reaches(workspace, mission(log, workspace))
        assert second.supervisor.status.state == "standing by"
        assert connection.execute(listening, ["northing-feed"]).fetchone() == (1,)


def test_new_code_builds_its_own_generation_and_old_code_finds_its_own_again(
    database: str, log: Log, workspace: UUID
) -> None:
    mission(log, workspace)
    with running(database) as before, psycopg.connect(database, autocommit=True) as connection:
        old = connection.execute(LIVE).fetchone()
        with running(database, tuple(model for model in READ_MODELS if model.name != "comments")) as after:
            assert after.supervisor.code_hash != before.supervisor.code_hash
            assert connection.execute(LIVE).fetchone() != old
            assert after.titles(workspace) == ["No bread is wasted"]
            with pytest.raises(Unavailable):
                before.titles(workspace)
    with running(database) as again, psycopg.connect(database, autocommit=True) as connection:
        assert connection.execute(LIVE).fetchone() == old
        assert again.titles(workspace) == ["No bread is wasted"]


def test_the_lag_is_known_in_events_and_seconds(database: str, log: Log, workspace: UUID) -> None:
    with running(database) as process:
        assert process.reaches(workspace, mission(log, workspace))
        process.supervisor.stop()
        assert process.supervisor.lag().lag_events == 0
        mission(log, workspace)
        mission(log, workspace)
        behind = process.supervisor.lag()
        assert behind.lag_events == 2
        assert behind.lag_seconds
        assert behind.lag_seconds > 0


@pytest.fixture
def read_database(new_database: NewDatabase) -> str:
    """A database for read models alone."""
    url = new_database()
    migrate(url)
    return url


def test_read_models_are_built_in_another_database_than_the_log(
    database: str, read_database: str, log: Log, workspace: UUID
) -> None:
    with running(database, read_database=read_database) as process:
        assert process.reaches(workspace, mission(log, workspace))
        assert process.titles(workspace) == ["No bread is wasted"]
        assert process.supervisor.lag().lag_events == 0
    with psycopg.connect(database) as of_log, psycopg.connect(read_database) as of_reads:
        assert of_log.execute("SELECT count(*) FROM northing.generations").fetchone() == (0,)
        assert of_reads.execute("SELECT count(*) FROM northing.events").fetchone() == (0,)


def test_read_models_that_are_ahead_of_the_log_are_not_fed_with_another_past(
    database: str, read_database: str, log: Log, workspace: UUID
) -> None:
    with running(database, read_database=read_database) as process:
        assert process.reaches(workspace, mission(log, workspace))
    with psycopg.connect(read_database) as connection:
        [(generation,)] = connection.execute(LIVE).fetchall()
        connection.execute(f"UPDATE read_{generation}.checkpoint SET log_position = log_position + 1")
    with closing(ThreadPersonKeys(database)) as keys:
        open_feed = partial(LogFeed, database)
        supervisor = ProjectionSupervisor(read_database, open_feed, READ_MODELS, keys.find, AppliedPositions())
        supervisor.start()
        while (status := supervisor.status).state not in ("failed", "live"):
            pass  # It is about to see it.
        supervisor.stop()
    assert (status.state, (status.error or "").partition(":")[0]) == ("failed", "AheadOfTheLog")
