"""Goals of all six kinds: what each is, and what was last stated of it. The tree and all views of goals read this.

A check-in writes a row or two of STATEMENTS however deep the tree is; what follows for the goals above is computed when
read. A field that the tree only passes on stands here, is filled here, and is named by contracts/answers/goals.py.
"""

from datetime import datetime
from typing import Generic
from uuid import UUID

import msgspec

from domain.goal import check_in
from domain.goal.check_in import (
    CheckedIn,
    CheckInCorrected,
    ConfidenceUpdated,
    HealthWord,
    ObjectiveCheckedIn,
    ObjectiveCheckInCorrected,
)
from domain.goal.grade import Grade
from domain.goal.measure import Commitment, Terms
from domain.goal.roll_up import RollUpMode
from domain.key_result import lifecycle as key_result_lifecycle
from domain.key_result.lifecycle import ShownProgress
from domain.key_result.state import KeyResult
from domain.objective.state import Objective
from domain.personal import Personal
from domain.purpose.base import Purpose
from domain.purpose.kinds import GOAL_KINDS
from domain.purpose.mission import Mission
from domain.purpose.strategy import Strategy
from domain.purpose.theme import Theme
from domain.purpose.vision import Vision
from services.projections.engine.read_model import FoldStep, ReadModel, Rows
from services.projections.engine.table import Id, Integer, Table, TableRow, Text
from services.projections.read_models.columns import number

AnyGoal = Objective | KeyResult | Purpose
STATES = CheckedIn | CheckInCorrected | ObjectiveCheckedIn | ObjectiveCheckInCorrected | ConfidenceUpdated


class TreeGoal(TableRow[Id], Generic[Id, Text]):
    """What the tree reads of a goal. `weights` is JSON: those that were set, by the id of the child."""

    kind: str
    began: int
    title: str
    state: str
    external_id: str | None = None
    parent_id: Id | None = None
    team_id: Id | None = None
    owner_id: Id | None = None
    cycle_id: Id | None = None
    commitment: Commitment | None = None
    roll_up: RollUpMode | None = None
    weights: str | None = None
    committed_at: datetime | None = None
    metric: str | None = None
    unit: str | None = None
    baseline: str | None = None
    target: str | None = None
    score: str | None = None
    grade_as_written: Text | None = None


class GoalRow(TreeGoal[UUID, Personal]):
    """A goal, whatever was stated of it. `details` is JSON of what only the view of one goal shows."""

    partner_id: UUID | None = None
    note: Personal | None = None
    details: str = "{}"


class StatementRow(TableRow[Id]):
    """What was last stated of a goal. `progress` is the raw ratio of a key result, exact, by the terms that hold.

    `confidence` was stated at its own moment.
    """

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
    health: HealthWord | None
    check_ins: Integer | None


GOALS = Table("goals", GoalRow, indexes=("kind, began", "parent_id"), past_indexes=("", "parent_id"))
STATEMENTS = Table("statements", StatementRow[UUID], past_indexes=("",))


def step(began: int | None, step: FoldStep[AnyGoal]) -> tuple[int | None, Rows]:
    goal, id = step.after, step.recorded.stream_id
    if goal is None:
        return began, ()
    began = began or step.recorded.position
    statement = () if isinstance(goal, Purpose) else (statement_row(goal, id),)
    if isinstance(step.recorded.event, STATES):
        return began, statement
    return began, (*statement, goal_row(goal, id, step.recorded.stream_kind, began))


def goal_row(goal: AnyGoal, id: UUID, kind: str, began: int) -> GoalRow:
    """All that a goal is, whatever was stated of it."""
    negotiated = None if isinstance(goal, Purpose) else goal
    terms = goal.terms if isinstance(goal, KeyResult) else NO_TERMS
    grade = (negotiated and negotiated.grade) or NO_GRADE
    return GoalRow(
        id=id,
        kind=kind,
        began=began,
        title=goal.title,
        state=goal.state,
        external_id=goal.external_id,
        parent_id=goal.parent_id,
        team_id=goal.team_id,
        owner_id=goal.owner_id,
        cycle_id=goal.cycle_id,
        commitment=goal.commitment if isinstance(goal, Objective) else terms.commitment,
        roll_up=negotiated.roll_up if negotiated else None,
        weights=_weights(goal) if isinstance(goal, Objective) else None,
        committed_at=goal.committed_at if isinstance(goal, KeyResult) else None,
        metric=terms.metric,
        unit=terms.unit,
        baseline=number(terms.baseline) or terms.baseline_as_written,
        target=number(terms.target) or terms.target_as_written,
        score=number(grade.score),
        grade_as_written=grade.as_written,
        partner_id=negotiated.partner_id if negotiated else None,
        note=goal.note if isinstance(goal, Purpose) else None,
        details=_details(goal),
    )


def statement_row(goal: Objective | KeyResult, id: UUID) -> StatementRow[UUID]:
    """What was last stated, and what it means by the terms that hold."""
    progress = NO_PROGRESS
    if isinstance(goal, KeyResult):
        progress = key_result_lifecycle.shown_progress(goal.terms, goal.check_ins)
    latest = goal.check_ins[-1] if goal.check_ins else None
    statement = latest.statement if latest else check_in.NO_STATEMENT
    stated = goal.confidence
    return StatementRow(
        id=id,
        said_at=latest.at.effective_at if latest else None,
        value=number(statement.value),
        value_as_written=statement.value_as_written,
        claimed=number(statement.claimed),
        progress=number(progress.ratio),
        progress_source=progress.source,
        progress_missing=progress.missing,
        confidence=number(stated.value) if stated else None,
        confidence_at=stated.at.effective_at if stated else None,
        confidence_position=stated.at.position if stated else None,
        health=statement.health,
        check_ins=len(goal.check_ins),
    )


# What a goal of another kind has in the place of these.
NO_TERMS = Terms(title="")
NO_GRADE = Grade(None, None)
NO_PROGRESS = ShownProgress(None)


def _weights(goal: Objective) -> str | None:
    weights = {str(id): number(weight) for id, weight in goal.weights.items()}
    return msgspec.json.encode(weights).decode() if weights else None


def _details(goal: AnyGoal) -> str:
    """What is shown of one goal alone. No personal text: it would need a column with its subject."""
    return msgspec.json.encode({name: getattr(goal, name) for name in ("first_at", *DETAILS[type(goal)])}).decode()


DETAILS: dict[type, tuple[str, ...]] = {
    Mission: ("statement", "horizon_years", "origin", "origin_date", "reaffirmed_at"),
    Vision: (),
    Strategy: ("hypothesis",),
    Theme: ("champion_id",),
    Objective: ("why", "resources", "offered_by", "supports"),
    KeyResult: (
        "offered_by",
        "terms",
        "first_agreed",
        "amendment",
        "graded_terms",
        "stretch",
        "stretch_offer",
        "dropped_because_of",
    ),
}

MODEL = ReadModel("goals", kinds=frozenset(GOAL_KINDS), tables=(GOALS, STATEMENTS), step=step, start=None)
