"""Which way imports point: the domain imports nothing of ours, the two services never each other."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PARTS = (
    "domain",
    "contracts",
    "services.access",
    "services.eventlog",
    "services.command",
    "services.projections",
    "infra",
)
SHARED = ("services.access", "services.eventlog", "contracts", "domain")  # What both services may lean on.
MAY_IMPORT = {
    "domain": {"domain"},
    "contracts": {"contracts", "domain"},
    "services.access": {"services.access", "contracts", "domain"},
    "services.eventlog": {"services.eventlog", "contracts", "domain"},
    "services.command": {"services.command", *SHARED},
    "services.projections": {"services.projections", *SHARED},
    "infra": set(PARTS),
}
OURS = {"domain", "contracts", "services", "infra", "tests", "benchmarks"}
# What the rules may lean on: values and their arithmetic. Not the clock, the network, the disk or chance.
PURE = {
    "bisect",
    "collections",
    "dataclasses",
    "datetime",
    "decimal",
    "enum",
    "functools",
    "graphlib",
    "hashlib",
    "heapq",
    "hmac",
    "itertools",
    "math",
    "msgspec",
    "operator",
    "re",
    "types",
    "typing",
    "unicodedata",
    "uuid",
    "zoneinfo",
}


@pytest.mark.parametrize("part", PARTS)
def test_each_part_imports_only_what_it_may(part: str) -> None:
    files = sorted((ROOT / part.replace(".", "/")).rglob("*.py"))
    assert files
    assert [offence for file in files for offence in offences(part, _module(file), file.read_text())] == []


def test_the_domain_leans_on_values_alone() -> None:
    for file in (ROOT / "domain").rglob("*.py"):
        outside = {name.split(".")[0] for name in _imports(_module(file), file.read_text())} - {"domain"}
        assert outside <= PURE, file


@pytest.mark.parametrize(
    ("part", "source"),
    [
        ("domain", "import contracts.commands"),
        ("domain", "from infra import settings"),
        ("contracts", "def later():\n    from services.command import loop"),
        ("services.command", "from services.projections.runner import run"),
        ("services.command", "from services import projections"),
        ("services.command", "from ..projections import runner"),
        ("services.projections", "import services.command.loop as loop"),
        ("services.projections", "import infra.settings"),
        ("services.access", "from services.command.loop import context"),
        ("services.eventlog", "from services.access import credentials"),
        ("contracts", "from services.eventlog import codec"),
        ("infra", "from tests import server"),
    ],
)
def test_an_import_that_points_the_wrong_way_is_seen(part: str, source: str) -> None:
    assert offences(part, f"{part}.some_file", source)


def offences(part: str, module: str, source: str) -> list[str]:
    """The imports of this source that its part may not have."""
    ours = [name for name in _imports(module, source) if name.split(".")[0] in OURS]
    return [f"{module} imports {name}" for name in ours if not any(_within(name, may) for may in MAY_IMPORT[part])]


def _imports(module: str, source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=origin, names=names, level=level):
                base = module.split(".")[:-level] if level else []
                yield from (".".join([*base, *filter(None, [origin]), alias.name]) for alias in names)


def _within(name: str, part: str) -> bool:
    return name == part or name.startswith(f"{part}.")


def _module(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts)
