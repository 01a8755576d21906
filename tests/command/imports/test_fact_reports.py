"""What facts about a goal become, decided in memory: edits, check-ins, grades, ends, comments, and refusals."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from domain.comment import Commented
from domain.errors import Invalid, NotFound, Refusal, WrongKind
from domain.goal.check_in import CheckedIn, CheckInCorrected, ObjectiveCheckedIn
from domain.goal.grade import KRGraded, ObjectiveGraded
from domain.key_result.amendment import KRAmended, KRAmendmentProposed
from domain.key_result.lifecycle import KRDropped, KRReassigned, KRReinstated
from domain.member import MemberAdded
from domain.objective.agreement import ObjectiveReworded
from domain.personal import Personal
from domain.purpose.base import PurposeAligned, PurposeReassigned
from domain.purpose.mission import MissionRetired, MissionRevised
from domain.purpose.strategy import StrategyRevised
from domain.purpose.theme import ThemeReworded
from domain.purpose.vision import VisionRevised
from domain.team import TeamFormed
from tests.command.fact_workspace import IMPORT, WORKSPACE, FactWorkspace, id_of
from tests.data.case import K1, O1, O2, day, fact, goal

MARCH = [datetime(2024, 3, number, tzinfo=UTC) for number in range(1, 10)]


def moment(number: int) -> datetime:
    return MARCH[number - 1]


def types(workspace: FactWorkspace) -> list[type]:
    return [type(event) for event in workspace.events]


# --- edits --------------------------------------------------------------------------------------------------------


def test_another_title_or_measure_of_a_key_result_is_an_amendment_at_once_agreed() -> None:
    workspace = FactWorkspace(O1, K1).take(fact("edit", "k1", at=day(2), title="Other", target=35, note="cut"))
    proposed, agreed = workspace.events
    assert isinstance(proposed, KRAmendmentProposed)
    assert (proposed.title, proposed.target, proposed.by, proposed.reason) == (
        "Other",
        Decimal(35),
        None,
        Personal(IMPORT, "cut"),
    )
    assert agreed == KRAmended(by=None)


def test_each_part_of_an_edit_is_an_event_of_its_own() -> None:
    workspace = FactWorkspace(O1, O2, K1)
    workspace.take(fact("edit", "k1", at=day(2), title="T", parent_id="o2", team="Ovens", owner="Rosa", cycle="Spring"))
    assert [kind.__name__ for kind in types(workspace)] == [
        "KRAmendmentProposed",
        "KRAmended",
        "KRMoved",
        "TeamFormed",
        "MemberAdded",
        "KRReassigned",
        "CyclePlanned",
        "CycleActivated",
        "GoalRescheduled",
    ]


def test_an_objective_is_reworded_and_keeps_what_the_line_has_not() -> None:
    workspace = FactWorkspace(O1).take(fact("edit", "o1", at=day(2), title="Other", note="why"))
    assert workspace.events == [
        ObjectiveReworded(title="Other", why=None, resources=None, commitment=None, reason=Personal(IMPORT, "why"))
    ]


def test_purpose_is_revised_reworded_aligned_and_reassigned() -> None:
    kinds = ("mission", "vision", "strategy", "theme")
    workspace = FactWorkspace(*(goal(kind, kind) for kind in kinds))
    revised = [workspace.take(fact("edit", kind, at=day(2), title="Other")).events[0] for kind in kinds]
    assert [type(event) for event in revised] == [MissionRevised, VisionRevised, StrategyRevised, ThemeReworded]
    assert {event.title for event in revised} == {"Other"}
    workspace.take(fact("edit", "theme", at=day(3), parent_id="strategy", owner="Rosa"))
    assert types(workspace) == [PurposeAligned, MemberAdded, PurposeReassigned]


def test_what_is_unchanged_at_its_own_moment_is_a_comment() -> None:
    workspace = FactWorkspace(O1, fact("edit", "o1", at=day(5), title="Other"))
    assert types(workspace.take(fact("edit", "o1", at=day(3), title="Title of o1", note="as it was"))) == [Commented]
    assert types(workspace.take(fact("edit", "o1", at=day(6), title="Title of o1"))) == [ObjectiveReworded]


def test_a_dropped_goal_is_reinstated_before_it_is_edited() -> None:
    workspace = FactWorkspace(O1, K1, fact("retire", "k1", at=day(2), note="gone"))
    assert types(workspace.take(fact("edit", "k1", at=day(3), title="Back"))) == [
        KRReinstated,
        KRAmendmentProposed,
        KRAmended,
    ]
    workspace.take(fact("retire", "k1", at=day(4)))
    assert types(workspace.take(fact("edit", "k1", at=day(5), note="struck through"))) == [KRReinstated, Commented]


def test_an_owner_who_is_new_with_the_line_that_reinstates_begins_once() -> None:
    workspace = FactWorkspace(O1, K1, fact("retire", "k1", at=day(2)))
    workspace.take(fact("edit", "k1", at=day(3), title="Back", owner="Rosa", note="hers now"))
    assert types(workspace) == [MemberAdded, KRReinstated, KRAmendmentProposed, KRAmended, KRReassigned]


def test_retired_purpose_is_back_once_it_is_revised() -> None:
    workspace = FactWorkspace(goal("mission", "m"), fact("retire", "m", at=day(2), note="over"))
    assert types(workspace.take(fact("edit", "m", at=day(3), team="Ovens"))) == [
        MissionRevised,
        TeamFormed,
        PurposeReassigned,
    ]
    mission = workspace.state("mission", "m")
    assert (mission.state, mission.title, mission.team_id) == ("adopted", "Title of m", id_of("team", "Ovens"))


def test_an_owner_is_not_their_own_partner() -> None:
    workspace = FactWorkspace(goal("key_result", "k1", owner="Rosa"))
    assert workspace.take(fact("edit", "k1", at=day(2), note="owner: Rosa -> (none)")).events == [
        KRReassigned(
            owner_id=None,
            partner_id=None,
            team_id=None,
            reason=Personal(IMPORT, "owner: Rosa -> (none)"),
        )
    ]


def test_an_edit_from_before_the_goal_is_taken_with_a_warning_and_shows_nothing() -> None:
    workspace = FactWorkspace(goal("objective", "o1", at=day(5)))
    workspace.take(fact("edit", "o1", at=day(2), title="Earlier"))
    assert workspace.warnings == [f"older than the first moment of o1, {moment(5).isoformat()}: it shows nothing"]
    assert workspace.state("objective", "o1").title == "Title of o1"


# --- check-ins, grades, ends, comments ----------------------------------------------------------------------------


def test_a_check_in_keeps_a_number_as_value_and_all_else_as_written() -> None:
    workspace = FactWorkspace(O1, K1).take(
        fact("checkin", "k1", at=day(2), current=12.5, score=0.4, confidence=7, note="n", owner="Rosa")
    )
    rosa = id_of("placeholder", "Rosa")
    assert types(workspace) == [MemberAdded, CheckedIn]
    checked_in = workspace.events[1]
    assert (checked_in.value, checked_in.value_as_written, checked_in.claimed, checked_in.confidence) == (
        Decimal("12.5"),
        None,
        Decimal("0.4"),
        7,
    )
    assert checked_in.narrative == Personal(rosa, "n")
    written = workspace.take(fact("checkin", "k1", at=day(3), current="checked")).events[0]
    assert (written.value, written.value_as_written) == (None, "checked")
    of_objective = workspace.take(fact("checkin", "o1", at=day(3), current=3)).events[0]
    assert isinstance(of_objective, ObjectiveCheckedIn)
    assert (of_objective.value, of_objective.value_as_written) == (None, "3")


def test_a_later_check_in_of_the_same_time_corrects_the_one_that_stands() -> None:
    workspace = FactWorkspace(O1, K1, *(fact("checkin", "k1", at=day(2), current=number) for number in (1, 2)))
    first, second = (made.event for made in reversed([*workspace.stream("key_result", "k1").history.facts()][:2]))
    assert isinstance(second, CheckInCorrected)
    assert second.corrects == first.check_in_id
    third = workspace.take(fact("checkin", "k1", at=day(2), current=3)).events[0]
    assert third.corrects == second.check_in_id
    assert isinstance(workspace.take(fact("checkin", "k1", at=day(1), current=3)).events[0], CheckedIn)


def test_a_grade_keeps_the_score_as_given_the_computed_one_and_the_words() -> None:
    workspace = FactWorkspace(
        O1, goal("key_result", "k1", baseline=0, target=10), fact("checkin", "k1", at=day(2), current=5)
    )
    workspace.take(fact("checkin", "k1", at=day(9), current=10))
    words = Personal(IMPORT, "as written: 120%")
    graded = workspace.take(fact("grade", "k1", at=day(3), score=1.2, note="as written: 120%")).events
    assert graded == [KRGraded(score=Decimal("1.2"), computed=Decimal("0.5"), as_written=words)]
    assert workspace.take(fact("grade", "o1", at=day(3), note="as written: 120%")).events == [
        ObjectiveGraded(as_written=words)
    ]


def test_a_score_that_is_none_stays_a_text() -> None:
    workspace = FactWorkspace(O1).take(fact("grade", "o1", at=day(2), score="[~] (50%)"))
    assert workspace.events == [ObjectiveGraded(as_written=Personal(IMPORT, "[~] (50%)"))]
    assert workspace.take(fact("grade", "o1", at=day(3), score=-1)).events[0].score is None


def test_retire_drops_exactly_that_goal_and_once() -> None:
    workspace = FactWorkspace(O1, K1).take(fact("retire", "k1", at=day(5), note="gone"))
    assert workspace.events == [KRDropped(reason=Personal(IMPORT, "gone"))]
    assert types(workspace.take(fact("retire", "k1", at=day(6)))) == [Commented]
    assert types(workspace.take(fact("retire", "k1", at=day(3)))) == [KRDropped]
    assert types(FactWorkspace(goal("mission", "m")).take(fact("retire", "m", at=day(2)))) == [MissionRetired]


@pytest.mark.parametrize("kind", ["checkin", "grade"])
def test_a_check_in_or_grade_of_purpose_is_a_comment(kind: str) -> None:
    workspace = FactWorkspace(goal("strategy", "s")).take(fact(kind, "s", at=day(2), score=0.5, note="half way"))
    [comment] = workspace.events
    assert (comment.about_kind, comment.goal_id, comment.text) == (
        "strategy",
        id_of("strategy", "s"),
        Personal(IMPORT, "half way"),
    )


def test_a_comment_is_on_its_goal_or_on_the_workspace() -> None:
    workspace = FactWorkspace(O1).take(fact("comment", "o1", note="n", owner="Rosa"))
    rosa = id_of("placeholder", "Rosa")
    assert workspace.events[-1] == Commented(
        about_kind="objective",
        about_id=id_of("objective", "o1"),
        goal_id=id_of("objective", "o1"),
        author_id=rosa,
        text=Personal(rosa, "n"),
    )
    assert workspace.take(fact("comment", None, note="all")).events == [
        Commented(about_kind="workspace", about_id=WORKSPACE, text=Personal(IMPORT, "all"))
    ]


# --- refusals -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "refusal", "reason"),
    [
        (fact("edit", "nobody", title="n"), NotFound, "unknown goal id: nobody"),
        (fact("checkin", "nobody"), NotFound, "unknown goal id"),
        (fact("comment", "nobody"), NotFound, "unknown goal id"),
        (goal("key_result", "o1"), WrongKind, "an id of another kind: o1 is of the kind objective"),
        (goal("objective", "o5", at="2999-01-01"), Invalid, "at lies ahead"),
    ],
)
def test_a_fact_about_nothing_that_is_known_is_refused(line: str, refusal: type[Refusal], reason: str) -> None:
    workspace = FactWorkspace(O1)
    with pytest.raises(refusal, match=reason):
        workspace.take(line)
