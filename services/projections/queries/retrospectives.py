"""Retrospectives: the heads of all, and one with its grades, learnings and actions."""

from collections.abc import Sequence
from uuid import UUID

from contracts.answers.retrospective import (
    ActionShown,
    ConclusionShown,
    GradeShown,
    LearningShown,
    RetrospectiveHead,
)
from contracts.events.anonymity import times
from services.projections.queries.alignment_tree import TreeFilter, tree
from services.projections.queries.names import names
from services.projections.queries.page_rows import read_one, read_page
from services.projections.queries.paging import PageQuery
from services.projections.queries.read_session import ReadSession
from services.projections.queries.rows import as_promised, read
from services.projections.read_models.retrospectives import (
    ACTIONS,
    LEARNINGS,
    RETROSPECTIVES,
    ActionRow,
    LearningRow,
    RetrospectiveRow,
)

# ruff: noqa: S608  What is put in are constants.
SELECT = f"""
    SELECT began, {RETROSPECTIVES.select(RetrospectiveRow[str])} FROM retrospectives
     WHERE workspace_id = %(workspace_id)s AND {{time_filter}}
"""
LEARNT = f"""
    SELECT {LEARNINGS.select(LearningRow[str])} FROM learnings
     WHERE workspace_id = %(workspace_id)s AND retrospective_id = %(id)s AND {{time_filter}} ORDER BY position
"""
AGREED = f"""
    SELECT {ACTIONS.select(ActionRow[str])} FROM actions
     WHERE workspace_id = %(workspace_id)s AND retrospective_id = %(id)s AND {{time_filter}} ORDER BY position
"""


async def listing(page: PageQuery) -> dict[str, object]:
    """The retrospectives, in the order in which they were opened."""
    found, following = await read_page(page, RetrospectiveRow[str], SELECT)
    return {"retrospectives": await _heads(page.session, found), "next": following}


async def one(session: ReadSession, id: UUID) -> dict[str, object]:
    """A quarter of a team: how its goals ended, what it learned, what it agreed to do."""
    retrospective = await read_one(session, RetrospectiveRow[str], SELECT, id)
    (head,) = await _heads(session, [retrospective])
    return head | {
        "grades": await _grades(session, retrospective.team_id, retrospective.cycle_id),
        "learnings": await _learnings(session, id),
        "actions": await _actions(session, id),
        "conclusion": as_promised(ConclusionShown, retrospective) if retrospective.concluded_at else None,
    }


async def _heads(session: ReadSession, retrospectives: Sequence[RetrospectiveRow[str]]) -> list[dict[str, object]]:
    teams = await names(session, "teams", (each.team_id for each in retrospectives))
    cycles = await names(session, "cycles", (each.cycle_id for each in retrospectives))
    return [
        as_promised(
            RetrospectiveHead,
            each,
            team=teams.of(each.team_id),
            cycle=cycles.of(each.cycle_id),
            state="concluded" if each.concluded_at else "open",
        )
        for each in retrospectives
    ]


async def _grades(session: ReadSession, team_id: UUID, cycle_id: UUID) -> list[dict[str, object]]:
    """The goals of the team and those below it in the cycle, as the tree has them."""
    nodes = await tree(session, TreeFilter(cycle=str(cycle_id), team=str(team_id), dropped=True))
    goals = (node for node in nodes if node.matched and node.kind in ("objective", "key_result"))
    return [as_promised(GradeShown, goal) for goal in goals]


async def _learnings(session: ReadSession, id: UUID) -> list[dict[str, object]]:
    learnings = await read(session, LearningRow[str], LEARNT, id=id)
    people = await names(session, "members", (learning.author_id for learning in learnings))
    return [
        as_promised(
            LearningShown,
            learning,
            author=people.of(learning.author_id),
            anonymous=learning.author_id is None,
            **times(learning.effective_at, learning.recorded_at, anonymous=learning.author_id is None),
        )
        for learning in learnings
    ]


async def _actions(session: ReadSession, id: UUID) -> list[dict[str, object]]:
    actions = await read(session, ActionRow[str], AGREED, id=id)
    people = await names(session, "members", (action.owner_id for action in actions))
    return [as_promised(ActionShown, action, owner=people.of(action.owner_id)) for action in actions]
