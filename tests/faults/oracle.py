"""What must be true whatever was killed: the log held against the history, and the read models against a rebuild."""

from __future__ import annotations

import hashlib
import time
from collections import defaultdict
from collections.abc import Iterable
from contextlib import closing
from typing import NamedTuple
from uuid import UUID, uuid4, uuid5

import psycopg
from psycopg import sql

from domain.ids import local_owner_id
from infra.postgres.person_keys import ThreadPersonKeys
from services.projections.engine.applied_positions import AppliedPositions
from services.projections.engine.feed import LogFeed
from services.projections.engine.generations import connect, create
from services.projections.engine.runner import Runner
from services.projections.read_models.catalog import READ_MODELS
from tests.json_types import Json
from tests.server import PATIENCE_SECONDS

STORED = """
SELECT log_position, position, command_id, topic, stream_id::text, stream_version,
       convert_from(state, 'UTF8')::json ->> 'objective_id'
  FROM northing.events WHERE workspace_id = %s ORDER BY position
"""
FIRSTS = """
SELECT command_id, id::text, aggregate_id::text, version, position FROM northing.commands WHERE workspace_id = %s
"""
LIVE = "SELECT generation FROM northing.generations WHERE state = 'live'"


class Event(NamedTuple):
    log_position: int
    position: int
    command_id: UUID
    topic: str
    stream: str
    version: int
    objective: str | None


First = tuple[str, str, int, int]  # What a command was answered first, by the log: id, aggregate, version, position.


class Stored(NamedTuple):
    events: list[Event]
    firsts: dict[UUID, First | None]  # By command. None: the log does not hold it any more.


def stored(database: str, workspace: str) -> Stored:
    with psycopg.connect(database) as log:
        events = [Event(*row) for row in log.execute(STORED, [workspace]).fetchall()]
        return Stored(events, {row[0]: row[1:] for row in log.execute(FIRSTS, [workspace]).fetchall()})


def complaints(history: Iterable[Json], log: Stored, workspace: str) -> list[str]:
    """Where the log is not what the senders of commands were answered."""
    by_command: dict[UUID, list[Event]] = defaultdict(list)
    for event in log.events:
        by_command[event.command_id].append(event)
    found, answered = [], set()
    for line in history:
        if line["type"] not in ("ok", "fail"):
            continue
        id = UUID(workspace)
        command_id = uuid5(id, f"{line['by'] or local_owner_id(id)}{line['key']}")
        answered.add(command_id)
        events, first = by_command[command_id], log.firsts.get(command_id)
        if line["type"] == "fail" and (events or first):
            found.append(f"{line['key']} was refused and is stored")
        if line["type"] == "ok":
            found += [f"{line['key']} {fault}" for fault in not_as_answered(line["value"], events, first)]
    asked_before = min(
        (events[0].position for id, events in by_command.items() if id in answered and events), default=1
    )
    found += [
        f"{event.topic} at {event.position} is of a command that was never answered"
        for event in log.events
        if event.position > asked_before and event.command_id not in answered
    ]
    found += [f"position {n} is {event.position}" for n, event in enumerate(log.events, 1) if event.position != n]
    return found + halves(log.events)


def not_as_answered(answer: Json, events: list[Event], first: First | None) -> Iterable[str]:
    if first is None:
        yield "was accepted and is not stored"
    elif first != (answer["id"], answer["aggregate_id"], answer["version"], answer["position"]):
        yield f"was answered {answer}, first {first}"
    places = [event.position for event in events]
    if places and places != list(range(answer["position"] - len(places) + 1, answer["position"] + 1)):
        yield f"was answered position {answer['position']}, and is stored at {places}"


def halves(events: Iterable[Event]) -> list[str]:
    """Drops of an objective without the drop of each of its open key results, and the other way round."""
    objective_of: dict[str, str | None] = {}
    dropped: set[str] = set()
    versions: dict[str, int] = defaultdict(int)
    events, found = list(events), []
    together: dict[UUID, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for event in events:
        together[event.command_id][event.topic].add(event.stream)
    for event in events:
        versions[event.stream] += 1
        if event.version != versions[event.stream]:
            found.append(f"{event.stream} has version {event.version} as its number {versions[event.stream]}")
        match event.topic:
            case "KRProposed":
                objective_of[event.stream] = event.objective
            case "ObjectiveDropped":
                open_ = {kr for kr, above in objective_of.items() if above == event.stream and kr not in dropped}
                if together[event.command_id]["KRDropped"] != open_:
                    found.append(f"the drop of {event.stream} at {event.position} is half")
            case "KRDropped":
                dropped.add(event.stream)
                if "ObjectiveDropped" not in together[event.command_id]:
                    found.append(f"{event.stream} was dropped at {event.position} without its objective")
            case "KRReinstated":
                dropped.discard(event.stream)
    return found


def await_applied(database: str) -> str:
    """The schema of the live generation, once it holds all of the log."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    with psycopg.connect(database, autocommit=True) as connection:
        while True:
            [(generation,)] = connection.execute(LIVE).fetchall()
            behind = sql.SQL(
                "SELECT (SELECT max(log_position) FROM northing.events) - log_position FROM {}.checkpoint"
            ).format(sql.Identifier(f"read_{generation}"))
            if connection.execute(behind).fetchone() == (0,):
                return f"read_{generation}"
            assert time.monotonic() < deadline, "the read models do not come to the end of the log"


def rebuilt(database: str) -> str:
    """The schema of another generation, built from the log by the same runner."""
    with (
        closing(connect(database)) as connection,
        closing(LogFeed(database)) as feed,
        closing(ThreadPersonKeys(database)) as keys,
    ):
        generation = create(connection, READ_MODELS, f"rebuilt {uuid4()}")
        runner = Runner(connection, feed, keys.find, generation, READ_MODELS, AppliedPositions())
        while runner.run_batch():
            pass
        assert runner.parked == 0
        return generation.schema


def rows(database: str, schema: str) -> dict[str, str]:
    """A hash of all rows of each read model, and of how far they are."""
    tables = {table.name: table.columns for model in READ_MODELS for table in model.tables}
    tables |= {"applied": {"workspace_id": "", "position": ""}, "parked": {"workspace_id": "", "stream_id": ""}}
    found = {}
    with psycopg.connect(database) as connection:
        for name, of in tables.items():
            order = sql.SQL(", ").join(map(sql.Identifier, of))
            all_rows = sql.SQL("COPY (SELECT {0} FROM {1} ORDER BY {0}) TO STDOUT").format(
                order, sql.Identifier(schema, name)
            )
            digest = hashlib.sha256()
            with connection.cursor().copy(all_rows) as copied:
                for block in copied:
                    digest.update(block)
            found[name] = digest.hexdigest()
    return found
