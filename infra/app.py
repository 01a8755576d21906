"""The wiring: how one process is put together, of any of three roles. Only this file knows everything.

command     command routes -> Commands -> CommandLoop -> EventLog -> PostgreSQL: the log
                                                                        |
projector   PostgreSQL: the read models <- Runner (a thread) <------- Feed
                         |                                              |
query       query routes <- Queries <- ReadSessions <-------------- LogReader

In one process they share what is applied, so that readers are woken; else a query process looks it up.
"""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from functools import partial

import structlog
from fastapi import FastAPI

from infra.http import health, openapi
from infra.http.health import Readiness, ReadModelCheck
from infra.http.middleware import RequestLimits, add_error_handlers
from infra.http.route_index import RouteIndex
from infra.postgres.database import Databases
from infra.postgres.event_log import EventLog
from infra.postgres.idempotency_cleanup import run_cleanup
from infra.postgres.person_keys import PersonKeys, ThreadPersonKeys
from infra.settings import Settings
from services.command.http import routes as command_routes
from services.command.http.endpoint import Commands
from services.command.loop.command_loop import CommandLoop
from services.projections.engine.applied_poll import poll_applied
from services.projections.engine.applied_positions import AppliedPositions
from services.projections.engine.feed import LogFeed
from services.projections.engine.generations import code_hash
from services.projections.engine.supervisor import ProjectionSupervisor
from services.projections.http import routes as query_routes
from services.projections.queries.log_reader import LogReader, log_pool
from services.projections.queries.query_request import Queries
from services.projections.queries.read_session import ReadSessions, pool_of
from services.projections.read_models.catalog import READ_MODELS

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Process:
    """What the server needs of the running process: `app.state.process`, which is read by `process_of` alone."""

    stopping: asyncio.Event  # Set when the process is asked to end.
    await_live: Callable[[float], bool]  # Whether its queries are answered, after this many seconds at most.


def process_of(app: FastAPI) -> Process:
    """The process that this application is, once its lifespan has begun."""
    process: Process = app.state.process
    return process


def make_app(settings: Settings, database_url: str) -> FastAPI:
    """The application for one process, on databases that have been migrated. `database_url` is that of the log."""
    databases = Databases.of(settings, database_url)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        stopping, applied, commands = asyncio.Event(), AppliedPositions(), None
        supervisor: ProjectionSupervisor | None = None
        async with AsyncExitStack() as opened:  # Closed in the opposite order.
            if "projector" in settings.roles:
                supervisor = await opened.enter_async_context(_projector(settings, databases, applied))
            if "query" in settings.roles:
                sessions = await opened.enter_async_context(_read_sessions(settings, databases, applied, supervisor))
                keys = PersonKeys(databases.log)
                opened.push_async_callback(keys.close)
                app.state.queries = Queries(sessions, keys.find, dev=settings.dev, stopping=stopping)
            if "command" in settings.roles:
                loop, commands = await opened.enter_async_context(_command_loop(settings, databases.log))
                app.state.commands = Commands(loop=loop, dev=settings.dev)
            read_models = supervisor or _read_model_check(settings, databases)
            app.state.health = Readiness(databases.needed_by(settings.roles), stopping, commands, read_models)
            app.state.process = Process(stopping, supervisor.await_live if supervisor else lambda _: True)
            _calm_garbage_collection()
            yield

    app = FastAPI(title="Northing", lifespan=lifespan, redirect_slashes=False)
    add_error_handlers(app)
    command = command_routes.ROUTERS if "command" in settings.roles else ()
    query = query_routes.ROUTERS if "query" in settings.roles else ()
    app.router.routes.insert(0, RouteIndex((health.router, *command, *query)))
    # The document is that of the API, whichever part of it this process serves.
    openapi.describe(app, RouteIndex((health.router, *command_routes.ROUTERS, *query_routes.ROUTERS)).routes)
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
async def _projector(
    settings: Settings, databases: Databases, applied: AppliedPositions
) -> AsyncIterator[ProjectionSupervisor]:
    """The supervisor of the runner that feeds the read models."""
    with closing(ThreadPersonKeys(databases.log)) as keys:
        open_feed, batch_events = partial(LogFeed, databases.log), settings.projection_batch_events
        supervisor = ProjectionSupervisor(
            databases.read, open_feed, READ_MODELS, keys.find, applied, batch_events=batch_events
        )
        supervisor.start()
        try:
            yield supervisor
        finally:
            await asyncio.to_thread(supervisor.stop)


@asynccontextmanager
async def _read_sessions(
    settings: Settings, databases: Databases, applied: AppliedPositions, supervisor: ProjectionSupervisor | None
) -> AsyncIterator[ReadSessions]:
    """Reads of the read database, and the task that looks up applied positions while no runner of this process does."""
    async with (
        pool_of(databases.read, settings.read_pool_connections) as pool,
        pool_of(databases.read, 1, kept=0) as looking_up,  # Of its own: queries may hold all of the others.
        log_pool(databases.log) as log_connections,
    ):
        sessions = ReadSessions(pool, LogReader(log_connections), applied, code_hash(READ_MODELS))
        look_up = partial(sessions.look_up_applied, looking_up)
        is_fed = (lambda: supervisor.feeds) if supervisor else (lambda: False)
        polling = asyncio.create_task(poll_applied(applied, look_up, is_fed=is_fed), name="applied positions")
        try:
            yield sessions
        finally:
            polling.cancel()


def _read_model_check(settings: Settings, databases: Databases) -> ReadModelCheck | None:
    """What a process that does not project asks of the read models; None where it does not read them."""
    if "query" not in settings.roles:
        return None
    return ReadModelCheck(databases.read, partial(LogFeed, databases.log), code_hash(READ_MODELS))


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
