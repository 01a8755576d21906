"""The one runner that feeds all read models: read a batch of the log, fold it, write rows and checkpoint together.

Synchronous, on its own connection, in its own thread (see projecting.py). It believes its own memory, because the
epoch of the checkpoint makes it the only writer; so after any error the runner is thrown away and a new one begins
from the checkpoint.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, LiteralString
from uuid import UUID

import structlog
from psycopg import Connection, sql

from domain.registry import EVOLVE
from services.eventlog.codec import Keys, Subject, UnknownEvent, decode
from services.eventlog.recorded_event import COLUMNS, RecordedEvent
from services.projections.engine.applied_positions import AppliedPositions
from services.projections.engine.bitemporal_fold import KeyChange, StreamFold
from services.projections.engine.generations import Generation
from services.projections.engine.read_model import AnyReadModel
from services.projections.engine.row_writer import RowBatch

log = structlog.get_logger()

CACHED_FACTS = 200_000
WORKSPACE, POSITION, STREAM, VERSION, KIND, TOPIC = 1, 2, 3, 4, 5, 6  # Where they stand in COLUMNS.

# ruff: noqa: S608  COLUMNS is a constant.
# No read model shows which command an event came from: half of the ids are not fetched, and not kept.
TOLD = COLUMNS.replace("command_id, correlation_id, causation_id", "NULL::uuid, NULL::uuid, NULL::uuid")
READ = f"SELECT {TOLD} FROM northing.events WHERE log_position > %s ORDER BY log_position LIMIT %s"
FILL = f"""
    SELECT {TOLD} FROM northing.events
     WHERE workspace_id = %s AND position > %s AND position < %s ORDER BY position
"""
LOAD = f"""
    SELECT {TOLD} FROM northing.events
      JOIN unnest(%b::uuid[], %b::bigint[]) AS stream (id, applied) ON stream_id = stream.id
     WHERE position <= stream.applied ORDER BY position
"""
TAKE = "UPDATE checkpoint SET epoch = epoch + 1 WHERE partition = 0 AND epoch = %s RETURNING epoch, log_position"
ADVANCE = "UPDATE checkpoint SET log_position = %s WHERE partition = 0 AND epoch = %s AND log_position = %s"
APPLY = (
    "INSERT INTO applied SELECT * FROM unnest(%b::uuid[], %b::bigint[])"
    " ON CONFLICT (workspace_id) DO UPDATE SET position = excluded.position"
)
PARK = (
    "INSERT INTO parked (workspace_id, stream_id, position, stream_kind, topic, error) VALUES (%s, %s, %s, %s, %s, %s)"
    " ON CONFLICT DO NOTHING"
)

Row = tuple[Any, ...]
KeysOf = Callable[[set[Subject]], Keys]  # Finds the keys of personal text.


class Fenced(Exception):
    """Another runner has taken the checkpoint."""


class Runner:
    """Feeds one generation, on a connection made by generations.connect."""

    def __init__(
        self,
        connection: Connection[Row],
        keys_of: KeysOf,
        generation: Generation,
        models: Sequence[AnyReadModel],
        applied: AppliedPositions,
        batch_events: int = 5_000,
    ) -> None:
        self.connection = connection
        self.keys_of = keys_of
        self.generation = generation
        self.applied = applied
        self.batch_events = batch_events
        self._models = {kind: [model for model in models if kind in model.kinds] for kind in EVOLVE}
        self._streams: OrderedDict[UUID, StreamFold] = OrderedDict()  # A stream lives in one workspace only.
        self._cached_facts = 0
        connection.execute(sql.SQL("SET search_path TO {}").format(sql.Identifier(generation.schema)))
        self.epoch, self.checkpoint = self._take()
        self._positions: dict[UUID, int] = dict(
            connection.execute("SELECT workspace_id, position FROM applied").fetchall()
        )
        self._parked: set[UUID] = {id for (id,) in connection.execute("SELECT stream_id FROM parked")}
        applied.moved(self._positions)

    @property
    def parked(self) -> int:
        """How many streams stand still."""
        return len(self._parked)

    def run_batch(self) -> int:
        """Take in what comes next. How many events that were."""
        rows = self._rows(READ, [self.checkpoint, self.batch_events])
        if rows:
            self.take_in(rows, checkpoint=rows[-1][0])
        return len(rows)

    def take_in(self, rows: Iterable[Row], *, checkpoint: int) -> None:
        """Take these rows of the log in, which a feed may have delivered twice or with some missing."""
        positions: dict[UUID, int] = {}
        rows = list(self._contiguous(rows, positions))
        poison: list[tuple[Row, Exception]] = []
        facts = self._decode([row for row in rows if self._is_told(row)], poison)
        self._load(facts)
        written = RowBatch()
        for fact in facts:
            self._learn(fact, written, poison)
        with self.connection.transaction():
            moved = self.connection.execute(ADVANCE, [checkpoint, self.epoch, self.checkpoint])
            if moved.rowcount != 1:
                raise Fenced(f"epoch {self.epoch} of generation {self.generation.number} is over")
            written.write(self.connection)
            self.connection.execute(APPLY, [list(positions), list(positions.values())])
            for row, error in poison:
                self._park(row, error)
        self.checkpoint = checkpoint
        self._positions |= positions
        self._forget()
        self.applied.moved(positions)

    def _take(self) -> tuple[int, int]:
        """Take the checkpoint from whoever has it."""
        while True:
            found = self.connection.execute("SELECT epoch FROM checkpoint WHERE partition = 0").fetchone()
            taken = found and self.connection.execute(TAKE, found).fetchone()
            if taken:
                return taken[0], taken[1]

    def _contiguous(self, rows: Iterable[Row], positions: dict[UUID, int]) -> Iterable[Row]:
        """The rows that are new, each workspace's without a gap: what a feed left out is read from the log."""
        for row in rows:
            workspace_id, position = row[WORKSPACE], row[POSITION]
            applied = positions.get(workspace_id, self._positions.get(workspace_id, 0))
            if position <= applied:
                continue
            if position > applied + 1:
                yield from self._rows(FILL, [workspace_id, applied, position])
            positions[workspace_id] = position
            yield row

    def _rows(self, statement: LiteralString, arguments: list[Any]) -> list[Row]:
        return self.connection.execute(statement, arguments, binary=True).fetchall()

    def _is_told(self, row: Row) -> bool:
        return bool(self._models[row[KIND]]) and row[STREAM] not in self._parked

    def _decode(self, rows: Sequence[Row], poison: list[tuple[Row, Exception]]) -> list[RecordedEvent]:
        try:
            return decode(rows, self.keys_of)
        except UnknownEvent:
            raise  # A newer program wrote it. Nothing may be left out: this one stops until it is upgraded.
        except Exception as error:
            if len(rows) > 1:
                return [fact for row in rows for fact in self._decode([row], poison)]
            self._poisoned(rows[0], error, poison)
            return []

    def _learn(self, fact: RecordedEvent, written: RowBatch, poison: list[tuple[Row, Exception]]) -> None:
        if fact.stream_id in self._parked:
            return
        try:
            changes = self._told(fact)
        except Exception as error:
            self._poisoned(fact, error, poison)
        else:
            written.add(fact.workspace_id, changes)

    def _told(self, fact: RecordedEvent) -> list[KeyChange]:
        """What changes where its stream is told one more fact."""
        stream = self._streams.pop(fact.stream_id, None)  # Put back last: the first is the one not used for longest.
        if stream is None:
            stream = StreamFold.of(EVOLVE[fact.stream_kind], self._models[fact.stream_kind])
        self._streams[fact.stream_id] = stream
        changes = stream.fold(fact)
        self._cached_facts += 1
        return changes

    def _load(self, facts: Iterable[RecordedEvent]) -> None:
        """Bring the streams that go on and are not in memory back, by telling them once more what was told before."""
        missing = {
            fact.stream_id: self._positions.get(fact.workspace_id, 0)
            for fact in facts
            if fact.stream_version > 1 and fact.stream_id not in self._streams
        }
        if not missing:
            return
        rows = self._rows(LOAD, [list(missing), list(missing.values())])
        for fact in decode(rows, self.keys_of):
            for change in self._told(fact):
                for span in change.opened:
                    span.stored = True

    def _forget(self) -> None:
        """Keep the streams that were used last."""
        while self._cached_facts > CACHED_FACTS and len(self._streams) > 1:
            _, oldest = self._streams.popitem(last=False)
            self._cached_facts -= len(oldest.facts)

    def _poisoned(self, row: Row, error: Exception, poison: list[tuple[Row, Exception]]) -> None:
        self._parked.add(row[STREAM])
        poison.append((row, error))
        log.error(
            "projection.stream_parked",
            exc_info=error,
            stream_kind=row[KIND],
            stream_id=str(row[STREAM]),
            topic=row[TOPIC],
            position=row[POSITION],
        )

    def _park(self, row: Row, error: Exception) -> None:
        values = [row[index] for index in (WORKSPACE, STREAM, POSITION, KIND, TOPIC)]
        self.connection.execute(PARK, [*values, f"{type(error).__name__}: {error}"])
