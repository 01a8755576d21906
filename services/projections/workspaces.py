"""The workspaces: names, time zones and settings, as they were at any moment."""

from collections.abc import Iterable
from typing import Any

from domain.workspace import Workspace
from services.projections.columns import listed, listed_table, number
from services.projections.model import ReadModel, Row, Step

WORKSPACES = listed_table(
    "workspaces",
    {"name": "text", "timezone": "text", "week_start": "integer", "check_in_every": "text", "bands": "text[]"},
)


def row(workspace: Workspace) -> tuple[Any, ...]:
    bands = [number(start) for start in workspace.bands]
    return workspace.name, workspace.timezone, workspace.week_start, workspace.check_in_every, bands


def step(began: int | None, step: Step) -> tuple[int, Iterable[Row]]:
    return listed(WORKSPACES, row, began, step)


MODEL = ReadModel("workspaces", kinds=frozenset({"workspace"}), tables=(WORKSPACES,), step=step)
