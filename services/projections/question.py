"""A question as HTTP asks it: in which workspace, about which moment, by whom. The one dependency of every query route.

@router.get("/teams/{id}")
async def one(ask: Question, id: UUID) -> Response:
    async with ask.view() as view:
        return view.answer(**await teams.one(view, id))
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request

from contracts.caller import caller, in_workspace
from contracts.problems import InvalidRequest, Unauthenticated, Unavailable, says_no
from domain.errors import Invalid, NotFound, Suspended
from services.projections.admission import admit
from services.projections.feed import FindKeys
from services.projections.moment import Asked
from services.projections.reading import Reading, View

LAST = 2**63 - 1  # The greatest position that a log can hold.

SAYS_NO = says_no(Unauthenticated, NotFound, Suspended, Invalid, InvalidRequest, Unavailable)


@dataclass(frozen=True, slots=True)
class Queries:
    """What the query routes need of the process: `app.state.queries`."""

    reading: Reading
    find_keys: FindKeys
    dev: bool
    stopping: asyncio.Event = field(default_factory=asyncio.Event)  # Set before the server waits for open streams.


@dataclass(frozen=True, slots=True)
class Asking:
    request: Request
    workspace_id: UUID
    about: Asked

    @asynccontextmanager
    async def view(self, about: Asked | None = None) -> AsyncIterator[View]:
        """Open the read, if the caller may."""
        queries: Queries = self.request.app.state.queries
        asks = in_workspace(caller(self.request.headers, dev=queries.dev), self.workspace_id)
        async with queries.reading.at(self.workspace_id, about or self.about) as view:
            try:
                await admit(view, asks)
            except (NotFound, Unauthenticated) as refused:
                if (
                    view.stale or view.age_ms
                ):  # What the caller may is perhaps not known either: a 404 would be a guess.
                    raise Unavailable("the last events are not shown here yet") from refused
                raise
            yield view


AS_OF = "What was true then: RFC 3339, or a date, which is the end of that day in the workspace's time zone."
KNOWN_AT = "As far as it was known then. Without `as_of` it is the moment of both."
KNOWN_POSITION = "As far as it was known at this position, in place of `known_at`."
MIN_POSITION = "Wait until this position is known here (2 s at most), so that your own command is in the answer."


async def asking(
    request: Request,
    workspace_id: UUID,
    as_of: Annotated[str | None, Query(description=AS_OF, examples=["2026-03-31"])] = None,
    known_at: Annotated[str | None, Query(description=KNOWN_AT, examples=["2026-03-31T12:00:00Z"])] = None,
    known_position: Annotated[int | None, Query(description=KNOWN_POSITION, ge=0, le=LAST)] = None,
    min_position: Annotated[int | None, Query(description=MIN_POSITION, ge=0, le=LAST)] = None,
) -> Asking:
    return Asking(request, workspace_id, Asked(as_of, known_at, known_position, min_position))


Question = Annotated[Asking, Depends(asking)]


async def asking_now(
    request: Request,
    workspace_id: UUID,
    min_position: Annotated[int | None, Query(description=MIN_POSITION, ge=0, le=LAST)] = None,
) -> Asking:
    return Asking(request, workspace_id, Asked(min_position=min_position))


QuestionNow = Annotated[Asking, Depends(asking_now)]  # Of what has no other moment than now.
