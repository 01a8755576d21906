"""The wiring: how one process is put together. Only this file knows everything.

command routes -> Commands -> CommandLoop -> EventLog -> PostgreSQL: the log
                                                            |
query routes   <- Queries  <- Reading <- the rows <- Projecting (a thread)
"""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing

import structlog
from fastapi import FastAPI

from infra.http import health, openapi
from infra.http.middleware import RequestLimits, add_error_handlers
from infra.http.route_index import RouteIndex
from infra.postgres.event_log import EventLog
from infra.postgres.idempotency_cleanup import run_cleanup
from infra.postgres.person_keys import PersonKeys, ThreadPersonKeys
from infra.settings import Settings
from services.command.http import routes as command_routes
from services.command.http.endpoint import Commands
from services.command.loop.command_loop import CommandLoop
from services.projections.engine.supervisor import ProjectionSupervisor
from services.projections.http import routes as query_routes
from services.projections.queries.query_request import Queries
from services.projections.queries.read_session import ReadSessions, pool_of
from services.projections.read_models.catalog import READ_MODELS

log = structlog.get_logger()


def make_app(settings: Settings, database_url: str) -> FastAPI:
    """The application for one process, on a database that has been migrated."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        stopping = app.state.stopping = asyncio.Event()  # Set when the process is asked to end.
        async with AsyncExitStack() as opened:  # Closed in the opposite order.
            projecting = await opened.enter_async_context(_projecting(settings, database_url))
            pool = await opened.enter_async_context(pool_of(database_url, settings.read_pool_connections))
            keys = PersonKeys(database_url)
            opened.push_async_callback(keys.close)
            loop, running = await opened.enter_async_context(_command_loop(settings, database_url))
            reading = ReadSessions(pool, projecting.applied, projecting.code_hash)
            app.state.queries = Queries(reading, keys.find, dev=settings.dev, stopping=stopping)
            app.state.commands = Commands(loop=loop, dev=settings.dev)
            app.state.health = health.Readiness(database_url, projecting, running, stopping)
            _calm_garbage_collection()
            yield

    app = FastAPI(title="Northing", lifespan=lifespan, redirect_slashes=False)
    add_error_handlers(app)
    directory = RouteIndex((health.router, *command_routes.ROUTERS, *query_routes.ROUTERS))
    app.router.routes.insert(0, directory)
    openapi.describe(app, directory.routes)
    app.add_middleware(RequestLimits)
    return app


def _calm_garbage_collection() -> None:
    """What is there by now stays, and what the cache holds stays long: looking through all of it often costs a tenth
    of the processor's time, and shows as the slowest answers.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)


@asynccontextmanager
async def _projecting(settings: Settings, database_url: str) -> AsyncIterator[ProjectionSupervisor]:
    """The supervisor of the runner that feeds the read models."""
    with closing(ThreadPersonKeys(database_url)) as keys:
        projecting = ProjectionSupervisor(
            database_url, READ_MODELS, keys.find, batch_events=settings.projection_batch_events
        )
        projecting.start()
        try:
            yield projecting
        finally:
            await asyncio.to_thread(projecting.stop)


@asynccontextmanager
async def _command_loop(settings: Settings, database_url: str) -> AsyncIterator[tuple[CommandLoop, asyncio.Task[None]]]:
    """The command loop, and the task that it runs in. At the end, what it has taken is answered first."""
    async with AsyncExitStack() as opened:
        keys = PersonKeys(database_url)
        opened.push_async_callback(keys.close)
        event_log = await EventLog(database_url, keys).open()
        opened.push_async_callback(event_log.close)
        loop = CommandLoop(event_log, batch_commands=settings.command_batch_commands)
        running = asyncio.create_task(loop.run(), name="command loop")
        forgetting = asyncio.create_task(run_cleanup(database_url), name="forgetting")
        try:
            yield loop, running
        finally:
            forgetting.cancel()
            try:
                async with asyncio.timeout(settings.shutdown_timeout_seconds):
                    await loop.drain()
            except TimeoutError:
                log.warning("command_loop.stopped_undrained", unanswered=len(loop.waiting))
            running.cancel()
