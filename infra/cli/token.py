"""`northing token`: an API token, made directly in the database, and shown once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Annotated, Any, TypeVar
from uuid import UUID

import psycopg
import typer
from psycopg import Connection
from pydantic import ValidationError

from contracts.commands.base import CommandBody
from contracts.commands.members import IssueToken
from contracts.commands.workspaces import OpenWorkspace
from domain.member import Member
from infra.cli.console import NotDone, err, out
from infra.cli.options import Data, DatabaseUrl
from infra.postgres import database
from infra.postgres.event_log import EventLog
from infra.postgres.migrate import migrate
from infra.postgres.person_keys import PersonKeys
from infra.postgres.safety_checks import check_database
from infra.settings import Settings
from services.command.handlers.command import OPENING
from services.command.handlers.table import TABLE
from services.command.loop.command_loop import CommandLoop
from services.command.loop.context import LoadedStream
from services.command.submission import SentCommand, submit
from services.eventlog.uuid7 import uuid7

OPEN_WORKSPACE, ISSUE_TOKEN = TABLE.by_path[OPENING], TABLE.by_path["/members/{id}/tokens"]
FIRST_OWNER = "Owner"  # The name of whom a new workspace belongs to.
STREAMS = """
    SELECT workspace_id, stream_id FROM northing.events
     WHERE stream_kind = %s AND stream_version = 1
     ORDER BY log_position
"""

Body = TypeVar("Body", bound=CommandBody)


def token(
    workspace: Annotated[str, typer.Option(help="The workspace, by its name or id.")],
    member: Annotated[
        str | None, typer.Option(help="Who acts with it, by name or id. Without: the first owner of the workspace.")
    ] = None,
    label: Annotated[str, typer.Option(help="What it is for.")] = "made by northing token",
    create: Annotated[
        bool, typer.Option("--create", help="Make the workspace, where there is none of this name.")
    ] = False,
    timezone: Annotated[str, typer.Option(help="The time zone of a workspace that is made.")] = "UTC",
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Make an API token, and print it: this is the only time that it is shown.

    Needs no server, but a way to its database: where that is embedded, the same --data.
    """
    settings = Settings.from_env(data=data, database_url=database_url)
    with database.reached(settings) as url:
        check_database(url)
        migrate(url)
        made = asyncio.run(_make(url, workspace, member, label, timezone if create else None))
    out.print(made, soft_wrap=True, markup=False)


async def _make(url: str, name: str, who: str | None, label: str, timezone: str | None) -> str:
    async with _commands(url) as loop:
        found = {
            id: state
            for (_, id), state in (await _all(loop, url, "workspace")).items()
            if name in (state.name, str(id))
        }
        if len(found) > 1:
            raise NotDone(f"{len(found)} workspaces are named {name!r}; give an id: {', '.join(map(str, found))}")
        if not found and timezone is None:
            raise NotDone(f"there is no workspace {name!r}; with --create it is made")
        if not found:
            workspace_id, owner_id = await _open(loop, name, timezone or "UTC")
            err.print(f"Made the workspace {name} ({workspace_id}).", markup=False)
            return await _issue(loop, workspace_id, owner_id, label)
        [workspace_id] = found
        members = {id: state for (of, id), state in (await _all(loop, url, "member")).items() if of == workspace_id}
        return await _issue(loop, workspace_id, _one(members, who), label)


def _one(members: dict[UUID, Member], who: str | None) -> UUID:
    """The member who is meant."""
    if who is None:
        found = [id for id, state in members.items() if state.role == "owner" and not state.suspended][:1]
    else:
        found = [id for id, state in members.items() if who in (state.name.text, str(id))]
    if len(found) != 1:
        what = "no owner who is not suspended" if who is None else f"{len(found) or 'no'} member {who!r}"
        raise NotDone(f"the workspace has {what}; give the name or id of one with --member")
    return found[0]


async def _open(loop: CommandLoop, name: str, timezone: str) -> tuple[UUID, UUID]:
    """A new workspace and its owner."""
    workspace_id, owner_id = uuid7(), uuid7()
    body = _body(OpenWorkspace, name=name, timezone=timezone)
    sent = SentCommand(command=OPEN_WORKSPACE, workspace_id=workspace_id, actor_id=owner_id, body=body)
    await submit(loop, sent, opener=FIRST_OWNER)
    return workspace_id, owner_id


async def _issue(loop: CommandLoop, workspace_id: UUID, member_id: UUID, label: str) -> str:
    body = _body(IssueToken, label=label)
    sent = SentCommand(
        command=ISSUE_TOKEN, workspace_id=workspace_id, actor_id=member_id, body=body, ids={"id": member_id}
    )
    issued = await submit(loop, sent)
    if issued.token is None:
        raise NotDone("the token was made before")  # It cannot be: the command was sent once.
    return issued.token


def _body(model: type[Body], **given: str) -> Body:
    """What the flags say, as the API would take it. Raises NotDone."""
    try:
        return model.model_validate(given)
    except ValidationError as invalid:
        wrong = (f"{'.'.join(map(str, error['loc']))}: {error['msg']}" for error in invalid.errors())
        raise NotDone("; ".join(wrong)) from None


async def _all(loop: CommandLoop, url: str, kind: str) -> dict[tuple[UUID, UUID], Any]:
    """The state of every stream of this kind, oldest first."""
    with psycopg.connect(url, autocommit=True) as connection:
        keys = _streams(connection, kind)
    loaded: dict[tuple[UUID, UUID], LoadedStream] = await loop.log.load(keys)
    return {key: loaded[key].history.state for key in keys}


def _streams(connection: Connection, kind: str) -> list[tuple[UUID, UUID]]:
    connection.execute("SET ROLE northing_writer")
    return [(row[0], row[1]) for row in connection.execute(STREAMS, [kind])]


@asynccontextmanager
async def _commands(url: str) -> AsyncIterator[CommandLoop]:
    """A command loop of our own: whatever runs beside it, the append function keeps them apart."""
    async with AsyncExitStack() as opened:
        keys = PersonKeys(url)
        opened.push_async_callback(keys.close)
        event_log = await EventLog(url, keys).open()
        opened.push_async_callback(event_log.close)
        loop = CommandLoop(event_log)
        running = asyncio.create_task(loop.run())
        opened.callback(running.cancel)
        yield loop
