"""Durable appends a second: our append function with 64 commands waiting, beside the library's default recorder."""

import asyncio
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import psycopg
from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore

from infra.postgres.embedded import server as embedded
from infra.postgres.event_log import EventLog
from infra.postgres.migrate import migrate
from infra.postgres.person_keys import PersonKeys
from services.command.loop.append import AppendBatch, CommandRow, EventRow, ReadRow, ReadStreamRow
from services.eventlog.codec import EventBytes
from services.eventlog.uuid7 import uuid7

WAITING = 64
STATE = EventBytes(b'{"value":"46","confidence":"6","narrative":null,"blockers":null,"health":null,"claimed":null}')


def run(url: str, rounds: int, seconds: float) -> tuple[list[float], list[float]]:
    """Appends a second of ours and of the library's, round by round in turn."""
    own, library = _database(url, "appends_own"), _database(url, "appends_library")
    migrate(own)
    recorder = _library(library)
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(rounds):
        ours.append(asyncio.run(_ours(own, seconds)))
        theirs.append(_theirs(recorder, seconds))
    return ours, theirs


async def _ours(url: str, seconds: float) -> float:
    keys = PersonKeys(url)
    log = await EventLog(url, keys).open()
    workspace_id, streams = uuid7(), [uuid7() for _ in range(WAITING)]
    appended, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        appended += WAITING
        result = await log.append(_batch(workspace_id, streams, version=appended // WAITING))
        if None in result.positions:
            raise SystemExit("an append was refused")
    elapsed = time.perf_counter() - began
    await log.close()
    await keys.close()
    return appended / elapsed


def _batch(workspace_id: UUID, streams: list[UUID], version: int) -> AppendBatch:
    """One event on each stream, a command each, each of which read its stream."""
    batch, now = AppendBatch(), datetime.now(UTC)
    for number, stream_id in enumerate(streams, 1):
        batch.commands.append(
            CommandRow(
                chain=number,
                command_id=uuid7(),
                workspace_id=workspace_id,
                fingerprint=b"",
                result_id=stream_id,
                aggregate_id=stream_id,
                version=version,
                last_position=0,
                is_stored=True,
            )
        )
        batch.read_streams.append(ReadStreamRow(workspace_id, stream_id, version - 1))
        batch.reads.append(ReadRow(number, number))
        batch.events.append(
            EventRow(
                command=number,
                stream_id=stream_id,
                stream_version=version,
                stream_kind="key_result",
                topic="CheckedIn",
                schema_version=1,
                state=STATE,
                event_id=uuid7(),
                actor_id=workspace_id,
                source_recorded_at=now,
            )
        )
    return batch


def _theirs(recorder: PostgresApplicationRecorder, seconds: float) -> float:
    """One event an insert, from as many threads as do it best."""
    until = time.perf_counter() + seconds

    def insert() -> int:
        count = 0
        while time.perf_counter() < until:
            recorder.insert_events([StoredEvent(uuid4(), 1, "CheckedIn", STATE)])
            count += 1
        return count

    with ThreadPoolExecutor(16) as threads:
        return sum(each.result() for each in [threads.submit(insert) for _ in range(16)]) / seconds


def _library(url: str) -> PostgresApplicationRecorder:
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    datastore = PostgresDatastore(
        dbname=parts.path.lstrip("/"),
        host=query["host"][0],
        port=query.get("port", ["5432"])[0],
        user=parts.username or "postgres",
        password=parts.password or "",
        pool_size=16,
        max_overflow=16,
    )
    recorder = PostgresApplicationRecorder(datastore)
    recorder.create_table()
    return recorder


def _database(url: str, name: str) -> str:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return url.replace(f"@/{embedded.NAME}?", f"@/{name}?")


def ratio(ours: list[float], theirs: list[float]) -> float:
    return statistics.median(own / other for own, other in zip(ours, theirs, strict=True))
