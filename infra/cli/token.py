"""`northing token`: an API token, made directly in the database by whoever may reach that, and shown once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import psycopg
import typer
from psycopg import Connection

from domain import member as members
from domain import workspace as workspaces
from domain.member import Member
from domain.personal import Personal
from infra.cli.console import NotDone, err, out
from infra.cli.options import Data, DatabaseUrl
from infra.postgres import database
from infra.postgres.event_log import EventLog
from infra.postgres.migrate import migrate
from infra.postgres.person_keys import PersonKeys
from infra.postgres.safety_checks import check_database
from infra.settings import Settings
from services.access.credentials import make_token
from services.command.loop.batch import PendingCommand
from services.command.loop.command_loop import CommandLoop
from services.command.loop.context import Context, LoadedStream, NewEvent
from services.eventlog.uuid7 import uuid7

FIRST_OWNER = "Owner"  # The name of whom a new workspace belongs to.
STREAMS = """
    SELECT workspace_id, stream_id FROM northing.events
     WHERE stream_kind = %s AND stream_version = 1
     ORDER BY log_position
"""


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
        everybody = {id: state for (of, id), state in (await _all(loop, url, "member")).items() if of == workspace_id}
        return await _issue(loop, workspace_id, _one(everybody, who), label)


def _one(everybody: dict[UUID, Member], who: str | None) -> UUID:
    """The member who is meant."""
    if who is None:
        found = [id for id, state in everybody.items() if state.role == "owner" and not state.suspended][:1]
    else:
        found = [id for id, state in everybody.items() if who in (state.name.text, str(id))]
    if len(found) != 1:
        what = "no owner who is not suspended" if who is None else f"{len(found) or 'no'} member {who!r}"
        raise NotDone(f"the workspace has {what}; give the name or id of one with --member")
    return found[0]


async def _open(loop: CommandLoop, name: str, timezone: str) -> tuple[UUID, UUID]:
    """A new workspace and its owner."""
    workspace_id, owner_id = uuid7(), uuid7()
    events = [
        *(
            NewEvent("workspace", workspace_id, e)
            for e in workspaces.open_(name=name, timezone=timezone, owner_id=owner_id)
        ),
        *(
            NewEvent("member", owner_id, e)
            for e in members.add(by_role="owner", name=Personal(owner_id, FIRST_OWNER), role="owner")
        ),
    ]
    await _ask(loop, workspace_id, workspace_id, owner_id, lambda _: events)
    return workspace_id, owner_id


async def _issue(loop: CommandLoop, workspace_id: UUID, member_id: UUID, label: str) -> str:
    token_id = uuid7()
    shown, digest = make_token(workspace_id, member_id, token_id)

    def decide(ctx: Context) -> list[NewEvent]:
        state = ctx.need("member", member_id)
        issued = members.issue_token(state, by_role="owner", token_id=token_id, digest=digest, label=label)
        return [NewEvent("member", member_id, event) for event in issued]

    await _ask(loop, workspace_id, member_id, member_id, decide)
    return shown


async def _ask(loop: CommandLoop, workspace_id: UUID, aggregate_id: UUID, actor_id: UUID, decide: Any) -> None:
    await loop.submit(
        PendingCommand(
            workspace_id=workspace_id, aggregate_id=aggregate_id, decide=decide, actor_id=actor_id, command_id=uuid7(),
            now=datetime.now(UTC), future=asyncio.get_running_loop().create_future(),
        )
    )  # fmt: skip


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
