"""The wiring: one process with the command API, the query API and the projections. Only this file knows everything."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from fastapi import FastAPI, Response

from infra.log import EventLog
from infra.person_keys import PersonKeys
from infra.settings import Settings
from infra.web import Surroundings, add_error_handlers
from services.command.asking import Commands
from services.command.loop import CommandLoop
from services.command.routes import key_results, objectives, workspaces

log = structlog.get_logger()

COMMANDS = (workspaces.router, objectives.router, key_results.router)


def make_app(settings: Settings, database_url: str) -> FastAPI:
    """The application for one process, on a database that has been migrated."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        keys = PersonKeys(database_url)
        event_log = await EventLog(database_url, keys).open()
        loop = CommandLoop(event_log, batch_commands=settings.command_batch_commands)
        app.state.commands = Commands(loop=loop, dev=settings.dev)
        running = asyncio.create_task(loop.run(), name="command loop")
        yield
        await loop.drain()
        running.cancel()
        await event_log.close()
        await keys.close()

    app = FastAPI(title="Northing", lifespan=lifespan)
    add_error_handlers(app)
    for router in COMMANDS:
        app.include_router(router)

    @app.get("/livez")
    async def livez() -> Response:
        return Response(b'{"status":"alive"}', media_type="application/json")

    app.add_middleware(Surroundings)
    return app
