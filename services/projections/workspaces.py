"""The workspaces: names, time zones and settings, as they were at any moment."""

from typing import Any

from domain.workspace import Workspace
from services.projections.listed import listed, listed_table, number

WORKSPACES = listed_table(
    "workspaces",
    {"name": "text", "timezone": "text", "week_start": "integer", "check_in_every": "text", "bands": "text[]"},
)


def row(workspace: Workspace) -> tuple[Any, ...]:
    bands = [number(start) for start in workspace.bands]
    return workspace.name, workspace.timezone, workspace.week_start, workspace.check_in_every, bands


MODEL = listed(WORKSPACES, kind="workspace", row=row)
