"""Reads story.toml, where each line is a command of the API, by a member, on a day. Its head says how it is written."""

import json
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

WEEKS_TOLD = 47  # From the year's first day, a Monday, to the week in which the demo begins.


class StoryLine(NamedTuple):
    """A command, with keys where the API has ids, and days of its chapter where it has dates."""

    first: date  # Day 0 of its chapter.
    day: date
    who: str
    path: str  # "key-results/diagnosis/counter"
    fields: dict[str, object]
    words: str
    begins: str | None  # The key of the thing that it begins, if it does.
    label: object  # The key of the event that it records, where later lines speak of it.


def story_lines(today: date) -> list[StoryLine]:
    """The whole story in order of time. Lines of one day keep the order of the file."""
    year = today - timedelta(days=today.weekday(), weeks=WEEKS_TOLD)
    lines: list[StoryLine] = []
    text = Path(__file__).with_name("story.toml").read_text(encoding="utf-8")
    for chapter in tomllib.loads(text, parse_float=Decimal).values():
        first = year + timedelta(weeks=chapter.pop("first_week"))
        for collection, things in chapter.items():
            for key, thing in things.items():
                lines += _lines(first, collection, key, thing.pop("story"), thing)
    return sorted(lines, key=lambda line: line.day)


def _lines(first: date, collection: str, key: str, story: str, thing: Mapping[str, object]) -> Iterator[StoryLine]:
    for text in story.strip().splitlines():
        before, _, words = text.partition("| ")
        day, who, *pairs = shlex.split(before)
        command = pairs.pop(0) if pairs and "=" not in pairs[0] else ""
        # What follows a double slash stands elsewhere: the command "/comments".
        path = f"{collection}/{key}/{command}".rpartition("//")[2] if command else collection
        fields = ({} if command else dict(thing)) | dict(_field(*pair.split("=", 1)) for pair in pairs)
        label, begins = fields.pop("as", None), None if command else key
        yield StoryLine(first, first + timedelta(int(day)), who, path, fields, words, begins, label)


def _field(name: str, text: str) -> tuple[str, object]:
    """A field of the body: a text, or `true` or a list as JSON. That of `measure.target` stands inside `measure`."""
    value = json.loads(text) if text == "true" or text.startswith("[") else text
    outer, _, inner = name.partition(".")
    return outer, {inner: value} if inner else value
