"""Members, teams, cycles and goals by name, as of the moment."""

from collections.abc import Iterable
from typing import Any, Literal
from uuid import UUID

from services.projections.queries.read_session import ReadSession

ID_AND_NAME = """
    SELECT id, name FROM {table} WHERE workspace_id = %(workspace_id)s AND id = ANY (%(ids)s) AND {time_filter}
"""
TITLES = """
    SELECT id, external_id, title FROM goals
     WHERE workspace_id = %(workspace_id)s AND id = ANY (%(ids)s) AND {time_filter}
"""

Shown = dict[str, Any]


class NamesById(dict[UUID, Shown]):
    """How ids are shown. Who or what was not there at the moment has no name."""

    def of(self, id: UUID | None) -> Shown | None:
        return None if id is None else self.get(id, {"id": id, "name": None})


async def names(
    session: ReadSession, kind: Literal["members", "teams", "cycles"], ids: Iterable[UUID | None]
) -> NamesById:
    """Each as `{"id", "name"}`."""
    rows = await _found(session, ID_AND_NAME, ids, table=kind)
    return NamesById({id: {"id": id, "name": name} for id, name in rows})


async def titles(session: ReadSession, ids: Iterable[UUID | None]) -> NamesById:
    """Goals, each as `{"id", "external_id", "title"}`."""
    rows = await _found(session, TITLES, ids)
    return NamesById({id: {"id": id, "external_id": external_id, "title": title} for id, external_id, title in rows})


async def _found(session: ReadSession, sql: str, ids: Iterable[UUID | None], **names: str) -> list[tuple[Any, ...]]:
    wanted = list({id for id in ids if id is not None})
    return await session.rows(sql.format(time_filter=session.time_filter, **names), ids=wanted) if wanted else []
