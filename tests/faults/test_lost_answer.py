"""PostgreSQL has committed an append, and its answer never comes: the command is answered what it was answered first,
not that it is in conflict with itself, and is stored once.
"""

from __future__ import annotations

import random
from pathlib import Path
from uuid import UUID, uuid4, uuid5

import httpx
import psycopg
import pytest
from eventsourcing.persistence import IntegrityError, StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder

from domain.ids import local_owner_id
from services.command.loop.command_loop import ATTEMPTS
from tests.conftest import NewDatabase
from tests.faults.library import library_datastore
from tests.faults.load_members import Person, ana_and_bo, key_result, objective
from tests.faults.proxy import LosingProxy
from tests.json_types import Json
from tests.server import StartServer
from tests.sizes import by_size

pytestmark = pytest.mark.faults

LOST = by_size(check=3, test=20, proof=200)
FIRST = "SELECT id::text, aggregate_id::text, version, position FROM northing.commands WHERE command_id = %s"
COUNTS = "SELECT topic, count(*) FROM northing.events WHERE topic = ANY (%s) GROUP BY topic"


@pytest.fixture
def way(folder: Path) -> Path:
    """A folder for a socket."""
    made = folder / uuid4().hex[:8]
    made.mkdir()
    return made


def test_a_command_whose_answer_is_lost_is_answered_as_it_was_first(
    way: Path, database: str, start_server: StartServer, seed: int, figures: list[str]
) -> None:
    choose, rounds, taken_up = random.Random(seed), 0, 0
    with (
        LosingProxy(database, way, b"northing.append_events") as proxy,
        start_server(database_url=proxy.url) as server,
        server.client() as client,
        psycopg.connect(database) as log,
    ):
        ana, bo = ana_and_bo(client)

        def insist(by: Person, path: str, body: Json | None = None) -> Json:
            """Send a command until it is answered, while answers of the database are lost."""
            nonlocal taken_up
            proxy.lose, key = choose.randint(0, ATTEMPTS), str(uuid4())
            expected = httpx.codes.SERVICE_UNAVAILABLE if proxy.lose == ATTEMPTS else httpx.codes.OK
            answer = by.send(path, body, idempotency_key=key)
            assert answer.status_code == expected, answer.text
            if expected != httpx.codes.OK:
                taken_up += 1
                answer = by.send(path, body, idempotency_key=key)
            command_id = uuid5(UUID(by.workspace), str(by.id or local_owner_id(UUID(by.workspace))) + key)
            assert tuple(answer.raise_for_status().json().values()) == log.execute(FIRST, [command_id]).fetchone()
            accepted: Json = answer.json()
            return accepted

        while proxy.lost < LOST or not taken_up:
            rounds += 1
            objective_id = insist(ana, "objectives", objective(bo))["id"]
            id = insist(ana, "key-results", key_result(objective_id, bo))["id"]
            insist(bo, f"key-results/{id}/commit")
            insist(ana, f"key-results/{id}/check-ins", {"value": "50"})
            insist(ana, f"objectives/{objective_id}/drop", {"reason": "The oven broke"})
        topics = ["ObjectiveProposed", "KRProposed", "KRCommitted", "CheckedIn", "ObjectiveDropped", "KRDropped"]
        assert dict(log.execute(COUNTS, [topics]).fetchall()) == dict.fromkeys(topics, rounds)
        figures.append(f"{proxy.lost} answers of the database lost in {5 * rounds} commands: each stored once")


def test_the_library_takes_a_lost_answer_for_a_conflict_with_itself(way: Path, new_database: NewDatabase) -> None:
    """The same loss, with its default recorder: what the proxy does is what the product must bear."""
    with LosingProxy(new_database(), way, b"COMMIT") as proxy, library_datastore(proxy.url) as datastore:
        recorder = PostgresApplicationRecorder(datastore, events_table_name="stored_events")
        recorder.create_table()
        for _ in range(LOST):
            event, proxy.lose = StoredEvent(uuid4(), 1, "topic", b""), 1
            with pytest.raises(IntegrityError):
                recorder.insert_events([event])
            assert recorder.select_events(event.originator_id) == [event]
