"""Workspaces: names, time zones and settings, as they were at any moment."""

from collections.abc import Sequence
from typing import Any

from domain.workspace import Workspace
from services.projections.engine.read_model import FoldStep, ReadModel, Row
from services.projections.read_models.columns import listed, listed_table, number

WORKSPACES = listed_table(
    "workspaces",
    {"name": "text", "timezone": "text", "week_start": "integer", "check_in_every": "text", "bands": "text[]"},
)


def row(workspace: Workspace) -> tuple[Any, ...]:
    bands = [number(start) for start in workspace.bands]
    return workspace.name, workspace.timezone, workspace.week_start, workspace.check_in_every, bands


def step(began: int | None, step: FoldStep) -> tuple[int, Sequence[Row]]:
    return listed(WORKSPACES, row, began, step)


MODEL = ReadModel("workspaces", kinds=frozenset({"workspace"}), tables=(WORKSPACES,), step=step)
