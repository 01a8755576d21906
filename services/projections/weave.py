"""The alignment tree from its rows: who stands under whom, and what follows upwards. Pure; the rules are the domain's.

One pass down gives the order and the depth, one pass up gives progress, confidence and health of what stands above.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from domain import check_in, grade, health, roll_up
from domain.calendar import first_instant
from domain.check_in import Confidence, confidence_in_words
from domain.health import Health
from domain.history import At
from domain.measure import Commitment, expected_pace
from domain.rhythm import Overdue
from domain.roll_up import RollUpMode
from services.projections.columns import number

ONE = Decimal(1)
REMEMBERED = 20_000
RUNNING = ("active", "grading", "reopened")  # The states of a cycle in which check-ins are expected.


class Named(msgspec.Struct, gc=False):
    id: str
    name: str | None


class Node(msgspec.Struct, gc=False):
    """A goal as the tree shows it. Numbers are decimal strings; progress is signed and not clamped, of 4 places."""

    id: str
    kind: str
    external_id: str | None
    parent_id: str | None
    depth: int
    matched: bool
    title: str
    team: Named | None
    owner: Named | None
    cycle: Named | None
    state: str
    phase: str | None
    commitment: str | None
    progress: str | None
    progress_source: str | None
    progress_missing: str | None
    expected_progress: str | None
    confidence: str | None
    confidence_in_words: str | None
    health: str | None
    score: str | None
    computed_score: str | None
    grade_as_written: str | None
    outcome: str | None
    band: str | None
    weight: str | None
    roll_up: str | None
    metric: str | None
    unit: str | None
    baseline: str | None
    target: str | None
    value: str | None
    value_as_written: str | None
    claimed: str | None
    said_at: datetime | None
    check_ins: int | None


class Cycle(NamedTuple):
    """What the tree needs to know of a cycle."""

    id: str
    name: str
    starts_on: date | None
    ends_on: date | None
    state: str
    active_since: datetime | None


@dataclass(frozen=True)
class Around:
    """What the goals of a workspace stand in, at the moment asked for."""

    now: datetime
    zone: ZoneInfo
    week_start: int = 0
    check_in_every: str = "1 week"
    bands: tuple[Decimal, ...] = grade.BAND_STARTS
    cycles: Mapping[str, Cycle] = field(default_factory=dict)
    teams: Mapping[str, str] = field(default_factory=dict)  # Names by id.
    members: Mapping[str, str | None] = field(default_factory=dict)


class GoalRow(NamedTuple):
    """A row of the goals with what was last said, in the order of tree.COLUMNS. Ids are strings."""

    id: str
    kind: str
    began: int
    external_id: str | None
    parent_id: str | None
    title: str
    team_id: str | None
    owner_id: str | None
    cycle_id: str | None
    state: str
    commitment: Commitment | None
    roll_up: RollUpMode | None
    weights: str | None
    committed_at: datetime | None
    metric: str | None
    unit: str | None
    baseline: str | None
    target: str | None
    score: str | None
    grade_as_written: str | None
    said_at: datetime | None
    value: str | None
    value_as_written: str | None
    claimed: str | None
    progress: str | None
    progress_source: str | None
    progress_missing: str | None
    confidence: str | None
    confidence_at: datetime | None
    confidence_position: int | None
    health: check_in.Health | None
    check_ins: int | None


class Woven:
    """A goal on its way into the tree."""

    __slots__ = (
        "below", "confidence", "goals", "health", "key_results", "node", "progress", "row", "score", "started",
        "weight", "weights",
    )  # fmt: skip

    def __init__(self, row: GoalRow) -> None:
        self.row = row
        self.below: list[Woven] = []
        self.key_results: list[Woven] = []  # Those of them that count, and
        self.goals: list[Woven] = []  # the other goals that count.
        self.weights: Mapping[str, str] = msgspec.json.decode(row.weights) if row.weights else {}
        self.weight = ONE
        self.started = True
        self.progress: Decimal | None = None
        self.score: Decimal | None = None
        self.confidence: Confidence | None = None
        self.health: Health | None = None
        self.node: Node


def weave(rows: Iterable[tuple[Any, ...]], around: Around) -> list[Node]:
    """The rows, which come in the order of their beginning, as nodes: depth-first, with all that follows."""
    wovens = {row[0]: Woven(GoalRow._make(row)) for row in rows}
    roots = []
    for woven in wovens.values():
        above = wovens.get(woven.row.parent_id) if woven.row.parent_id else None
        if above is None:
            roots.append(woven)
            continue
        above.below.append(woven)
        if roll_up.counts(woven.row.kind, woven.row.state):
            (above.key_results if woven.row.kind == "key_result" else above.goals).append(woven)
        if above.weights:
            woven.weight = Decimal(above.weights.get(woven.row.id, ONE))
    order = _depth_first(roots)
    follow = Follow(around)
    for woven, depth in reversed(order):
        follow.up(woven, depth)
    return [woven.node for woven, _ in order]


def _depth_first(roots: list[Woven]) -> list[tuple[Woven, int]]:
    order: list[tuple[Woven, int]] = []
    ahead = [(root, 0) for root in reversed(roots)]
    while ahead:
        woven, depth = here = ahead.pop()
        order.append(here)
        ahead += [(child, depth + 1) for child in reversed(woven.below)]
    return order


class Names(dict[str | None, Named | None]):
    """Each is made once. Who or what was not there at the moment has an id and no name."""

    def __init__(self, names: Mapping[str, str | None]) -> None:
        super().__init__({None: None} | {id: Named(id, name) for id, name in names.items()})

    def __missing__(self, id: str | None) -> Named | None:
        return Named(str(id), None)


class Follow:
    """What follows for one goal from its rows and from those below it, which have been done before."""

    def __init__(self, around: Around) -> None:
        self.around = around
        self.overdue = Overdue(around.now, rhythm=around.check_in_every, week_start=around.week_start, zone=around.zone)
        self.teams = Names(around.teams)
        self.members = Names(around.members)
        self.cycles = Names({id: cycle.name for id, cycle in around.cycles.items()})
        self.pace = {id: self._pace(cycle) for id, cycle in around.cycles.items()}

    def up(self, woven: Woven, depth: int) -> None:
        row = woven.row
        cycle = self.around.cycles.get(row.cycle_id) if row.cycle_id else None
        woven.started = cycle is None or cycle.active_since is not None
        woven.progress = computed = None if row.progress is None else _decimal(row.progress)
        progress = computed_score = _shown_of(row.progress)
        source, missing = row.progress_source, row.progress_missing
        if row.kind != "key_result" or row.roll_up == "children":
            woven.progress = _rolled_up(woven)
            progress = _shown(woven.progress)
            source, missing = ("rolled_up", None) if progress is not None else (None, "nothing_counted")
        if row.kind == "objective":
            computed = roll_up.computed_score((child.score, child.weight) for child in woven.key_results)
            computed_score = _shown(computed)
        final = None if row.score is None else _decimal(row.score)
        woven.score = computed if final is None else final
        outcome = grade.outcome(row.state, final, row.commitment)
        confidence = self._confidence(woven)
        woven.health = self._health(woven, cycle, outcome)
        # By position: with names it takes half as long again, ten thousand times.
        woven.node = Node(
            row.id, row.kind, row.external_id, row.parent_id, depth, True, row.title,  # noqa: FBT003
            self.teams[row.team_id], self.members[row.owner_id], self.cycles[row.cycle_id],
            row.state, phase(row.state, cycle), row.commitment,
            progress, source, missing, self.pace.get(row.cycle_id or ""),
            confidence, _in_words(confidence), woven.health,
            row.score, computed_score, row.grade_as_written, outcome,
            None if final is None else grade.band(final, self.around.bands),
            None if woven.weight is ONE else number(woven.weight), row.roll_up,
            row.metric, row.unit, row.baseline, row.target,
            row.value, row.value_as_written, row.claimed, row.said_at, row.check_ins,
        )  # fmt: skip

    def _confidence(self, woven: Woven) -> str | None:
        """A goal's own statement; of an objective, what follows from it and its key results'."""
        row = woven.row
        if row.confidence is not None and row.confidence_at is not None and row.confidence_position is not None:
            at = At(row.confidence_at, row.confidence_position)
            woven.confidence = Confidence(_decimal(row.confidence), at)
        if row.kind != "objective":
            return row.confidence
        stated = [(child.confidence, child.weight) for child in woven.key_results if child.confidence]
        return _shown(roll_up.confidence_of(woven.confidence, stated))

    def _health(self, woven: Woven, cycle: Cycle | None, outcome: grade.Outcome | None) -> Health | None:
        row = woven.row
        if row.kind in roll_up.PURPOSE:
            return None
        if row.kind == "objective" and row.state == "agreed":
            below = health.worst([child.health for child in woven.key_results])
            if below is not None:
                return below
        due = None
        if row.state == "committed" and row.committed_at and (cycle is None or cycle.state in RUNNING):
            begun = max(row.committed_at, cycle.active_since) if cycle and cycle.active_since else row.committed_at
            due = self.overdue.since(begun, row.said_at)
        return health.health(row.state, outcome, due=due, said=row.health, now=self.around.now)

    def _pace(self, cycle: Cycle) -> str | None:
        if cycle.starts_on is None or cycle.ends_on is None:
            return None
        start, end = (first_instant(day, self.around.zone) for day in (cycle.starts_on, cycle.ends_on))
        return _shown(expected_pace(start, end, self.around.now))


def phase(state: str, cycle: Cycle | None) -> str | None:
    """What is shown beside the stored state: active or closed with its cycle. Without a cycle it is always active."""
    if state in ("agreed", "committed"):
        return "active" if cycle is None or cycle.state == "active" else None
    return "closed" if state == "graded" and cycle is not None and cycle.state == "closed" else None


def _rolled_up(woven: Woven) -> Decimal | None:
    row = woven.row
    mode = roll_up.mode_of(row.kind, row.roll_up, has_key_results=bool(woven.key_results))
    if mode == "key_results":
        counted = woven.key_results
    elif mode == "children" and row.kind == "objective":
        counted = woven.goals
    else:
        counted = woven.key_results + woven.goals
    parts = [(roll_up.part(each.progress, each.row.kind, cycle_active=each.started), each.weight) for each in counted]
    return roll_up.weighted_mean([(part, weight) for part, weight in parts if part is not None])


def _shown(ratio: Decimal | None) -> str | None:
    return None if ratio is None else number(grade.rounded(ratio))


# A tree says the same few numbers again and again.


@lru_cache(maxsize=REMEMBERED)
def _decimal(text: str) -> Decimal:
    return Decimal(text)


@lru_cache(maxsize=REMEMBERED)
def _shown_of(text: str | None) -> str | None:
    return None if text is None else _shown(Decimal(text))


@lru_cache(maxsize=REMEMBERED)
def _in_words(confidence: str | None) -> str | None:
    return None if confidence is None else confidence_in_words(Decimal(confidence))
