"""Whether this process lives, and whether it should be sent requests. Never the same question.

/livez touches nothing: a process that answers it is not to be restarted, whatever its database does. /readyz asks the
database, and says what is in the way.
"""

import asyncio
from dataclasses import dataclass

import psycopg
from fastapi import APIRouter, Request, Response
from msgspec import json

from contracts.problems import NotReady, problem_responses
from infra.postgres.migrate import pending
from infra.settings import READY_LAG_SECONDS, StartRefused
from services.projections.engine.supervisor import ProjectionStatus, ProjectionSupervisor

PATIENCE_SECONDS = 5.0
FEEDS = ("live", "standing by")

router = APIRouter(tags=["health"])


@dataclass(slots=True)
class Readiness:
    """What is asked: `app.state.health`."""

    database_url: str
    projecting: ProjectionSupervisor
    commands: asyncio.Task[None]
    stopping: asyncio.Event

    async def require_ready(self) -> ProjectionStatus:
        """How projecting goes. Raises NotReady with the first thing that is in the way."""
        if self.stopping.is_set():
            raise NotReady("the process is stopping")
        if self.commands.done():
            raise NotReady("the command loop has ended")
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                behind = await asyncio.to_thread(pending, self.database_url)
                status = await asyncio.to_thread(self.projecting.lag)
        except StartRefused as refused:
            raise NotReady(f"the schema does not fit: {refused}") from None
        except (psycopg.Error, TimeoutError) as error:
            raise NotReady(f"the database does not answer ({type(error).__name__})") from None
        if behind:
            raise NotReady(f"the schema lacks {', '.join(behind)}")
        if status.state not in FEEDS:
            raise NotReady(f"the projections are {status.state}")
        if (status.lag_seconds or 0.0) > READY_LAG_SECONDS:
            raise NotReady(f"the read models are {status.lag_events} events and {status.lag_seconds:.0f} s behind")
        return status


@router.get("/livez")
async def livez() -> Response:
    """Whether the process lives. Asks nothing else."""
    return Response(b'{"status":"alive"}', media_type="application/json")


@router.get("/readyz", responses=problem_responses(NotReady))
async def readyz(request: Request) -> Response:
    """Whether to send requests here: database, schema and projections are well, and the read models not far behind."""
    status = await request.app.state.health.require_ready()
    body = {
        "status": "ready",
        "generation": status.generation,
        "lag_events": status.lag_events,
        "lag_seconds": status.lag_seconds,
        "parked_streams": status.parked_streams,
    }
    return Response(json.encode(body), media_type="application/json")
