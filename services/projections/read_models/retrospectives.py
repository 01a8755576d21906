"""Retrospectives: what a team learned in a cycle, what it agreed to do, and what came of it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from domain.retrospective import (
    ActionAgreed,
    ActionDone,
    LearningRecorded,
    LearningWithdrawn,
    RetrospectiveConcluded,
    RetrospectiveOpened,
)
from services.eventlog.recorded_event import RecordedEvent
from services.projections.engine.read_model import FoldStep, ReadModel, Row, Table
from services.projections.read_models.columns import words

RETROSPECTIVES = Table(
    "retrospectives",
    key={"id": "uuid"},
    values={
        "team_id": "uuid", "cycle_id": "uuid", "opened_at": "timestamptz", "concluded_at": "timestamptz",
        "next_steps": "text", "next_steps_subject": "uuid", "resources_needed": "text",
        "resources_needed_subject": "uuid", "support_required": "text", "support_required_subject": "uuid",
        "began": "bigint",
    },
    indexes=("began",),
)  # fmt: skip


LEARNINGS = Table(
    "learnings",
    key={"id": "uuid"},
    values={
        "retrospective_id": "uuid", "kind": "text", "text": "text", "text_subject": "uuid", "author_id": "uuid",
        "withdrawn": "boolean", "effective_at": "timestamptz", "recorded_at": "timestamptz", "position": "bigint",
    },
    indexes=("retrospective_id",),
    past_indexes=("retrospective_id",),
)  # fmt: skip


ACTIONS = Table(
    "actions",
    key={"id": "uuid"},
    values={
        "retrospective_id": "uuid", "text": "text", "text_subject": "uuid", "owner_id": "uuid", "due": "date",
        "done_at": "timestamptz", "position": "bigint",
    },
    indexes=("retrospective_id",),
    past_indexes=("retrospective_id",),
)  # fmt: skip


Values = dict[str, Any]  # Of a row, by column, in the order of the table's columns.


Held = dict[UUID, Values]  # The rows of the retrospective, its learnings and its actions, by their keys.


def step(held: Held, step: FoldStep) -> tuple[Held, Sequence[Row]]:
    """`held` are the rows that hold, so that a withdrawal, an action done and the end change what they change."""
    recorded, event = step.recorded, step.recorded.event
    match event:
        case RetrospectiveOpened():
            table, key, values = RETROSPECTIVES, recorded.stream_id, _opened(recorded)
        case RetrospectiveConcluded() if recorded.stream_id in held:
            table, key = RETROSPECTIVES, recorded.stream_id
            values = held[key] | _concluded(recorded)
        case LearningRecorded():
            table, key, values = LEARNINGS, event.learning_id, _learned(recorded)
        case LearningWithdrawn(withdraws=key) if key in held:
            table, values = LEARNINGS, held[key] | {"text": None, "text_subject": None, "withdrawn": True}
        case ActionAgreed():
            table, key, values = ACTIONS, event.action_id, _agreed(recorded)
        case ActionDone(action_id=key) if key in held:
            table, values = ACTIONS, held[key] | {"done_at": recorded.effective_at}
        case _:
            return held, ()
    return held | {key: values}, [Row(table, (key,), tuple(values.values()))]


def _opened(recorded: RecordedEvent) -> Values:
    values: Values = dict.fromkeys(RETROSPECTIVES.values)
    event = recorded.event
    return values | {
        "team_id": event.team_id,
        "cycle_id": event.cycle_id,
        "opened_at": recorded.effective_at,
        "began": recorded.position,
    }


def _concluded(recorded: RecordedEvent) -> Values:
    values: Values = {"concluded_at": recorded.effective_at}
    for name in ("next_steps", "resources_needed", "support_required"):
        values[name], values[f"{name}_subject"] = words(getattr(recorded.event, name))
    return values


def _learned(recorded: RecordedEvent) -> Values:
    event = recorded.event
    text, subject = words(event.text)
    return {
        "retrospective_id": recorded.stream_id,
        "kind": event.kind,
        "text": text,
        "text_subject": subject,
        "author_id": event.author_id,
        "withdrawn": False,
        "effective_at": recorded.effective_at,
        "recorded_at": recorded.recorded_at,
        "position": recorded.position,
    }


def _agreed(recorded: RecordedEvent) -> Values:
    event = recorded.event
    text, subject = words(event.text)
    return {
        "retrospective_id": recorded.stream_id,
        "text": text,
        "text_subject": subject,
        "owner_id": event.owner_id,
        "due": event.due,
        "done_at": None,
        "position": recorded.position,
    }


MODEL = ReadModel(
    "retrospectives",
    kinds=frozenset({"retrospective"}),
    tables=(RETROSPECTIVES, LEARNINGS, ACTIONS),
    step=step,
    start={},
)
