"""Handlers of key results, each on a dict."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from contracts.commands.base import Nothing
from contracts.commands.goals import CheckInKeyResult, CorrectKeyResultCheckIn, ReassignGoal, RescheduleGoal
from contracts.commands.key_results import CounterOffer, Measure, MoveKeyResult, ProposeKeyResult
from domain.cycle import Cycle, CycleActivated, CycleClosed, CycleGradingStarted, CyclePlanned
from domain.errors import ClosedCycle, Invalid, NotFound, NotLive, NotYourTurn, PeriodsApart, WrongKind, WrongPhase
from domain.goal.check_in import CheckedIn, CheckInCorrected
from domain.key_result.negotiation import KRCommitted, KRCountered, KRProposed
from domain.objective.lifecycle import ObjectiveDropped
from domain.objective.state import Objective
from domain.personal import Personal
from services.command.handlers import key_results
from services.command.loop.context import NewEvent
from tests.command.handlers.bakery import ANA, BO, CY, CYCLE, KR, MADE, NEW, OBJECTIVE, Bakery


def test_the_other_party_commits() -> None:
    assert key_results.commit(Bakery().context(BO), KR, Nothing()) == [KRCommitted(by=BO)]


def test_the_maker_of_the_offer_does_not() -> None:
    with pytest.raises(NotYourTurn):
        key_results.commit(Bakery().context(ANA), KR, Nothing())


def test_there_must_be_one() -> None:
    with pytest.raises(NotFound, match=f"key result {OBJECTIVE}"):
        key_results.commit(Bakery().context(BO), OBJECTIVE, Nothing())


def test_what_a_counter_offer_leaves_out_stays() -> None:
    body = CounterOffer(measure=Measure(target=Decimal(45)), reason="An oven broke")
    [countered] = key_results.counter(Bakery().context(BO), KR, body)
    assert isinstance(countered, KRCountered)
    assert (countered.target, countered.baseline) == (Decimal(45), Decimal(40))
    assert countered.reason == Personal(BO, "An oven broke")


def test_in_a_cycle_in_grading_nothing_is_negotiated_and_in_a_closed_one_nothing_moves() -> None:
    at = Bakery()
    at.given(Cycle, CYCLE, CycleGradingStarted())
    with pytest.raises(WrongPhase):
        key_results.commit(at.context(BO), KR, Nothing())
    at.given(Cycle, CYCLE, CycleClosed())
    with pytest.raises(ClosedCycle):
        key_results.move(at.context(BO), KR, MoveKeyResult(objective_id=OBJECTIVE))


def test_a_proposal_takes_cycle_team_and_partner_from_its_objective() -> None:
    body = ProposeKeyResult(objective_id=OBJECTIVE, title="Sold", owner_id=BO)
    [proposed] = key_results.propose(Bakery().context(CY), NEW, body)
    assert isinstance(proposed, KRProposed)
    assert (proposed.owner_id, proposed.partner_id, proposed.cycle_id) == (BO, CY, CYCLE)
    [own] = key_results.propose(Bakery().context(BO), NEW, ProposeKeyResult(objective_id=OBJECTIVE, title="Sold"))
    assert isinstance(own, KRProposed)
    assert (own.owner_id, own.partner_id) == (BO, ANA), "the owner of the objective answers"


def test_it_is_proposed_for_an_objective_that_is_live_and_by_members_who_are_active() -> None:
    body = ProposeKeyResult(objective_id=OBJECTIVE, title="Sold", owner_id=CY)
    with pytest.raises(Invalid, match="suspended"):
        key_results.propose(Bakery().suspended(CY).context(BO), NEW, body)
    at = Bakery()
    at.given(Objective, OBJECTIVE, ObjectiveDropped(reason=None))
    with pytest.raises(NotLive, match="the objective is dropped"):
        key_results.propose(at.context(BO), NEW, body)
    with pytest.raises(WrongKind):
        key_results.propose(at.context(BO), NEW, ProposeKeyResult(objective_id=KR, title="Sold"))


def test_it_goes_to_no_cycle_that_shares_no_day_with_its_objectives() -> None:
    at = Bakery()
    planned = CyclePlanned(name="Q3", start=date(2026, 7, 1), end=date(2026, 10, 1))
    at.given(Cycle, NEW, planned, CycleActivated())
    with pytest.raises(PeriodsApart):
        key_results.reschedule(at.context(ANA), KR, RescheduleGoal(cycle_id=NEW))


def test_what_a_reassignment_leaves_out_stays() -> None:
    [reassigned] = key_results.reassign(Bakery().context(ANA), KR, ReassignGoal(partner_id=CY))
    assert (reassigned.owner_id, reassigned.partner_id) == (ANA, CY)  # type: ignore[attr-defined]


def test_a_check_in_has_the_id_that_was_made_for_it_and_the_moment_that_it_states() -> None:
    at, moment = Bakery().committed(), datetime(2026, 1, 5, 12, 10, 30, tzinfo=UTC)
    body = CheckInKeyResult.model_validate({"value": "46", "effective_at": moment.isoformat()})
    [new] = key_results.check_in(at.context(ANA), KR, body, made_id=MADE)
    assert new == NewEvent("key_result", KR, CheckedIn(check_in_id=MADE, value=Decimal(46)), effective_at=moment)


def test_a_correction_stands_where_what_it_corrects_stood() -> None:
    at = Bakery().committed()
    [new] = key_results.check_in(at.context(ANA), KR, CheckInKeyResult(value=Decimal(46)), made_id=MADE)
    assert isinstance(new, NewEvent)
    at.record(new)
    recorded_at = at.now
    body = CorrectKeyResultCheckIn(value=Decimal(44), reason="Two were counted twice")
    [corrected] = key_results.correct(at.context(BO), KR, body, check_in_id=MADE, made_id=NEW)
    reason = Personal(BO, "Two were counted twice")
    event = CheckInCorrected(check_in_id=NEW, corrects=MADE, value=Decimal(44), reason=reason)
    assert corrected == NewEvent("key_result", KR, event, effective_at=recorded_at)
