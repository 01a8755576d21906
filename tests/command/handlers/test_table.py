"""Every command stands in the table once; its handler is pure; nothing of the command side calls an application."""

import ast
import inspect
from pathlib import Path
from typing import Any, get_type_hints
from uuid import UUID

import pytest
from fastapi.routing import APIRoute

from domain.registry import STATES
from infra.app import make_app
from infra.settings import Settings
from services.command.handlers import table
from services.command.handlers.command import Command
from services.command.handlers.table import TABLE
from services.command.http.routes import ROUTERS
from services.command.loop.context import Context

ROOT = Path(__file__).parents[3]
HANDLERS = sorted((ROOT / "services/command/handlers").glob("*.py"))
COMMAND_SIDE = sorted((ROOT / "services/command").rglob("*.py"))

# What a handler may not use: the wire, the disk, the clock, chance.
IMPURE = {"asyncio", "fastapi", "httpx", "os", "pathlib", "psycopg", "random", "secrets", "socket", "starlette", "time"}
CLOCK_AND_CHANCE = {"now", "utcnow", "today", "uuid1", "uuid4", "uuid7", "urandom"}
CARRIERS = {"/v1/workspaces/{workspace_id}/commands", "/v1/workspaces/{workspace_id}/imports"}  # Of many at once.


def test_every_route_that_takes_a_post_comes_from_the_table() -> None:
    posts = [
        route.path
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute) and "POST" in (route.methods or ())
    ]
    assert posts == [*(command.address for command in TABLE.commands), *sorted(CARRIERS)]
    document = make_app(Settings.from_env({}), "postgresql://nowhere").openapi()
    assert {path for path, methods in document["paths"].items() if "post" in methods} == {*posts}


def test_every_handler_of_an_aggregate_is_entered_and_every_aggregate_but_imports_has_commands() -> None:
    assert {command.kind for command in TABLE.commands} == {*STATES} - {"import"}
    files = {path.stem for path in HANDLERS if "commands = AggregateCommands(" in path.read_text()}
    assert {aggregate.__name__.rpartition(".")[2] for aggregate in table.AGGREGATES} == files


@pytest.mark.parametrize("command", TABLE.commands, ids=lambda command: command.path)
def test_a_handler_takes_what_its_entry_says_that_it_is_given(command: Command) -> None:
    parameters = inspect.signature(command.handler).parameters
    assert [*parameters][:3] == ["ctx", "id", "body"]
    hints = get_type_hints(command.handler)
    assert (hints["ctx"], hints["id"], hints["body"]) == (Context, UUID, command.body)
    given = {name for name in command.ids if name != "id"}
    given |= {"made_id"} if command.makes_id else set()
    given |= {"digest"} if command.shows else set()
    given |= {"inside"} if command.looks_inside else set()
    given |= {"opener"} if command.act is None else set()
    assert {name for name, each in parameters.items() if each.kind is inspect.Parameter.KEYWORD_ONLY} == given
    assert command.description, "it is what the API's reader reads"


@pytest.mark.parametrize("command", TABLE.commands, ids=lambda command: command.path)
def test_a_command_is_found_by_a_path_of_its_own(command: Command) -> None:
    ids = {name: str(UUID(int=number)) for number, name in enumerate(command.ids, 1)}
    found = TABLE.find(command.path.format(**ids).strip("/"))
    if command.path:
        assert found == (command, ids)
    else:
        assert found is None, "it opens the workspace that the others are in"


@pytest.mark.parametrize("path", ["", "team", "teams/", "teams/x", "teams//rename", "teams/x/rename/y", "x/y/z"])
def test_at_another_path_there_is_no_command(path: str) -> None:
    assert TABLE.find(path) is None


@pytest.mark.parametrize("file", HANDLERS, ids=lambda file: file.stem)
def test_a_handler_is_pure(file: Path) -> None:
    tree = ast.parse(file.read_text())
    assert imported(tree) & IMPURE == set()
    assert [node for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.Global)] == []
    assert {called(node) for node in ast.walk(tree) if isinstance(node, ast.Call)} & CLOCK_AND_CHANCE == set()


@pytest.mark.parametrize("file", COMMAND_SIDE, ids=lambda file: str(file.relative_to(ROOT)))
def test_no_application_calls_itself(file: Path) -> None:
    """An application is called with what it reads from and writes to; nothing here makes up either."""
    tree = ast.parse(file.read_text())
    functions = {node.name for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef)}
    assert functions & {"receive", "send"} == set()
    calls = [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    assert [call for call in calls if call.split(".")[-1] == "app"] == []


def test_a_pending_command_is_made_in_one_place() -> None:
    making = [
        str(file.relative_to(ROOT))
        for part in ("services", "infra")
        for file in sorted((ROOT / part).rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and called(node) == "PendingCommand"
    ]
    assert making == ["services/command/submission.py"]


@pytest.mark.parametrize(
    "source", ["import time", "from os import environ", "from datetime import datetime\nx = datetime.now()", "uuid4()"]
)
def test_what_is_not_pure_is_seen(source: str) -> None:
    tree = ast.parse(source)
    calls = {called(node) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert imported(tree) & IMPURE or calls & CLOCK_AND_CHANCE


def imported(tree: ast.AST) -> set[str]:
    """The packages that a source imports."""
    names = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {name.split(".")[0] for name in names}


def called(call: ast.Call) -> Any:
    """The last name of what is called."""
    return getattr(call.func, "attr", getattr(call.func, "id", None))
