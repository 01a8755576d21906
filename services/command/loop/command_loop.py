"""The command loop: take what waits, load, decide, append all in one transaction, answer each.

One task a process, with one connection. While a batch is in the database the next one gathers: no timers, no threads,
and a lone command waits for nobody. A refusal or a lost race never fails a neighbour.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID, uuid4

import psycopg
import structlog

from contracts.problems import Busy, KeyReused, Overloaded, Unavailable
from domain.history import At
from domain.registry import NAMES, VERSIONS
from services.command.loop.append import AppendBatch, AppendResult
from services.command.loop.batch import (
    CommandResult,
    LoadedState,
    Outcome,
    PendingCommand,
    StreamKey,
    decide_all,
    with_event,
)
from services.command.loop.context import NO_STREAM, LoadedStream
from services.eventlog import codec
from services.eventlog.uuid7 import uuid7

log = structlog.get_logger()

ATTEMPTS = 5
CACHED_STREAMS = 20_000
WAITING_COMMANDS = 10_000
LOADS = 1_000  # More rounds than any decision needs: a decision that never stops asking is broken.


class CommandLog(Protocol):
    """The event log as commands and imports need it: see infra/postgres/event_log.py."""

    async def load(self, keys: Sequence[StreamKey]) -> dict[StreamKey, LoadedStream]: ...
    async def load_children(self, keys: Sequence[StreamKey]) -> dict[StreamKey, frozenset[UUID]]: ...
    async def stream_of(self, workspace_id: UUID, event_id: UUID) -> UUID | None: ...
    async def append(self, arrays: AppendBatch) -> AppendResult: ...
    async def keys(self, subjects: set[codec.Subject]) -> codec.Keys: ...
    async def reconnect(self) -> None: ...
    async def recorded(self, workspace_id: UUID, event_ids: Sequence[UUID]) -> set[UUID]: ...
    async def position(self, workspace_id: UUID) -> int: ...
    async def held(self, workspace_id: UUID) -> tuple[int, int]: ...
    async def elsewhere(self, workspace_id: UUID, stream_ids: Sequence[UUID]) -> set[UUID]: ...


class CommandLoop:
    """Ask it, and await the answer. `run` is to be kept running as a task."""

    def __init__(self, event_log: CommandLog, *, batch_commands: int = 500) -> None:
        self.log = event_log
        self.batch_commands = batch_commands
        self.waiting: list[PendingCommand] = []
        self.cache: OrderedDict[StreamKey, LoadedStream] = OrderedDict()
        self.wake = asyncio.Event()
        self.idle = asyncio.Event()

    def submit(self, pending: PendingCommand) -> Awaitable[CommandResult]:
        """Queue a command. Raises Overloaded where too many wait."""
        if len(self.waiting) >= WAITING_COMMANDS:
            raise Overloaded(f"{len(self.waiting)} commands wait")
        self.waiting.append(pending)
        self.wake.set()
        return pending.future

    async def run(self) -> None:
        """Answer batch after batch, for ever; survives every error of the database."""
        while True:
            self.idle.set()
            await self.wake.wait()
            self.wake.clear()
            self.idle.clear()
            while self.waiting:
                if batch := self._next_batch():
                    await self._answer(batch)

    def _next_batch(self) -> list[PendingCommand]:
        """Those first in line. The same command twice is not for one transaction: the second waits for the next."""
        taken, self.waiting = self.waiting[: self.batch_commands], self.waiting[self.batch_commands :]
        batch: dict[UUID, PendingCommand] = {}
        twice = []
        for pending in taken:
            if pending.future.done():
                continue  # Whoever asked has gone.
            if batch.setdefault(pending.command_id, pending) is not pending:
                twice.append(pending)
        self.waiting[:0] = twice
        return [*batch.values()]

    async def drain(self) -> None:
        """Wait until nothing waits."""
        while self.waiting or not self.idle.is_set():
            await self.idle.wait()
            await asyncio.sleep(0)

    async def _answer(self, batch: list[PendingCommand]) -> None:
        try:
            await self._decide_and_append(batch)
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            await self._after_lost_connection(batch, error)
        except Exception as error:
            await self._halve(batch, error)

    async def _decide_and_append(self, batch: list[PendingCommand]) -> None:
        known = LoadedState()
        outcomes = await self._decided(batch, known)
        again = {outcome.pending for outcome in outcomes if outcome.is_provisional}
        sure = [outcome for outcome in outcomes if not outcome.is_provisional]
        result = await self.log.append(await self._arrays(sure, known))
        again.update(self._settle(sure, known, result))
        self.waiting[:0] = [pending for pending in batch if pending in again]  # First in line, in their order.

    async def _decided(self, batch: list[PendingCommand], known: LoadedState) -> list[Outcome]:
        """Load what the commands need, as far as they say, until all are decided."""
        wanted = {(pending.workspace_id, stream) for pending in batch for stream in _prefetch(pending)}
        children: set[StreamKey] = set()
        for _ in range(LOADS):
            await self._load(wanted, children, known)
            outcomes, wanted, children = decide_all(batch, known)
            if not wanted and not children:
                return outcomes
        raise RuntimeError("a decision does not stop asking for more streams")

    async def _load(self, wanted: set[StreamKey], children: set[StreamKey], known: LoadedState) -> None:
        for key in wanted:
            if key in self.cache:
                known.stored[key] = self.cache[key]
                self.cache.move_to_end(key)
        absent = [key for key in wanted if key not in known.stored]
        if absent:
            loaded = await self.log.load(absent)
            for key in absent:
                known.stored[key] = loaded.get(key, NO_STREAM)
                self._keep(key, known.stored[key])
        if children:
            known.children |= dict.fromkeys(children, frozenset[UUID]()) | await self.log.load_children([*children])

    async def _arrays(self, outcomes: Sequence[Outcome], known: LoadedState) -> AppendBatch:
        subjects = codec.subjects((o.pending.workspace_id, new.event) for o in outcomes for new in o.news)
        keys = await self.log.keys(subjects) if subjects else {}
        arrays = AppendBatch.empty()
        looks: dict[StreamKey, int] = {}
        for number, outcome in enumerate(outcomes, 1):
            _add_command(arrays, outcome, known)
            _add_looks(arrays, number, outcome, known, looks)
            _add_events(arrays, number, outcome, keys)
            _add_links(arrays, number, outcome)
        return arrays

    def _settle(self, outcomes: Sequence[Outcome], known: LoadedState, result: AppendResult) -> list[PendingCommand]:
        """Answer each command that is settled; give back those that must be decided again."""
        again: list[PendingCommand] = []
        decided: dict[StreamKey, LoadedStream] = {}
        for number, (outcome, position) in enumerate(zip(outcomes, result.positions, strict=True), 1):
            pending = outcome.pending
            if first := result.known.get(number):
                self._forget(outcome)
                same = not pending.fingerprint or first.fingerprint == pending.fingerprint
                _answer(pending, CommandResult(*first[1:], replayed=True) if same else KeyReused("for another request"))
            elif position is None:
                self._forget(outcome)
                pending.attempts += 1
                if pending.attempts >= ATTEMPTS:
                    _answer(pending, Busy(f"{ATTEMPTS} attempts"))
                else:
                    again.append(pending)
            elif outcome.refusal:
                _answer(pending, outcome.refusal)
            else:
                self._record(outcome, known, decided, position, result.recorded_at)
                version = _stream(pending, known, decided).history.version
                _answer(
                    pending, CommandResult(pending.id or pending.aggregate_id, pending.aggregate_id, version, position)
                )
        for key, stream in decided.items():
            self._keep(key, stream)
        return again

    def _record(
        self,
        outcome: Outcome,
        known: LoadedState,
        decided: dict[StreamKey, LoadedStream],
        position: int,
        recorded_at: datetime,
    ) -> None:
        """Let the cache know what was stored, at the places that the append gave."""
        first = position - len(outcome.news) + 1
        for place, new in enumerate(outcome.news, first):
            key = outcome.pending.workspace_id, new.stream_id
            before = decided.get(key) or known.stored[key]
            decided[key] = with_event(before, new, At(min(new.effective_at or recorded_at, recorded_at), place))

    def _keep(self, key: StreamKey, stream: LoadedStream) -> None:
        self.cache[key] = stream
        self.cache.move_to_end(key)
        if len(self.cache) > CACHED_STREAMS:
            self.cache.popitem(last=False)

    def _forget(self, outcome: Outcome) -> None:
        for key in outcome.ctx.seen:
            self.cache.pop(key, None)

    async def _after_lost_connection(self, batch: list[PendingCommand], error: Exception) -> None:
        """Connect again and take the batch again: the append finds what was stored by its command ids."""
        log.warning("command_loop.database_lost", error=str(error), commands=len(batch))
        self.cache.clear()
        for pending in batch:
            pending.attempts += 1
            if pending.attempts >= ATTEMPTS:
                _answer(pending, Unavailable(str(error)))
        try:
            await self.log.reconnect()
        except psycopg.Error as gone:
            for pending in batch:
                _answer(pending, Unavailable(str(gone)))
        self.waiting[:0] = [pending for pending in batch if not pending.future.done()]

    async def _halve(self, batch: list[PendingCommand], error: Exception) -> None:
        """Find the command whose data breaks the statement: it alone is answered 500."""
        if len(batch) == 1:
            log.error("command_loop.command_broke", exc_info=error, command_id=str(batch[0].command_id))
            _answer(batch[0], error)
            return
        middle = len(batch) // 2
        await self._answer(batch[:middle])
        await self._answer(batch[middle:])


def _prefetch(pending: PendingCommand) -> tuple[UUID, ...]:
    return (pending.workspace_id, pending.actor_id, pending.aggregate_id, *pending.prefetch)


def _stream(pending: PendingCommand, known: LoadedState, decided: dict[StreamKey, LoadedStream]) -> LoadedStream:
    key = pending.workspace_id, pending.aggregate_id
    return decided.get(key) or known.stored.get(key, NO_STREAM)


def _answer(pending: PendingCommand, answer: CommandResult | Exception) -> None:
    if pending.future.done():
        return
    if isinstance(answer, Exception):
        pending.future.set_exception(answer)
    else:
        pending.future.set_result(answer)


def _add_command(arrays: AppendBatch, outcome: Outcome, known: LoadedState) -> None:
    pending = outcome.pending
    stream = known.stored.get((pending.workspace_id, pending.aggregate_id), NO_STREAM)
    written = [
        v for new, v in zip(outcome.news, outcome.versions, strict=False) if new.stream_id == pending.aggregate_id
    ]
    arrays.chains.append(outcome.chain)
    arrays.command_ids.append(pending.command_id)
    arrays.workspace_ids.append(pending.workspace_id)
    arrays.fingerprints.append(pending.fingerprint)
    arrays.result_ids.append(pending.id or pending.aggregate_id)
    arrays.aggregate_ids.append(pending.aggregate_id)
    arrays.versions.append(written[-1] if written else stream.history.version)
    arrays.last_positions.append(stream.history.position)
    arrays.stores.append(outcome.refusal is None)


def _add_looks(
    arrays: AppendBatch, number: int, outcome: Outcome, known: LoadedState, looks: dict[StreamKey, int]
) -> None:
    for key in outcome.ctx.seen:
        if key not in looks:
            looks[key] = len(looks) + 1
            arrays.looked_workspaces.append(key[0])
            arrays.looked_streams.append(key[1])
            arrays.looked_versions.append(known.stored[key].history.version)
        arrays.lookers.append(number)
        arrays.looks.append(looks[key])
    for key in outcome.ctx.seen_children:
        arrays.askers.append(number)
        arrays.asked_workspaces.append(key[0])
        arrays.asked_parents.append(key[1])
        arrays.asked_children.append(" ".join(sorted(map(str, known.children[key]))))


def _add_events(arrays: AppendBatch, number: int, outcome: Outcome, keys: codec.Keys) -> None:
    pending = outcome.pending
    for new, version in zip(outcome.news, outcome.versions, strict=False):
        event_id = new.own_id or (uuid4() if pending.anonymous else uuid7())  # A UUIDv7 tells the millisecond.
        topic = NAMES[type(new.event)]
        arrays.numbers.append(number)
        arrays.stream_ids.append(new.stream_id)
        arrays.stream_versions.append(version)
        arrays.stream_kinds.append(new.kind)
        arrays.topics.append(topic)
        arrays.schema_versions.append(VERSIONS.get(topic, 1))
        arrays.states.append(codec.encode(new.event, pending.workspace_id, event_id, keys))
        arrays.event_ids.append(event_id)
        arrays.correlation_ids.append(None if pending.anonymous else pending.correlation_id or pending.command_id)
        arrays.causation_ids.append(None if pending.anonymous else new.causation_id or pending.causation_id)
        arrays.actor_ids.append(pending.actor_id)
        arrays.effective_ats.append(new.effective_at)
        arrays.source_recorded_ats.append(new.source_recorded_at)
        arrays.trace_parents.append(None if pending.anonymous else pending.trace_parent)


def _add_links(arrays: AppendBatch, number: int, outcome: Outcome) -> None:
    for goal_id, parent_id in outcome.links:
        arrays.linkers.append(number)
        arrays.link_children.append(goal_id)
        arrays.link_parents.append(parent_id)
