"""Command loops in this process, each with a log of its own: several servers, with every step in the test's hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID

from domain.objective import lifecycle as objective_lifecycle
from domain.objective.agreement import ObjectiveProposed
from domain.objective.state import Objective
from domain.personal import Personal
from infra.postgres.event_log import EventLog
from infra.postgres.person_keys import PersonKeys
from services.command.handlers.goal_context import require_place
from services.command.loop.append import AppendBatch, AppendResult
from services.command.loop.batch import CommandResult, PendingCommand
from services.command.loop.command_loop import CommandLoop
from services.command.loop.context import Context, NewEvent
from services.eventlog.uuid7 import uuid7

WORKSPACE, ANA = UUID(int=1), UUID(int=2)
WHY = Personal(ANA, "It fits there")

Decide = Callable[[Context], Sequence[NewEvent]]


class MeetingLog(EventLog):
    """Its first append waits until every loop at the barrier has decided."""

    all_decided: asyncio.Barrier | None = None

    async def append(self, batch: AppendBatch) -> AppendResult:
        if self.all_decided is not None:
            all_decided, self.all_decided = self.all_decided, None
            await all_decided.wait()
        return await super().append(batch)


class BlindLog(MeetingLog):
    """The control: it tells the append of no stream that was read but those that are written."""

    async def append(self, batch: AppendBatch) -> AppendResult:
        written = {(event.command, event.stream_id) for event in batch.events}
        batch.reads = [
            read for read in batch.reads if (read.command, batch.read_streams[read.stream - 1].stream_id) in written
        ]
        return await super().append(batch)


class LoopClient:
    """Ana at a loop of her own."""

    def __init__(self, log: MeetingLog) -> None:
        self.log, self.loop = log, CommandLoop(log)

    async def submit(self, aggregate_id: UUID, decide: Decide, now: datetime | None = None) -> CommandResult:
        future: asyncio.Future[CommandResult] = asyncio.get_running_loop().create_future()
        sent_at = now or datetime.now(UTC)
        return await self.loop.submit(PendingCommand(WORKSPACE, aggregate_id, decide, future, ANA, uuid7(), sent_at))


@asynccontextmanager
async def loop_clients(
    database_url: str, number: int, log_class: type[MeetingLog] = MeetingLog
) -> AsyncIterator[list[LoopClient]]:
    async with AsyncExitStack() as opened:
        clients: list[LoopClient] = []
        for _ in range(number):
            keys = PersonKeys(database_url)
            opened.push_async_callback(keys.close)
            log = await log_class(database_url, keys).open()
            opened.push_async_callback(log.close)
            clients.append(LoopClient(log))
            running = asyncio.create_task(clients[-1].loop.run())
            opened.callback(running.cancel)
        yield clients


def proposed(id: UUID) -> Decide:
    event = ObjectiveProposed(title="Bread is fresh at seven", owner_id=ANA, partner_id=None, by=ANA)
    return lambda _: [NewEvent("objective", id, event)]


def aligned(id: UUID, parent_id: UUID) -> Decide:
    """What the route decides."""

    def decide(ctx: Context) -> list[NewEvent]:
        found = ctx.need(Objective, id)
        require_place(ctx, id, found, parent_id, None)
        events = objective_lifecycle.align(found, parent_id=parent_id, link="contribute", reason=WHY)
        return [NewEvent("objective", id, event) for event in events]

    return decide
