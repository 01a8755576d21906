"""Retrospectives: the heads of all, and one with its grades, learnings and actions."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from contracts.events.anonymity import times
from services.projections.queries import paging
from services.projections.queries.alignment_tree import TreeFilter, tree
from services.projections.queries.names import names
from services.projections.queries.paging import PageQuery
from services.projections.queries.read_session import ReadSession

SELECT = """
    SELECT began, id, team_id, cycle_id, opened_at, concluded_at, next_steps, resources_needed, support_required
      FROM retrospectives WHERE workspace_id = %(workspace_id)s AND {time_filter}
"""


LEARNT = """
    SELECT id, kind, text, author_id, withdrawn, effective_at, recorded_at
      FROM learnings
     WHERE workspace_id = %(workspace_id)s AND retrospective_id = %(id)s AND {time_filter} ORDER BY position
"""


AGREED = """
    SELECT id, text, owner_id, due, done_at
      FROM actions
     WHERE workspace_id = %(workspace_id)s AND retrospective_id = %(id)s AND {time_filter} ORDER BY position
"""


GRADE = (
    "id", "kind", "external_id", "parent_id", "title", "team", "owner", "state", "commitment", "score",
    "computed_score", "grade_as_written", "outcome", "band",
)  # fmt: skip


async def listing(page: PageQuery) -> dict[str, Any]:
    """The retrospectives, in the order in which they were opened."""
    rows, following = await page.rows(SELECT)
    return {"retrospectives": await _heads(page.session, rows), "next": following}


async def one(session: ReadSession, id: UUID) -> dict[str, Any]:
    """A quarter of a team: how its goals ended, what it learned, what it agreed to do."""
    row = await paging.one(session, SELECT, id)
    (head,) = await _heads(session, [row])
    _, _, team_id, cycle_id, _, concluded_at, *conclusion = row
    names_of = ("next_steps", "resources_needed", "support_required")
    return head | {
        "grades": await _grades(session, team_id, cycle_id),
        "learnings": await _learnings(session, id),
        "actions": await _actions(session, id),
        "conclusion": concluded_at and dict(zip(names_of, conclusion, strict=True)),
    }


async def _heads(session: ReadSession, rows: Sequence[tuple[Any, ...]]) -> list[dict[str, Any]]:
    teams = await names(session, "teams", (row[2] for row in rows))
    cycles = await names(session, "cycles", (row[3] for row in rows))
    return [
        {
            "id": id, "team": teams.of(team_id), "cycle": cycles.of(cycle_id),
            "state": "concluded" if concluded_at else "open", "opened_at": opened_at, "concluded_at": concluded_at,
        }
        for _, id, team_id, cycle_id, opened_at, concluded_at, *_ in rows
    ]  # fmt: skip


async def _grades(session: ReadSession, team_id: UUID, cycle_id: UUID) -> list[dict[str, Any]]:
    """The goals of the team and those below it in the cycle, as the tree has them."""
    nodes = await tree(session, TreeFilter(cycle=str(cycle_id), team=str(team_id), dropped=True))
    goals = (node for node in nodes if node.matched and node.kind in ("objective", "key_result"))
    return [{name: getattr(node, name) for name in GRADE} for node in goals]


async def _learnings(session: ReadSession, id: UUID) -> list[dict[str, Any]]:
    rows = await session.rows(LEARNT.format(time_filter=session.time_filter), id=id)
    people = await names(session, "members", (row[3] for row in rows))
    return [
        {
            "id": id, "kind": kind, "text": text, "author": people.of(author_id), "anonymous": author_id is None,
            "withdrawn": withdrawn,
        }
        | times(effective_at, recorded_at, anonymous=author_id is None)
        for id, kind, text, author_id, withdrawn, effective_at, recorded_at in rows
    ]  # fmt: skip


async def _actions(session: ReadSession, id: UUID) -> list[dict[str, Any]]:
    rows = await session.rows(AGREED.format(time_filter=session.time_filter), id=id)
    people = await names(session, "members", (row[2] for row in rows))
    return [
        {"id": id, "text": text, "owner": people.of(owner_id), "due": due, "done_at": done_at}
        for id, text, owner_id, due, done_at in rows
    ]
