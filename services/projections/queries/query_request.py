"""A question as HTTP asks it: in which workspace, about which moment, by whom. The one dependency of every query route.

@router.get("/teams/{id}")
async def show_team(query: MomentQuery, id: UUID) -> Response:
    async with query.open_read() as session:
        return session.answer(**await teams.one(session, id))
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request

from contracts.problems import InvalidRequest, Unauthenticated, Unavailable, problem_responses
from domain.errors import Invalid, NotFound, Suspended
from services.access.credentials import caller, in_workspace
from services.eventlog.codec import FindKeysAsync
from services.projections.queries.admission import admit
from services.projections.queries.moment import RequestedMoment
from services.projections.queries.read_session import ReadSession, ReadSessions

LAST = 2**63 - 1  # The greatest position that a log can hold.

PROBLEMS = problem_responses(Unauthenticated, NotFound, Suspended, Invalid, InvalidRequest, Unavailable)


@dataclass(frozen=True, slots=True)
class Queries:
    """What the query routes need of the process: `app.state.queries`, which is read by `queries_of` alone."""

    sessions: ReadSessions
    find_keys: FindKeysAsync
    dev: bool
    stopping: asyncio.Event = field(default_factory=asyncio.Event)  # Set before the server waits for open streams.


def queries_of(request: Request) -> Queries:
    """Those of the process that answers the request."""
    queries: Queries = request.app.state.queries
    return queries


@dataclass(frozen=True, slots=True)
class QueryRequest:
    """A question with all that it takes to open its read."""

    request: Request
    queries: Queries
    workspace_id: UUID
    about: RequestedMoment

    @asynccontextmanager
    async def open_read(self, about: RequestedMoment | None = None) -> AsyncIterator[ReadSession]:
        """Open the read, if the caller may."""
        asks = in_workspace(caller(self.request.headers, dev=self.queries.dev), self.workspace_id)
        async with self.queries.sessions.at(self.workspace_id, about or self.about) as session:
            try:
                await admit(session, asks)
            except (NotFound, Unauthenticated) as refused:
                if session.stale or session.age_ms:
                    # What the caller may is perhaps not known either: a 404 would be a guess.
                    raise Unavailable("the last events are not shown here yet") from refused
                raise
            yield session


AS_OF = "What was true then: RFC 3339, or a date, which is the end of that day in the workspace's time zone."
KNOWN_AT = "As far as it was known then. Without `as_of` it is the moment of both."
KNOWN_POSITION = "As far as it was known at this position, in place of `known_at`."
MIN_POSITION = "Wait until this position is known here (2 s at most), so that your own command is in the answer."


async def at_moment(
    request: Request,
    workspace_id: UUID,
    as_of: Annotated[str | None, Query(description=AS_OF, examples=["2026-03-31"])] = None,
    known_at: Annotated[str | None, Query(description=KNOWN_AT, examples=["2026-03-31T12:00:00Z"])] = None,
    known_position: Annotated[int | None, Query(description=KNOWN_POSITION, ge=0, le=LAST)] = None,
    min_position: Annotated[int | None, Query(description=MIN_POSITION, ge=0, le=LAST)] = None,
) -> QueryRequest:
    about = RequestedMoment(as_of, known_at, known_position, min_position)
    return QueryRequest(request, queries_of(request), workspace_id, about)


MomentQuery = Annotated[QueryRequest, Depends(at_moment)]


async def at_present(
    request: Request,
    workspace_id: UUID,
    min_position: Annotated[int | None, Query(description=MIN_POSITION, ge=0, le=LAST)] = None,
) -> QueryRequest:
    return QueryRequest(request, queries_of(request), workspace_id, RequestedMoment(min_position=min_position))


CurrentQuery = Annotated[QueryRequest, Depends(at_present)]  # Of what has no other moment than now.
