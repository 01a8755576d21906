"""One batch of changed rows, written with few statements: a COPY of what began, one UPDATE of what ended, per table."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import UUID

from psycopg import Connection, sql

from services.projections.engine.bitemporal_fold import Interval, KeyChange
from services.projections.engine.generations import columns
from services.projections.engine.read_model import Table

Written = tuple[UUID, tuple[Any, ...], Interval]


@dataclass(slots=True)
class RowBatch:
    """What a batch does to the tables."""

    begun: dict[Table, list[Written]] = field(default_factory=lambda: defaultdict(list))
    ended: dict[Table, list[Written]] = field(default_factory=lambda: defaultdict(list))

    def add(self, workspace_id: UUID, changes: Iterable[KeyChange]) -> None:
        for (table, key), ended, begun, _ in changes:
            # What began in this batch is written once, as it then is.
            self.ended[table] += [(workspace_id, key, span) for span in ended if span.stored]
            self.begun[table] += [(workspace_id, key, span) for span in begun]

    def write(self, connection: Connection) -> None:
        """Inside the caller's transaction. What was written counts as stored: if that fails, begin anew."""
        for table, rows in self.ended.items():
            if rows:
                _end(connection, table, rows)
        for table, rows in self.begun.items():
            if rows:
                _begin(connection, table, rows)


def _begin(connection: Connection, table: Table, rows: list[Written]) -> None:
    with connection.cursor().copy(_copy(table)) as copy:
        copy.set_types([*columns(table).values()])
        for workspace_id, key, span in rows:
            copy.write_row(
                (workspace_id, *key, *span.values, span.valid_from, span.valid_to, span.known_from, span.known_to)
            )
            span.stored = True


def _end(connection: Connection, table: Table, rows: list[Written]) -> None:
    columns_of_rows = zip(
        *((workspace_id, *of, span.valid_from, span.known_from, span.known_to) for workspace_id, of, span in rows),
        strict=True,
    )
    connection.execute(_update(table), [list(column) for column in columns_of_rows])


@cache
def _copy(table: Table) -> bytes:
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)")
    names = sql.SQL(", ").join(map(sql.Identifier, columns(table)))
    return statement.format(sql.Identifier(table.name), names).as_bytes()


@cache
def _update(table: Table) -> bytes:
    types = ["uuid", *table.key.values(), "timestamptz", "bigint", "bigint"]
    names = ["workspace_id", *table.key, "valid_from", "known_from"]
    statement = sql.SQL(
        "UPDATE {table} r SET known_to = e.known_to FROM unnest({arrays}) AS e ({given}) WHERE {same}"
    ).format(
        table=sql.Identifier(table.name),
        arrays=sql.SQL(", ").join(sql.SQL(f"%b::{type_}[]") for type_ in types),
        given=sql.SQL(", ").join(map(sql.Identifier, [*names, "known_to"])),
        same=sql.SQL(" AND ").join(sql.SQL("r.{0} = e.{0}").format(sql.Identifier(name)) for name in names),
    )
    return statement.as_bytes()
