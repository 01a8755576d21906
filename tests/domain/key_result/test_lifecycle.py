"""What becomes of a key result beside its negotiation."""

from decimal import Decimal
from uuid import UUID

import pytest

from domain.errors import Invalid, NotCommitted, NotLive, ReasonRequired
from domain.goal.alignment import GoalRescheduled
from domain.goal.grade import Grade, KRGraded
from domain.goal.roll_up import RollUpChosen
from domain.key_result.evolve import KREvent
from domain.key_result.lifecycle import (
    KRDropped,
    KRLifecycleEvent,
    KRMoved,
    KRReassigned,
    KRReinstated,
    choose_roll_up,
    computed_score,
    drop,
    grade,
    move,
    reassign,
    reinstate,
    reschedule,
)
from domain.key_result.negotiation import KRDeclined, KRWithdrawn
from domain.key_result.state import KeyResult
from domain.personal import Personal
from tests.domain.key_results import (
    COMMITTED,
    CYCLE,
    OBJECTIVE,
    TEAM,
    Decision,
    Given,
    amendment,
    checked_in,
    committed,
    folded,
    proposed,
    scenario,
    state,
)
from tests.domain.scenario import ANA, BO, CY, words

WHY = words("A better place")
OTHER = UUID(int=0x07E)
DROPPED = KRDropped(reason=WHY)
GRADED = KRGraded(score=Decimal("0.5"))
ENDS: list[KREvent] = [KRDeclined(by=BO), KRWithdrawn(by=ANA), DROPPED]


def given_grade(score: str | None = None, reason: Personal | None = None) -> Decision:
    return lambda kr: grade(kr, score=None if score is None else Decimal(score), reason=reason)


def test_a_key_result_moves_to_another_objective() -> None:
    scenario(
        given=COMMITTED,
        when=lambda kr: move(kr, objective_id=OTHER, reason=WHY),
        then=[KRMoved(objective_id=OTHER, reason=WHY)],
    )
    scenario(given=COMMITTED, when=lambda kr: move(kr, objective_id=OBJECTIVE, reason=WHY), then=[])
    kr = state([*COMMITTED, KRMoved(objective_id=OTHER)])
    assert [link.parent_id for link in kr.links] == [OBJECTIVE, OTHER]
    assert kr.parent_id == OTHER


def test_a_key_result_is_reassigned() -> None:
    def hand_over(kr: KeyResult) -> list[KRLifecycleEvent]:
        return reassign(kr, owner_id=CY, partner_id=BO, team_id=None, reason=WHY)

    handed_over = KRReassigned(owner_id=CY, partner_id=BO, team_id=None, reason=WHY)
    scenario(given=COMMITTED, when=hand_over, then=[handed_over])
    scenario(given=[*COMMITTED, handed_over], when=hand_over, then=[])


def test_nobody_becomes_their_own_partner() -> None:
    scenario(
        given=COMMITTED,
        when=lambda kr: reassign(kr, owner_id=BO, partner_id=BO, team_id=TEAM, reason=WHY),
        then=Invalid,
    )


def test_a_key_result_is_rescheduled_into_another_cycle_or_none() -> None:
    scenario(
        given=COMMITTED,
        when=lambda kr: reschedule(kr, cycle_id=None, reason=WHY),
        then=[GoalRescheduled(cycle_id=None, reason=WHY)],
    )
    scenario(given=COMMITTED, when=lambda kr: reschedule(kr, cycle_id=CYCLE, reason=WHY), then=[])


def test_contributing_goals_may_be_chosen_to_move_a_key_result() -> None:
    chosen = RollUpChosen(mode="children")
    scenario(given=COMMITTED, when=lambda kr: choose_roll_up(kr, mode="children"), then=[chosen])
    scenario(given=[*COMMITTED, chosen], when=lambda kr: choose_roll_up(kr, mode="children"), then=[])


@pytest.mark.parametrize("end", ENDS)
def test_what_has_ended_neither_moves_nor_changes_hands(end: KREvent) -> None:
    acts: tuple[Decision, ...] = (
        lambda kr: move(kr, objective_id=OTHER, reason=WHY),
        lambda kr: reassign(kr, owner_id=CY, partner_id=BO, team_id=TEAM, reason=WHY),
        lambda kr: reschedule(kr, cycle_id=None, reason=WHY),
        lambda kr: choose_roll_up(kr, mode="both"),
    )
    for act in acts:
        scenario(given=[proposed(), end], when=act, then=NotLive)


# --- the computed score -------------------------------------------------------------------------------------------


def test_the_latest_check_in_decides() -> None:
    assert computed_score(state([*COMMITTED, checked_in(1, 60), checked_in(2, 80)])) == Decimal("0.5")


def test_a_value_goes_before_a_claimed_share() -> None:
    assert computed_score(state([*COMMITTED, checked_in(1, 80, claimed=Decimal("0.9"))])) == Decimal("0.5")


def test_a_claimed_share_counts_where_no_value_can_be_measured() -> None:
    claim = Decimal("0.9")
    assert computed_score(state([*COMMITTED, checked_in(1, 80), checked_in(2, claimed=claim)])) == claim
    unmeasured: Given = [proposed(None, baseline=None), committed()]
    assert computed_score(state([*unmeasured, checked_in(1, 80, claimed=claim)])) == claim


def test_silence_has_no_score() -> None:
    assert computed_score(state(COMMITTED)) is None
    assert computed_score(state([*COMMITTED, checked_in(1, 80), checked_in(2, confidence=Decimal(8))])) is None


# --- grading ------------------------------------------------------------------------------------------------------


def test_a_key_result_is_graded_by_its_measure() -> None:
    given: Given = [*COMMITTED, checked_in(1, 80)]
    scenario(given=given, when=given_grade(), then=[KRGraded(score=Decimal("0.5000"), computed=Decimal("0.5"))])


def test_another_final_score_than_the_computed_one_needs_a_reason() -> None:
    given: Given = [*COMMITTED, checked_in(1, 80)]
    scenario(given=given, when=given_grade("0.6"), then=ReasonRequired)
    graded = KRGraded(score=Decimal("0.6"), computed=Decimal("0.5"), reason=WHY)
    scenario(given=given, when=given_grade("0.6", WHY), then=[graded])


@pytest.mark.parametrize("given", [[proposed()], *([proposed(), end] for end in ENDS)])
def test_only_what_was_committed_is_graded(given: Given) -> None:
    scenario(given=given, when=given_grade("0.5"), then=NotCommitted)


def test_a_second_grade_replaces_the_first_with_a_reason() -> None:
    given: Given = [*COMMITTED, GRADED]
    scenario(given=given, when=given_grade("0.6"), then=ReasonRequired)
    again = KRGraded(score=Decimal("0.6"), reason=WHY)
    scenario(given=given, when=given_grade("0.6", WHY), then=[again])
    assert state([*given, again]).grade == Grade(Decimal("0.6"), None)


def test_the_same_grade_again_changes_nothing() -> None:
    scenario(given=[*COMMITTED, GRADED], when=given_grade("0.5"), then=[])


# --- drop and return ----------------------------------------------------------------------------------------------

LIVE: dict[str, Given] = {
    "proposed": [proposed()],
    "committed": [*COMMITTED, checked_in(1, 80), amendment()],
    "graded": [*COMMITTED, checked_in(1, 80), GRADED],
}


@pytest.mark.parametrize("before", LIVE)
def test_every_live_state_may_be_dropped_with_a_reason(before: str) -> None:
    scenario(given=LIVE[before], when=lambda kr: drop(kr, reason=WHY), then=[DROPPED])
    scenario(given=[*LIVE[before], DROPPED], when=lambda kr: drop(kr, reason=WHY), then=[])


@pytest.mark.parametrize("before", LIVE)
def test_reinstating_returns_to_the_state_before_with_everything(before: str) -> None:
    given = LIVE[before]
    scenario(given=[*given, DROPPED], when=lambda kr: reinstate(kr, reason=WHY), then=[KRReinstated(reason=WHY)])
    assert state([*given, DROPPED, KRReinstated()]) == state(given)


@pytest.mark.parametrize("end", ENDS[:2])
def test_what_was_declined_or_withdrawn_is_not_dropped(end: KREvent) -> None:
    scenario(given=[proposed(), end], when=lambda kr: drop(kr, reason=WHY), then=NotLive)


def test_reinstating_what_was_not_dropped_changes_nothing() -> None:
    scenario(given=COMMITTED, when=lambda kr: reinstate(kr, reason=WHY), then=[])


def test_a_key_result_that_fell_with_its_objective_says_so_until_it_comes_back() -> None:
    fallen = KRDropped(reason=WHY, because_of=OBJECTIVE)
    scenario(given=COMMITTED, when=lambda kr: drop(kr, reason=WHY, because_of=OBJECTIVE), then=[fallen])
    assert state([*COMMITTED, fallen]).dropped_because_of == OBJECTIVE
    assert state([*COMMITTED, fallen, KRReinstated(because_of=OBJECTIVE)]).dropped_because_of is None


def test_a_second_drop_does_not_forget_the_state_before_nor_the_first_cause() -> None:
    kr = state([*COMMITTED, KRDropped(reason=WHY, because_of=OBJECTIVE), DROPPED])
    assert (kr.state_before_drop, kr.dropped_because_of) == ("committed", OBJECTIVE)


def test_what_is_recorded_of_a_dropped_key_result_is_kept_and_leaves_it_dropped() -> None:
    """Imports tell in any order. It comes back with what was recorded meanwhile."""
    kr = state([proposed(), DROPPED, committed(), checked_in(1, 80), GRADED])
    assert (kr.state, len(kr.check_ins), kr.grade) == ("dropped", 1, Grade(Decimal("0.5"), None))
    assert state([proposed(), DROPPED, committed(), GRADED, KRReinstated()]).state == "graded"


def test_a_fact_from_before_the_proposal_finds_nothing_to_change() -> None:
    assert folded([checked_in(1, 80), DROPPED]) is None
    assert state([checked_in(1, 80), DROPPED, *COMMITTED]).state == "committed"
