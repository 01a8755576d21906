"""Whether this process lives, and whether it should be sent requests. Never the same question.

/livez touches nothing: a process that answers it is not to be restarted, whatever its databases do. /readyz asks what
the roles of the process need, and says what is in the way.
"""

import asyncio
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

import psycopg
from fastapi import APIRouter, Request, Response
from msgspec import json

from contracts.problems import NotReady, problem_responses
from infra.postgres.migrate import pending
from infra.settings import READY_LAG_SECONDS, StartRefused
from services.projections.engine.feed import Feed
from services.projections.engine.generations import connect
from services.projections.engine.progress import read_progress
from services.projections.engine.supervisor import ProjectionStatus, ProjectionSupervisor

CHECK_TIMEOUT_SECONDS = 5.0
FEEDS = ("live", "standing by")

router = APIRouter(tags=["health"])


@dataclass(frozen=True, slots=True)
class ReadModelCheck:
    """Of a process that answers queries and does not project: asks the databases how far the read models are."""

    read_database_url: str
    open_feed: Callable[[], Feed]
    code_hash: str

    def lag(self) -> ProjectionStatus:
        """The generation that queries read, and its lag. Raises NotReady where it is not built."""
        with (
            closing(connect(self.read_database_url, "northing_reader")) as connection,
            closing(self.open_feed()) as feed,
        ):
            progress = read_progress(connection, feed, self.code_hash)
        if progress is None:
            raise NotReady("the read models of this program are not built yet")
        return ProjectionStatus("live", progress.generation, *progress.lag, progress.parked_streams)


@dataclass(frozen=True, slots=True)
class Readiness:
    """What /readyz asks: `app.state.health`. None stands for what the roles of this process do not need."""

    databases: tuple[str, ...]
    stopping: asyncio.Event
    commands: asyncio.Task[None] | None
    read_models: ProjectionSupervisor | ReadModelCheck | None

    async def require_ready(self) -> ProjectionStatus | None:
        """How projecting goes. Raises NotReady with the first thing that is in the way."""
        if self.stopping.is_set():
            raise NotReady("the process is stopping")
        if self.commands is not None and self.commands.done():
            raise NotReady("the command loop has ended")
        try:
            async with asyncio.timeout(CHECK_TIMEOUT_SECONDS):
                for url in self.databases:
                    if lacks := await asyncio.to_thread(pending, url):
                        raise NotReady(f"the schema lacks {', '.join(lacks)}")
                status = None if self.read_models is None else await asyncio.to_thread(self.read_models.lag)
        except StartRefused as refused:
            raise NotReady(f"the schema does not fit: {refused}") from None
        except (psycopg.Error, TimeoutError) as error:
            raise NotReady(f"the database does not answer ({type(error).__name__})") from None
        if status is not None and status.state not in FEEDS:
            raise NotReady(f"the projections are {status.state}")
        if status is not None and (status.lag_seconds or 0.0) > READY_LAG_SECONDS:
            raise NotReady(f"the read models are {status.lag_events} events and {status.lag_seconds:.0f} s behind")
        return status


@router.get("/livez")
async def livez() -> Response:
    """Whether the process lives. Asks nothing else."""
    return Response(b'{"status":"alive"}', media_type="application/json")


@router.get("/readyz", responses=problem_responses(NotReady))
async def readyz(request: Request) -> Response:
    """Whether to send requests here: database, schema and projections are well, and the read models not far behind."""
    readiness: Readiness = request.app.state.health
    status = await readiness.require_ready() or ProjectionStatus("none")
    body = {
        "status": "ready",
        "generation": status.generation,
        "lag_events": status.lag_events,
        "lag_seconds": status.lag_seconds,
        "parked_streams": status.parked_streams,
    }
    return Response(json.encode(body), media_type="application/json")
