"""Members, teams, cycles and goals by name, as of the moment."""

from collections.abc import Iterable
from typing import Any, Literal
from uuid import UUID

from services.projections.reading import View

NAMES = {
    "members": "SELECT id, name FROM members WHERE workspace_id = %(workspace_id)s AND id = ANY(%(ids)s) AND {holds}",
    "teams": "SELECT id, name FROM teams WHERE workspace_id = %(workspace_id)s AND id = ANY(%(ids)s) AND {holds}",
    "cycles": "SELECT id, name FROM cycles WHERE workspace_id = %(workspace_id)s AND id = ANY(%(ids)s) AND {holds}",
}
TITLES = (
    "SELECT id, external_id, title FROM goals WHERE workspace_id = %(workspace_id)s AND id = ANY(%(ids)s) AND {holds}"
)

Shown = dict[str, Any]


class Names(dict[UUID, Shown]):
    """How ids are shown. Who or what was not there at the moment has no name."""

    def of(self, id: UUID | None) -> Shown | None:
        return None if id is None else self.get(id, {"id": id, "name": None})


async def names(view: View, kind: Literal["members", "teams", "cycles"], ids: Iterable[UUID | None]) -> Names:
    """Each as `{"id", "name"}`."""
    rows = await _found(view, NAMES[kind], ids)
    return Names({id: {"id": id, "name": name} for id, name in rows})


async def titles(view: View, ids: Iterable[UUID | None]) -> Names:
    """Goals, each as `{"id", "external_id", "title"}`."""
    rows = await _found(view, TITLES, ids)
    return Names({id: {"id": id, "external_id": external_id, "title": title} for id, external_id, title in rows})


async def _found(view: View, sql: str, ids: Iterable[UUID | None]) -> list[tuple[Any, ...]]:
    wanted = list({id for id in ids if id is not None})
    return await view.rows(sql.format(holds=view.holds), ids=wanted) if wanted else []
