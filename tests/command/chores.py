"""What a desk asks its loop for: teams that are formed, renamed and dissolved, alone or many at once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from domain import team
from services.command.batch import Answer
from services.command.look import Look, New
from tests.command.desk import Desk, desk


def form(desk: Desk, id: UUID, name: str = "Oven", **more: Any) -> Awaitable[Answer]:
    return desk.ask(id, lambda look: [New("team", id, event) for event in _formed(look, id, name)], **more)


def _formed(look: Look, id: UUID, name: str) -> list[Any]:
    look.need("workspace", look.workspace_id)
    return [] if look.get("team", id) else team.form(name=name, parent_id=None, team_of=lambda _: None)


def rename(desk: Desk, id: UUID, name: str, **more: Any) -> Awaitable[Answer]:
    return desk.ask(
        id, lambda look: [New("team", id, e) for e in team.rename(look.need("team", id), name=name)], **more
    )


def dissolve(desk: Desk, id: UUID) -> Awaitable[Answer]:
    return desk.ask(id, lambda look: [New("team", id, e) for e in team.dissolve(look.need("team", id), reason=None)])


async def together(*asked: Awaitable[Any]) -> list[Any]:
    """All in one batch, in this order."""
    return await asyncio.gather(*asked, return_exceptions=True)


def at_one_desk(database: str, told: Callable[[Desk], Awaitable[None]]) -> None:
    async def run() -> None:
        async with desk(database) as one:
            await told(one)

    asyncio.run(run())


def at_two_desks(database: str, told: Callable[[Desk, Desk], Awaitable[None]]) -> None:
    """Two processes' worth: two loops with a cache and a connection each, on one workspace."""

    async def run() -> None:
        async with desk(database) as one, desk(database, one.workspace_id, one.owner_id) as other:
            await told(one, other)

    asyncio.run(run())


async def topics(desk: Desk, stream_id: UUID) -> list[str]:
    return [record.topic for record in await desk.records() if record.stream_id == stream_id]
