"""The alignment tree from its rows: who stands under whom, and what follows upwards. Pure; the rules are the domain's.

One pass down gives the order and the depth, one pass up gives progress, confidence and health of what stands above.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

from domain.calendar import first_instant
from domain.goal import grade, health, roll_up
from domain.goal.check_in import Confidence, confidence_in_words
from domain.goal.check_in_due import Overdue
from domain.goal.grade import BAND_STARTS, GoalOutcome
from domain.goal.health import GoalHealth
from domain.goal.measure import expected_pace
from domain.goal.ratio import rounded
from domain.history import At
from domain.purpose.kinds import PURPOSE_KINDS
from domain.workspace import RHYTHMS
from services.projections.queries.goal_node import ONE, GoalNode, NamedRef
from services.projections.read_models.columns import number
from services.projections.read_models.cycles import CycleRow

REMEMBERED = 20_000
RUNNING = ("active", "grading", "reopened")  # The states of a cycle in which check-ins are expected.


@dataclass(frozen=True)
class WorkspaceContext:
    """What the goals of a workspace stand in, at the moment asked for."""

    now: datetime
    zone: ZoneInfo
    week_start: int = 0
    check_in_every: str = RHYTHMS[0]
    bands: Sequence[Decimal] = BAND_STARTS
    cycles: Mapping[str, CycleRow[str]] = field(default_factory=dict)
    teams: Mapping[str, str] = field(default_factory=dict)  # Names by id.
    members: Mapping[str, str | None] = field(default_factory=dict)


def roll_up_tree(nodes: Sequence[GoalNode], context: WorkspaceContext) -> list[GoalNode]:
    """The nodes, which come in the order in which the goals began: depth-first, with all that follows."""
    goals = {node.id: node for node in nodes}
    weights = {node.id: msgspec.json.decode(node.weights) for node in nodes if node.weights}
    roots: list[GoalNode] = []
    for node in nodes:
        above = goals.get(node.parent_id) if node.parent_id else None
        if above is None:
            roots.append(node)
            continue
        above.below.append(node)
        if roll_up.counts(node.kind, node.state):
            (above.key_results if node.kind == "key_result" else above.goals).append(node)
        if above.weights:
            node.own_weight = Decimal(weights[above.id].get(node.id, ONE))
    order = _depth_first(roots)
    follow = RollUp(context).follow
    for node in reversed(order):
        follow(node)
    return order


def _depth_first(roots: list[GoalNode]) -> list[GoalNode]:
    order: list[GoalNode] = []
    ahead = roots[::-1]
    while ahead:
        node = ahead.pop()
        order.append(node)
        if node.below:
            depth = node.depth + 1
            for child in node.below:
                child.depth = depth
            ahead += reversed(node.below)
    return order


class NamedRefs(dict[str | None, NamedRef | None]):
    """Each is made once. Who or what was not there at the moment has an id and no name."""

    def __init__(self, names: Mapping[str, str | None]) -> None:
        super().__init__({None: None} | {id: NamedRef(id, name) for id, name in names.items()})

    def __missing__(self, id: str | None) -> NamedRef | None:
        return NamedRef(str(id), None)


class RollUp:
    """What follows for one goal from its rows and from those below it, which have been done before."""

    def __init__(self, context: WorkspaceContext) -> None:
        self.context = context
        self.overdue = Overdue(
            context.now, rhythm=context.check_in_every, week_start=context.week_start, zone=context.zone
        )
        self.teams = NamedRefs(context.teams)
        self.members = NamedRefs(context.members)
        self.cycles = NamedRefs({id: cycle.name for id, cycle in context.cycles.items()})
        self.pace = {id: self._pace(cycle) for id, cycle in context.cycles.items()}

    def follow(self, goal: GoalNode) -> None:
        """Fill the fields of GoalNode that follow."""
        cycle = self.context.cycles.get(goal.cycle_id) if goal.cycle_id else None
        goal.started = cycle is None or cycle.active_since is not None
        goal.team = self.teams[goal.team_id]
        goal.owner = self.members[goal.owner_id]
        goal.cycle = self.cycles[goal.cycle_id]
        goal.phase = phase(goal.state, cycle)
        goal.expected_progress = self.pace.get(goal.cycle_id) if goal.cycle_id else None
        if goal.own_weight is not ONE:
            goal.weight = number(goal.own_weight)
        _follow_progress(goal)
        self._follow_score(goal)
        _follow_confidence(goal)
        goal.health = self._health(goal, cycle, goal.outcome)

    def _follow_score(self, goal: GoalNode) -> None:
        """The score that was given, the one that is computed, and what the given one means."""
        progress = goal.statement.progress
        if goal.kind == "objective":
            computed = roll_up.computed_score([(child.final, child.own_weight) for child in goal.key_results])
            goal.computed_score = _shown(computed)
        else:
            computed = None if progress is None else _decimal(progress)
            goal.computed_score = _shown_text(progress)
        final = None if goal.score is None else _decimal(goal.score)
        goal.final = computed if final is None else final
        goal.outcome = grade.outcome(goal.state, final, goal.commitment)
        if final is not None:
            goal.band = grade.band(final, self.context.bands)

    def _health(self, goal: GoalNode, cycle: CycleRow[str] | None, outcome: GoalOutcome | None) -> GoalHealth | None:
        if goal.kind in PURPOSE_KINDS:
            return None
        if goal.kind == "objective" and goal.state == "agreed":
            below = health.worst([child.health for child in goal.key_results])
            if below is not None:
                return below
        statement, due, begun = goal.statement, None, goal.committed_at
        if goal.state == "committed" and begun and (cycle is None or cycle.state in RUNNING):
            if cycle and cycle.active_since and cycle.active_since > begun:
                begun = cycle.active_since
            due = self.overdue.since(begun, statement.said_at)
        return health.health(goal.state, outcome, due=due, stated=statement.health, now=self.context.now)

    def _pace(self, cycle: CycleRow[str]) -> str | None:
        if cycle.starts_on is None or cycle.ends_on is None:
            return None
        start, end = (first_instant(day, self.context.zone) for day in (cycle.starts_on, cycle.ends_on))
        return _shown(expected_pace(start, end, self.context.now))


def phase(state: str, cycle: CycleRow[str] | None) -> str | None:
    """What is shown beside the stored state: active or closed with its cycle. Without a cycle it is always active."""
    if state in ("agreed", "committed"):
        return "active" if cycle is None or cycle.state == "active" else None
    return "closed" if state == "graded" and cycle is not None and cycle.state == "closed" else None


def _follow_progress(goal: GoalNode) -> None:
    """A key result's own measure, else what rolls up from below."""
    statement = goal.statement
    if goal.kind != "key_result" or goal.roll_up == "children":
        goal.ratio = ratio = _rolled_up(goal)
        if ratio is None:
            goal.progress_missing = "nothing_counted"
        else:
            goal.progress = _shown(ratio)
            goal.progress_source = "rolled_up"
        return
    if statement.progress is not None:
        goal.ratio = _decimal(statement.progress)
        goal.progress = _shown_text(statement.progress)
    goal.progress_source = statement.progress_source
    goal.progress_missing = statement.progress_missing


def _rolled_up(goal: GoalNode) -> Decimal | None:
    mode = roll_up.mode_of(goal.kind, goal.roll_up, has_key_results=bool(goal.key_results))
    if mode == "key_results":
        counted = goal.key_results
    elif mode == "children" and goal.kind == "objective":
        counted = goal.goals
    else:
        counted = goal.key_results + goal.goals
    parts = [(roll_up.part(each.ratio, each.kind, cycle_active=each.started), each.own_weight) for each in counted]
    return roll_up.weighted_mean([(part, weight) for part, weight in parts if part is not None])


def _follow_confidence(goal: GoalNode) -> None:
    """A goal's own statement; of an objective, what follows from it and its key results'."""
    own = goal.statement
    confidence = own.confidence
    if confidence is not None and own.confidence_at is not None and own.confidence_position is not None:
        goal.stated = Confidence(_decimal(confidence), At(own.confidence_at, own.confidence_position))
    if goal.kind == "objective":
        below = [(child.stated, child.own_weight) for child in goal.key_results if child.stated]
        confidence = _shown(roll_up.confidence_of(goal.stated, below))
    goal.confidence = confidence
    goal.confidence_in_words = _in_words(confidence)


def _shown(ratio: Decimal | None) -> str | None:
    return None if ratio is None else number(rounded(ratio))


# A tree says the same few numbers again and again.


@lru_cache(maxsize=REMEMBERED)
def _decimal(text: str) -> Decimal:
    return Decimal(text)


@lru_cache(maxsize=REMEMBERED)
def _shown_text(text: str | None) -> str | None:
    return None if text is None else _shown(Decimal(text))


@lru_cache(maxsize=REMEMBERED)
def _in_words(confidence: str | None) -> str | None:
    return None if confidence is None else confidence_in_words(Decimal(confidence))
