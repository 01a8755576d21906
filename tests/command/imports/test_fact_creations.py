"""What the first facts of goals and cycles become, and where goals stand, decided in memory."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from domain.cycle import CycleActivated, CycleDated, CyclePlanned
from domain.errors import Invalid, Loop, WrongKind
from domain.imported_fact import FactImported
from domain.key_result.lifecycle import KRMoved
from domain.key_result.negotiation import KRCommitted, KRProposed
from domain.member import MemberAdded
from domain.objective.agreement import ObjectiveAgreed, ObjectiveProposed
from domain.objective.lifecycle import ObjectiveAligned, ObjectiveUnaligned
from domain.personal import Personal
from domain.purpose.mission import MissionAdopted, MissionDrafted
from domain.purpose.vision import VisionStated
from domain.team import TeamFormed
from tests.command.fact_workspace import IMPORT, FactWorkspace, id_of
from tests.data.case import O1, O2, day, fact, goal

MARCH = [datetime(2024, 3, number, tzinfo=UTC) for number in range(1, 10)]


def moment(number: int) -> datetime:
    return MARCH[number - 1]


def types(workspace: FactWorkspace) -> list[type]:
    return [type(event) for event in workspace.events]


# --- the fact itself ----------------------------------------------------------------------------------------------


def test_a_line_is_kept_as_it_came_and_causes_what_follows() -> None:
    line = goal("objective", "o1", note="n", recorded_at="2024-04-05", source="repository, file")
    taken, *others = FactWorkspace().take(line).new_events
    assert isinstance(taken.event, FactImported)
    assert (taken.kind, taken.stream_id, taken.event.line, taken.event.source) == ("import", IMPORT, 1, "a file")
    assert taken.event.text == Personal(IMPORT, line)
    assert {new.causation_id for new in others} == {taken.event_id}
    assert {new.effective_at for new in (taken, *others)} == {moment(1)}
    assert {new.source_recorded_at for new in (taken, *others)} == {datetime(2024, 4, 5, tzinfo=UTC)}


def test_an_at_of_the_next_minute_counts_as_when_recorded_and_a_later_one_is_refused() -> None:
    soon = FactWorkspace().take(goal("objective", "o1", at="2026-07-01T12:00:59Z"))
    assert {new.effective_at for new in soon.new_events} == {None}
    with pytest.raises(Invalid, match="at lies ahead"):
        FactWorkspace().take(goal("objective", "o1", at="2026-07-01T12:01:01Z"))


def test_a_bare_date_begins_with_the_day_in_the_workspaces_zone() -> None:
    workspace = FactWorkspace(O1, zone="Europe/Helsinki")
    assert workspace.state("objective", "o1").first_at == datetime(2024, 2, 29, 22, tzinfo=UTC)


# --- goals begin --------------------------------------------------------------------------------------------------


def test_an_objective_is_proposed_and_agreed_in_one_act() -> None:
    workspace = FactWorkspace().take(goal("objective", "o1", team="Ovens", owner="Rosa", cycle="Spring", note="n"))
    rosa = id_of("placeholder", "Rosa")
    *names, proposed, agreed = workspace.events
    assert names == [
        TeamFormed(name="Ovens"),
        MemberAdded(name=Personal(rosa, "Rosa"), role="member", placeholder=True),
        CyclePlanned(name="Spring"),
        CycleActivated(),
    ]
    assert proposed == ObjectiveProposed(
        title="Title of o1",
        owner_id=rosa,
        partner_id=None,
        by=None,
        team_id=id_of("team", "Ovens"),
        cycle_id=id_of("cycle", "Spring"),
        note=Personal(rosa, "n"),
        external_id="o1",
    )
    assert agreed == ObjectiveAgreed(by=None)
    assert workspace.state("objective", "o1").state == "agreed"


def test_a_key_result_is_offered_and_committed_with_its_measure() -> None:
    line = goal("key_result", "k1", parent_id="o1", metric="visits", unit="people", baseline=5, target="[N1]")
    workspace = FactWorkspace(O1).take(line)
    assert types(workspace) == [KRProposed, KRCommitted]
    kr = workspace.state("key_result", "k1")
    assert (kr.state, kr.owner_id, kr.terms.commitment) == ("committed", None, None)
    assert (kr.parent_id, kr.terms.metric, kr.terms.unit) == (id_of("objective", "o1"), "visits", "people")
    assert (kr.terms.baseline, kr.terms.target, kr.terms.target_as_written) == (Decimal(5), None, "[N1]")


def test_a_flat_target_is_kept() -> None:
    assert FactWorkspace(goal("key_result", "k1", baseline=5, target=5)).state("key_result", "k1").terms.target == 5


def test_purpose_is_adopted_and_aligned_with_its_note() -> None:
    workspace = FactWorkspace(goal("mission", "m")).take(goal("vision", "v", parent_id="m", note="where to"))
    stated = VisionStated(
        title="Title of v", parent_id=id_of("mission", "m"), note=Personal(IMPORT, "where to"), external_id="v"
    )
    assert workspace.events == [stated]
    assert [type(event) for event in FactWorkspace().take(goal("mission", "m")).events] == [
        MissionDrafted,
        MissionAdopted,
    ]
    assert workspace.state("mission", "m").state == "adopted"


def test_names_begin_once() -> None:
    workspace = FactWorkspace(goal("objective", "o1", team="Ovens", owner="Rosa", cycle="Spring"))
    workspace.take(goal("objective", "o2", team="Ovens", owner="Rosa", cycle="Spring"))
    assert types(workspace) == [ObjectiveProposed, ObjectiveAgreed]


def test_a_name_that_is_mentioned_earlier_is_there_from_then_on() -> None:
    workspace = FactWorkspace(goal("objective", "o1", at=day(5), team="Ovens"))
    workspace.take(goal("objective", "o2", at=day(3), team="Ovens"))
    assert workspace.events[0] == TeamFormed(name="Ovens")
    assert workspace.new_events[1].effective_at == moment(3)
    assert types(workspace.take(goal("objective", "o3", at=day(4), team="Ovens"))) == [
        ObjectiveProposed,
        ObjectiveAgreed,
    ]


# --- cycles -------------------------------------------------------------------------------------------------------


def test_a_cycle_is_planned_activated_and_dated_by_what_its_note_says_plainly() -> None:
    workspace = FactWorkspace().take(
        fact("cycle", "c1", title="Spring", cycle="Spring", note="runs from 2024-03-01 to 2024-05-31")
    )
    dated = CycleDated(start=date(2024, 3, 1), end=date(2024, 6, 1))
    assert workspace.events == [CyclePlanned(name="Spring", external_id="c1"), CycleActivated(), dated]
    assert (
        workspace.take(fact("cycle", "c1", at=day(2), title="Spring", note="runs from 2024-03-01 to 2024-05-31")).events
        == []
    )
    assert FactWorkspace().take(fact("cycle", "c2", title="Fall", note="from October on")).events == [
        CyclePlanned(name="Fall", external_id="c2"),
        CycleActivated(),
    ]


def test_a_goal_and_a_cycle_do_not_share_an_id() -> None:
    spring = fact("cycle", "c1", title="Spring")
    with pytest.raises(WrongKind, match="an id of another kind: c1 is of the kind cycle"):
        FactWorkspace(spring, goal("objective", "c1"))
    with pytest.raises(WrongKind, match="an id of another kind: o1 is of the kind objective"):
        FactWorkspace(O1, goal("cycle", "o1"))


# --- parents ------------------------------------------------------------------------------------------------------


def test_a_goal_waits_for_a_parent_that_is_unknown_and_is_aligned_when_it_comes() -> None:
    workspace = FactWorkspace().take(goal("key_result", "k1", at=day(2), parent_id="o9"))
    assert workspace.warnings == ["unknown parent: o9; aligned when it comes"]
    assert (workspace.state("key_result", "k1").parent_id, workspace.state("key_result", "k1").awaits) == (None, "o9")
    workspace.take(goal("objective", "o9", at=day(4)))
    assert types(workspace) == [ObjectiveProposed, ObjectiveAgreed, KRMoved]
    assert workspace.new_events[-1].effective_at == moment(4)
    kr = workspace.state("key_result", "k1")
    assert (kr.parent_id, kr.awaits) == (id_of("objective", "o9"), None)


@pytest.mark.parametrize("kind", ["objective", "key_result", "theme"])
def test_goals_of_every_kind_wait(kind: str) -> None:
    workspace = FactWorkspace(goal(kind, "w", at=day(3), parent_id="m"), goal("mission", "m", at=day(1)))
    assert workspace.new_events[-1].effective_at == moment(3)
    assert workspace.state(kind, "w").parent_id == id_of("mission", "m")


def test_a_goal_that_was_moved_meanwhile_waits_no_more() -> None:
    workspace = FactWorkspace(
        O1, goal("key_result", "k1", parent_id="o9"), fact("edit", "k1", at=day(2), parent_id="o1")
    )
    assert types(workspace.take(goal("objective", "o9", at=day(3)))) == [ObjectiveProposed, ObjectiveAgreed]


def test_a_goal_may_be_moved_under_a_parent_that_is_still_to_come() -> None:
    workspace = FactWorkspace(O1, goal("objective", "o2", parent_id="o1")).take(
        fact("edit", "o2", at=day(2), parent_id="o9")
    )
    assert workspace.events == [ObjectiveUnaligned(parent_id=id_of("objective", "o1"), awaits="o9")]
    workspace.take(goal("objective", "o9", at=day(3)))
    assert workspace.events[-1] == ObjectiveAligned(parent_id=id_of("objective", "o9"))


def test_a_parent_that_began_later_is_the_parent_from_then_on() -> None:
    workspace = FactWorkspace(goal("objective", "o1", at=day(5))).take(
        goal("key_result", "k1", at=day(3), parent_id="o1")
    )
    assert types(workspace) == [KRProposed, KRCommitted, KRMoved]
    assert (workspace.events[0].objective_id, workspace.events[0].awaits) == (None, None)
    assert (workspace.events[-1].objective_id, workspace.new_events[-1].effective_at) == (
        id_of("objective", "o1"),
        moment(5),
    )


def test_a_dropped_parent_is_accepted() -> None:
    workspace = FactWorkspace(O1, fact("retire", "o1", at=day(2)), goal("key_result", "k1", at=day(3), parent_id="o1"))
    assert (workspace.warnings, workspace.state("key_result", "k1").parent_id) == ([], id_of("objective", "o1"))


@pytest.mark.parametrize(
    "lines",
    [
        [goal("objective", "o1", parent_id="o1")],
        [O1, fact("edit", "o1", at=day(2), parent_id="o1")],
        [O1, goal("objective", "o2", parent_id="o1"), fact("edit", "o1", at=day(2), parent_id="o2")],
        [goal("objective", "o1", parent_id="o2"), goal("objective", "o2", parent_id="o1")],
        [
            goal("objective", "o1", parent_id="o3"),
            goal("objective", "o2", parent_id="o1"),
            goal("key_result", "o3", at=day(4), parent_id="o2"),
        ],
        [
            O1,
            O2,
            goal("objective", "o3", parent_id="o2"),
            fact("edit", "o2", at=day(5), parent_id="o1"),
            fact("edit", "o1", at=day(3), parent_id="o3"),
        ],
    ],
)
def test_a_loop_is_refused_also_one_that_closes_when_a_parent_comes_or_at_a_later_moment(lines: list[str]) -> None:
    workspace = FactWorkspace(*lines[:-1])
    before = workspace.position
    with pytest.raises(Loop, match="a loop"):
        workspace.take(lines[-1])
    assert workspace.position == before


def test_an_older_move_that_ends_before_the_loop_would_begin_is_taken() -> None:
    workspace = FactWorkspace(
        O1,
        O2,
        fact("edit", "o1", at=day(5), parent_id="o2"),
        fact("edit", "o1", at=day(7), note="parent: o2 -> (none)"),
    )
    workspace.take(fact("edit", "o2", at=day(7), parent_id="o1"))
    with pytest.raises(Loop):
        workspace.take(fact("edit", "o2", at=day(6), parent_id="o1"))
    with pytest.raises(Loop):
        workspace.take(fact("edit", "o2", at=day(2), parent_id="o1"))
