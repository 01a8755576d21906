"""Log lines: one JSON object each, whatever is in them, and nothing that a person wrote."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog

from infra.logging import configure

Lines = Callable[[], list[dict[str, Any]]]


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
