"""The one runner that feeds all read models: read a batch of the feed, fold it, write rows and checkpoint together.

Synchronous, in a thread of its own (see supervisor.py), with the feed and a connection to the read database of its
own. It believes its own memory, because the epoch of the checkpoint makes it the only writer; so after any error the
runner is thrown away and a new one begins from the checkpoint.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

import structlog
from psycopg import Connection, sql

from domain.registry import EVOLVE
from services.eventlog.codec import Keys, Subject, UnknownEvent, decode
from services.eventlog.recorded_event import RecordedEvent
from services.projections.engine.applied_positions import AppliedPositions
from services.projections.engine.bitemporal_fold import KeyChange, StreamFold
from services.projections.engine.feed import (
    KIND,
    LOG_POSITION,
    POSITION,
    RECORDED_AT,
    STREAM,
    TOPIC,
    WORKSPACE,
    FedRow,
    Feed,
)
from services.projections.engine.generations import Generation
from services.projections.engine.read_model import AnyReadModel
from services.projections.engine.row_writer import RowBatch

log = structlog.get_logger()

CACHED_FACTS = 200_000

TAKE = "UPDATE checkpoint SET epoch = epoch + 1 WHERE partition = 0 AND epoch = %s RETURNING epoch, log_position"
ADVANCE = "UPDATE checkpoint SET log_position = %s WHERE partition = 0 AND epoch = %s AND log_position = %s"
APPLY = (
    "INSERT INTO applied SELECT * FROM unnest(%b::uuid[], %b::bigint[], %b::timestamptz[])"
    " ON CONFLICT (workspace_id) DO UPDATE SET position = excluded.position, recorded_at = excluded.recorded_at"
)
PARK = (
    "INSERT INTO parked (workspace_id, stream_id, position, stream_kind, topic, error) VALUES (%s, %s, %s, %s, %s, %s)"
    " ON CONFLICT DO NOTHING"
)

KeysOf = Callable[[set[Subject]], Keys]  # Finds the keys of personal text.


class Fenced(Exception):
    """Another runner has taken the checkpoint."""


class Runner:
    """Feeds one generation from `feed`, on a connection made by generations.connect."""

    def __init__(
        self,
        connection: Connection[tuple[Any, ...]],
        feed: Feed,
        keys_of: KeysOf,
        generation: Generation,
        models: Sequence[AnyReadModel],
        applied: AppliedPositions,
        batch_events: int = 5_000,
    ) -> None:
        self.connection = connection
        self.feed = feed
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
        """Apply the next events of the feed. How many those were; 0 at its end."""
        rows = self.feed.following(self.checkpoint, self.batch_events)
        if rows:
            self.apply(rows, checkpoint=rows[-1][LOG_POSITION])
        return len(rows)

    def apply(self, delivered: Iterable[FedRow], *, checkpoint: int) -> None:
        """Apply these rows, of which the feed may have given some twice and left others out."""
        last: dict[UUID, FedRow] = {}
        rows = list(self._contiguous(delivered, last))
        poison: list[tuple[FedRow, Exception]] = []
        facts = self._decode([row for row in rows if self._has_read_model(row)], poison)
        self._load(facts)
        written = RowBatch()
        for fact in facts:
            self._take_in(fact, written, poison)
        positions = {workspace_id: row[POSITION] for workspace_id, row in last.items()}
        recorded = [row[RECORDED_AT] for row in last.values()]
        with self.connection.transaction():
            moved = self.connection.execute(ADVANCE, [checkpoint, self.epoch, self.checkpoint])
            if moved.rowcount != 1:
                raise Fenced(f"epoch {self.epoch} of generation {self.generation.number} is over")
            written.write(self.connection)
            self.connection.execute(APPLY, [list(positions), list(positions.values()), recorded])
            for row, error in poison:
                self._park(row, error)
        self.checkpoint = checkpoint
        self._positions |= positions
        self._forget()
        self.applied.moved(positions)

    def _take(self) -> tuple[int, int]:
        """Take the checkpoint from the runner that has it: its epoch, and the log position to go on from."""
        while True:
            found = self.connection.execute("SELECT epoch FROM checkpoint WHERE partition = 0").fetchone()
            taken = found and self.connection.execute(TAKE, found).fetchone()
            if taken:
                return taken[0], taken[1]

    def _contiguous(self, rows: Iterable[FedRow], last: dict[UUID, FedRow]) -> Iterable[FedRow]:
        """The rows that are new, each workspace's without a gap. The last of each workspace goes into `last`."""
        for row in rows:
            workspace_id, position = row[WORKSPACE], row[POSITION]
            applied = last[workspace_id][POSITION] if workspace_id in last else self._positions.get(workspace_id, 0)
            if position <= applied:
                continue
            if position > applied + 1:
                yield from self.feed.between(workspace_id, applied, position)
            last[workspace_id] = row
            yield row

    def _has_read_model(self, row: FedRow) -> bool:
        return bool(self._models[row[KIND]]) and row[STREAM] not in self._parked

    def _decode(self, rows: Sequence[FedRow], poison: list[tuple[FedRow, Exception]]) -> list[RecordedEvent]:
        try:
            return decode(rows, self.keys_of)
        except UnknownEvent:
            raise  # A newer program wrote it. No event may be left out: this program stops until it is upgraded.
        except Exception as error:
            if len(rows) > 1:
                return [fact for row in rows for fact in self._decode([row], poison)]
            self._poisoned(rows[0], error, poison)
            return []

    def _take_in(self, fact: RecordedEvent, written: RowBatch, poison: list[tuple[FedRow, Exception]]) -> None:
        if fact.stream_id in self._parked:
            return
        try:
            changes = self._folded(fact)
        except Exception as error:
            self._poisoned(fact, error, poison)
        else:
            written.add(fact.workspace_id, changes)

    def _folded(self, fact: RecordedEvent) -> list[KeyChange]:
        """What changes where its stream is folded with one more fact."""
        stream = self._streams.pop(fact.stream_id, None)  # Put back last: the first is the one not used for longest.
        if stream is None:
            stream = StreamFold.of(EVOLVE[fact.stream_kind], self._models[fact.stream_kind])
        self._streams[fact.stream_id] = stream
        changes = stream.fold(fact)
        self._cached_facts += 1
        return changes

    def _load(self, facts: Iterable[RecordedEvent]) -> None:
        """Bring the streams that go on and are not in memory back, by folding what was applied of them before."""
        missing = {
            fact.stream_id: self._positions.get(fact.workspace_id, 0)
            for fact in facts
            if fact.stream_version > 1 and fact.stream_id not in self._streams
        }
        if not missing:
            return
        for fact in decode(self.feed.streams(missing), self.keys_of):
            for change in self._folded(fact):
                for span in change.opened:
                    span.stored = True

    def _forget(self) -> None:
        """Keep the streams that were used last."""
        while self._cached_facts > CACHED_FACTS and len(self._streams) > 1:
            _, oldest = self._streams.popitem(last=False)
            self._cached_facts -= len(oldest.facts)

    def _poisoned(self, row: FedRow, error: Exception, poison: list[tuple[FedRow, Exception]]) -> None:
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

    def _park(self, row: FedRow, error: Exception) -> None:
        values = [row[index] for index in (WORKSPACE, STREAM, POSITION, KIND, TOPIC)]
        self.connection.execute(PARK, [*values, f"{type(error).__name__}: {error}"])
