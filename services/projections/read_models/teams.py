"""Teams: where each stands, who leads it and who is in it."""

from collections.abc import Sequence
from typing import Any

from domain.team import Team
from services.projections.engine.read_model import FoldStep, ReadModel, Row
from services.projections.read_models.columns import listed, listed_table

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


def step(began: int | None, step: FoldStep) -> tuple[int, Sequence[Row]]:
    return listed(TEAMS, row, began, step)


MODEL = ReadModel("teams", kinds=frozenset({"team"}), tables=(TEAMS,), step=step)
