"""Lists in parts, all of one moment: a page goes on after the last thing that the page before it showed.

A cursor carries the moment and the place. It is no secret and gives no right; its digest binds it to the workspace,
the list and the filters that it came from, so that a foreign or broken one is refused instead of half understood.
"""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import Query

from domain.errors import Invalid, NotFound
from services.projections.queries.moment import RequestedMoment
from services.projections.queries.query_request import QueryRequest
from services.projections.queries.read_session import ReadSession

LISTED = " AND began > %(after)s ORDER BY began LIMIT %(limit)s"
ONE = " AND id = %(id)s"
MOST = 200
DIGEST_BYTES = 8

Limit = Annotated[int, Query(ge=1, le=MOST, description="How many at most.")]
Cursor = Annotated[str | None, Query(max_length=300, description="`next` of the page before; it brings its moment.")]


class PageCursor(msgspec.Struct, array_like=True, frozen=True):
    """Where a page goes on: after the row that began at this position, at this moment."""

    after: int
    as_of: str
    known_position: int


@dataclass(frozen=True, slots=True)
class PageQuery:
    """An open read of one page of one list."""

    session: ReadSession
    scope: str
    after: int
    limit: int

    async def rows(self, select: str, **arguments: Any) -> tuple[list[tuple[Any, ...]], str | None]:
        """The rows of the page, and the cursor of the next. `select` ends in a WHERE; its first column is `began`."""
        sql = select.format(time_filter=self.session.time_filter) + LISTED
        found = await self.session.rows(sql, after=self.after, limit=self.limit + 1, **arguments)
        shown = found[: self.limit]
        return shown, self._cursor(shown[-1][0]) if len(found) > self.limit else None

    def _cursor(self, after: int) -> str:
        moment = self.session.moment
        place = PageCursor(after, moment.as_of.isoformat(), moment.known_position)
        packed = msgspec.json.encode(place)
        return urlsafe_b64encode(_digest(self.scope, packed) + packed).decode().rstrip("=")


async def one(session: ReadSession, select: str, id: UUID) -> tuple[Any, ...]:
    """The row of the one with this id, if it was there at the moment."""
    found = await session.rows(select.format(time_filter=session.time_filter) + ONE, id=id)
    if not found:
        raise NotFound(str(id))
    return found[0]


@asynccontextmanager
async def open_page(query: QueryRequest, limit: int, cursor: str | None, *filters: object) -> AsyncIterator[PageQuery]:
    """Open the read of one page. `filters` are what else chooses the rows: a cursor goes on with the same ones only."""
    scope = " ".join(map(str, (query.request.url.path, *filters)))
    place = None if cursor is None else _place(cursor, scope)
    about = query.about
    if place is not None:
        about = RequestedMoment(place.as_of, None, place.known_position, query.about.min_position)
    async with query.open_read(about) as session:
        yield PageQuery(session, scope, place.after if place else 0, limit)


def _place(cursor: str, scope: str) -> PageCursor:
    try:
        packed = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        digest, packed = packed[:DIGEST_BYTES], packed[DIGEST_BYTES:]
        if digest == _digest(scope, packed):
            return msgspec.json.decode(packed, type=PageCursor)
    except (ValueError, msgspec.MsgspecError):
        pass
    raise Invalid("cursor: not one of this list with these filters")


def _digest(scope: str, packed: bytes) -> bytes:
    return hashlib.blake2b(packed, digest_size=DIGEST_BYTES, key=hashlib.sha256(scope.encode()).digest()).digest()
