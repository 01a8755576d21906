"""The alignment tree from its rows: who stands under whom, and what follows upwards. Pure; the rules are the domain's.

One pass down gives the order and the depth, one pass up gives progress, confidence and health of what stands above.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from domain import grade, health, roll_up
from domain.calendar import first_instant
from domain.check_in import Confidence, confidence_in_words
from domain.history import At
from domain.measure import expected_pace
from domain.rhythm import Overdue
from services.projections.columns import number

ONE = Decimal(1)
RUNNING = ("active", "grading", "reopened")  # The states of a cycle in which check-ins are expected.


class Named(msgspec.Struct):
    id: str
    name: str | None


class Node(msgspec.Struct):
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
    commitment: str | None
    roll_up: str | None
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
    health: str | None
    check_ins: int | None


class Woven:
    """A goal on its way into the tree."""

    __slots__ = ("below", "confidence", "counts", "health", "node", "progress", "row", "score", "started", "weight", "weights")

    def __init__(self, row: GoalRow) -> None:
        self.row = row
        self.below: list[Woven] = []
        self.counts = roll_up.counts(row.kind, row.state)
        self.weights: Mapping[str, str] = msgspec.json.decode(row.weights) if row.weights else {}
        self.weight = ONE
        self.started = True
        self.progress = Decimal(row.progress) if row.progress is not None else None
        self.score: Decimal | None = None
        self.confidence: Confidence | None = None
        self.health: Any = None
        self.node: Node


def weave(rows: Iterable[tuple[Any, ...]], around: Around) -> list[Node]:
    """The rows, which come in the order of their beginning, as nodes: depth-first, with all that follows."""
    wovens = {row[0]: Woven(GoalRow._make(row)) for row in rows}
    for woven in wovens.values():
        above = wovens.get(woven.row.parent_id)  # type: ignore[call-overload]
        if above is not None:
            above.below.append(woven)
            if above.weights:
                woven.weight = Decimal(above.weights.get(woven.row.id, ONE))
    roots = [woven for woven in wovens.values() if woven.row.parent_id not in wovens]
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


class Follow:
    """What follows for one goal from its rows and from those below it, which have been done before."""

    def __init__(self, around: Around) -> None:
        self.around = around
        self.overdue = Overdue(
            around.now, rhythm=around.check_in_every, week_start=around.week_start, zone=around.zone
        )
        self.teams = {id: Named(id, name) for id, name in around.teams.items()}
        self.members = {id: Named(id, name) for id, name in around.members.items()}
        self.cycles = {id: Named(id, cycle.name) for id, cycle in around.cycles.items()}
        self.pace = {id: self._pace(cycle) for id, cycle in around.cycles.items()}

    def up(self, woven: Woven, depth: int) -> None:
        row = woven.row
        cycle = self.around.cycles.get(row.cycle_id) if row.cycle_id else None
        woven.started = cycle is None or cycle.active_since is not None
        counted = [child for child in woven.below if child.counts]
        key_results = [child for child in counted if child.row.kind == "key_result"]
        source = row.progress_source
        missing = row.progress_missing
        rolls_up = row.kind != "key_result" or row.roll_up == "children"
        if rolls_up:
            woven.progress = _rolled_up(row, counted, key_results)
            source, missing = ("rolled_up", None) if woven.progress is not None else (None, "nothing_counted")
        computed = self._computed(woven, key_results)
        final = None if row.score is None else Decimal(row.score)
        woven.score = computed if final is None else final
        outcome = grade.outcome(row.state, final, row.commitment)  # type: ignore[arg-type]
        woven.confidence = _own_confidence(row)
        confidence = woven.confidence.value if woven.confidence else None
        if row.kind == "objective":
            stated = [(child.confidence, child.weight) for child in key_results if child.confidence]
            confidence = roll_up.confidence_of(woven.confidence, stated)
        woven.health = self._health(woven, key_results, cycle, outcome)
        woven.node = Node(
            id=row.id, kind=row.kind, external_id=row.external_id, parent_id=row.parent_id, depth=depth, matched=True,
            title=row.title, team=_named(self.teams, row.team_id), owner=_named(self.members, row.owner_id),
            cycle=_named(self.cycles, row.cycle_id), state=row.state, phase=phase(row.state, cycle),
            commitment=row.commitment, progress=_shown(woven.progress), progress_source=source,
            progress_missing=missing, expected_progress=self.pace.get(row.cycle_id) if row.cycle_id else None,
            confidence=_shown(confidence) if row.kind == "objective" else row.confidence,
            confidence_in_words=None if confidence is None else confidence_in_words(confidence),
            health=woven.health, score=row.score, computed_score=_shown(computed),
            grade_as_written=row.grade_as_written, outcome=outcome,
            band=None if final is None else grade.band(final, self.around.bands),
            weight=None if woven.weight is ONE else number(woven.weight), roll_up=row.roll_up,
            metric=row.metric, unit=row.unit, baseline=row.baseline, target=row.target, value=row.value,
            value_as_written=row.value_as_written, claimed=row.claimed, said_at=row.said_at, check_ins=row.check_ins,
        )  # fmt: skip

    def _computed(self, woven: Woven, key_results: list[Woven]) -> Decimal | None:
        """The computed score: of a key result its own ratio, of an objective the mean of its key results' scores."""
        if woven.row.kind == "key_result":
            return None if woven.row.progress is None else Decimal(woven.row.progress)
        if woven.row.kind == "objective":
            return roll_up.computed_score((child.score, child.weight) for child in key_results)
        return None

    def _health(self, woven: Woven, key_results: list[Woven], cycle: Cycle | None, outcome: Any) -> Any:
        row = woven.row
        if row.kind in roll_up.PURPOSE:
            return None
        if row.kind == "objective" and row.state == "agreed":
            below = health.worst(child.health for child in key_results)
            if below is not None:
                return below
        due = None
        if row.state == "committed" and row.committed_at and (cycle is None or cycle.state in RUNNING):
            begun = max(row.committed_at, cycle.active_since or row.committed_at) if cycle else row.committed_at
            due = self.overdue.since(begun, row.said_at)
        return health.health(row.state, outcome, due=due, said=row.health, now=self.around.now)  # type: ignore[arg-type]

    def _pace(self, cycle: Cycle) -> str | None:
        if cycle.starts_on is None or cycle.ends_on is None:
            return None
        days = (first_instant(day, self.around.zone) for day in (cycle.starts_on, cycle.ends_on))
        return _shown(expected_pace(*days, self.around.now))


def phase(state: str, cycle: Cycle | None) -> str | None:
    """What is shown beside the stored state: active or closed with its cycle. Without a cycle it is always active."""
    if state in ("agreed", "committed"):
        return "active" if cycle is None or cycle.state == "active" else None
    return "closed" if state == "graded" and cycle is not None and cycle.state == "closed" else None


def _rolled_up(row: GoalRow, counted: list[Woven], key_results: list[Woven]) -> Decimal | None:
    mode = roll_up.mode_of(row.kind, row.roll_up, has_key_results=bool(key_results))  # type: ignore[arg-type]
    if mode == "key_results":
        counted = key_results
    elif mode == "children" and row.kind == "objective":
        counted = [child for child in counted if child.row.kind != "key_result"]
    parts = (
        (roll_up.part(child.progress, child.row.kind, cycle_active=child.started), child.weight) for child in counted
    )
    return roll_up.weighted_mean((part, weight) for part, weight in parts if part is not None)


def _own_confidence(row: GoalRow) -> Confidence | None:
    if row.confidence is None or row.confidence_at is None or row.confidence_position is None:
        return None
    return Confidence(Decimal(row.confidence), At(row.confidence_at, row.confidence_position))


def _shown(ratio: Decimal | None) -> str | None:
    return None if ratio is None else number(grade.rounded(ratio))


def _named(names: Mapping[str, Named], id: str | None) -> Named | None:
    return None if id is None else names.get(id) or Named(id, None)
