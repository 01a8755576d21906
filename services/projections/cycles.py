"""Cycles: their days, and how far each has come."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from domain.cycle import Cycle
from services.projections import pages
from services.projections.columns import listed, listed_table
from services.projections.model import ReadModel, Row, Step
from services.projections.pages import Page
from services.projections.reading import View

CYCLES = listed_table(
    "cycles",
    {
        "name": "text", "kind": "text", "starts_on": "date", "ends_on": "date", "state": "text",
        "active_since": "timestamptz", "external_id": "text",
    },
)  # fmt: skip

# --- facts -> rows ------------------------------------------------------------------------------------------------


def row(cycle: Cycle) -> tuple[Any, ...]:
    return cycle.name, cycle.kind, cycle.start, cycle.end, cycle.state, cycle.active_since, cycle.external_id


def step(began: int | None, step: Step) -> tuple[int, Sequence[Row]]:
    return listed(CYCLES, row, began, step)


MODEL = ReadModel("cycles", kinds=frozenset({"cycle"}), tables=(CYCLES,), step=step)

# --- questions ----------------------------------------------------------------------------------------------------

SELECT = """
    SELECT began, id, name, kind, starts_on, ends_on, state, external_id FROM cycles
     WHERE workspace_id = %(workspace_id)s AND {holds}
"""


def shown(row: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip(("id", "name", "kind", "start", "end", "state", "external_id"), row[1:], strict=True))


async def listing(page: Page) -> dict[str, Any]:
    rows, following = await page.rows(SELECT)
    return {"cycles": [shown(row) for row in rows], "next": following}


async def one(view: View, id: UUID) -> dict[str, Any]:
    return shown(await pages.one(view, SELECT, id))
