"""Workspaces: names, time zones and settings, as they were at any moment."""

from uuid import UUID

from domain.workspace import Workspace
from services.projections.engine.read_model import FoldStep, ReadModel, Rows
from services.projections.engine.table import Integer, Table, TableRow
from services.projections.read_models.columns import number, one_row


class WorkspaceRow(TableRow[UUID]):
    name: str
    timezone: str
    week_start: Integer
    check_in_every: str
    bands: list[str]
    began: int


WORKSPACES = Table("workspaces", WorkspaceRow, indexes=("began",))


def step(began: int | None, step: FoldStep[Workspace]) -> tuple[int, Rows]:
    return one_row(row, began, step)


def row(workspace: Workspace, id: UUID, began: int) -> WorkspaceRow:
    return WorkspaceRow(
        id=id,
        name=workspace.name,
        timezone=workspace.timezone,
        week_start=workspace.week_start,
        check_in_every=workspace.check_in_every,
        bands=[number(start) for start in workspace.bands],
        began=began,
    )


MODEL = ReadModel("workspaces", kinds=frozenset({"workspace"}), tables=(WORKSPACES,), step=step, start=None)
