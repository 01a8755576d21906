"""A generation is one build of all read models, in a schema of its own. One is live; a program serves its own only.

`ensure` finds or makes the generation that belongs to this program; the runner feeds it, and `set_live` when it has
caught up. What an older program built stays, so that it can be started again.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import Connection, sql

from services.projections.engine.fingerprint import fingerprint
from services.projections.engine.read_model import KNOWN, OPEN, AnyReadModel
from services.projections.engine.table import TIMES, Table

BOOKKEEPING = """
    CREATE TABLE checkpoint (
        partition    integer PRIMARY KEY,
        log_position bigint NOT NULL,      -- All events up to here are in the rows.
        epoch        bigint NOT NULL       -- The runner that took it last may move the position: the fence between two.
    );
    INSERT INTO checkpoint VALUES (0, 0, 0);
    CREATE TABLE applied (
        workspace_id uuid PRIMARY KEY,
        position     bigint NOT NULL,
        recorded_at  timestamptz NOT NULL  -- Of the event at this position.
    );
    CREATE TABLE parked (                  -- Streams with an event that a read model could not take; they stand still.
        workspace_id uuid NOT NULL,
        stream_id    uuid NOT NULL,
        position     bigint NOT NULL,      -- Of that event.
        stream_kind  text NOT NULL,
        topic        text NOT NULL,
        error        text NOT NULL,
        parked_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (workspace_id, stream_id)
    );
"""
HOLDS_NOW = f"valid_to = '{OPEN.isoformat()}' AND known_to = {KNOWN}"

OURS = "SELECT generation, state FROM northing.generations WHERE code_hash = %s ORDER BY generation DESC LIMIT 1"
MAKE = "INSERT INTO northing.generations (code_hash) VALUES (%s) RETURNING generation"
LOCK = 5_733_010_002  # Any number that no other program takes for an advisory lock in this database.


@dataclass(frozen=True)
class Generation:
    number: int
    live: bool

    @property
    def schema(self) -> str:
        return f"read_{self.number}"


def code_hash(models: Sequence[AnyReadModel]) -> str:
    """Of all code that may decide what stands in the rows of these read models."""
    return hashlib.sha256(" ".join(sorted(map(fingerprint, models))).encode()).hexdigest()


def ensure(connection: Connection, models: Sequence[AnyReadModel], hash_: str) -> Generation:
    """The generation of this code, made empty where there is none. Others that ask meanwhile wait and find it."""
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        found = connection.execute(OURS, [hash_]).fetchone()
        return Generation(found[0], found[1] == "live") if found else create(connection, models, hash_)


def create(connection: Connection, models: Sequence[AnyReadModel], hash_: str) -> Generation:
    """Make an empty generation. `connection` is that of the runner: it works as northing_writer."""
    with connection.transaction():
        made = connection.execute(MAKE, [hash_]).fetchone()
        assert made  # noqa: S101  RETURNING returns the row.
        generation = Generation(made[0], live=False)
        schema = sql.Identifier(generation.schema)
        connection.execute("RESET ROLE")  # The role that connected has CREATE on the database.
        connection.execute(sql.SQL("CREATE SCHEMA {} AUTHORIZATION northing_owner").format(schema))
        connection.execute("SET LOCAL ROLE northing_owner")
        connection.execute(sql.SQL("SET LOCAL search_path TO {}").format(schema))
        connection.execute(BOOKKEEPING)
        for table in (table for model in models for table in model.tables):
            for statement in _statements(table):
                connection.execute(statement)
        connection.execute(
            sql.SQL(
                "GRANT USAGE ON SCHEMA {0} TO northing_writer, northing_reader;"
                "GRANT SELECT ON ALL TABLES IN SCHEMA {0} TO northing_reader;"
                "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {0} TO northing_writer"
            ).format(schema)
        )
        connection.execute("SET LOCAL ROLE northing_writer")
    connection.execute("SET ROLE northing_writer")
    return generation


def set_live(connection: Connection, generation: Generation) -> Generation:
    """Let every read from now on be of this generation."""
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        connection.execute("UPDATE northing.generations SET state = 'old' WHERE state = 'live'")
        connection.execute(
            "UPDATE northing.generations SET state = 'live', live_at = clock_timestamp() WHERE generation = %s",
            [generation.number],
        )
    return Generation(generation.number, live=True)


def _statements(table: Table) -> Iterable[sql.Composed]:
    """What makes the table and its indexes. A key, and the four times, are never null."""
    name = sql.Identifier(table.name)
    never_null = {"workspace_id", "id", *TIMES}
    columns = [
        sql.SQL("{} {} {}").format(
            sql.Identifier(column), sql.SQL(type_), sql.SQL("NOT NULL" if column in never_null else "")
        )
        for column, type_ in table.columns.items()
    ]
    yield sql.SQL("CREATE TABLE {} ({}, PRIMARY KEY (workspace_id, id, valid_from, known_from))").format(
        name, sql.SQL(", ").join(columns)
    )
    # One row of a key holds now: the database says so too.
    yield sql.SQL("CREATE UNIQUE INDEX ON {} (workspace_id, id) WHERE {}").format(name, sql.SQL(HOLDS_NOW))
    for index in table.indexes:
        yield sql.SQL("CREATE INDEX ON {} (workspace_id, {}) WHERE {}").format(name, sql.SQL(index), sql.SQL(HOLDS_NOW))
    for index in table.past_indexes:
        leading = sql.SQL(f"{index}, " if index else "")
        yield sql.SQL("CREATE INDEX ON {} (workspace_id, {}valid_to, valid_from, known_to, known_from)").format(
            name, leading
        )


def connect(database_url: str, role: str = "northing_writer") -> Connection[tuple[Any, ...]]:
    """A connection of the runner's own to the read database. It never waits for the disk: rows and checkpoint that a
    crash of PostgreSQL takes back together are made again from the log, for which commands do wait.
    """
    connection = psycopg.connect(
        database_url,
        autocommit=True,
        options="-c timezone=UTC -c synchronous_commit=off",
        prepare_threshold=1,
        application_name="northing-projecting",
    )
    connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role)))
    return connection
