"""One batch of changed rows in few statements a table: a COPY of what it opens, one UPDATE of what it closes."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from uuid import UUID

from psycopg import Connection, sql

from services.projections.engine.bitemporal_fold import Interval, KeyChange
from services.projections.engine.table import Table

# An interval of a workspace's row. A plain tuple, for a named one costs a call of Python for each row.
Written = tuple[UUID, Interval]


@dataclass(slots=True)
class RowBatch:
    """What a batch does to the tables."""

    opened: dict[Table, list[Written]] = field(default_factory=lambda: defaultdict(list))
    closed: dict[Table, list[Written]] = field(default_factory=lambda: defaultdict(list))

    def add(self, workspace_id: UUID, changes: Iterable[KeyChange]) -> None:
        for (table, _), closed, opened, _ in changes:
            # What was opened in this batch is written once, as it then is.
            self.closed[table] += [(workspace_id, interval) for interval in closed if interval.stored]
            self.opened[table] += [(workspace_id, interval) for interval in opened]

    def write(self, connection: Connection) -> None:
        """Write all, inside the caller's transaction. What was written counts as stored: if that fails, begin anew."""
        for table, rows in self.closed.items():
            if rows:
                _close(connection, table, rows)
        for table, rows in self.opened.items():
            if rows:
                _open(connection, table, rows)


def _open(connection: Connection, table: Table, rows: list[Written]) -> None:
    with connection.cursor().copy(_copy(table)) as copy:
        copy.set_types([*table.columns.values()])
        for workspace_id, interval in rows:
            times = (interval.valid_from, interval.valid_to, interval.known_from, interval.known_to)
            copy.write_row((workspace_id, *table.values(interval.row), *times))
            interval.stored = True


def _close(connection: Connection, table: Table, rows: list[Written]) -> None:
    columns = zip(
        *((workspace_id, each.row.id, each.valid_from, each.known_from, each.known_to) for workspace_id, each in rows),
        strict=True,
    )
    connection.execute(_update(table), [list(column) for column in columns])


@cache
def _copy(table: Table) -> bytes:
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)")
    names = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    return statement.format(sql.Identifier(table.name), names).as_bytes()


@cache
def _update(table: Table) -> bytes:
    statement = """
        UPDATE {table} r SET known_to = e.known_to
          FROM unnest(%b::uuid[], %b::uuid[], %b::timestamptz[], %b::bigint[], %b::bigint[])
            AS e (workspace_id, id, valid_from, known_from, known_to)
         WHERE r.workspace_id = e.workspace_id AND r.id = e.id
           AND r.valid_from = e.valid_from AND r.known_from = e.known_from
    """
    return sql.SQL(statement).format(table=sql.Identifier(table.name)).as_bytes()
