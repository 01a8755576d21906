"""The supervisor: a runner that dies is followed by another, one process feeds, new code builds its own generation."""

import asyncio
from contextlib import closing, contextmanager
from uuid import uuid4

import psycopg
import pytest

from contracts.problems import Unavailable
from domain.purpose.mission import MissionDrafted
from infra.postgres.person_keys import ThreadPersonKeys
from services.projections.engine.supervisor import ProjectionSupervisor
from services.projections.queries.moment import RequestedMoment
from services.projections.queries.read_session import ReadSessions, pool_of
from services.projections.read_models.catalog import READ_MODELS

LIVE = "SELECT generation FROM northing.generations WHERE state = 'live'"


@contextmanager
def running(database, models=READ_MODELS):
    with closing(ThreadPersonKeys(database)) as keys:
        projecting = ProjectionSupervisor(database, models, keys.find)
        projecting.start()
        assert projecting.await_live(60)
        try:
            yield projecting
        finally:
            projecting.stop()


def mission(log, workspace):
    return log.append(workspace, ("mission", uuid4(), MissionDrafted(title="No bread is wasted")))


def reached(projecting, workspace, position):
    return asyncio.run(projecting.applied.wait_for(workspace, position, 30))


def titles(database, projecting, workspace):
    async def read():
        async with (
            pool_of(database, 1) as pool,
            ReadSessions(pool, projecting.applied, projecting.code_hash).at(workspace, RequestedMoment()) as session,
        ):
            return await session.rows(f"SELECT title FROM goals WHERE {session.time_filter}")

    return [title for (title,) in asyncio.run(read())]


def test_a_runner_whose_connection_dies_is_followed_by_another(database, log, workspace) -> None:
    with running(database) as projecting:
        for _ in range(3):
            assert reached(projecting, workspace, mission(log, workspace))
            with psycopg.connect(database, autocommit=True) as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND application_name = 'northing-projecting'"
                )
        assert reached(projecting, workspace, mission(log, workspace))
        assert len(titles(database, projecting, workspace)) == 4


def test_a_second_process_stands_by_and_takes_over(database, log, workspace) -> None:
    with running(database) as first, running(database) as second:
        assert (first.status.state, second.status.state) == ("live", "standing by")
        position = mission(log, workspace)
        assert reached(first, workspace, position)
        assert reached(second, workspace, position)
        first.stop()
        assert reached(second, workspace, mission(log, workspace))
        assert len(titles(database, second, workspace)) == 2


def test_new_code_builds_its_own_generation_and_old_code_finds_its_own_again(database, log, workspace) -> None:
    mission(log, workspace)
    with running(database) as before, psycopg.connect(database, autocommit=True) as connection:
        old = connection.execute(LIVE).fetchone()
        with running(database, tuple(model for model in READ_MODELS if model.name != "comments")) as after:
            assert after.code_hash != before.code_hash
            assert connection.execute(LIVE).fetchone() != old
            assert titles(database, after, workspace) == ["No bread is wasted"]
            with pytest.raises(Unavailable):
                titles(database, before, workspace)
    with running(database) as again, psycopg.connect(database, autocommit=True) as connection:
        assert connection.execute(LIVE).fetchone() == old
        assert titles(database, again, workspace) == ["No bread is wasted"]


def test_the_lag_is_known_in_events_and_seconds(database, log, workspace) -> None:
    with running(database) as projecting:
        assert reached(projecting, workspace, mission(log, workspace))
        projecting.stop()
        assert projecting.lag().lag_events == 0
        mission(log, workspace)
        mission(log, workspace)
        behind = projecting.lag()
        assert behind.lag_events == 2
        assert behind.lag_seconds > 0
