"""Log lines: one JSON object each, whatever is in them, and nothing that a person wrote; all written in one way."""

from __future__ import annotations

import ast
import io
import json
import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog

from infra.logging import configure
from tests.json_types import Json

ROOT = Path(__file__).parents[2]
LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}
Lines = Callable[[], list[Json]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    stream, root = io.StringIO(), logging.getLogger()
    before = (root.handlers[:], root.level)
    configure("info", stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:], root.level = before
    structlog.reset_defaults()


def test_a_line_is_an_object_with_time_level_and_fields(lines: Lines) -> None:
    structlog.get_logger("northing").info("projection_moved", position=120)
    structlog.get_logger("northing").debug("not_shown")
    [line] = lines()
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "projection_moved", "position": 120, "level": "info", "logger": "northing"}


@pytest.mark.parametrize("text", ['a\r\n{"event": "forged"}', "a\x1b[2Jb", "a\u2028b", "a\x00b"])
def test_no_value_begins_a_line_or_steers_a_terminal(lines: Lines, text: str) -> None:
    structlog.get_logger().info("refused", detail=text)
    logging.getLogger("some.library").warning("refused %s", text)
    ours, theirs = lines()
    assert ours["detail"].isprintable()
    assert theirs["event"].isprintable()


def test_an_exception_is_its_type_and_its_place_but_not_its_text(lines: Lines) -> None:
    try:
        raise ValueError("Ana wrote this")
    except ValueError:
        structlog.get_logger().exception("command_failed")
        logging.getLogger("some.library").exception("failed")
    for line in lines():
        assert line["exception"] == "ValueError"
        assert "test_an_exception" in line["raised_at"][0]
        assert "Ana" not in json.dumps(line)


def test_requests_are_not_logged_with_their_paths(lines: Lines) -> None:
    logging.getLogger("uvicorn.access").info("GET /v1/workspaces?text=secret")
    assert lines() == []


def test_the_product_logs_in_one_way_with_fixed_names() -> None:
    """By structlog; the name of a line is `part.what_happened`, and what varies goes into fields."""
    calls = [
        (file, call)
        for part in ("domain", "contracts", "services", "infra")
        for file in sorted((ROOT / part).rglob("*.py"))
        for call in ast.walk(ast.parse(file.read_text()))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
    ]
    stdlib = {file for file, call in calls if ast.unparse(call.func) == "logging.getLogger"}
    assert stdlib == {ROOT / "infra" / "logging.py"}
    lines = [
        (file, call)
        for file, call in calls
        if isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == "log" and call.func.attr in LEVELS
    ]
    assert lines
    for file, call in lines:
        [name] = call.args
        assert isinstance(name, ast.Constant)
        assert isinstance(name.value, str), f"{file}:{call.lineno}"
        assert re.fullmatch(r"[a-z_]+\.[a-z_]+", name.value), f"{file}:{call.lineno}"
