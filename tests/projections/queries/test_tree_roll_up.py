"""What follows upwards in the tree, rule by rule. Rows in, nodes out."""

from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from domain.cycle import CycleState
from services.projections.queries.goal_node import GoalNode
from services.projections.queries.tree_roll_up import WorkspaceContext, roll_up_tree
from services.projections.read_models.cycles import CycleRow
from services.projections.read_models.goals import StatementRow
from tests.json_types import Json

NOW = datetime(2026, 2, 18, 12, tzinfo=UTC)  # A Wednesday.
STATED = StatementRow.__struct_fields__


def quarter(
    id: str, name: str, start: date, end: date, state: CycleState, active_since: datetime | None
) -> CycleRow[str]:
    return CycleRow(
        id=id,
        name=name,
        kind="quarter",
        starts_on=start,
        ends_on=end,
        state=state,
        active_since=active_since,
        external_id=None,
        began=1,
    )


QUARTER = quarter("q1", "2026-Q1", date(2026, 1, 1), date(2026, 4, 1), "active", datetime(2026, 1, 1, tzinfo=UTC))
PLANNED = quarter("q2", "2026-Q2", date(2026, 4, 1), date(2026, 7, 1), "planning", None)
CLOSED = quarter("q0", "2025-Q4", date(2025, 10, 1), date(2026, 1, 1), "closed", datetime(2025, 10, 1, tzinfo=UTC))
CONTEXT = WorkspaceContext(
    now=NOW,
    zone=ZoneInfo("Europe/Berlin"),
    cycles={cycle.id: cycle for cycle in (QUARTER, PLANNED, CLOSED)},
    teams={"t": "Growth"},
    members={"ana": "Ana"},
)


def goal(id: str, parent: str | None = None, kind: str = "objective", **fields: object) -> GoalNode:
    """A goal as it is read, with the given fields of its two rows."""
    state = {"mission": "adopted", "theme": "current", "objective": "agreed", "key_result": "committed"}[kind]
    stated: Json = dict.fromkeys(STATED) | {"id": id, "check_ins": 0}
    stated |= {name: fields.pop(name) for name in STATED if name in fields}
    read: Json = {"kind": kind, "began": 1, "title": id, "state": state, "parent_id": parent} | fields
    return GoalNode(id=id, statement=StatementRow(**stated), **read)


def kr(id: str, parent: str | None, progress: str | None = None, **fields: object) -> GoalNode:
    stated: Json = {}
    if progress is not None:
        stated = {"progress": progress, "progress_source": "measured", "said_at": NOW}
    return goal(id, parent, "key_result", **{"committed_at": NOW - timedelta(days=1)} | stated | fields)


def rolled_up(*nodes: GoalNode, context: WorkspaceContext = CONTEXT) -> dict[str, GoalNode]:
    """Copies of the nodes with what follows, by id: a node is followed up once."""
    return {node.id: node for node in roll_up_tree(deepcopy(nodes), context)}


def test_the_tree_is_depth_first_and_siblings_stand_as_they_began() -> None:
    nodes = roll_up_tree(
        [goal("m", kind="mission"), goal("o1", "m"), goal("o2", "m"), kr("k1", "o1"), kr("k2", "o2")], CONTEXT
    )
    assert [(node.id, node.depth) for node in nodes] == [("m", 0), ("o1", 1), ("k1", 2), ("o2", 1), ("k2", 2)]


def test_a_goal_whose_parent_is_not_in_the_answer_stands_at_the_top_and_keeps_its_parent() -> None:
    node = rolled_up(goal("o", "elsewhere"))["o"]
    assert (node.depth, node.parent_id) == (0, "elsewhere")


def test_key_results_move_their_objective_and_objectives_what_stands_above() -> None:
    nodes = rolled_up(
        goal("m", kind="mission"), goal("o", "m"), kr("k1", "o", "0.5"), kr("k2", "o", "1.5"), kr("k3", "o", "-1")
    )
    assert (nodes["o"].progress, nodes["m"].progress) == ("0.5000", "0.5000")
    assert (nodes["k2"].progress, nodes["k3"].progress) == ("1.5000", "-1.0000")
    assert nodes["o"].progress_source == "rolled_up"


def test_silence_counts_zero_once_the_cycle_is_active_and_is_left_out_before() -> None:
    rows = [goal("o"), kr("k1", "o", "1"), kr("k2", "o", cycle_id="q1")]
    assert rolled_up(*rows)["o"].progress == "0.5000"
    rows[-1] = kr("k2", "o", cycle_id="q2")
    assert rolled_up(*rows)["o"].progress == "1.0000"


def test_what_is_not_agreed_counts_nowhere_and_nothing_counted_is_no_number() -> None:
    node = rolled_up(goal("o"), kr("k", "o", "1", state="proposed"))["o"]
    assert (node.progress, node.progress_missing) == (None, "nothing_counted")


def test_weights_are_relative() -> None:
    nodes = rolled_up(goal("o", weights='{"k1":"3"}'), kr("k1", "o", "1"), kr("k2", "o", "0"))
    assert (nodes["o"].progress, nodes["k1"].weight, nodes["k2"].weight) == ("0.7500", "3", None)


def test_the_mode_says_what_moves_an_objective() -> None:
    below = (goal("c", "o"), kr("kc", "c", "1"), kr("k", "o", "0"))
    assert rolled_up(goal("o"), *below)["o"].progress == "0.0000"
    assert rolled_up(goal("o", roll_up="children"), *below)["o"].progress == "1.0000"
    assert rolled_up(goal("o", roll_up="both"), *below)["o"].progress == "0.5000"


def test_a_key_result_with_goals_below_keeps_its_own_measure_unless_told_otherwise() -> None:
    below = (goal("c", "k"), kr("kc", "c", "1"))
    assert rolled_up(kr("k", None, "0.2"), *below)["k"].progress == "0.2000"
    assert rolled_up(kr("k", None, "0.2", roll_up="children"), *below)["k"].progress == "1.0000"


def test_an_objectives_confidence_is_its_own_if_it_came_last() -> None:
    def stated(days: int, value: str) -> Json:
        return {"confidence": value, "confidence_at": NOW - timedelta(days=days), "confidence_position": 9 - days}

    assert rolled_up(goal("o", **stated(1, "9")), kr("k", "o", **stated(2, "3")))["o"].confidence == "9.0000"
    later = rolled_up(goal("o", **stated(2, "9")), kr("k1", "o", **stated(1, "3")), kr("k2", "o", **stated(3, "4")))[
        "o"
    ]
    assert (later.confidence, later.confidence_in_words) == ("3.5000", "Low")


def test_silence_is_never_green() -> None:
    long_ago: Json = {
        "committed_at": NOW - timedelta(days=30),
        "said_at": NOW - timedelta(days=12),
        "health": "on_track",
    }
    nodes = rolled_up(
        goal("o"), kr("late", "o", **long_ago), kr("new", "o"), kr("good", "o", said_at=NOW, health="on_track")
    )
    assert [nodes[id].health for id in ("late", "new", "good", "o")] == ["outdated", "pending", "on_track", "outdated"]


def test_nothing_is_overdue_before_the_cycle_is_active_or_after_it_is_closed() -> None:
    committed: Json = {"committed_at": NOW - timedelta(days=90)}
    nodes = rolled_up(kr("planned", None, cycle_id="q2", **committed), kr("closed", None, cycle_id="q0", **committed))
    assert {node.health for node in nodes.values()} == {"pending"}


def test_a_graded_goal_shows_its_outcome_and_both_scores() -> None:
    graded = {"state": "graded", "score": "0.75", "commitment": "aspirational"}
    nodes = rolled_up(goal("o"), kr("k1", "o", "0.6", **graded), kr("k2", "o", "0.25"))
    k1 = nodes["k1"]
    assert (k1.health, k1.outcome, k1.band) == ("achieved", "achieved", "significant_achievement")
    assert (k1.score, k1.computed_score, nodes["o"].computed_score, nodes["o"].score) == (
        "0.75",
        "0.6000",
        "0.5000",
        None,
    )


def test_phase_is_what_the_cycle_makes_of_the_state() -> None:
    nodes = rolled_up(
        goal("active", cycle_id="q1"),
        goal("open"),
        goal("planned", cycle_id="q2"),
        goal("closed", cycle_id="q0", state="graded"),
        goal("graded", cycle_id="q1", state="graded"),
    )
    assert [nodes[id].phase for id in ("active", "open", "planned", "closed", "graded")] == [
        "active",
        "active",
        None,
        "closed",
        None,
    ]


def test_the_expected_pace_is_linear_over_the_cycle() -> None:
    halfway = WorkspaceContext(
        now=datetime(2026, 2, 14, 23, tzinfo=UTC), zone=ZoneInfo("Europe/Berlin"), cycles=CONTEXT.cycles
    )
    nodes = rolled_up(goal("o", cycle_id="q1"), goal("later", cycle_id="q2"), goal("none"), context=halfway)
    assert [nodes[id].expected_progress for id in ("o", "later", "none")] == ["0.5002", "0.0000", None]


def test_names_are_those_of_the_moment_and_a_nameless_one_keeps_its_id() -> None:
    node = rolled_up(goal("o", team_id="t", owner_id="gone", cycle_id="q1"))["o"]
    assert node.team
    assert node.owner
    assert node.cycle
    assert (node.team.name, node.owner.id, node.owner.name, node.cycle.name) == ("Growth", "gone", None, "2026-Q1")
    assert Decimal(rolled_up(kr("k", None, "0.33333333"))["k"].progress or "") == Decimal("0.3333")
