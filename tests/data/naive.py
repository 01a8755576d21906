"""A naive fold of a file of facts: what every answer must show, worked out from the lines alone.

It shares nothing with the product, keeps nothing between questions and is meant to be believed by reading: `_accept`
says which lines count, `_apply` what one line does, and every question goes through all facts again, in the order
(at, line). Numbers are Decimals of the JSON text; names of teams, owners and cycles are the texts of the lines.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from tests.data.lines import LINKS, MEASURE, Fact, Refused, fields_of, instant, number, read_json
from tests.json_types import Json

PURPOSE = ("mission", "vision", "strategy", "theme")
GOALS = (*PURPOSE, "objective", "key_result")
ABOUT_A_GOAL = ("edit", "checkin", "grade", "retire", "comment")
ACT_OF = dict.fromkeys(("title", *MEASURE), "amended") | {
    "parent": "moved",
    "team": "reassigned",
    "owner": "reassigned",
    "cycle": "rescheduled",
}
AHEAD = timedelta(seconds=60)
TICK = timedelta(microseconds=1)


@dataclass
class Point:
    """One check-in. Of `value` and `written` at most one is set: a number, or what is none."""

    at: datetime
    value: Decimal | None
    written: str | None
    claimed: Decimal | None
    confidence: Decimal | None
    narrative: str | None
    source_recorded_at: datetime
    corrected: bool = False


@dataclass
class Act:
    """One entry of the record of a goal. `changed` holds (from, to) of each field; a reason of None is not known."""

    at: datetime
    act: str
    changed: dict[str, tuple[object, object]] = field(default_factory=dict)
    reason: str | None = None


@dataclass
class Goal:
    id: str
    kind: str
    line: int
    now: Json
    dropped: bool = False
    graded: bool = False
    score: Decimal | None = None
    grade_as_written: str | None = None
    points: list[Point] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)

    @property
    def state(self) -> str:
        return "dropped" if self.dropped else "graded" if self.graded else "open"


class Fold:
    """The facts of one workspace, sent in this order.

    After it is made: how many lines were `taken` and `unchanged`, and which were `refused`, with the reason.
    """

    def __init__(self, lines: Iterable[str], *, zone: str = "UTC", now: datetime | None = None) -> None:
        self.zone = ZoneInfo(zone)
        self.facts: list[Fact] = []
        self.unchanged: list[int] = []
        self.refused: dict[int, str] = {}
        self._digests: set[str] = set()
        self._kinds: dict[str, str] = {}
        self._first_at: dict[str, datetime] = {}
        self._links: dict[str, list[tuple[datetime, int, str | None]]] = {}
        latest = (now or datetime.now(UTC)) + AHEAD
        for place, line in enumerate(lines, start=1):
            if line.strip():
                try:
                    self._accept(place, line, latest)
                except Refused as refusal:
                    self.refused[place] = str(refusal)

    @property
    def taken(self) -> int:
        return len(self.facts)

    def goals(self, moment: datetime) -> dict[str, Goal]:
        """Every goal that there is at that moment, dropped ones too."""
        goals: dict[str, Goal] = {}
        first: dict[str, int] = {}
        for fact in self.facts:
            if fact.kind in GOALS:
                first.setdefault(fact.id, fact.line)
        for fact in sorted(self.facts, key=lambda fact: (fact.at, fact.line)):
            if fact.at <= moment:
                _apply(goals, fact, is_first=first.get(fact.id) == fact.line)
        return goals

    def tree(self, moment: datetime, *, dropped: bool) -> list[tuple[int, Goal]]:
        """Depth and goal, depth-first, siblings as their first lines came; with the dropped goals or without."""
        goals = self.goals(moment)
        shown = {g.id: g for g in sorted(goals.values(), key=lambda g: g.line) if dropped or not g.dropped}
        below: dict[str | None, list[Goal]] = {}
        for goal in shown.values():
            parent = shown_parent(goals, goal)
            below.setdefault(parent if parent in shown else None, []).append(goal)

        def walk(parent: str | None, depth: int) -> Iterator[tuple[int, Goal]]:
            for goal in below.get(parent, []):
                yield depth, goal
                yield from walk(goal.id, depth + 1)

        return list(walk(None, 0))

    def instants(self) -> list[datetime]:
        return sorted({fact.at for fact in self.facts})

    def end_of(self, day: date) -> datetime:
        """The last instant of that day: what a bare date means in a question."""
        return datetime.combine(day + timedelta(days=1), time(), self.zone).astimezone(UTC) - TICK

    def _accept(self, place: int, line: str, latest: datetime) -> None:
        raw = read_json(line)
        digest = json.dumps(json.loads(line), sort_keys=True)
        if digest in self._digests:
            self.unchanged.append(place)
            return
        at = instant(raw.get("at"), self.zone)
        if at > latest:
            raise Refused("at lies ahead")
        kind, about = self._kind_and_id(raw)
        recorded = _instant_or(at, raw.get("recorded_at"), self.zone)
        fields = fields_of(raw, as_edit=kind == "edit" or about in self._kinds)
        fact = Fact(place, at, kind, about, fields, raw.get("note"), recorded, raw)
        self._refuse_a_loop(fact)
        if kind in (*GOALS, "cycle"):
            self._kinds.setdefault(about, kind)
        self._digests.add(digest)
        self.facts.append(fact)

    def _kind_and_id(self, raw: Json) -> tuple[str, str]:
        kind, about = raw.get("kind"), raw.get("id") or ""
        if kind not in (*GOALS, "cycle", *ABOUT_A_GOAL):
            raise Refused("unknown kind")
        if not isinstance(about, str):
            raise Refused("unknown goal id" if kind == "comment" else "no id")
        if kind != "comment" and not about:
            raise Refused("no id")
        if kind in (*GOALS, "cycle"):
            if not str(raw.get("title") or "").strip():
                raise Refused("no title")
            if self._kinds.get(about, kind) != kind:
                raise Refused("id of another kind")
        elif about and about not in self._kinds:
            raise Refused("unknown goal id")
        elif about and self._kinds[about] == "cycle":
            raise Refused("id of another kind")
        return str(kind), about

    def _refuse_a_loop(self, fact: Fact) -> None:
        """A loop that this line closes goes through its own goal: walk up from it at every moment from then on."""
        first = fact.kind in GOALS and fact.id not in self._kinds
        if fact.kind in GOALS or (fact.kind == "edit" and "parent" in fact.fields):
            before = self._links.get(fact.id, []), self._first_at.get(fact.id)
            if "parent" in fact.fields:
                self._links[fact.id] = sorted([*before[0], (fact.at, fact.line, fact.fields["parent"])])
            if first:
                self._first_at[fact.id] = fact.at
            later = {at for links in self._links.values() for at, _, _ in links} | set(self._first_at.values())
            for moment in sorted({fact.at} | {at for at in later if at > fact.at}):
                above, seen = self._above(fact.id, moment), set[str]()
                while above is not None and above not in seen:
                    if above == fact.id:
                        self._links[fact.id] = before[0]
                        if before[1] is None:
                            del self._first_at[fact.id]
                        raise Refused("a loop")
                    seen.add(above)
                    above = self._above(above, moment)

    def _above(self, id: str, moment: datetime) -> str | None:
        links = [parent for at, _, parent in self._links.get(id, []) if at <= moment]
        return links[-1] if links and links[-1] in self._first_at and self._first_at[links[-1]] <= moment else None


def _instant_or(otherwise: datetime, value: object, zone: ZoneInfo) -> datetime:
    try:
        return instant(value, zone)
    except Refused:
        return otherwise


def _apply(goals: dict[str, Goal], fact: Fact, *, is_first: bool) -> None:
    goal = goals.get(fact.id)
    if is_first:
        _begin(goals, fact)
    elif goal is None:
        return  # A cycle, a comment on the workspace, or a fact from before its goal: no goal shows it.
    elif fact.kind == "edit" or fact.kind in GOALS:
        _edit(goals, goal, fact)
    elif fact.kind == "retire" and not goal.dropped:
        goal.dropped = True
        goal.acts.append(Act(fact.at, "dropped", reason=fact.note))
    elif fact.kind == "checkin" and goal.kind not in PURPOSE:
        _check_in(goal, fact)
    elif fact.kind == "grade" and goal.kind not in PURPOSE:
        score = number(fact.raw.get("score"))
        goal.graded = True
        goal.score = score if score is not None else goal.score  # Words never remove a number.
        goal.grade_as_written = fact.note
        goal.acts.append(Act(fact.at, "graded"))
    else:
        goal.comments.append(fact.note or "")


def _begin(goals: dict[str, Goal], fact: Fact) -> None:
    goal = Goal(fact.id, fact.kind, fact.line, dict.fromkeys((*LINKS, *MEASURE)) | fact.fields)
    goal.acts += [Act(fact.at, "proposed"), Act(fact.at, "committed")]
    goals[goal.id] = goal
    for waiting in goals.values():  # Goals that named this one as their parent before it came.
        if waiting.now["parent"] == goal.id and waiting is not goal:
            waiting.acts.append(Act(fact.at, "moved", {"parent": (None, goal.id)}))


def _edit(goals: dict[str, Goal], goal: Goal, fact: Fact) -> None:
    known = (*LINKS, *MEASURE) if goal.kind == "key_result" else LINKS
    if goal.dropped:
        goal.dropped = False
        goal.acts.append(Act(fact.at, "reinstated", reason=fact.note))
    before = goal.now | {"parent": shown_parent(goals, goal)}
    goal.now = goal.now | {name: to for name, to in fact.fields.items() if name in known and to != goal.now[name]}
    after = goal.now | {"parent": shown_parent(goals, goal)}
    changed = {name: (before[name], after[name]) for name in known if before[name] != after[name]}
    for act in ("amended", "moved", "reassigned", "rescheduled"):
        if part := {name: change for name, change in changed.items() if ACT_OF[name] == act}:
            goal.acts.append(Act(fact.at, act, part, fact.note))
    if not changed:
        goal.comments.append(fact.note or "")


def _check_in(goal: Goal, fact: Fact) -> None:
    current = fact.raw.get("current")
    value = number(current) if goal.kind == "key_result" else None  # An objective has no value: kept as written.
    for earlier in goal.points:
        earlier.corrected = earlier.corrected or earlier.at == fact.at
    goal.points.append(
        Point(
            at=fact.at,
            value=value,
            written=None if current is None or value is not None else str(current),
            claimed=number(fact.raw.get("score")),
            confidence=number(fact.raw.get("confidence")),
            narrative=fact.note,
            source_recorded_at=fact.source_recorded_at,
        )
    )


def shown_parent(goals: dict[str, Goal], goal: Goal) -> str | None:
    """The parent that the goal names, once that one is there."""
    return goal.now["parent"] if goal.now["parent"] in goals else None
