"""The alignment tree at a moment, whole or in part: SQL for its rows, then filters on what weave.py makes of them.

What follows upwards is always computed from the whole tree below a goal, so a goal reads the same under every filter.
"""

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from domain.errors import Invalid, NotFound
from services.projections.queries.read_session import ReadSession
from services.projections.queries.tree_roll_up import CyclePeriod, TreeNode, WorkspaceContext, roll_up_tree

TREE_NODES_MAX = 20_000

HIDDEN = ["withdrawn", "declined"]
HIDDEN_UNLESS_ASKED = ["dropped", "retired"]

GOAL_COLUMNS = """
    id::text, kind, began, external_id, parent_id::text, title, team_id::text, owner_id::text, cycle_id::text,
    state, commitment, roll_up, weights, committed_at, metric, unit, baseline, target, score, grade_as_written
"""
SAID_COLUMNS = """
    said_at, value, value_as_written, claimed, progress, progress_source, progress_missing,
    confidence, confidence_at, confidence_position, health, check_ins
"""
COLUMNS = f"{GOAL_COLUMNS}, {SAID_COLUMNS}"
UNSAID = (None,) * len(SAID_COLUMNS.split(","))

# Of the whole tree, two statements: a planner that expects too few goals would look up what was said one by one.
GOALS = """
    SELECT {columns} FROM goals WHERE workspace_id = %(workspace_id)s AND {time_filter} AND state <> ALL (%(hidden)s)
     ORDER BY began LIMIT %(limit)s
"""
SAID = "SELECT id::text, {columns} FROM said WHERE workspace_id = %(workspace_id)s AND {time_filter}"
BELOW = """
    WITH RECURSIVE below AS (
        SELECT * FROM goals WHERE workspace_id = %(workspace_id)s AND id = ANY (%(ids)s) AND {time_filter}
        UNION
        SELECT child.* FROM below,
               LATERAL (SELECT * FROM goals
                         WHERE workspace_id = %(workspace_id)s AND parent_id = below.id AND {time_filter}) AS child
         WHERE child.state <> ALL (%(hidden)s)
    )
    SELECT {columns}
      FROM below
      LEFT JOIN LATERAL (SELECT * FROM said
                          WHERE workspace_id = %(workspace_id)s AND id = below.id AND {time_filter}) AS said USING (id)
     ORDER BY began
"""
SETTINGS = """
    SELECT week_start, check_in_every, bands FROM workspaces WHERE workspace_id = %(workspace_id)s AND {time_filter}
"""
CYCLES = """
    SELECT id::text, name, starts_on, ends_on, state, active_since
      FROM cycles WHERE workspace_id = %(workspace_id)s AND {time_filter}
"""
TEAMS = "SELECT id::text, name, parent_id::text FROM teams WHERE workspace_id = %(workspace_id)s AND {time_filter}"
MEMBERS = "SELECT id::text, name FROM members WHERE workspace_id = %(workspace_id)s AND {time_filter}"


@dataclass(frozen=True, slots=True)
class TreeFilter:
    """Which part of the tree is asked for. A cycle or team is an id or a name; a cycle may be `current`."""

    cycle: str | None = None
    team: str | None = None
    owner: UUID | None = None
    root: UUID | None = None
    depth: int | None = None
    dropped: bool = False

    @property
    def filters(self) -> bool:
        return (self.cycle, self.team, self.owner) != (None, None, None)


async def tree(session: ReadSession, wanted: TreeFilter) -> list[TreeNode]:
    """The nodes of the part that is asked for, depth-first."""
    around, parents = await workspace_context(session)
    cycles = None if wanted.cycle is None else _cycles(wanted.cycle, around, session)
    teams = None if wanted.team is None else _teams(wanted.team, around.teams, parents)
    hidden = HIDDEN if wanted.dropped else HIDDEN + HIDDEN_UNLESS_ASKED
    if wanted.root is not None:
        nodes = roll_up_tree(await _below(session, [wanted.root], hidden), around)
        if not nodes:
            raise NotFound(f"root: no goal has the id {wanted.root}")
    else:
        # What cannot be answered need not be read whole, unless a part of it may be.
        limit = None if wanted.filters or wanted.depth is not None else TREE_NODES_MAX + 1
        nodes = roll_up_tree(await _whole(session, hidden, limit), around)
    if wanted.filters:
        nodes = _kept(nodes, cycles, teams, str(wanted.owner) if wanted.owner else None)
    if wanted.depth is not None:
        nodes = [node for node in nodes if node.depth <= wanted.depth]
    if len(nodes) > TREE_NODES_MAX:
        raise Invalid(f"more than {TREE_NODES_MAX} goals: ask for a cycle, a root or a depth")
    return nodes


async def nodes_of(session: ReadSession, ids: Collection[UUID]) -> dict[str, TreeNode]:
    """These goals as nodes, whatever their state, by their ids."""
    around, _ = await workspace_context(session)
    nodes = roll_up_tree(await _below(session, list(ids), HIDDEN + HIDDEN_UNLESS_ASKED), around)
    wanted = {str(id) for id in ids}
    return {node.id: node for node in nodes if node.id in wanted}


async def workspace_context(session: ReadSession) -> tuple[WorkspaceContext, dict[str, str | None]]:
    """What the goals stand in at the moment, and of each team the one above it."""
    settings = await session.rows(SETTINGS.format(time_filter=session.time_filter))
    week_start, check_in_every, bands = settings[0] if settings else (0, "1 week", None)
    cycles = [CyclePeriod(*row) for row in await session.rows(CYCLES.format(time_filter=session.time_filter))]
    teams = await session.rows(TEAMS.format(time_filter=session.time_filter))
    around = WorkspaceContext(
        now=session.moment.as_of,
        zone=session.zone,
        week_start=week_start,
        check_in_every=check_in_every,
        cycles={cycle.id: cycle for cycle in cycles},
        teams={id: name for id, name, _ in teams},
        members=dict(await session.rows(MEMBERS.format(time_filter=session.time_filter))),
        **({"bands": tuple(map(Decimal, bands))} if bands else {}),
    )
    return around, {id: parent for id, _, parent in teams}


async def _whole(session: ReadSession, hidden: list[str], limit: int | None) -> list[tuple[Any, ...]]:
    goals = GOALS.format(columns=GOAL_COLUMNS, time_filter=session.time_filter)
    rows = await session.rows(goals, hidden=hidden, limit=limit)
    said = {
        row[0]: row[1:]
        for row in await session.rows(SAID.format(columns=SAID_COLUMNS, time_filter=session.time_filter))
    }
    return [row + said.get(row[0], UNSAID) for row in rows]


async def _below(session: ReadSession, ids: list[UUID], hidden: list[str]) -> list[tuple[Any, ...]]:
    return await session.rows(BELOW.format(columns=COLUMNS, time_filter=session.time_filter), ids=ids, hidden=hidden)


def _cycles(asked: str, around: WorkspaceContext, session: ReadSession) -> set[str]:
    if asked != "current":
        return _named("cycle", asked, {cycle.id: cycle.name for cycle in around.cycles.values()})
    today = session.moment.as_of.astimezone(session.zone).date()
    dated = {
        cycle.id
        for cycle in around.cycles.values()
        if cycle.starts_on and cycle.ends_on and cycle.starts_on <= today < cycle.ends_on
    }
    undated = [c for c in around.cycles.values() if c.starts_on is None and c.state == "active" and c.active_since]
    newest = max((cycle.active_since for cycle in undated if cycle.active_since), default=None)
    return dated or {cycle.id for cycle in undated if cycle.active_since == newest}


def _teams(asked: str, names: Mapping[str, str], parents: dict[str, str | None]) -> set[str]:
    """The team and all below it."""
    found = _named("team", asked, names)
    while grown := {team for team, above in parents.items() if above in found} - found:
        found |= grown
    return found


def _named(what: str, asked: str, names: Mapping[str, str]) -> set[str]:
    found = {id for id, name in names.items() if name == asked}
    with suppress(ValueError):
        found |= {str(UUID(asked))} & names.keys()
    if not found:
        raise Invalid(f"{what}: there is none with the id or name {asked!r} at this moment")
    return found


def _kept(nodes: list[TreeNode], cycles: set[str] | None, teams: set[str] | None, owner: str | None) -> list[TreeNode]:
    """The nodes that match, and those above them."""
    kept: list[TreeNode] = []
    needed_depth = -1  # Of the node above what was kept last: from the end, the first one that is less deep.
    for node in reversed(nodes):
        node.matched = (
            (cycles is None or (node.cycle is not None and node.cycle.id in cycles))
            and (teams is None or (node.team is not None and node.team.id in teams))
            and (owner is None or (node.owner is not None and node.owner.id == owner))
        )
        if node.matched or node.depth == needed_depth:
            kept.append(node)
            needed_depth = node.depth - 1
    return kept[::-1]
