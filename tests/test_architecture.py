"""docs/architecture.md says what is so: its tree, its two ways, and where each change is made."""

import re
from collections.abc import Iterator
from importlib import import_module
from inspect import signature
from pathlib import Path

import pytest
from fastapi.routing import APIRoute

from infra.cli.serve import serve
from infra.settings import Settings
from services.command.handlers.table import TABLE
from services.command.http import batch, imports
from services.command.http.routes import ROUTERS
from services.projections.engine.read_model import ReadModel
from services.projections.read_models.catalog import READ_MODELS

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "architecture.md").read_text()
PRODUCT = ("domain", "contracts", "services", "infra")


def section(title: str) -> str:
    return TEXT.split(f"\n## {title}\n")[1].split("\n## ")[0]


def folders_drawn() -> Iterator[str]:
    """The folders of the drawn tree, by their whole paths."""
    above = ""
    for line in section("The tree").splitlines():
        names = re.match(r"( *)((?:[\w/]+/(?: +|$))+)", line)
        if names is None:
            continue
        paths = names[2].split()
        if names[1]:
            yield from (f"{above}{path}".rstrip("/") for path in paths)
        else:
            above = paths[0]
            yield from (path.rstrip("/") for path in paths)


def steps(title: str) -> list[str]:
    return re.findall(r"^\d+\. .+(?:\n   .+)*", section(title), re.MULTILINE)


def test_every_folder_of_the_drawn_tree_is_there() -> None:
    drawn = [*folders_drawn()]
    assert len(drawn) >= 20
    assert [folder for folder in drawn if not (ROOT / folder).is_dir()] == []


def test_every_folder_with_code_is_drawn() -> None:
    drawn = set(folders_drawn())
    there = {
        str(folder.relative_to(ROOT))
        for part in PRODUCT
        for folder in (ROOT / part).glob("*" if part != "services" else "*/*")
        if folder.is_dir() and any(folder.rglob("*.py")) and folder.name != "__pycache__"
    }
    named = set(re.findall(r"(\w+)/", section("The tree")))
    assert {folder for folder in there if folder not in drawn and Path(folder).name not in named} == set()


@pytest.mark.parametrize("title", ["The way of a command", "The way of a query"])
def test_a_way_has_ten_steps_and_each_file_of_it_is_there(title: str) -> None:
    way = steps(title)
    assert len(way) == 10
    files = re.findall(r"`((?:services|infra|domain)/[\w/]+(?:\.py|/))`", "\n".join(way))
    assert len(files) >= 7
    assert [file for file in files if not (ROOT / file).exists()] == []


def test_every_command_is_a_handler_in_the_table_and_nothing_else_is_a_route() -> None:
    routes = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    of_many = [route.path for route in (*batch.router.routes, *imports.router.routes) if isinstance(route, APIRoute)]
    paths = [route.path for route in routes if route.path not in of_many]
    assert len(of_many) == 2
    assert paths == [command.address for command in TABLE.commands]
    for command in TABLE.commands:
        assert command.handler.__module__.startswith("services.command.handlers."), command.path


def test_a_read_model_is_a_file_and_a_line_in_the_catalog() -> None:
    folder = ROOT / "services" / "projections" / "read_models"
    modules = [import_module(f"services.projections.read_models.{file.stem}") for file in folder.glob("[a-z]*.py")]
    made = [value for module in modules for value in vars(module).values() if isinstance(value, ReadModel)]
    assert sorted(model.name for model in made) == sorted(model.name for model in READ_MODELS)


def test_a_setting_has_a_flag_of_serve() -> None:
    flags = set(signature(serve).parameters)
    assert set(Settings.model_fields) - flags == set()


def test_every_test_that_is_promised_is_there() -> None:
    promised = re.findall(r"`(tests/[\w/.]+)`", TEXT)
    assert promised
    assert [name for name in promised if not (ROOT / name).exists()] == []
