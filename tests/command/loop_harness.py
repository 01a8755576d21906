"""Imports on a real database, through the command loop, and the log that they leave."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypedDict, Unpack
from uuid import UUID

import msgspec

from contracts.commands.workspaces import OpenWorkspace
from contracts.events.export_form import header
from domain import permission
from domain.member import Member
from domain.permission import Act
from infra.postgres.event_log import EventLog
from infra.postgres.person_keys import PersonKeys
from services.command.handlers.command import OPENING
from services.command.handlers.table import TABLE
from services.command.imports.job import run_import
from services.command.imports.report import ImportReport
from services.command.loop.batch import CommandResult
from services.command.loop.command_loop import CommandLoop
from services.command.loop.context import Context, NewEvent
from services.command.submission import SentCommand, pending_command, submit
from services.eventlog import codec
from services.eventlog.event_json import event_json
from services.eventlog.recorded_event import COLUMNS, RecordedEvent
from services.eventlog.uuid7 import uuid7

ALL = f"SELECT {COLUMNS} FROM northing.events WHERE workspace_id = %b ORDER BY position"


class CommandDetails(TypedDict, total=False):
    """What a test may say of a command beside what it decides."""

    command_id: UUID
    fingerprint: bytes
    if_match: int
    correlation_id: UUID
    anonymous: bool
    prefetch: tuple[UUID, ...]


class LoopHarness:
    """One process at one workspace: its own connection, its own loop."""

    def __init__(self, log: EventLog, loop: CommandLoop, workspace_id: UUID, owner_id: UUID) -> None:
        self.log, self.loop = log, loop
        self.workspace_id, self.owner_id = workspace_id, owner_id

    async def open(self, zone: str = "UTC", name: str = "Bakery") -> "LoopHarness":
        body = OpenWorkspace(name=name, timezone=zone)
        sent = SentCommand(
            command=TABLE.by_path[OPENING], workspace_id=self.workspace_id, actor_id=self.owner_id, body=body
        )
        await submit(self.loop, sent, opener="Ana")
        return self

    async def submit(
        self,
        aggregate_id: UUID,
        decide: Callable[[Context], Sequence[NewEvent]],
        by: UUID | None = None,
        **details: Unpack[CommandDetails],
    ) -> CommandResult:
        details.setdefault("command_id", uuid7())
        pending = pending_command(
            workspace_id=self.workspace_id,
            aggregate_id=aggregate_id,
            decide=decide,
            actor_id=by or self.owner_id,
            **details,
        )
        return await self.loop.submit(pending)

    async def send(
        self,
        lines: Iterable[str | bytes],
        by: UUID | None = None,
        *,
        dry_run: bool = False,
        source: str | None = None,
        first_line: int = 1,
    ) -> ImportReport:
        """Import lines, in pieces that end anywhere."""
        actor_id = by or self.owner_id
        body = b"".join((line if isinstance(line, bytes) else line.encode()) + b"\n" for line in lines)

        async def pieces() -> AsyncIterator[bytes]:
            for start in range(0, len(body), 4_099):
                yield body[start : start + 4_099]

        def admit(ctx: Context, act: Act) -> None:
            permission.require(ctx.get(Member, actor_id), act)

        return await run_import(
            self.loop,
            self.workspace_id,
            actor_id,
            pieces(),
            admit=admit,
            dry_run=dry_run,
            source=source,
            first_line=first_line,
        )

    async def records(self) -> list[RecordedEvent]:
        rows = await self.log._rows(ALL, self.workspace_id)
        return await codec.decode_async(rows, self.log.person_keys.find)

    async def export(self) -> list[str]:
        """The workspace as a file of the event form."""
        records = await self.records()
        events = [event_json(record, {"id": record.actor_id, "name": None}) for record in records]
        settings = await self.state(self.workspace_id)
        first = header(
            id=self.workspace_id, name=settings.name, timezone=settings.timezone, position=records[-1].position
        )
        return [msgspec.json.encode(line).decode() for line in (first, *events)]

    async def state(self, stream_id: UUID) -> Any:
        key = self.workspace_id, stream_id
        return (await self.log.load([key]))[key].history.state


@asynccontextmanager
async def loop_harness(
    url: str, workspace_id: UUID | None = None, owner_id: UUID | None = None
) -> AsyncIterator[LoopHarness]:
    """A loop at a new workspace, or another one at the same."""
    log = await EventLog(url, PersonKeys(url)).open()
    loop = CommandLoop(log)
    running = asyncio.create_task(loop.run())
    try:
        if workspace_id and owner_id:
            yield LoopHarness(log, loop, workspace_id, owner_id)
        else:
            yield await LoopHarness(log, loop, uuid7(), uuid7()).open()
    finally:
        running.cancel()
        await log.close()
        await log.person_keys.close()
