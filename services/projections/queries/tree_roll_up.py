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

from domain.calendar import first_instant
from domain.goal import check_in, grade, health, roll_up
from domain.goal.check_in import Confidence, confidence_in_words
from domain.goal.check_in_due import Overdue
from domain.goal.health import GoalHealth
from domain.goal.measure import Commitment, expected_pace
from domain.goal.roll_up import RollUpMode
from domain.history import At
from domain.purpose.kinds import PURPOSE_KINDS
from services.projections.read_models.columns import number

ONE = Decimal(1)
REMEMBERED = 20_000
RUNNING = ("active", "grading", "reopened")  # The states of a cycle in which check-ins are expected.


class NamedRef(msgspec.Struct, gc=False):
    id: str
    name: str | None


class TreeNode(msgspec.Struct, gc=False):
    """A goal as the tree shows it. Numbers are decimal strings; progress is signed and not clamped, of 4 places."""

    id: str
    kind: str
    external_id: str | None
    parent_id: str | None
    depth: int
    matched: bool
    title: str
    team: NamedRef | None
    owner: NamedRef | None
    cycle: NamedRef | None
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


class CyclePeriod(NamedTuple):
    """What the tree needs to know of a cycle."""

    id: str
    name: str
    starts_on: date | None
    ends_on: date | None
    state: str
    active_since: datetime | None


@dataclass(frozen=True)
class WorkspaceContext:
    """What the goals of a workspace stand in, at the moment asked for."""

    now: datetime
    zone: ZoneInfo
    week_start: int = 0
    check_in_every: str = "1 week"
    bands: tuple[Decimal, ...] = grade.BAND_STARTS
    cycles: Mapping[str, CyclePeriod] = field(default_factory=dict)
    teams: Mapping[str, str] = field(default_factory=dict)  # Names by id.
    members: Mapping[str, str | None] = field(default_factory=dict)


class GoalRow(msgspec.Struct):
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
    health: check_in.HealthWord | None
    check_ins: int | None


class GoalNode(GoalRow):
    """A goal on its way into the tree."""

    below: list["GoalNode"] = []
    key_results: list["GoalNode"] = []  # Those of them that count, and
    goals: list["GoalNode"] = []  # the other goals that count.
    weight: Decimal = ONE
    started: bool = True
    ratio: Decimal | None = None  # Its progress, whatever that comes from.
    final: Decimal | None = None  # Its score: the given one, else the computed one.
    stated: Confidence | None = None
    worry: GoalHealth | None = None  # The health that is shown.


def roll_up_tree(rows: Iterable[tuple[Any, ...]], around: WorkspaceContext) -> list[TreeNode]:
    """The rows, which come in the order of their beginning, as nodes: depth-first, with all that follows."""
    goals = {row[0]: GoalNode(*row) for row in rows}
    weights = {goal.id: msgspec.json.decode(goal.weights) for goal in goals.values() if goal.weights}
    roots = []
    for goal in goals.values():
        above = goals.get(goal.parent_id) if goal.parent_id else None
        if above is None:
            roots.append(goal)
            continue
        above.below.append(goal)
        if roll_up.counts(goal.kind, goal.state):
            (above.key_results if goal.kind == "key_result" else above.goals).append(goal)
        if above.weights:
            goal.weight = Decimal(weights[above.id].get(goal.id, ONE))
    order = _depth_first(roots)
    follow = RollUp(around)
    return [follow.up(goal, depth) for goal, depth in reversed(order)][::-1]


def _depth_first(roots: list[GoalNode]) -> list[tuple[GoalNode, int]]:
    order: list[tuple[GoalNode, int]] = []
    ahead = [(root, 0) for root in reversed(roots)]
    while ahead:
        here = goal, depth = ahead.pop()
        order.append(here)
        if goal.below:
            ahead += [(child, depth + 1) for child in reversed(goal.below)]
    return order


class NamedRefs(dict[str | None, NamedRef | None]):
    """Each is made once. Who or what was not there at the moment has an id and no name."""

    def __init__(self, names: Mapping[str, str | None]) -> None:
        super().__init__({None: None} | {id: NamedRef(id, name) for id, name in names.items()})

    def __missing__(self, id: str | None) -> NamedRef | None:
        return NamedRef(str(id), None)


class RollUp:
    """What follows for one goal from its rows and from those below it, which have been done before."""

    def __init__(self, around: WorkspaceContext) -> None:
        self.around = around
        self.overdue = Overdue(around.now, rhythm=around.check_in_every, week_start=around.week_start, zone=around.zone)
        self.teams = NamedRefs(around.teams)
        self.members = NamedRefs(around.members)
        self.cycles = NamedRefs({id: cycle.name for id, cycle in around.cycles.items()})
        self.pace = {id: self._pace(cycle) for id, cycle in around.cycles.items()}

    def up(self, goal: GoalNode, depth: int) -> TreeNode:
        kind, state = goal.kind, goal.state
        cycle = self.around.cycles.get(goal.cycle_id) if goal.cycle_id else None
        goal.started = cycle is None or cycle.active_since is not None
        goal.ratio = computed = None if goal.progress is None else _decimal(goal.progress)
        progress = computed_score = _shown_of(goal.progress)
        source, missing = goal.progress_source, goal.progress_missing
        if kind != "key_result" or goal.roll_up == "children":
            goal.ratio = _rolled_up(goal)
            progress = _shown(goal.ratio)
            source, missing = ("rolled_up", None) if progress is not None else (None, "nothing_counted")
        if kind == "objective":
            computed = roll_up.computed_score([(child.final, child.weight) for child in goal.key_results])
            computed_score = _shown(computed)
        final = None if goal.score is None else _decimal(goal.score)
        goal.final = computed if final is None else final
        outcome = grade.outcome(state, final, goal.commitment)
        confidence = self._confidence(goal)
        goal.worry = self._health(goal, cycle, outcome)
        # By position: with names it takes half as long again, ten thousand times.
        return TreeNode(
            goal.id, kind, goal.external_id, goal.parent_id, depth, True, goal.title,  # noqa: FBT003
            self.teams[goal.team_id], self.members[goal.owner_id], self.cycles[goal.cycle_id],
            state, phase(state, cycle), goal.commitment,
            progress, source, missing, self.pace.get(goal.cycle_id or ""),
            confidence, _in_words(confidence), goal.worry,
            goal.score, computed_score, goal.grade_as_written, outcome,
            None if final is None else grade.band(final, self.around.bands),
            None if goal.weight is ONE else number(goal.weight), goal.roll_up,
            goal.metric, goal.unit, goal.baseline, goal.target,
            goal.value, goal.value_as_written, goal.claimed, goal.said_at, goal.check_ins,
        )  # fmt: skip

    def _confidence(self, goal: GoalNode) -> str | None:
        """A goal's own statement; of an objective, what follows from it and its key results'."""
        if goal.confidence is not None and goal.confidence_at is not None and goal.confidence_position is not None:
            at = At(goal.confidence_at, goal.confidence_position)
            goal.stated = Confidence(_decimal(goal.confidence), at)
        if goal.kind != "objective":
            return goal.confidence
        below = [(child.stated, child.weight) for child in goal.key_results if child.stated]
        return _shown(roll_up.confidence_of(goal.stated, below))

    def _health(
        self, goal: GoalNode, cycle: CyclePeriod | None, outcome: grade.GoalOutcome | None
    ) -> GoalHealth | None:
        if goal.kind in PURPOSE_KINDS:
            return None
        if goal.kind == "objective" and goal.state == "agreed":
            below = health.worst([child.worry for child in goal.key_results])
            if below is not None:
                return below
        due, begun = None, goal.committed_at
        if goal.state == "committed" and begun and (cycle is None or cycle.state in RUNNING):
            if cycle and cycle.active_since and cycle.active_since > begun:
                begun = cycle.active_since
            due = self.overdue.since(begun, goal.said_at)
        return health.health(goal.state, outcome, due=due, said=goal.health, now=self.around.now)

    def _pace(self, cycle: CyclePeriod) -> str | None:
        if cycle.starts_on is None or cycle.ends_on is None:
            return None
        start, end = (first_instant(day, self.around.zone) for day in (cycle.starts_on, cycle.ends_on))
        return _shown(expected_pace(start, end, self.around.now))


def phase(state: str, cycle: CyclePeriod | None) -> str | None:
    """What is shown beside the stored state: active or closed with its cycle. Without a cycle it is always active."""
    if state in ("agreed", "committed"):
        return "active" if cycle is None or cycle.state == "active" else None
    return "closed" if state == "graded" and cycle is not None and cycle.state == "closed" else None


def _rolled_up(goal: GoalNode) -> Decimal | None:
    mode = roll_up.mode_of(goal.kind, goal.roll_up, has_key_results=bool(goal.key_results))
    if mode == "key_results":
        counted = goal.key_results
    elif mode == "children" and goal.kind == "objective":
        counted = goal.goals
    else:
        counted = goal.key_results + goal.goals
    parts = [(roll_up.part(each.ratio, each.kind, cycle_active=each.started), each.weight) for each in counted]
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
