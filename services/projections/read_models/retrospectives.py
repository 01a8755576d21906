"""Retrospectives: what a team learned in a cycle, what it agreed to do, and what came of it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Generic
from uuid import UUID

from msgspec.structs import replace

from domain.personal import Personal
from domain.retrospective import (
    ActionAgreed,
    ActionDone,
    LearningKind,
    LearningRecorded,
    LearningWithdrawn,
    Retrospective,
    RetrospectiveConcluded,
    RetrospectiveOpened,
)
from services.eventlog.recorded_event import RecordedEvent
from services.projections.engine.read_model import FoldStep, ReadModel, Rows
from services.projections.engine.table import Table, TableRow, Text


class RetrospectiveRow(TableRow[UUID], Generic[Text]):
    team_id: UUID
    cycle_id: UUID
    opened_at: datetime
    began: int
    concluded_at: datetime | None = None
    next_steps: Text | None = None
    resources_needed: Text | None = None
    support_required: Text | None = None


class LearningRow(TableRow[UUID], Generic[Text]):
    retrospective_id: UUID
    kind: LearningKind
    text: Text | None
    author_id: UUID | None
    withdrawn: bool
    effective_at: datetime
    recorded_at: datetime
    position: int


class ActionRow(TableRow[UUID], Generic[Text]):
    retrospective_id: UUID
    text: Text | None
    owner_id: UUID
    due: date | None
    done_at: datetime | None
    position: int


RETROSPECTIVES = Table("retrospectives", RetrospectiveRow[Personal], indexes=("began",))
LEARNINGS = Table("learnings", LearningRow[Personal], indexes=("retrospective_id",), past_indexes=("retrospective_id",))
ACTIONS = Table("actions", ActionRow[Personal], indexes=("retrospective_id",), past_indexes=("retrospective_id",))

CurrentRow = RetrospectiveRow[Personal] | LearningRow[Personal] | ActionRow[Personal]
CurrentRows = Mapping[UUID, CurrentRow]


def step(current: CurrentRows, step: FoldStep[Retrospective]) -> tuple[CurrentRows, Rows]:
    """`current` are the rows that hold, so that a withdrawal, an action done and the end change what they change."""
    row = _row(current, step.recorded)
    return (current, ()) if row is None else ({**current, row.id: row}, (row,))


def _row(current: CurrentRows, recorded: RecordedEvent) -> CurrentRow | None:
    """The row that an event makes or changes; None where it changes what is not there."""
    match recorded.event:
        case RetrospectiveOpened() as event:
            return RetrospectiveRow(
                id=recorded.stream_id,
                team_id=event.team_id,
                cycle_id=event.cycle_id,
                opened_at=recorded.effective_at,
                began=recorded.position,
            )
        case RetrospectiveConcluded() as event if row := current.get(recorded.stream_id):
            return replace(
                row,
                concluded_at=recorded.effective_at,
                next_steps=event.next_steps,
                resources_needed=event.resources_needed,
                support_required=event.support_required,
            )
        case LearningRecorded() as event:
            return LearningRow(
                id=event.learning_id,
                retrospective_id=recorded.stream_id,
                kind=event.kind,
                text=event.text,
                author_id=event.author_id,
                withdrawn=False,
                effective_at=recorded.effective_at,
                recorded_at=recorded.recorded_at,
                position=recorded.position,
            )
        case LearningWithdrawn(withdraws=id) if row := current.get(id):
            return replace(row, text=None, withdrawn=True)
        case ActionAgreed() as event:
            return ActionRow(
                id=event.action_id,
                retrospective_id=recorded.stream_id,
                text=event.text,
                owner_id=event.owner_id,
                due=event.due,
                done_at=None,
                position=recorded.position,
            )
        case ActionDone(action_id=id) if row := current.get(id):
            return replace(row, done_at=recorded.effective_at)
    return None


NO_ROWS: CurrentRows = {}
MODEL = ReadModel(
    "retrospectives",
    kinds=frozenset({"retrospective"}),
    tables=(RETROSPECTIVES, LEARNINGS, ACTIONS),
    step=step,
    start=NO_ROWS,
)
