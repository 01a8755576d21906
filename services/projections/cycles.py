"""Cycles: their days, and how far each has come."""

from typing import Any

from domain.cycle import Cycle
from services.projections.listed import listed, listed_table

CYCLES = listed_table(
    "cycles",
    {
        "name": "text", "kind": "text", "starts_on": "date", "ends_on": "date", "state": "text",
        "active_since": "timestamptz", "external_id": "text",
    },
)  # fmt: skip


def row(cycle: Cycle) -> tuple[Any, ...]:
    return cycle.name, cycle.kind, cycle.start, cycle.end, cycle.state, cycle.active_since, cycle.external_id


MODEL = listed(CYCLES, kind="cycle", row=row)
