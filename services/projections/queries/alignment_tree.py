"""The alignment tree at a moment, whole or in part: SQL for its rows, then filters on what tree_roll_up.py makes.

What follows upwards is always computed from the whole tree below a goal, so a goal reads the same under every filter.
"""

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from msgspec import Struct, field

from domain.errors import Invalid, NotFound
from domain.goal.grade import BAND_STARTS
from domain.workspace import RHYTHMS
from services.projections.engine.table import Integer
from services.projections.queries.goal_node import NOTHING_STATED, GoalNode
from services.projections.queries.read_session import ReadSession
from services.projections.queries.rows import read
from services.projections.queries.tree_roll_up import WorkspaceContext, roll_up_tree
from services.projections.read_models.cycles import CYCLES, CycleRow
from services.projections.read_models.goals import GOALS, STATEMENTS, StatementRow, TreeGoal
from services.projections.read_models.members import MEMBERS
from services.projections.read_models.teams import TEAMS
from services.projections.read_models.workspaces import WORKSPACES

TREE_NODES_MAX = 20_000

HIDDEN = ["withdrawn", "declined"]
HIDDEN_UNLESS_ASKED = ["dropped", "retired"]

GOAL_COLUMNS = GOALS.select(TreeGoal[str, str])
STATEMENT_COLUMNS = STATEMENTS.select(StatementRow[str])
GOAL_WIDTH = len(TreeGoal.__struct_fields__)


class TreeSettings(Struct, frozen=True):
    """What the tree needs of the workspace's settings."""

    week_start: Integer = 0
    check_in_every: str = RHYTHMS[0]
    bands: list[str] = field(default_factory=lambda: [*map(str, BAND_STARTS)])


class TeamPlace(Struct, frozen=True):
    id: str
    name: str
    parent_id: str | None


class MemberName(Struct, frozen=True):
    id: str
    name: str | None


# ruff: noqa: S608  What is put in are constants.
WHOLE = f"""
    SELECT {GOAL_COLUMNS} FROM goals
     WHERE workspace_id = %(workspace_id)s AND {{time_filter}} AND state <> ALL (%(hidden)s)
     ORDER BY began LIMIT %(limit)s
"""
STATED = f"SELECT {STATEMENT_COLUMNS} FROM statements WHERE workspace_id = %(workspace_id)s AND {{time_filter}}"
BELOW = f"""
    WITH RECURSIVE below AS (
        SELECT * FROM goals WHERE workspace_id = %(workspace_id)s AND id = ANY (%(ids)s) AND {{time_filter}}
        UNION
        SELECT child.* FROM below,
               LATERAL (SELECT * FROM goals
                         WHERE workspace_id = %(workspace_id)s AND parent_id = below.id AND {{time_filter}}) AS child
         WHERE child.state <> ALL (%(hidden)s)
    )
    SELECT {GOAL_COLUMNS}, {STATEMENT_COLUMNS}
      FROM below
      LEFT JOIN LATERAL (SELECT * FROM statements
                          WHERE workspace_id = %(workspace_id)s AND id = below.id AND {{time_filter}}) AS stated
                USING (id)
     ORDER BY began
"""
SETTINGS = f"""
    SELECT {WORKSPACES.select(TreeSettings)} FROM workspaces WHERE workspace_id = %(workspace_id)s AND {{time_filter}}
"""
CYCLES_THEN = f"""
    SELECT {CYCLES.select(CycleRow[str])} FROM cycles WHERE workspace_id = %(workspace_id)s AND {{time_filter}}
"""
TEAMS_THEN = f"""
    SELECT {TEAMS.select(TeamPlace)} FROM teams WHERE workspace_id = %(workspace_id)s AND {{time_filter}}
"""
MEMBERS_THEN = f"""
    SELECT {MEMBERS.select(MemberName)} FROM members WHERE workspace_id = %(workspace_id)s AND {{time_filter}}
"""


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


async def tree(session: ReadSession, wanted: TreeFilter) -> list[GoalNode]:
    """The nodes of the part that is asked for, depth-first."""
    context, parents = await workspace_context(session)
    cycles = None if wanted.cycle is None else _cycles(wanted.cycle, context)
    teams = None if wanted.team is None else _teams(wanted.team, context.teams, parents)
    hidden = HIDDEN if wanted.dropped else HIDDEN + HIDDEN_UNLESS_ASKED
    if wanted.root is not None:
        nodes = roll_up_tree(await _below(session, [wanted.root], hidden), context)
        if not nodes:
            raise NotFound(f"root: no goal has the id {wanted.root}")
    else:
        # What cannot be answered need not be read whole, unless a part of it may be.
        limit = None if wanted.filters or wanted.depth is not None else TREE_NODES_MAX + 1
        nodes = roll_up_tree(await _whole(session, hidden, limit), context)
    if wanted.filters:
        nodes = _kept(nodes, cycles, teams, str(wanted.owner) if wanted.owner else None)
    if wanted.depth is not None:
        nodes = [node for node in nodes if node.depth <= wanted.depth]
    if len(nodes) > TREE_NODES_MAX:
        raise Invalid(f"more than {TREE_NODES_MAX} goals: ask for a cycle, a root or a depth")
    return nodes


async def nodes_of(session: ReadSession, ids: Collection[UUID]) -> dict[str, GoalNode]:
    """These goals as nodes, whatever their state, by their ids."""
    context, _ = await workspace_context(session)
    nodes = roll_up_tree(await _below(session, list(ids), HIDDEN + HIDDEN_UNLESS_ASKED), context)
    wanted = {str(id) for id in ids}
    return {node.id: node for node in nodes if node.id in wanted}


async def workspace_context(session: ReadSession) -> tuple[WorkspaceContext, dict[str, str | None]]:
    """What the goals stand in at the moment, and of each team the one above it."""
    found = await read(session, TreeSettings, SETTINGS)
    settings = found[0] if found else TreeSettings()
    cycles = await read(session, CycleRow[str], CYCLES_THEN)
    teams = await read(session, TeamPlace, TEAMS_THEN)
    members = await read(session, MemberName, MEMBERS_THEN)
    context = WorkspaceContext(
        now=session.moment.as_of,
        zone=session.zone,
        week_start=settings.week_start,
        check_in_every=settings.check_in_every,
        bands=[Decimal(start) for start in settings.bands],
        cycles={cycle.id: cycle for cycle in cycles},
        teams={team.id: team.name for team in teams},
        members={member.id: member.name for member in members},
    )
    return context, {team.id: team.parent_id for team in teams}


async def _whole(session: ReadSession, hidden: list[str], limit: int | None) -> list[GoalNode]:
    """Two statements: a planner that expects too few goals would look up what was stated one by one."""
    nodes = await read(session, GoalNode, WHOLE, hidden=hidden, limit=limit)
    stated = {statement.id: statement for statement in await read(session, StatementRow[str], STATED)}
    for node in nodes:
        node.statement = stated.get(node.id, NOTHING_STATED)
    return nodes


async def _below(session: ReadSession, ids: list[UUID], hidden: list[str]) -> list[GoalNode]:
    """These goals and all that stand under them."""
    rows = await session.rows(BELOW.format(time_filter=session.time_filter), ids=ids, hidden=hidden)
    nodes: list[GoalNode] = []
    for row in rows:
        nodes.append(node := GoalNode(*row[:GOAL_WIDTH]))
        node.statement = StatementRow(*row[GOAL_WIDTH:])
    return nodes


def _cycles(asked: str, context: WorkspaceContext) -> set[str]:
    if asked != "current":
        return _named("cycle", asked, {cycle.id: cycle.name for cycle in context.cycles.values()})
    today = context.now.astimezone(context.zone).date()
    dated = {
        cycle.id
        for cycle in context.cycles.values()
        if cycle.starts_on and cycle.ends_on and cycle.starts_on <= today < cycle.ends_on
    }
    undated = [c for c in context.cycles.values() if c.starts_on is None and c.state == "active" and c.active_since]
    newest = max((cycle.active_since for cycle in undated if cycle.active_since), default=None)
    return dated or {cycle.id for cycle in undated if cycle.active_since == newest}


def _teams(asked: str, names: Mapping[str, str], parents: dict[str, str | None]) -> set[str]:
    """The team and all below it."""
    found = _named("team", asked, names)
    while appended := {team for team, above in parents.items() if above in found} - found:
        found |= appended
    return found


def _named(what: str, asked: str, names: Mapping[str, str]) -> set[str]:
    found = {id for id, name in names.items() if name == asked}
    with suppress(ValueError):
        found |= {str(UUID(asked))} & names.keys()
    if not found:
        raise Invalid(f"{what}: there is none with the id or name {asked!r} at this moment")
    return found


def _kept(nodes: list[GoalNode], cycles: set[str] | None, teams: set[str] | None, owner: str | None) -> list[GoalNode]:
    """The nodes that match, and those above them."""
    kept: list[GoalNode] = []
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
