"""One file a resource. A route names what is decided; asking.py does the rest."""

from services.command.routes import (
    comments,
    cycles,
    imports,
    key_results,
    members,
    missions,
    objectives,
    retrospectives,
    several,
    strategies,
    teams,
    themes,
    visions,
    workspaces,
)

RESOURCES = (
    workspaces, members, teams, cycles, missions, visions, strategies, themes, objectives, key_results, comments,
    retrospectives, several, imports,
)  # fmt: skip

ROUTERS = tuple(resource.router for resource in RESOURCES)
