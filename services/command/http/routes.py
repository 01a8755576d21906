"""One file a resource. A route names what is decided; asking.py does the rest."""

from services.command.handlers import (
    comments,
    cycles,
    key_results,
    members,
    missions,
    objectives,
    retrospectives,
    strategies,
    teams,
    themes,
    visions,
    workspaces,
)
from services.command.http import batch, imports

RESOURCES = (
    workspaces, members, teams, cycles, missions, visions, strategies, themes, objectives, key_results, comments,
    retrospectives, batch, imports,
)  # fmt: skip

ROUTERS = tuple(resource.router for resource in RESOURCES)
