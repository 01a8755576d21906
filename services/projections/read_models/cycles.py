"""Cycles: their days, and how far each has come."""

from datetime import date, datetime
from uuid import UUID

from domain.cycle import Cycle, CycleKind, CycleState
from services.projections.engine.read_model import FoldStep, ReadModel, Rows
from services.projections.engine.table import Id, Table, TableRow
from services.projections.read_models.columns import one_row


class CycleRow(TableRow[Id]):
    name: str
    kind: CycleKind
    starts_on: date | None
    ends_on: date | None
    state: CycleState
    active_since: datetime | None
    external_id: str | None
    began: int


CYCLES = Table("cycles", CycleRow[UUID], indexes=("began",))


def step(began: int | None, step: FoldStep[Cycle]) -> tuple[int, Rows]:
    return one_row(row, began, step)


def row(cycle: Cycle, id: UUID, began: int) -> CycleRow[UUID]:
    return CycleRow(
        id=id,
        name=cycle.name,
        kind=cycle.kind,
        starts_on=cycle.start,
        ends_on=cycle.end,
        state=cycle.state,
        active_since=cycle.active_since,
        external_id=cycle.external_id,
        began=began,
    )


MODEL = ReadModel("cycles", kinds=frozenset({"cycle"}), tables=(CYCLES,), step=step, start=None)
