"""SIGKILL of the server while members work: what was acknowledged is there once, nothing is half, and what is shown is
what a rebuild shows.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from infra.postgres.embedded import server as embedded
from infra.postgres.embedded.process import postmaster
from tests.faults.load import REASON, History, Load
from tests.faults.load_members import Person, ana_and_bo, key_result, objective
from tests.faults.oracle import Stored, await_applied, complaints, rebuilt, rows, stored
from tests.json_types import Json
from tests.server import PATIENCE_SECONDS, Server, StartServer, free_port
from tests.sizes import by_size

pytestmark = pytest.mark.faults

KILLS = by_size(check=3, test=12, proof=200)  # That hit requests under way.
KILLS_OF_ONE_OF_TWO = by_size(check=1, test=6, proof=100)
KILLS_OF_POSTGRESQL = by_size(check=1, test=3, proof=50)
MEMBERS = 6
LATEST_SECONDS = 0.02  # After as many answers as the seed says, and a part of this, as it says.


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "history.jsonl")


def work_and_kill(load: Load, kills: int, seed: int, kill: Callable[[], object], restart: Callable[[], object]) -> str:
    """Kill while the load goes on, until requests under way have been hit as often as this; what came of it."""
    choose, history = random.Random(seed), load.history
    tried, hits = 0, 0
    cut: set[str] = set()
    load.start(MEMBERS)
    while hits < kills:
        load.await_answers(choose.randint(5, 50))
        threading.Event().wait(choose.uniform(0, LATEST_SECONDS))  # The moment of the kill, not a readiness.
        load.up.clear()
        under_way, noted = {*load.open}, len(history.lines)
        kill()
        under_way -= {line["key"] for line in history.lines[noted:] if line["type"] in ("ok", "fail")}
        restart()
        load.up.set()
        tried, hits, cut = tried + 1, hits + bool(under_way), cut | under_way
    load.stop()
    accepted = history.of("ok")
    recorded = sum(line["key"] in cut and line["replayed"] for line in accepted)
    return (
        f"{tried} kills, {hits} of them while requests were under way: {len(cut)}, of which {recorded} had been stored;"
        f" in all {len(accepted)} commands accepted, {len(history.of('fail'))} refused"
    )


def examine(database: str, workspace: str, history: History) -> None:
    """Hold the log to what was answered, the read models to a rebuild; neither would miss a difference."""
    log = stored(database, workspace)
    assert complaints(history.lines, log, workspace) == [], f"see {history.path}"
    for what, spoiled_history, spoiled_log in spoiled(history.lines, log):
        assert complaints(spoiled_history, spoiled_log, workspace), what
    live, again = await_applied(database), rebuilt(database)
    shown = rows(database, live)
    assert shown == rows(database, again), f"see {history.path}"
    with psycopg.connect(database, autocommit=True) as connection:
        one = "UPDATE {0} SET title = '' WHERE ctid = (SELECT min(ctid) FROM {0})"
        connection.execute(sql.SQL(one).format(sql.Identifier(again, "goals")))
    assert shown != rows(database, again)


def spoiled(history: list[Json], log: Stored) -> Iterator[tuple[str, list[Json], Stored]]:
    """The same with one thing wrong each, as a server that loses, halves or doubles would leave it."""
    accepted = next(line for line in reversed(history) if line["type"] == "ok" and "/" not in line["f"])
    first = next(id for id, first in log.firsts.items() if first and first[0] == accepted["value"]["id"])
    yield "an accepted command is lost", history, log._replace(firsts={**log.firsts, first: None})
    yield "a refused one is stored", [*history, accepted | {"type": "fail"}], log
    yield "one is stored twice", history, log._replace(events=[*log.events, log.events[-1]])
    half = next(event for event in log.events if event.topic == "KRDropped")
    others = [event._replace(topic="ConfidenceUpdated") if event is half else event for event in log.events]
    yield "a drop is half", history, log._replace(events=others)


def at_work(server: Server) -> tuple[Person, Person, str]:
    """Ana and Bo, and an objective that both work at; it was dropped once, with its key result."""
    with server.client() as client:
        ana, bo = ana_and_bo(client)
        shared = ana.accepted("objectives", objective(bo))["id"]
        ana.accepted("key-results", key_result(shared, bo))
        ana.accepted(f"objectives/{shared}/drop", REASON)
        ana.accepted(f"objectives/{shared}/reinstate", REASON)
        return ana, bo, shared


def test_a_server_with_its_own_database_is_killed(
    folder: Path, start_server: StartServer, history: History, seed: int, figures: list[str]
) -> None:
    data, port = folder / f"data-{uuid4().hex[:8]}", free_port()
    servers = [start_server(data=data, port=port)]
    members = at_work(servers[0])
    load = Load(members, [servers[0].url], history, seed)
    outcome = work_and_kill(
        load, KILLS, seed, lambda: servers[-1].kill(), lambda: servers.append(start_server(data=data, port=port))
    )
    figures.append(f"the server: {outcome}")
    examine(str(embedded.running(data)), members[0].workspace, history)


def test_one_of_two_servers_on_one_database_is_killed_and_the_other_is_asked_at_once(
    database: str, start_server: StartServer, history: History, seed: int, figures: list[str]
) -> None:
    servers = [start_server(database_url=database) for _ in range(2)]
    members = at_work(servers[0])
    load = Load(members, [server.url for server in servers], history, seed)

    def restart() -> None:
        servers.append(start_server(database_url=database, port=servers.pop(0).port))

    outcome = work_and_kill(load, KILLS_OF_ONE_OF_TWO, seed, lambda: servers[0].kill(), restart)
    figures.append(f"one server of two: {outcome}")
    examine(database, members[0].workspace, history)


def test_the_database_of_a_server_is_killed(
    folder: Path, start_server: StartServer, history: History, seed: int, figures: list[str]
) -> None:
    data = folder / f"data-{uuid4().hex[:8]}"
    server = start_server(data=data)
    members = at_work(server)
    load = Load(members, [server.url], history, seed)

    def kill() -> None:
        process = postmaster(data / "postgres")
        assert process is not None
        process.kill()
        process.wait(PATIENCE_SECONDS)

    outcome = work_and_kill(load, KILLS_OF_POSTGRESQL, seed, kill, server.await_readiness)
    figures.append(f"PostgreSQL: {outcome}")
    examine(str(embedded.running(data)), members[0].workspace, history)
