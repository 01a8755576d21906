"""A session sits on the lock of the log: commands are refused until later, queries are answered, nothing is lost."""

from __future__ import annotations

import asyncio

import httpx
import psycopg
import pytest
from psycopg import sql

from infra.postgres.event_log import EventLog
from infra.postgres.person_keys import PersonKeys
from tests.faults.load_members import ana_and_bo, objective
from tests.server import StartServer

pytestmark = pytest.mark.faults

HOLD = "SELECT FROM northing.heads WHERE workspace_id = '00000000-0000-0000-0000-000000000000' FOR UPDATE"
PROPOSALS = "SELECT count(*) FROM northing.events WHERE topic = 'ObjectiveProposed'"


def set_limit(database: str, limit: str) -> None:
    """As an operator would, for all sessions that begin from now on."""
    with psycopg.connect(database, autocommit=True) as connection:
        statement = sql.SQL("ALTER DATABASE {} SET lock_timeout = {}")
        connection.execute(statement.format(sql.Identifier(connection.info.dbname), limit))


def test_a_command_that_cannot_get_the_lock_is_told_to_come_again(database: str, start_server: StartServer) -> None:
    set_limit(database, "50ms")
    with psycopg.connect(database) as holder, start_server(database_url=database).client() as client:
        ana, bo = ana_and_bo(client)
        holder.execute(HOLD)
        refused = ana.send("objectives", objective(bo), idempotency_key="one")
        assert (refused.status_code, refused.headers["Retry-After"]) == (httpx.codes.SERVICE_UNAVAILABLE, "1")
        assert client.get(f"/v1/workspaces/{ana.workspace}/members").status_code == httpx.codes.OK
        assert holder.execute(PROPOSALS).fetchone() == (0,)
        holder.rollback()
        assert ana.accepted("objectives", objective(bo), idempotency_key="one")["version"] == 1
        assert holder.execute(PROPOSALS).fetchone() == (1,)


@pytest.mark.parametrize(("given", "kept"), [("0", "10s"), ("3s", "3s")])
def test_no_append_waits_for_ever_on_any_database(database: str, given: str, kept: str) -> None:
    async def limit() -> str:
        log = await EventLog(database, PersonKeys(database)).open()
        assert log.connection is not None
        found = await (await log.connection.execute("SHOW lock_timeout")).fetchone()
        await log.close()
        assert found is not None
        return str(found[0])

    set_limit(database, given)
    assert asyncio.run(limit()) == kept
