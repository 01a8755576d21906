"""Several at once, on two servers: one act is recorded once, and what several decide at once never makes a loop."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from uuid import UUID

import httpx
import psycopg
import pytest

from domain.errors import Loop
from tests.faults.load_members import ana_and_bo, key_result, objective
from tests.faults.loop_processes import BlindLog, MeetingLog, aligned, loop_clients, proposed
from tests.server import StartServer
from tests.sizes import by_size

pytestmark = pytest.mark.faults

RACES = by_size(check=10, test=200, proof=5_000)
COMMITS = by_size(check=5, test=50, proof=1_000)
GOALS = 6
COMMITMENTS = "SELECT count(*) FROM northing.events WHERE topic = 'KRCommitted' AND stream_id = %s"
LINKS = """
SELECT effective_at, stream_id, CASE topic WHEN 'ObjectiveUnaligned' THEN NULL
                                ELSE convert_from(state, 'UTF8')::json ->> 'parent_id' END
  FROM northing.events WHERE topic IN ('ObjectiveProposed', 'ObjectiveAligned', 'ObjectiveUnaligned')
 ORDER BY effective_at, position
"""


def loops(database: str) -> list[str]:
    """Each moment at which some goal stood above itself, by the log and a walk."""
    found = []
    with psycopg.connect(database) as log:
        above: dict[str, str | None] = {}
        for moment, goal, parent in log.execute(LINKS).fetchall():
            above[str(goal)] = parent
            for start in above:
                way = above[start]
                for _ in above:
                    way = way and above[way]
                if way is not None:  # After as many steps as there are goals one must have come to the top.
                    found.append(f"{moment}: {start}")
    return found


@pytest.fixture
def racers(start_server: StartServer, database: str) -> Iterator[list[httpx.Client]]:
    """Three clients of two servers on one database."""
    with ExitStack() as opened:
        servers = [start_server(database_url=database) for _ in range(2)]
        yield [opened.enter_context(server.client()) for server in (*servers, servers[0])]


def at_once(acts: list[Callable[[], httpx.Response]]) -> list[httpx.Response]:
    with ThreadPoolExecutor(len(acts)) as threads:
        return [*threads.map(lambda act: act(), acts)]


WAYS_TO_COMMIT: list[tuple[dict[str, str], set[int]]] = [
    ({}, {200}),
    ({"if_match": '"1"'}, {200, 412}),
    ({"idempotency_key": "the same"}, {200}),
]


def test_of_those_who_commit_at_once_one_does(database: str, racers: list[httpx.Client]) -> None:
    ana, bo = ana_and_bo(racers[0])
    objective_id = ana.accepted("objectives", objective(bo))["id"]
    for headers, allowed in WAYS_TO_COMMIT * COMMITS:
        id = ana.accepted("key-results", key_result(objective_id, bo))["id"]
        own = {name: value.replace("the same", id) for name, value in headers.items()}
        answers = at_once([partial(bo.at(racer).send, f"key-results/{id}/commit", None, **own) for racer in racers])
        committed = [answer.content for answer in answers if answer.status_code == httpx.codes.OK]
        assert len({*committed}) == 1
        assert {answer.status_code for answer in answers} <= allowed, [answer.text for answer in answers]
        with psycopg.connect(database) as log:
            assert log.execute(COMMITMENTS, [id]).fetchone() == (1,)


def test_goals_that_are_put_under_each_other_at_once_never_form_a_loop(
    database: str, racers: list[httpx.Client], seed: int, figures: list[str]
) -> None:
    choose, taken, refused = random.Random(seed), 0, 0
    ana, bo = ana_and_bo(racers[0])
    goals = [ana.accepted("objectives", objective(bo))["id"] for _ in range(GOALS)]
    for _ in range(RACES):
        ring = choose.sample(goals, choose.choice([2, 3]))
        if choose.random() < 0.5:
            for id in ring:
                ana.send(f"objectives/{id}/unalign", {"reason": "To the start"})
        answers = at_once(
            [
                partial(ana.at(racer).send, f"objectives/{id}/align", {"parent_id": parent_id, "reason": "It fits"})
                for racer, id, parent_id in zip(racers, ring, [*ring[1:], ring[0]], strict=False)
            ]
        )
        assert {answer.status_code for answer in answers} <= {200, 409}, [answer.text for answer in answers]
        accepted = sum(answer.status_code == httpx.codes.OK for answer in answers)
        assert accepted < len(ring)
        taken, refused = taken + accepted, refused + len(ring) - accepted
    figures.append(f"{RACES} races to put goals under each other: {taken} links taken, {refused} refused")
    assert loops(database) == []
    assert taken
    assert refused


async def rings(database: str, log_class: type[MeetingLog], size: int) -> list[object]:
    """Each of a ring of goals put under the next, all decided before any is recorded."""
    ids = [UUID(int=100 + number) for number in range(size)]
    async with loop_clients(database, size, log_class) as clients:
        for id in ids:
            await clients[0].submit(id, proposed(id))
        all_decided = asyncio.Barrier(size)
        for client in clients:
            client.log.all_decided = all_decided
        acts = zip(clients, ids, [*ids[1:], ids[0]], strict=True)
        return await asyncio.gather(
            *(client.submit(id, aligned(id, parent_id)) for client, id, parent_id in acts), return_exceptions=True
        )


@pytest.mark.parametrize("size", [2, 3])
def test_of_decisions_on_the_same_state_the_one_that_would_close_the_ring_is_refused(database: str, size: int) -> None:
    answers = asyncio.run(rings(database, MeetingLog, size))
    assert [type(answer) for answer in answers].count(Loop) == 1
    assert loops(database) == []


@pytest.mark.parametrize("size", [2, 3])
def test_told_only_of_the_streams_they_write_the_same_decisions_form_a_loop(database: str, size: int) -> None:
    answers = asyncio.run(rings(database, BlindLog, size))
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert loops(database)
