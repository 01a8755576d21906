"""The tables as steps, in order of time."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from infra.demo.quiet_weeks import quiet_weeks
from infra.demo.step import Step, Table

FOLDER = Path(__file__).parent
QUARTERS = ("quarter1", "quarter2", "quarter3", "quarter4")
QUARTER = timedelta(weeks=13)
RUNNING_WEEKS = 8  # Of the last quarter have passed when the demo begins.

# day, the day of which it is said, who, verb, arguments | words
_LINE = re.compile(
    r"(?P<day>-?\d+)(?:<(?P<of>-?\d+))? (?P<who>\S+) (?P<verb>\S+)(?: (?P<args>[^|]*?))?(?: \| (?P<words>.+))?"
)

Days = Mapping[str, date]


@cache
def table(name: str) -> Table:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def days_of(today: date) -> Days:
    """The first day of the year and of each quarter. All are Mondays."""
    monday = today - timedelta(days=today.weekday())
    running = monday - timedelta(weeks=RUNNING_WEEKS)
    days = {name: running - QUARTER * back for back, name in enumerate(reversed(QUARTERS))}
    return {"year": days[QUARTERS[0]], **days}


def read(days: Days) -> list[Step]:
    """All steps of all tables, in the order in which they are taken. Steps of one day keep the order of the tables."""
    steps = [*_beginning(days["year"]), *_purposes(days["year"])]
    for number, quarter in enumerate(QUARTERS, 1):
        steps += _cycle(f"FY7 Q{number}", days[quarter], running=quarter == QUARTERS[-1])
        steps += _goals(quarter, days[quarter])
        steps += _retrospectives(quarter, days[quarter], f"FY7 Q{number}")
    return sorted(steps, key=lambda step: step.day)


def _beginning(first: date) -> Iterator[Step]:
    """The workspace, its people, teams and year, five weeks before the year begins."""
    told, day = table("organisation"), first - timedelta(weeks=5)
    yield Step(day, "workspace", "", "open", "ada", table=told["workspace"])
    for name, person in told["people"].items():
        yield Step(day, "member", name, "add", "ada", table=person)
    for name, team in told["teams"].items():
        yield Step(day, "team", name, "form", "ada", table=team)
    yield Step(day, "cycle", "FY7", "plan", "ada", table={"kind": "year", "start": first, "end": first + QUARTER * 4})
    yield Step(first, "cycle", "FY7", "activate", "ada")


def _purposes(first: date) -> Iterator[Step]:
    told = table("organisation")
    for kind in ("mission", "vision", "strategy", "theme"):
        for key, purpose in told[kind].items():
            yield from _story(purpose, first, kind, key)
    yield from _story(told["said"], first, "workspace", "")


def _cycle(name: str, first: date, *, running: bool) -> Iterator[Step]:
    period = {"kind": "quarter", "start": first, "end": first + QUARTER}
    yield Step(first - timedelta(weeks=4), "cycle", name, "plan", "ida", table=period)
    yield Step(first, "cycle", name, "activate", "ida")
    if not running:
        yield Step(first + QUARTER, "cycle", name, "grade", "ida")
        yield Step(first + QUARTER + timedelta(weeks=2), "cycle", name, "close", "ida")


def _goals(quarter: str, first: date) -> Iterator[Step]:
    cycle = f"FY7 Q{quarter[-1]}"
    for objective in table(quarter)["objective"]:
        yield from _story({**objective, "cycle": cycle}, first, "objective", objective["key"])
        for number, kr in enumerate(objective["kr"], 1):
            told = {"team": objective["team"], "objective": objective, "cycle": cycle, **kr}
            story = [*_story(told, first, "key_result", f"{objective['key']} {number}")]
            yield from (*story, *quiet_weeks(story))


def _retrospectives(quarter: str, first: date, cycle: str) -> Iterator[Step]:
    for told in table(quarter).get("retrospective", []):
        yield from _story({**told, "cycle": cycle}, first, "retrospective", f"{told['team']} {cycle}")


def _story(told: Table, first: date, kind: str, key: str) -> Iterator[Step]:
    for line in told["story"].strip().splitlines():
        said = _LINE.fullmatch(line)
        if said is None:
            raise ValueError(f"{key}: {line}")
        yield Step(
            _workday(first, int(said["day"])), kind, key, said["verb"], said["who"], (said["args"] or "").split(),
            said["words"], _workday(first, int(said["of"])) if said["of"] else None, told,
        )  # fmt: skip


def _workday(first: date, day: int) -> date:
    """Nobody works at weekends: what falls on one waits for Monday."""
    found = first + timedelta(days=day)
    return found + timedelta(days=max(0, 7 - found.weekday())) if found.weekday() > 4 else found
