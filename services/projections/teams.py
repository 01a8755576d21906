"""Teams: where each stands, who leads it and who is in it."""

from collections.abc import Iterable
from typing import Any

from domain.team import Team
from services.projections.columns import listed, listed_table
from services.projections.model import ReadModel, Row, Step

TEAMS = listed_table(
    "teams",
    {
        "name": "text", "parent_id": "uuid", "lead_id": "uuid", "members": "uuid[]", "dissolved_at": "timestamptz",
        "external_id": "text",
    },
)  # fmt: skip


def row(team: Team) -> tuple[Any, ...]:
    dissolved_at = team.dissolved_at.effective_at if team.dissolved_at else None
    return team.name, team.parent_id, team.lead_id, sorted(team.members), dissolved_at, team.external_id


def step(began: int | None, step: Step) -> tuple[int, Iterable[Row]]:
    return listed(TEAMS, row, began, step)


MODEL = ReadModel("teams", kinds=frozenset({"team"}), tables=(TEAMS,), step=step)
