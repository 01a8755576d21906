"""Teams: where each stands, who leads it and who is in it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from domain.team import Team
from services.projections import pages
from services.projections.columns import listed, listed_table
from services.projections.model import ReadModel, Row, Step
from services.projections.names import names
from services.projections.pages import Page
from services.projections.reading import View

TEAMS = listed_table(
    "teams",
    {
        "name": "text", "parent_id": "uuid", "lead_id": "uuid", "members": "uuid[]", "dissolved_at": "timestamptz",
        "external_id": "text",
    },
)  # fmt: skip

# --- facts -> rows ------------------------------------------------------------------------------------------------


def row(team: Team) -> tuple[Any, ...]:
    dissolved_at = team.dissolved_at.effective_at if team.dissolved_at else None
    return team.name, team.parent_id, team.lead_id, sorted(team.members), dissolved_at, team.external_id


def step(began: int | None, step: Step) -> tuple[int, Sequence[Row]]:
    return listed(TEAMS, row, began, step)


MODEL = ReadModel("teams", kinds=frozenset({"team"}), tables=(TEAMS,), step=step)

# --- questions ----------------------------------------------------------------------------------------------------

SELECT = """
    SELECT began, id, name, parent_id, lead_id, members, dissolved_at, external_id FROM teams
     WHERE workspace_id = %(workspace_id)s AND {holds}
"""


async def shown(view: View, rows: Sequence[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """Teams, and their people by name."""
    people = await names(view, "members", (id for row in rows for id in (row[4], *row[5])))
    return [
        {
            "id": id, "name": name, "parent_id": parent_id, "lead": people.of(lead_id),
            "members": [people.of(member_id) for member_id in members], "dissolved_at": dissolved_at,
            "external_id": external_id,
        }
        for _, id, name, parent_id, lead_id, members, dissolved_at, external_id in rows
    ]  # fmt: skip


async def listing(page: Page) -> dict[str, Any]:
    rows, following = await page.rows(SELECT)
    return {"teams": await shown(page.view, rows), "next": following}


async def one(view: View, id: UUID) -> dict[str, Any]:
    (team,) = await shown(view, [await pages.one(view, SELECT, id)])
    return team
