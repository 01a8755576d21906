"""Cycles: their days, and how far each has come."""

from collections.abc import Sequence
from typing import Any

from domain.cycle import Cycle
from services.projections.engine.read_model import FoldStep, ReadModel, Row
from services.projections.read_models.columns import listed, listed_table

CYCLES = listed_table(
    "cycles",
    {
        "name": "text", "kind": "text", "starts_on": "date", "ends_on": "date", "state": "text",
        "active_since": "timestamptz", "external_id": "text",
    },
)  # fmt: skip


def row(cycle: Cycle) -> tuple[Any, ...]:
    return cycle.name, cycle.kind, cycle.start, cycle.end, cycle.state, cycle.active_since, cycle.external_id


def step(began: int | None, step: FoldStep) -> tuple[int, Sequence[Row]]:
    return listed(CYCLES, row, began, step)


MODEL = ReadModel("cycles", kinds=frozenset({"cycle"}), tables=(CYCLES,), step=step)
