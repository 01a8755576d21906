"""Rows of lists by name: a page of them, or one by its id."""

from typing import TypeVar, get_origin
from uuid import UUID

from msgspec import Struct

from services.projections.queries import paging
from services.projections.queries.paging import PageQuery
from services.projections.queries.read_session import ReadSession

R = TypeVar("R", bound=Struct)


async def read_page(page: PageQuery, row: type[R], sql: str, **arguments: object) -> tuple[list[R], str | None]:
    """The rows of a page, and the cursor of the next. The SELECT list is `began`, then `Table.select(row)`."""
    make = get_origin(row) or row
    found, following = await page.rows(sql, **arguments)
    return [make(*values) for _, *values in found], following


async def read_one(session: ReadSession, row: type[R], sql: str, id: UUID) -> R:
    """The row with this id, by the query of `read_page`. Raises NotFound if there was none at the moment."""
    make = get_origin(row) or row
    _, *values = await paging.one(session, sql, id)
    return make(*values)
