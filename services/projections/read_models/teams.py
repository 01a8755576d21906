"""Teams: where each stands, who leads it and who is in it."""

from datetime import datetime
from uuid import UUID

from domain.team import Team
from services.projections.engine.read_model import FoldStep, ReadModel, Rows
from services.projections.engine.table import Table, TableRow
from services.projections.read_models.columns import one_row


class TeamRow(TableRow[UUID]):
    name: str
    parent_id: UUID | None
    lead_id: UUID | None
    members: list[UUID]
    dissolved_at: datetime | None
    external_id: str | None
    began: int


TEAMS = Table("teams", TeamRow, indexes=("began",))


def step(began: int | None, step: FoldStep[Team]) -> tuple[int, Rows]:
    return one_row(row, began, step)


def row(team: Team, id: UUID, began: int) -> TeamRow:
    return TeamRow(
        id=id,
        name=team.name,
        parent_id=team.parent_id,
        lead_id=team.lead_id,
        members=sorted(team.members),
        dissolved_at=team.dissolved_at.effective_at if team.dissolved_at else None,
        external_id=team.external_id,
        began=began,
    )


MODEL = ReadModel("teams", kinds=frozenset({"team"}), tables=(TEAMS,), step=step, start=None)
