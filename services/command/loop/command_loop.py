"""The command loop: take what waits, load, decide, append all in one transaction, answer each command.

One task a process, with one connection. While a batch is in the database the next one gathers: there are no timers and
no threads, and a lone command does not wait. A refusal or a lost race never fails a neighbour.
"""

import asyncio
from collections.abc import Awaitable, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

import psycopg
import structlog

from contracts.problems import Busy, KeyReused, Overloaded, Unavailable
from domain.history import At
from services.command.loop.append import AppendBatch, AppendResult
from services.command.loop.append_rows import append_batch
from services.command.loop.batch import CommandResult, LoadedState, Outcome, PendingCommand, decide_all, with_event
from services.command.loop.context import NO_STREAM, LoadedStream, StreamKey
from services.eventlog import codec
from services.eventlog.lru import Lru

log = structlog.get_logger()

ATTEMPTS = 5
CACHED_STREAMS = 20_000
WAITING_COMMANDS = 10_000
LOADS = 1_000  # More rounds than any decision needs: a decision that goes on to want streams is broken.


class CommandLog(Protocol):
    """The event log as commands and imports need it: see infra/postgres/event_log.py."""

    async def load(self, keys: Sequence[StreamKey]) -> dict[StreamKey, LoadedStream]: ...
    async def load_children(self, keys: Sequence[StreamKey]) -> dict[StreamKey, frozenset[UUID]]: ...
    async def stream_of(self, workspace_id: UUID, event_id: UUID) -> UUID | None: ...
    async def append(self, batch: AppendBatch) -> AppendResult: ...
    async def keys(self, subjects: set[codec.Subject]) -> codec.Keys: ...
    async def reconnect(self) -> None: ...
    async def recorded(self, workspace_id: UUID, event_ids: Sequence[UUID]) -> set[UUID]: ...
    async def position(self, workspace_id: UUID) -> int: ...
    async def held(self, workspace_id: UUID) -> tuple[int, int]: ...
    async def elsewhere(self, workspace_id: UUID, stream_ids: Sequence[UUID]) -> set[UUID]: ...


class CommandLoop:
    """`submit` a command and await its result. `run` is to be kept running as a task."""

    def __init__(self, event_log: CommandLog, *, batch_commands: int = 500) -> None:
        self.log = event_log
        self.batch_commands = batch_commands
        self.waiting: list[PendingCommand] = []
        self.cache = Lru[StreamKey, LoadedStream](CACHED_STREAMS)
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
                    await self._process(batch)

    async def drain(self) -> None:
        """Return when no command waits any more."""
        while self.waiting or not self.idle.is_set():
            await self.idle.wait()
            await asyncio.sleep(0)

    def _next_batch(self) -> list[PendingCommand]:
        """The first in line. The same command twice is not for one transaction: the second waits for the next batch."""
        first, self.waiting = self.waiting[: self.batch_commands], self.waiting[self.batch_commands :]
        batch: dict[UUID, PendingCommand] = {}
        repeated = []
        for pending in first:
            if pending.future.done():
                continue  # The caller has gone.
            if batch.setdefault(pending.command_id, pending) is not pending:
                repeated.append(pending)
        self.waiting[:0] = repeated
        return [*batch.values()]

    async def _process(self, batch: list[PendingCommand]) -> None:
        try:
            await self._decide_and_append(batch)
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            await self._retry_after_lost_connection(batch, error)
        except Exception as error:
            await self._isolate_broken_command(batch, error)

    async def _decide_and_append(self, batch: list[PendingCommand]) -> None:
        loaded = LoadedState()
        outcomes = await self._decide(batch, loaded)
        undecided = {outcome.pending for outcome in outcomes if outcome.is_provisional}
        final = [outcome for outcome in outcomes if not outcome.is_provisional]
        subjects = codec.subjects((o.pending.workspace_id, new.event) for o in final for new in o.new_events)
        keys = await self.log.keys(subjects) if subjects else {}
        result = await self.log.append(append_batch(final, loaded, keys))
        undecided.update(self._answer_stored(final, loaded, result))
        self.waiting[:0] = [pending for pending in batch if pending in undecided]  # First in line, in their order.

    async def _decide(self, batch: list[PendingCommand], loaded: LoadedState) -> list[Outcome]:
        """Load what the commands need, as far as they say, until all are decided."""
        missing = {(pending.workspace_id, stream_id) for pending in batch for stream_id in _prefetch(pending)}
        missing_children: set[StreamKey] = set()
        for _ in range(LOADS):
            await self._load(missing, missing_children, loaded)
            outcomes, missing, missing_children = decide_all(batch, loaded)
            if not missing and not missing_children:
                return outcomes
        raise RuntimeError("a decision does not stop asking for more streams")

    async def _load(self, missing: set[StreamKey], missing_children: set[StreamKey], loaded: LoadedState) -> None:
        absent = []
        for key in missing:
            if cached := self.cache.use(key):
                loaded.stored[key] = cached
            elif key not in loaded.stored:
                absent.append(key)
        if absent:
            found = await self.log.load(absent)
            for key in absent:
                loaded.stored[key] = found.get(key, NO_STREAM)
                self.cache.put(key, loaded.stored[key])
        if missing_children:
            found_children = await self.log.load_children([*missing_children])
            loaded.children |= dict.fromkeys(missing_children, frozenset[UUID]()) | found_children

    def _answer_stored(
        self, outcomes: Sequence[Outcome], loaded: LoadedState, result: AppendResult
    ) -> list[PendingCommand]:
        """Answer each command whose result is final; give back those that must be decided again."""
        undecided: list[PendingCommand] = []
        stored: dict[StreamKey, LoadedStream] = {}
        for number, (outcome, position) in enumerate(zip(outcomes, result.positions, strict=True), 1):
            pending = outcome.pending
            if first := result.first_results.get(number):
                self._forget(outcome)
                same = not pending.fingerprint or first.fingerprint == pending.fingerprint
                _answer(pending, CommandResult(*first[1:], replayed=True) if same else KeyReused("for another request"))
            elif position is None:
                self._forget(outcome)
                pending.attempts += 1
                if pending.attempts >= ATTEMPTS:
                    _answer(pending, Busy(f"{ATTEMPTS} attempts"))
                else:
                    undecided.append(pending)
            elif outcome.refusal:
                _answer(pending, outcome.refusal)
            else:
                _apply_stored(outcome, loaded, stored, position, result.recorded_at)
                key = pending.workspace_id, pending.aggregate_id
                version = (stored.get(key) or loaded.stored.get(key, NO_STREAM)).history.version
                made_id = pending.id or pending.aggregate_id
                _answer(pending, CommandResult(made_id, pending.aggregate_id, version, position))
        for key, stream in stored.items():
            self.cache.put(key, stream)
        return undecided

    def _forget(self, outcome: Outcome) -> None:
        """Drop the streams that the command read from the cache: at least one of them has moved."""
        for key in outcome.ctx.seen:
            self.cache.pop(key, None)

    async def _retry_after_lost_connection(self, batch: list[PendingCommand], error: Exception) -> None:
        """Connect again and put the batch first in line: the append finds what was stored by its command ids."""
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

    async def _isolate_broken_command(self, batch: list[PendingCommand], error: Exception) -> None:
        """Halve the batch until the command whose data breaks the statement is alone: it is answered 500."""
        if len(batch) == 1:
            log.error("command_loop.command_broke", exc_info=error, command_id=str(batch[0].command_id))
            _answer(batch[0], error)
            return
        middle = len(batch) // 2
        await self._process(batch[:middle])
        await self._process(batch[middle:])


def _prefetch(pending: PendingCommand) -> tuple[UUID, ...]:
    return (pending.workspace_id, pending.actor_id, pending.aggregate_id, *pending.prefetch)


def _apply_stored(
    outcome: Outcome,
    loaded: LoadedState,
    stored: dict[StreamKey, LoadedStream],
    last_position: int,
    recorded_at: datetime,
) -> None:
    """Put the events of a command on their streams in `stored`, at the positions that the append gave."""
    first_position = last_position - len(outcome.new_events) + 1
    for position, new in enumerate(outcome.new_events, first_position):
        key = outcome.pending.workspace_id, new.stream_id
        before = stored.get(key) or loaded.stored[key]
        stored[key] = with_event(before, new, At(min(new.effective_at or recorded_at, recorded_at), position))


def _answer(pending: PendingCommand, answer: CommandResult | Exception) -> None:
    if pending.future.done():
        return
    if isinstance(answer, Exception):
        pending.future.set_exception(answer)
    else:
        pending.future.set_result(answer)
