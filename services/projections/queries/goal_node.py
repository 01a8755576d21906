"""A goal in the tree: what is read of it, what follows for it from the goals below it, and what is shown.

The fields that are shown are the contract's. One that is only passed on is a field of TreeGoal or StatementRow, and is
found there by its name; one that follows is a field of GoalNode.
"""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import TypeVar

import msgspec
from msgspec import field

from contracts.answers.goals import GoalShown, NodeShown
from domain.goal.check_in import Confidence
from domain.goal.grade import GoalOutcome
from domain.goal.health import GoalHealth
from services.projections.read_models.goals import StatementRow, TreeGoal

ONE = Decimal(1)
NOTHING_STATED: StatementRow[str] = StatementRow("", *[None] * (len(StatementRow.__struct_fields__) - 1))


class NamedRef(msgspec.Struct, frozen=True, gc=False):
    """A member, team or cycle. One that was not there at the moment has no name."""

    id: str
    name: str | None


class GoalNode(TreeGoal[str, str]):
    """A goal in the tree. Numbers that are shown are decimal strings; a ratio is signed and not clamped."""

    statement: StatementRow[str] = field(default_factory=lambda: NOTHING_STATED)

    # Where it stands.
    depth: int = 0
    matched: bool = True  # False where it is shown only because it stands above a goal that matches the filter.
    below: list["GoalNode"] = field(default_factory=list)
    key_results: list["GoalNode"] = field(default_factory=list)  # Those below it that count, and
    goals: list["GoalNode"] = field(default_factory=list)  # the other goals that count.
    own_weight: Decimal = ONE
    started: bool = True

    # What follows, as numbers.
    ratio: Decimal | None = None  # Its progress, whatever that comes from.
    final: Decimal | None = None  # Its score: the given one, else the computed one.
    stated: Confidence | None = None

    # What follows, as it is shown.
    team: NamedRef | None = None
    owner: NamedRef | None = None
    cycle: NamedRef | None = None
    phase: str | None = None
    progress: str | None = None
    progress_source: str | None = None
    progress_missing: str | None = None
    expected_progress: str | None = None
    confidence: str | None = None
    confidence_in_words: str | None = None
    health: GoalHealth | None = None
    computed_score: str | None = None
    outcome: GoalOutcome | None = None
    band: str | None = None
    weight: str | None = None


Make = TypeVar("Make")


def _shows(make: Callable[..., Make], names: Iterable[str]) -> Callable[[GoalNode], Make]:
    """A function that makes something of these fields of a node, in this order: as fast as if it were written out.

    Raises LookupError where a node has no field of such a name.
    """
    source = f"lambda node: make({', '.join(map(_path, names))})"
    shows: Callable[[GoalNode], Make] = eval(source, {"make": make})  # noqa: S307  Of the names of fields alone.
    return shows


def _path(name: str) -> str:
    if name in GoalNode.__struct_fields__:
        return f"node.{name}"
    if name in StatementRow.__struct_fields__:
        return f"node.statement.{name}"
    raise LookupError(f"the contract promises {name} of a goal: no row has it, and it does not follow")


GOAL_FIELDS = tuple(GoalShown.model_fields)
PLACE_FIELDS = tuple(name for name in NodeShown.model_fields if name not in GOAL_FIELDS)
AFTER_PARENT = GOAL_FIELDS.index("parent_id") + 1  # The place of a goal in the tree is shown behind its parent's id.
NODE_FIELDS = GOAL_FIELDS[:AFTER_PARENT] + PLACE_FIELDS + GOAL_FIELDS[AFTER_PARENT:]

shown_node = _shows(msgspec.defstruct("_ShownNode", NODE_FIELDS, gc=False), NODE_FIELDS)
_goal_values = _shows(lambda *values: values, GOAL_FIELDS)


def shown_goal(node: GoalNode) -> dict[str, object]:
    """A goal outside of the tree: the contract's GoalShown."""
    return dict(zip(GOAL_FIELDS, _goal_values(node), strict=True))


def shown_nodes(nodes: Iterable[GoalNode]) -> list[msgspec.Struct]:
    """The nodes as the tree shows them, each the contract's NodeShown, to be encoded."""
    return list(map(shown_node, nodes))
