"""Members, teams, cycles and goals by name, as of the moment."""

from collections.abc import Iterable
from typing import Literal, TypeVar
from uuid import UUID

from msgspec import Struct, structs

from services.projections.queries.read_session import ReadSession
from services.projections.queries.rows import read


class IdAndName(Struct, frozen=True):
    id: UUID
    name: str | None


class GoalTitle(Struct, frozen=True):
    id: UUID
    external_id: str | None
    title: str


Named = TypeVar("Named", IdAndName, GoalTitle)

IDS_AND_NAMES = """
    SELECT id, name FROM {table} WHERE workspace_id = %(workspace_id)s AND id = ANY (%(ids)s) AND {{time_filter}}
"""
TITLES = """
    SELECT id, external_id, title FROM goals
     WHERE workspace_id = %(workspace_id)s AND id = ANY (%(ids)s) AND {time_filter}
"""


class NamesById(dict[UUID, dict[str, object]]):
    """How ids are shown. Who or what was not there at the moment has no name."""

    def of(self, id: UUID | None) -> dict[str, object] | None:
        return None if id is None else self.get(id, {"id": id, "name": None})


async def names(
    session: ReadSession, kind: Literal["members", "teams", "cycles"], ids: Iterable[UUID | None]
) -> NamesById:
    """Each as `{"id", "name"}`."""
    return await _found(session, IdAndName, IDS_AND_NAMES.format(table=kind), ids)


async def titles(session: ReadSession, ids: Iterable[UUID | None]) -> NamesById:
    """Goals, each as `{"id", "external_id", "title"}`."""
    return await _found(session, GoalTitle, TITLES, ids)


async def _found(session: ReadSession, row: type[Named], sql: str, ids: Iterable[UUID | None]) -> NamesById:
    wanted = list({id for id in ids if id is not None})
    found = await read(session, row, sql, ids=wanted) if wanted else []
    return NamesById({each.id: structs.asdict(each) for each in found})
