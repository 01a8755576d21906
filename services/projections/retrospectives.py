"""Retrospectives: what a team learned in a cycle, what it agreed to do, and what came of it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from contracts.anonymity import times
from contracts.recorded import Recorded
from domain.retrospective import (
    ActionAgreed,
    ActionDone,
    LearningRecorded,
    LearningWithdrawn,
    RetrospectiveConcluded,
    RetrospectiveOpened,
)
from services.projections import pages
from services.projections.columns import words
from services.projections.model import ReadModel, Row, Step, Table
from services.projections.names import names
from services.projections.pages import Page
from services.projections.reading import View
from services.projections.tree import Wanted, tree

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

# --- facts -> rows ------------------------------------------------------------------------------------------------

Values = dict[str, Any]  # Of a row, by column, in the order of the table's columns.
Held = dict[UUID, Values]  # The rows of the retrospective, its learnings and its actions, by their keys.


def step(held: Held, step: Step) -> tuple[Held, Sequence[Row]]:
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


def _opened(recorded: Recorded) -> Values:
    values: Values = dict.fromkeys(RETROSPECTIVES.values)
    event = recorded.event
    return values | {
        "team_id": event.team_id,
        "cycle_id": event.cycle_id,
        "opened_at": recorded.effective_at,
        "began": recorded.position,
    }


def _concluded(recorded: Recorded) -> Values:
    values: Values = {"concluded_at": recorded.effective_at}
    for name in ("next_steps", "resources_needed", "support_required"):
        values[name], values[f"{name}_subject"] = words(getattr(recorded.event, name))
    return values


def _learned(recorded: Recorded) -> Values:
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


def _agreed(recorded: Recorded) -> Values:
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

# --- questions ----------------------------------------------------------------------------------------------------

SELECT = """
    SELECT began, id, team_id, cycle_id, opened_at, concluded_at, next_steps, resources_needed, support_required
      FROM retrospectives WHERE workspace_id = %(workspace_id)s AND {holds}
"""
LEARNT = """
    SELECT id, kind, text, author_id, withdrawn, effective_at, recorded_at
      FROM learnings WHERE workspace_id = %(workspace_id)s AND retrospective_id = %(id)s AND {holds} ORDER BY position
"""
AGREED = """
    SELECT id, text, owner_id, due, done_at
      FROM actions WHERE workspace_id = %(workspace_id)s AND retrospective_id = %(id)s AND {holds} ORDER BY position
"""
GRADE = (
    "id", "kind", "external_id", "parent_id", "title", "team", "owner", "state", "commitment", "score",
    "computed_score", "grade_as_written", "outcome", "band",
)  # fmt: skip


async def listing(page: Page) -> dict[str, Any]:
    """The retrospectives, in the order in which they were opened."""
    rows, following = await page.rows(SELECT)
    return {"retrospectives": await _heads(page.view, rows), "next": following}


async def one(view: View, id: UUID) -> dict[str, Any]:
    """A quarter of a team: how its goals ended, what it learned, what it agreed to do."""
    row = await pages.one(view, SELECT, id)
    (head,) = await _heads(view, [row])
    _, _, team_id, cycle_id, _, concluded_at, *conclusion = row
    names_of = ("next_steps", "resources_needed", "support_required")
    return head | {
        "grades": await _grades(view, team_id, cycle_id),
        "learnings": await _learnings(view, id),
        "actions": await _actions(view, id),
        "conclusion": concluded_at and dict(zip(names_of, conclusion, strict=True)),
    }


async def _heads(view: View, rows: Sequence[tuple[Any, ...]]) -> list[dict[str, Any]]:
    teams = await names(view, "teams", (row[2] for row in rows))
    cycles = await names(view, "cycles", (row[3] for row in rows))
    return [
        {
            "id": id, "team": teams.of(team_id), "cycle": cycles.of(cycle_id),
            "state": "concluded" if concluded_at else "open", "opened_at": opened_at, "concluded_at": concluded_at,
        }
        for _, id, team_id, cycle_id, opened_at, concluded_at, *_ in rows
    ]  # fmt: skip


async def _grades(view: View, team_id: UUID, cycle_id: UUID) -> list[dict[str, Any]]:
    """The goals of the team and those below it in the cycle, as the tree has them."""
    nodes = await tree(view, Wanted(cycle=str(cycle_id), team=str(team_id), dropped=True))
    goals = (node for node in nodes if node.matched and node.kind in ("objective", "key_result"))
    return [{name: getattr(node, name) for name in GRADE} for node in goals]


async def _learnings(view: View, id: UUID) -> list[dict[str, Any]]:
    rows = await view.rows(LEARNT.format(holds=view.holds), id=id)
    people = await names(view, "members", (row[3] for row in rows))
    return [
        {
            "id": id, "kind": kind, "text": text, "author": people.of(author_id), "anonymous": author_id is None,
            "withdrawn": withdrawn,
        }
        | times(effective_at, recorded_at, anonymous=author_id is None)
        for id, kind, text, author_id, withdrawn, effective_at, recorded_at in rows
    ]  # fmt: skip


async def _actions(view: View, id: UUID) -> list[dict[str, Any]]:
    rows = await view.rows(AGREED.format(holds=view.holds), id=id)
    people = await names(view, "members", (row[2] for row in rows))
    return [
        {"id": id, "text": text, "owner": people.of(owner_id), "due": due, "done_at": done_at}
        for id, text, owner_id, due, done_at in rows
    ]
