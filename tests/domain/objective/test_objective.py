"""Objectives: proposed and agreed, aligned, checked in on, graded, dropped and back."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from domain.errors import CheckInReplaced, Invalid, NoOwner, NotAParty, NotLive, NotYourTurn, ReasonRequired
from domain.goal.alignment import GoalRescheduled
from domain.goal.base import partner_of
from domain.goal.check_in import ObjectiveCheckedIn, ObjectiveCheckInCorrected, Statement, fields_of
from domain.goal.grade import Grade, ObjectiveGraded
from domain.goal.roll_up import ChildrenWeighted, RollUpChosen, Weight
from domain.objective.agreement import (
    ObjectiveAgreed,
    ObjectiveProposed,
    ObjectiveReworded,
    ObjectiveWithdrawn,
    agree,
    propose,
    reword,
    withdraw,
)
from domain.objective.evolve import ObjectiveEvent, evolve
from domain.objective.lifecycle import (
    ObjectiveAligned,
    ObjectiveDropped,
    ObjectiveReassigned,
    ObjectiveReinstated,
    ObjectiveUnaligned,
    add_check_in,
    align,
    choose_roll_up,
    computed_score,
    correct_check_in,
    drop,
    give_grade,
    reassign,
    reinstate,
    reschedule,
    unalign,
    weigh,
)
from domain.objective.state import LinkKind, Objective
from domain.personal import Personal
from tests.domain import scenario as spec
from tests.domain.scenario import ANA, BO, CY, beginning, words

Given = spec.Given[ObjectiveEvent]
Decision = spec.Decision[Objective, ObjectiveEvent]

OBJECTIVE = spec.Specification(evolve)
scenario, state, folded = OBJECTIVE.scenario, OBJECTIVE.state, OBJECTIVE.folded

THEME, OTHER = UUID(int=0x7E), UUID(int=0x07)
WHY = words("The strategy changed")
JUNE = datetime(2026, 6, 1, tzinfo=UTC)


def proposed(
    *, by: UUID | None = ANA, owner: UUID | None = ANA, partner: UUID | None = BO, parent_id: UUID | None = THEME
) -> ObjectiveProposed:
    return ObjectiveProposed(title="Customers stay", owner_id=owner, partner_id=partner, by=by, parent_id=parent_id)


AGREED = (proposed(), ObjectiveAgreed(by=BO))
DROPPED = ObjectiveDropped(reason=WHY)
GRADED = ObjectiveGraded(score=Decimal("0.5"))
ENDS: list[ObjectiveEvent] = [ObjectiveWithdrawn(by=ANA), DROPPED]


# --- proposed and agreed ------------------------------------------------------------------------------------------


def offer(
    *, by: UUID = ANA, partner: UUID | None = BO, title: str = "Customers stay"
) -> Callable[[], Sequence[ObjectiveEvent]]:
    return lambda: propose(by=by, owner_id=ANA, partner_id=partner, title=title, parent_id=THEME)


@pytest.mark.parametrize("by", [ANA, BO])
def test_either_party_proposes(by: UUID) -> None:
    beginning(when=offer(by=by), then=[proposed(by=by)])


def test_nobody_else_proposes() -> None:
    beginning(when=offer(by=CY), then=NotAParty)


def test_an_objective_has_a_title_and_two_different_parties() -> None:
    beginning(when=offer(title=" "), then=Invalid, says="title")
    beginning(when=offer(partner=ANA), then=Invalid, says="partner_id")


def test_the_other_party_agrees() -> None:
    scenario(given=[proposed()], when=lambda o: agree(o, by=BO), then=[ObjectiveAgreed(by=BO)])
    scenario(given=[proposed(by=BO)], when=lambda o: agree(o, by=ANA), then=[ObjectiveAgreed(by=ANA)])
    scenario(given=AGREED, when=lambda o: agree(o, by=BO), then=[])


def test_nobody_agrees_to_their_own_proposal() -> None:
    scenario(given=[proposed()], when=lambda o: agree(o, by=ANA), then=NotYourTurn)
    scenario(given=[proposed()], when=lambda o: agree(o, by=CY), then=NotAParty)


def test_without_another_person_the_owner_agrees_alone_and_the_record_says_so() -> None:
    alone = ObjectiveAgreed(by=ANA, self_agreed=True)
    scenario(given=[proposed(partner=None)], when=lambda o: agree(o, by=ANA), then=[alone])


def test_without_an_owner_nothing_is_agreed() -> None:
    scenario(given=[proposed(by=None, owner=None)], when=lambda o: agree(o, by=BO), then=NoOwner)


def test_who_follows_the_proposer_does_not_agree_for_the_other() -> None:
    given: Given = [proposed(), ObjectiveReassigned(owner_id=CY, partner_id=BO, team_id=None)]
    scenario(given=given, when=lambda o: agree(o, by=CY), then=NotYourTurn)
    scenario(given=given, when=lambda o: agree(o, by=BO), then=[ObjectiveAgreed(by=BO)])


def test_who_proposed_withdraws() -> None:
    withdrawn = ObjectiveWithdrawn(by=ANA, reason=WHY)
    scenario(given=[proposed()], when=lambda o: withdraw(o, by=ANA, reason=WHY), then=[withdrawn])
    scenario(given=[proposed(), withdrawn], when=lambda o: withdraw(o, by=ANA, reason=WHY), then=[])
    scenario(given=[proposed()], when=lambda o: withdraw(o, by=BO), then=NotYourTurn)


def test_what_is_agreed_is_neither_agreed_by_the_other_nor_withdrawn() -> None:
    scenario(given=AGREED, when=lambda o: agree(o, by=ANA), then=NotLive)
    scenario(given=AGREED, when=lambda o: withdraw(o, by=ANA), then=NotLive)


def test_the_default_partner_is_the_next_in_line_who_is_another_person() -> None:
    assert partner_of(ANA, BO, CY) == BO
    assert partner_of(ANA, ANA, None, CY) == CY
    assert partner_of(ANA, None, ANA) is None


# --- worded, placed, handed over ----------------------------------------------------------------------------------


def other_words(reason: Personal | None = None, title: str = "Customers return") -> Decision:
    return lambda o: reword(o, title=title, why="Growth is retention", resources=None, commitment=None, reason=reason)


def reworded(reason: Personal | None = None) -> ObjectiveReworded:
    return ObjectiveReworded(
        title="Customers return", why="Growth is retention", resources=None, commitment=None, reason=reason
    )


def test_an_objective_is_reworded_and_once_agreed_with_a_reason() -> None:
    scenario(given=[proposed()], when=other_words(), then=[reworded()])
    scenario(given=AGREED, when=other_words(), then=ReasonRequired)
    scenario(given=AGREED, when=other_words(WHY), then=[reworded(WHY)])
    scenario(given=[*AGREED, reworded(WHY)], when=other_words(), then=[])
    scenario(given=AGREED, when=other_words(WHY, title=""), then=Invalid)


def contribute(parent: UUID, reason: Personal | None = None) -> Decision:
    return lambda o: align(o, parent_id=parent, link="contribute", reason=reason)


def support(parent: UUID) -> Decision:
    return lambda o: align(o, parent_id=parent, link="support", reason=None)


def test_the_first_alignment_needs_no_reason_and_a_re_alignment_does() -> None:
    first = [proposed(parent_id=None)]
    scenario(given=first, when=contribute(THEME), then=[ObjectiveAligned(parent_id=THEME)])
    scenario(given=AGREED, when=contribute(OTHER), then=ReasonRequired)
    scenario(given=AGREED, when=contribute(OTHER, WHY), then=[ObjectiveAligned(parent_id=OTHER, reason=WHY)])
    scenario(given=AGREED, when=contribute(THEME), then=[])


def test_one_contributing_link_places_the_goal_and_supports_place_nothing() -> None:
    supporting = ObjectiveAligned(parent_id=OTHER, link="support")
    scenario(given=AGREED, when=support(OTHER), then=[supporting])
    scenario(given=[*AGREED, supporting], when=support(OTHER), then=[])
    objective = state([*AGREED, supporting, ObjectiveAligned(parent_id=CY, link="support")])
    assert (objective.parent_id, objective.supports) == (THEME, (OTHER, CY))


def apart(link: LinkKind, parent: UUID | None = None, reason: Personal | None = None) -> Decision:
    return lambda o: unalign(o, parent_id=parent, link=link, reason=reason)


def test_a_contributing_link_is_taken_away_with_a_reason() -> None:
    gone = ObjectiveUnaligned(parent_id=THEME, reason=WHY)
    scenario(given=AGREED, when=apart("contribute"), then=ReasonRequired)
    scenario(given=AGREED, when=apart("contribute", reason=WHY), then=[gone])
    scenario(given=AGREED, when=apart("contribute", THEME, WHY), then=[gone])
    scenario(given=AGREED, when=apart("contribute", OTHER, WHY), then=[])
    scenario(given=[*AGREED, gone], when=apart("contribute", reason=WHY), then=[])
    assert state([*AGREED, gone]).parent_id is None


def test_a_support_is_taken_away() -> None:
    supporting = ObjectiveAligned(parent_id=OTHER, link="support")
    gone = ObjectiveUnaligned(parent_id=OTHER, link="support")
    scenario(given=[*AGREED, supporting], when=apart("support", OTHER), then=[gone])
    scenario(given=AGREED, when=apart("support", OTHER), then=[])
    scenario(given=AGREED, when=apart("support", THEME), then=[])
    assert state([*AGREED, supporting, gone]).supports == ()


def test_an_objective_is_reassigned() -> None:
    def hand_over(o: Objective) -> Sequence[ObjectiveEvent]:
        return reassign(o, owner_id=CY, partner_id=BO, team_id=OTHER, reason=None)

    handed_over = ObjectiveReassigned(owner_id=CY, partner_id=BO, team_id=OTHER)
    scenario(given=AGREED, when=hand_over, then=[handed_over])
    scenario(given=[*AGREED, handed_over], when=hand_over, then=[])
    scenario(
        given=AGREED, when=lambda o: reassign(o, owner_id=BO, partner_id=BO, team_id=None, reason=None), then=Invalid
    )


def test_an_objective_is_rescheduled() -> None:
    moved = GoalRescheduled(cycle_id=OTHER, reason=WHY)
    scenario(given=AGREED, when=lambda o: reschedule(o, cycle_id=OTHER, reason=WHY), then=[moved])
    scenario(given=[*AGREED, moved], when=lambda o: reschedule(o, cycle_id=OTHER, reason=WHY), then=[])


def test_children_are_weighted_and_the_roll_up_chosen() -> None:
    weighted = ChildrenWeighted(weights=(Weight(OTHER, Decimal(3)),))
    scenario(given=AGREED, when=lambda o: weigh(o, weights={OTHER: Decimal(3)}), then=[weighted])
    scenario(given=[*AGREED, weighted], when=lambda o: weigh(o, weights={OTHER: Decimal(3)}), then=[])
    chosen = RollUpChosen(mode="both")
    scenario(given=AGREED, when=lambda o: choose_roll_up(o, mode="both"), then=[chosen])
    scenario(given=[*AGREED, chosen], when=lambda o: choose_roll_up(o, mode="both"), then=[])


@pytest.mark.parametrize("end", ENDS)
def test_what_has_ended_is_changed_no_more(end: ObjectiveEvent) -> None:
    acts: tuple[Decision, ...] = (
        other_words(WHY),
        contribute(OTHER, WHY),
        support(OTHER),
        apart("contribute", reason=WHY),
        lambda o: reassign(o, owner_id=CY, partner_id=BO, team_id=None, reason=WHY),
        lambda o: reschedule(o, cycle_id=OTHER, reason=WHY),
        lambda o: weigh(o, weights={OTHER: Decimal(3)}),
        lambda o: choose_roll_up(o, mode="both"),
    )
    for act in acts:
        scenario(given=[proposed(), end], when=act, then=NotLive)


# --- check-ins ----------------------------------------------------------------------------------------------------


def check_in(said: Statement) -> Decision:
    return lambda o: add_check_in(o, check_in_id=OTHER, statement=said, effective_at=None)


def correct(said: Statement) -> Decision:
    return lambda o: correct_check_in(
        o, corrects=THEME, check_in_id=OTHER, statement=said, effective_at=JUNE, reason=None
    )


def test_an_agreed_objective_is_checked_in_on() -> None:
    said = Statement(confidence=Decimal(6), health="at_risk", narrative=words("Two releases late"))
    scenario(given=AGREED, when=check_in(said), then=[ObjectiveCheckedIn(check_in_id=OTHER, **fields_of(said))])
    scenario(given=[proposed()], when=check_in(said), then=NotLive)
    scenario(given=[*AGREED, GRADED], when=check_in(said), then=NotLive)


def test_an_objective_has_no_value_of_its_own() -> None:
    scenario(given=AGREED, when=check_in(Statement(value=Decimal(1))), then=Invalid, says="value")
    scenario(given=AGREED, when=check_in(Statement(claimed=Decimal("0.5"))), then=Invalid, says="claimed")


def test_a_check_in_of_an_objective_is_corrected() -> None:
    first = (ObjectiveCheckedIn(check_in_id=THEME, health="on_track", confidence=Decimal(9)), JUNE)
    right = ObjectiveCheckInCorrected(check_in_id=OTHER, corrects=THEME, health="off_track")
    scenario(given=[*AGREED, first], when=correct(Statement(health="off_track")), then=[right])
    scenario(given=[*AGREED, first], when=correct(Statement(health="on_track", confidence=Decimal(9))), then=[])
    scenario(given=[*AGREED, first, (right, JUNE)], when=correct(Statement(health="at_risk")), then=CheckInReplaced)
    objective = state([*AGREED, first, (right, JUNE)])
    assert ([c.statement.health for c in objective.check_ins], objective.confidence) == (["off_track"], None)


# --- graded, dropped, back ----------------------------------------------------------------------------------------


def graded(score: str | None, computed: str | None = None, reason: Personal | None = None) -> Decision:
    given_score, worked_out = (None if number is None else Decimal(number) for number in (score, computed))
    return lambda o: give_grade(o, score=given_score, computed=worked_out, reason=reason)


def test_the_computed_score_is_the_weighted_mean_of_the_key_results() -> None:
    objective = state([*AGREED, ChildrenWeighted(weights=(Weight(OTHER, Decimal(3)),))])
    assert computed_score(objective, {OTHER: Decimal("0.4"), CY: Decimal("1.2")}) == Decimal("0.55")
    assert computed_score(objective, {OTHER: None, CY: Decimal(1)}) == Decimal("0.25")
    assert computed_score(objective, {}) is None


def test_an_objective_is_graded() -> None:
    scenario(
        given=AGREED, when=graded(None, "0.5"), then=[ObjectiveGraded(score=Decimal("0.5"), computed=Decimal("0.5"))]
    )
    scenario(given=AGREED, when=graded("0.6", "0.5"), then=ReasonRequired)
    scenario(given=[*AGREED, GRADED], when=graded("0.5"), then=[])
    scenario(given=[*AGREED, GRADED], when=graded("0.6"), then=ReasonRequired)
    scenario(
        given=[*AGREED, GRADED], when=graded("0.6", None, WHY), then=[ObjectiveGraded(score=Decimal("0.6"), reason=WHY)]
    )


@pytest.mark.parametrize("given", [[proposed()], *([proposed(), end] for end in ENDS)])
def test_only_what_was_agreed_is_graded(given: Given) -> None:
    scenario(given=given, when=graded("0.5"), then=NotLive)


LIVE: dict[str, Given] = {"proposed": [proposed()], "agreed": AGREED, "graded": [*AGREED, GRADED]}


@pytest.mark.parametrize("before", LIVE)
def test_every_live_state_may_be_dropped_and_comes_back_as_it_was(before: str) -> None:
    given = LIVE[before]
    scenario(given=given, when=lambda o: drop(o, reason=WHY), then=[DROPPED])
    scenario(given=[*given, DROPPED], when=lambda o: drop(o, reason=WHY), then=[])
    scenario(given=[*given, DROPPED], when=lambda o: reinstate(o, reason=WHY), then=[ObjectiveReinstated(reason=WHY)])
    assert state([*given, DROPPED, ObjectiveReinstated()]) == state(given)


def test_what_was_withdrawn_is_not_dropped_and_what_was_not_dropped_does_not_come_back() -> None:
    scenario(given=[proposed(), ENDS[0]], when=lambda o: drop(o, reason=WHY), then=NotLive)
    scenario(given=AGREED, when=lambda o: reinstate(o, reason=WHY), then=[])


def test_a_grade_of_a_dropped_objective_is_kept_and_leaves_it_dropped() -> None:
    objective = state([*AGREED, DROPPED, GRADED])
    assert (objective.state, objective.state_before_drop) == ("dropped", "graded")
    assert objective.grade == Grade(Decimal("0.5"), None)


def test_a_fact_from_before_the_proposal_finds_nothing_to_change() -> None:
    assert folded([DROPPED]) is None
    assert state([DROPPED, *AGREED]).state == "agreed"
