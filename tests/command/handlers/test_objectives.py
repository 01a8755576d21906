"""Handlers of objectives, each on a dict."""

from decimal import Decimal

import pytest

from contracts.commands.base import Nothing
from contracts.commands.goals import Because, CheckInObjective, GradeGoal, WithReason
from contracts.commands.objectives import AlignObjective, ChildWeight, ProposeObjective, WeighChildren
from domain.cycle import Cycle, CycleGradingStarted
from domain.errors import Invalid, Loop, NotLive, WrongKind, WrongPhase
from domain.goal.check_in import CheckedIn, ObjectiveCheckedIn
from domain.goal.grade import ObjectiveGraded
from domain.goal.roll_up import ChildrenWeighted
from domain.key_result.lifecycle import KRDropped, KRReinstated
from domain.key_result.state import KeyResult
from domain.objective.agreement import ObjectiveAgreed, ObjectiveProposed
from domain.objective.lifecycle import ObjectiveAligned, ObjectiveDropped, ObjectiveReinstated
from domain.objective.state import Objective
from domain.personal import Personal
from services.command.handlers import objectives
from services.command.loop.context import NewEvent
from tests.command.handlers.bakery import ANA, BO, CY, CYCLE, KR, MADE, NEW, OBJECTIVE, Bakery


def below() -> Bakery:
    """With an objective that is proposed, and stands under the first one."""
    at = Bakery()
    at.given(Objective, NEW, *objectives.propose(at.context(BO), NEW, ProposeObjective(title="X", parent_id=OBJECTIVE)))
    return at


def test_the_owner_above_is_the_partner_who_agrees() -> None:
    at = below()
    proposed = at.state(Objective, NEW)
    assert (proposed.owner_id, proposed.partner_id, proposed.parent_id) == (BO, ANA, OBJECTIVE)
    assert objectives.agree(at.context(ANA), NEW, Nothing()) == [ObjectiveAgreed(by=ANA)]


def test_without_anything_above_it_is_who_opened_the_workspace() -> None:
    [proposed] = objectives.propose(Bakery().context(CY), NEW, ProposeObjective(title="X"))
    assert isinstance(proposed, ObjectiveProposed)
    assert (proposed.owner_id, proposed.partner_id) == (CY, ANA)


def test_it_stands_under_no_key_result_and_not_below_itself() -> None:
    at = below()
    with pytest.raises(WrongKind):
        objectives.align(at.context(BO), NEW, AlignObjective(parent_id=KR))
    with pytest.raises(Loop):
        objectives.align(at.context(BO), OBJECTIVE, AlignObjective(parent_id=NEW))
    with pytest.raises(Loop, match="support itself"):
        objectives.align(at.context(BO), NEW, AlignObjective(parent_id=NEW, link="support"))
    assert objectives.align(at.context(BO), OBJECTIVE, AlignObjective(parent_id=NEW, link="support")) == [
        ObjectiveAligned(parent_id=NEW, link="support")
    ]


def test_only_what_stands_under_it_is_weighed() -> None:
    at = below()
    both = (ChildWeight(goal_id=KR, weight=Decimal(2)), ChildWeight(goal_id=NEW, weight=Decimal(3)))
    [weighed] = objectives.weigh(at.context(ANA), OBJECTIVE, WeighChildren(weights=both))
    assert isinstance(weighed, ChildrenWeighted)
    stranger = WeighChildren(weights=(*both, ChildWeight(goal_id=MADE, weight=Decimal(1))))
    with pytest.raises(Invalid, match=f"{MADE} does not stand under"):
        objectives.weigh(at.context(ANA), OBJECTIVE, stranger)


def test_a_check_in_has_the_id_that_was_made_for_it() -> None:
    body = CheckInObjective(confidence=Decimal(7))
    [new] = objectives.check_in(Bakery().context(ANA), OBJECTIVE, body, made_id=MADE)
    event = ObjectiveCheckedIn(check_in_id=MADE, confidence=Decimal(7))
    assert new == NewEvent("objective", OBJECTIVE, event, effective_at=None)


def test_it_is_graded_by_its_key_results_once_its_cycle_is_in_grading() -> None:
    at = Bakery().committed()
    at.given(KeyResult, KR, CheckedIn(check_in_id=MADE, value=Decimal(50)))
    with pytest.raises(WrongPhase):
        objectives.grade(at.context(ANA), OBJECTIVE, GradeGoal())
    at.given(Cycle, CYCLE, CycleGradingStarted())
    assert objectives.grade(at.context(ANA), OBJECTIVE, GradeGoal()) == [
        ObjectiveGraded(score=Decimal("0.5000"), computed=Decimal("0.5"))
    ]


def test_its_open_key_results_fall_with_it_and_come_back_with_it() -> None:
    at, reason = Bakery(), Personal(ANA, "Not now")
    dropped = objectives.drop(at.context(ANA), OBJECTIVE, Because(reason="Not now"))
    fallen = NewEvent("key_result", KR, KRDropped(reason=reason, because_of=OBJECTIVE))
    assert dropped == [ObjectiveDropped(reason=reason), fallen]
    at.given(Objective, OBJECTIVE, dropped[0])
    at.record(fallen)
    assert objectives.drop(at.context(ANA), OBJECTIVE, Because(reason="Again")) == []
    with pytest.raises(NotLive):
        objectives.check_in(at.context(ANA), OBJECTIVE, CheckInObjective(confidence=Decimal(7)), made_id=MADE)
    back = objectives.reinstate(at.context(ANA), OBJECTIVE, WithReason())
    assert back == [ObjectiveReinstated(), NewEvent("key_result", KR, KRReinstated(because_of=OBJECTIVE))]
