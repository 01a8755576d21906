"""From a command of the table to what waits for the loop: the one place that makes a pending command of one.

HTTP, several commands in one request and `northing token` submit theirs here, as a timer would. What must not differ
when a handler runs again is made here, once: ids, secrets, the time.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import psycopg

from contracts.commands.base import CommandBody
from contracts.problems import Unavailable
from domain.errors import NotFound
from domain.ids import anonymous_id
from services.access.credentials import Caller, NewToken, api_token, new_secret, withdrawal_token
from services.command.handlers.command import Command
from services.command.loop.batch import CommandResult, PendingCommand
from services.command.loop.command_loop import CommandLog, CommandLoop
from services.command.loop.context import Context, NewEvent
from services.command.loop.derived_ids import derived_ids_in
from services.eventlog.uuid7 import uuid7


@dataclass(slots=True, kw_only=True, eq=False)
class SentCommand:
    """A command of the table as it was sent: by which member, to what, with which words."""

    command: Command
    workspace_id: UUID
    actor_id: UUID
    body: CommandBody
    ids: Mapping[str, UUID] = field(default_factory=dict)  # Those of the path, by their names in it.
    caller: Caller | None = None  # None for who has the database itself, and is asked for no role.
    command_id: UUID | None = None  # The same again is the same command. None for one that is sent once.
    fingerprint: bytes = b""  # What makes it the same, where it has an id of its own.
    if_match: int | None = None
    correlation_id: UUID | None = None
    trace_parent: str | None = None


class SubmittedCommand(NamedTuple):
    """What a command came to. `token` is shown once: with the first answer, if the command made one."""

    result: CommandResult
    token: str | None = None


async def submit(loop: CommandLoop, sent: SentCommand, **arguments: Any) -> SubmittedCommand:
    """Let the loop decide the command. `arguments` go to the handler beside those that the table tells of.

    Raises Refusal or Fault.
    """
    command, body, caller = sent.command, sent.body, sent.caller
    anonymous = command.is_anonymous(body)
    aggregate_id = sent.ids.get("id") or await _aggregate_id(loop.log, sent)
    named = command.looks_inside(body) if command.looks_inside else None
    inside = named and await _stream_of(loop.log, sent.workspace_id, named)
    made_id = uuid4() if anonymous else uuid7()  # A UUIDv7 would tell the millisecond.
    token = _new_token(sent, aggregate_id, made_id, anonymous=anonymous) if command.shows else None
    digest = token.digest if token else ""
    arguments |= command.arguments(sent.ids, made_id=made_id, digest=digest, inside=inside)

    def decide(ctx: Context) -> list[NewEvent]:
        return command.decide(ctx, aggregate_id, body, caller, arguments)

    answers_with = aggregate_id if command.answers_with == "id" else arguments[command.answers_with]
    result = await loop.submit(
        pending_command(
            workspace_id=sent.workspace_id,
            aggregate_id=aggregate_id,
            id=answers_with,
            decide=decide,
            actor_id=anonymous_id(sent.workspace_id) if anonymous else sent.actor_id,
            anonymous=anonymous,
            command_id=sent.command_id or uuid7(),
            fingerprint=sent.fingerprint,
            if_match=sent.if_match,
            prefetch=(caller.member_id,) if caller else (),
            correlation_id=sent.correlation_id,
            trace_parent=sent.trace_parent,
        )
    )
    return SubmittedCommand(result, token.text if token and result.id == answers_with else None)


def pending_command(
    *,
    workspace_id: UUID,
    aggregate_id: UUID,
    decide: Callable[[Context], Sequence[NewEvent]],
    actor_id: UUID,
    command_id: UUID,
    **details: Any,
) -> PendingCommand:
    """A command that was sent now and is answered in the running event loop."""
    return PendingCommand(
        workspace_id=workspace_id,
        aggregate_id=aggregate_id,
        decide=decide,
        actor_id=actor_id,
        command_id=command_id,
        now=datetime.now(UTC),
        future=asyncio.get_running_loop().create_future(),
        **details,
    )


async def _aggregate_id(log: CommandLog, sent: SentCommand) -> UUID:
    """The aggregate whose id does not stand in the path: found, known by a name, or new."""
    command = sent.command
    if command.kind == "workspace":
        return sent.workspace_id
    if command.found_by is not None:
        return await _stream_of(log, sent.workspace_id, sent.ids[command.found_by])
    if command.id_from is None:
        return uuid7()
    try:
        return command.id_from(await derived_ids_in(sent.workspace_id, log), sent.body)
    except psycopg.Error as error:
        raise Unavailable(str(error)) from error


async def _stream_of(log: CommandLog, workspace_id: UUID, id: UUID) -> UUID:
    """The stream of an event, or of what an event made inside it: a check-in, learning, action, token."""
    try:
        found = await log.stream_of(workspace_id, id)
    except psycopg.Error as error:
        raise Unavailable(str(error)) from error
    if found is None:
        raise NotFound(f"nothing has the id {id}")
    return found


def _new_token(sent: SentCommand, aggregate_id: UUID, made_id: UUID, *, anonymous: bool) -> NewToken | None:
    match sent.command.shows:
        case "member token":
            return api_token(sent.workspace_id, aggregate_id, made_id, new_secret())
        case "owner token" if sent.caller is not None:
            return api_token(sent.workspace_id, sent.actor_id, made_id, new_secret())
        case "withdrawal token" if anonymous:
            return withdrawal_token(new_secret())
    return None
