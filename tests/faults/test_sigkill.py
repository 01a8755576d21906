"""SIGKILL of the server while people work: what was acknowledged is there once, nothing is half, and what is shown is
what a rebuild shows.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from infra import embedded
from tests.faults.load import History, Load
from tests.faults.oracle import Stored, await_applied, complaints, rebuilt, rows, stored
from tests.faults.people import Person, ana_and_bo, objective
from tests.server import Server, free_port
from tests.sizes import by_size

pytestmark = pytest.mark.faults

KILLS = by_size(check=3, test=12, proof=200)  # That hit requests under way.
KILLS_OF_TWO = by_size(check=1, test=6, proof=100)
PEOPLE = 6
LATEST_SECONDS = 0.02  # After as many answers as the seed says, and a part of this, as it says.


def work_and_kill(
    servers: list[Server], load: Load, kills: int, seed: int, restarted: Callable[[int], Server]
) -> tuple[int, int]:
    """Kill one server after the other while the load goes on; how often it was, and how many requests were cut off."""
    choose, cut, tried = random.Random(seed), 0, 0
    hits = 0
    load.start(PEOPLE)
    while hits < kills:
        load.await_answers(choose.randint(5, 50))
        threading.Event().wait(choose.uniform(0, LATEST_SECONDS))  # The moment of the kill, not a readiness.
        at = choose.randrange(len(servers))
        load.up.clear()
        under_way = {*load.open}
        told = len(load.history.lines)
        servers[at].kill()
        servers[at] = restarted(at)
        load.up.set()
        lost = {line["key"] for line in load.history.lines[told:] if line["type"] == "info"} & under_way
        hits, cut, tried = hits + bool(lost), cut + len(lost), tried + 1
    load.stop()
    return tried, cut


def examine(database: str, workspace: str, history: History) -> None:
    """Hold the log to what was told, and the read models to a rebuild; and see that neither would miss a difference."""
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


def spoiled(history: list[dict[str, Any]], log: Stored) -> Iterator[tuple[str, list[dict[str, Any]], Stored]]:
    """The same with one thing wrong each, as a server that loses, halves or doubles would leave it."""
    accepted = next(line for line in reversed(history) if line["type"] == "ok" and "/" not in line["f"])
    first = next(id for id, first in log.firsts.items() if first[0] == accepted["value"]["id"])
    yield "an accepted command is lost", history, log._replace(firsts={**log.firsts, first: None})
    yield "a refused one is stored", [*history, accepted | {"type": "fail"}], log
    yield "one is stored twice", history, log._replace(events=[*log.events, log.events[-1]])
    half = next(event for event in log.events if event.topic == "KRDropped")
    yield "a drop is half", history, log._replace(events=[event for event in log.events if event is not half])


def at_work(server: Server) -> tuple[Person, Person, str]:
    """Ana and Bo, and an objective that everybody works at."""
    with server.client() as client:
        ana, bo = ana_and_bo(client)
        return ana, bo, ana.tell("objectives", objective(bo))["id"]


def summary(history: History, tried: int, kills: int, cut: int) -> str:
    accepted, refused = history.of("ok"), history.of("fail")
    recorded = sum(line["replayed"] for line in accepted)
    return (
        f"{tried} kills, {kills} of them with requests under way, which cut off {cut}; of these {recorded} were stored;"
        f" {len(accepted)} commands accepted, {len(refused)} refused"
    )


def test_a_server_with_its_own_database_is_killed(
    folder: Path, start_server: Callable[..., Server], tmp_path: Path, seed: int, figures: list[str]
):
    data, port, history = folder / f"data-{uuid4().hex[:8]}", free_port(), History(tmp_path / "history.jsonl")
    server = start_server(data=data, port=port)
    people = at_work(server)
    load = Load(people, [server.url], history, seed)
    tried, cut = work_and_kill([server], load, KILLS, seed, lambda _: start_server(data=data, port=port))
    figures.append(f"embedded: {summary(history, tried, KILLS, cut)}")
    examine(str(embedded.running(data)), people[0].workspace, history)


def test_one_of_two_servers_on_one_database_is_killed_and_the_other_is_asked_at_once(
    database: str, start_server: Callable[..., Server], tmp_path: Path, seed: int, figures: list[str]
):
    history = History(tmp_path / "history.jsonl")
    servers = [start_server(database_url=database) for _ in range(2)]
    ports = [server.port for server in servers]
    people = at_work(servers[0])
    load = Load(people, [server.url for server in servers], history, seed)
    tried, cut = work_and_kill(
        servers, load, KILLS_OF_TWO, seed, lambda at: start_server(database_url=database, port=ports[at])
    )
    figures.append(f"one of two: {summary(history, tried, KILLS_OF_TWO, cut)}")
    examine(database, people[0].workspace, history)
