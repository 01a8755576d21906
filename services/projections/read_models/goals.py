"""Goals of all six kinds: what each is, and what was last said of it. The tree and all views of goals read these rows.

A check-in writes a row or two of SAID however deep the tree is; what follows for the goals above is computed when read.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from domain.goal import check_in
from domain.goal.alignment import GOAL_KINDS
from domain.goal.check_in import (
    CheckedIn,
    CheckInCorrected,
    ConfidenceUpdated,
    ObjectiveCheckedIn,
    ObjectiveCheckInCorrected,
)
from domain.key_result import lifecycle as key_result_lifecycle
from domain.key_result.lifecycle import ShownProgress
from domain.key_result.state import KeyResult
from domain.objective.state import Objective
from domain.purpose.base import Purpose
from domain.purpose.mission import Mission
from domain.purpose.strategy import Strategy
from domain.purpose.theme import Theme
from domain.purpose.vision import Vision
from services.projections.engine.read_model import FoldStep, ReadModel, Row, Table
from services.projections.read_models.columns import number, words

GOALS = Table(
    "goals",
    key={"id": "uuid"},
    values={
        "kind": "text", "began": "bigint", "external_id": "text", "parent_id": "uuid", "title": "text",
        "team_id": "uuid", "owner_id": "uuid", "partner_id": "uuid", "cycle_id": "uuid",
        "state": "text", "commitment": "text", "roll_up": "text", "weights": "text", "committed_at": "timestamptz",
        "metric": "text", "unit": "text", "baseline": "text", "target": "text",
        "score": "text", "grade_as_written": "text", "grade_as_written_subject": "uuid",
        "note": "text", "note_subject": "uuid", "more": "text",
    },
    indexes=("kind, began", "parent_id"),
    past_indexes=("", "parent_id"),
)  # fmt: skip

SAID = Table(
    "said",
    key={"id": "uuid"},
    values={
        "said_at": "timestamptz", "value": "text", "value_as_written": "text", "claimed": "text",
        "progress": "text", "progress_source": "text", "progress_missing": "text",
        "confidence": "text", "confidence_at": "timestamptz", "confidence_position": "bigint", "health": "text",
        "check_ins": "integer",
    },
    past_indexes=("",),
)  # fmt: skip


class WhatItIs(NamedTuple):
    kind: str
    began: int
    external_id: str | None
    parent_id: UUID | None
    title: str
    team_id: UUID | None
    owner_id: UUID | None
    partner_id: UUID | None
    cycle_id: UUID | None
    state: str
    commitment: str | None
    roll_up: str | None
    weights: str | None  # JSON: the weights that were set, by child.
    committed_at: datetime | None
    metric: str | None
    unit: str | None
    baseline: str | None
    target: str | None
    score: str | None
    grade_as_written: str | None
    grade_as_written_subject: UUID | None
    note: str | None
    note_subject: UUID | None
    more: str  # JSON: what only the view of one goal shows.


class LastSaid(NamedTuple):
    """`progress` is the raw ratio of a key result, exact; `confidence` was stated at its own moment."""

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
    check_ins: int


AnyGoal = Objective | KeyResult | Purpose
Said = CheckedIn | CheckInCorrected | ObjectiveCheckedIn | ObjectiveCheckInCorrected | ConfidenceUpdated


def step(began: int | None, step: FoldStep) -> tuple[int | None, Sequence[Row]]:
    goal: AnyGoal | None = step.after
    if goal is None:
        return began, ()
    began = began or step.recorded.position
    key = (step.recorded.stream_id,)
    rows = [] if isinstance(goal, Purpose) else [Row(SAID, key, said_of(goal))]
    if not isinstance(step.recorded.event, Said):
        rows.append(Row(GOALS, key, what_is(goal, step.recorded.stream_kind, began)))
    return began, rows


def what_is(goal: AnyGoal, kind: str, began: int) -> WhatItIs:
    """All that a goal is, whatever was said of it."""
    values = _NOTHING | {
        "kind": kind, "began": began, "external_id": goal.external_id, "parent_id": goal.parent_id,
        "title": goal.title, "team_id": goal.team_id, "owner_id": goal.owner_id, "cycle_id": goal.cycle_id,
        "state": goal.state, "more": _more(goal),
    }  # fmt: skip
    if isinstance(goal, Purpose):
        values["note"], values["note_subject"] = words(goal.note)
        return WhatItIs(**values)
    values |= {"partner_id": goal.partner_id, "roll_up": goal.roll_up}
    if goal.grade:
        values["score"] = number(goal.grade.score)
        values["grade_as_written"], values["grade_as_written_subject"] = words(goal.grade.as_written)
    if isinstance(goal, Objective):
        weights = {str(id): number(weight) for id, weight in goal.weights.items()}
        values |= {"commitment": goal.commitment, "weights": msgspec.json.encode(weights).decode() if weights else None}
        return WhatItIs(**values)
    terms = goal.terms
    values |= {
        "commitment": terms.commitment, "committed_at": goal.committed_at, "metric": terms.metric, "unit": terms.unit,
        "baseline": number(terms.baseline) or terms.baseline_as_written,
        "target": number(terms.target) or terms.target_as_written,
    }  # fmt: skip
    return WhatItIs(**values)


_NOTHING: dict[str, Any] = dict.fromkeys(GOALS.values)


def said_of(goal: Objective | KeyResult) -> LastSaid:
    """What was last said, and what it means by the terms that hold."""
    shown = (
        key_result_lifecycle.shown_progress(goal.terms, goal.check_ins)
        if isinstance(goal, KeyResult)
        else ShownProgress(None)
    )
    latest = goal.check_ins[-1] if goal.check_ins else None
    said = latest.said if latest else check_in.Statement()
    stated = goal.confidence
    return LastSaid(
        latest and latest.at.effective_at, number(said.value), said.value_as_written, number(said.claimed),
        number(shown.ratio), shown.source, shown.missing,
        stated and number(stated.value), stated and stated.at.effective_at, stated and stated.at.position,
        said.health, len(goal.check_ins),
    )  # fmt: skip


def _more(goal: AnyGoal) -> str:
    """What is shown of one goal alone. No personal text: it would need a column with its subject."""
    return msgspec.json.encode({name: getattr(goal, name) for name in ("first_at", *OF_ONE[type(goal)])}).decode()


OF_ONE: dict[type, tuple[str, ...]] = {
    Mission: ("statement", "horizon_years", "origin", "origin_date", "reaffirmed_at"),
    Vision: (),
    Strategy: ("hypothesis",),
    Theme: ("champion_id",),
    Objective: ("why", "resources", "offered_by", "supports"),
    KeyResult: (
        "offered_by", "terms", "first_agreed", "amendment", "graded_terms", "stretch", "stretch_offer",
        "dropped_because_of",
    ),
}  # fmt: skip

MODEL = ReadModel("goals", kinds=frozenset(GOAL_KINDS), tables=(GOALS, SAID), step=step)
