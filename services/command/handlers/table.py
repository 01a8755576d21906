"""The command table: every command of the API, in the order in which they are documented.

HTTP routes, OpenAPI, several commands in one request and `northing token` are made of it.
"""

from collections.abc import Iterable
from typing import NamedTuple

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
from services.command.handlers.command import Command


class FoundCommand(NamedTuple):
    command: Command
    ids: dict[str, str]  # What stands in the path for each of its ids.


class CommandTable:
    """The commands, each by its path below the workspace."""

    def __init__(self, commands: Iterable[Command]) -> None:
        self.commands = tuple(commands)
        self.by_path = {command.path: command for command in self.commands}
        self.by_shape = {tuple(command.path.split("/")[1::2]): command for command in self.commands}

    def find(self, path: str) -> FoundCommand | None:
        """The command at a path such as "teams/019b…/rename"."""
        parts = path.split("/")
        command, ids = self.by_shape.get(tuple(parts[::2])), parts[1::2]
        if command is None or len(command.ids) != len(ids) or not all(ids):
            return None
        return FoundCommand(command, dict(zip(command.ids, ids, strict=True)))


AGGREGATES = (
    workspaces,
    members,
    teams,
    cycles,
    missions,
    visions,
    strategies,
    themes,
    objectives,
    key_results,
    comments,
    retrospectives,
)

TABLE = CommandTable(command for aggregate in AGGREGATES for command in aggregate.commands)
