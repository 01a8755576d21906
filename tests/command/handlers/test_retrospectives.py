"""Handlers of retrospectives, each on a dict."""

import pytest

from contracts.commands.base import Nothing
from contracts.commands.retrospectives import AgreeAction, OpenRetrospective, RecordLearning, WithdrawLearning
from domain.cycle import Cycle, CycleGradingStarted
from domain.errors import Invalid, NotTheAuthor, WrongPhase
from domain.personal import Personal
from domain.retrospective import (
    ActionAgreed,
    ActionDone,
    LearningRecorded,
    LearningWithdrawn,
    Retrospective,
    RetrospectiveOpened,
)
from services.access.credentials import withdrawal_digest
from services.command.handlers import retrospectives
from services.command.loop.context import NewEvent
from tests.command.handlers.bakery import ANA, BO, CY, CYCLE, MADE, NEW, TEAM, Bakery


def looking_back() -> Bakery:
    at = Bakery()
    at.given(Cycle, CYCLE, CycleGradingStarted())
    at.given(Retrospective, NEW, RetrospectiveOpened(team_id=TEAM, cycle_id=CYCLE))
    return at


def test_a_retrospective_is_of_a_cycle_in_grading_and_opened_once() -> None:
    body = OpenRetrospective(team_id=TEAM, cycle_id=CYCLE)
    with pytest.raises(WrongPhase):
        retrospectives.open_(Bakery().context(ANA), MADE, body)
    at = looking_back()
    assert retrospectives.open_(at.context(ANA), MADE, body) == [RetrospectiveOpened(team_id=TEAM, cycle_id=CYCLE)]
    assert retrospectives.open_(at.context(ANA), NEW, body) == []


def test_an_anonymous_learning_names_no_one_and_is_taken_back_with_its_token() -> None:
    at = looking_back()
    body = RecordLearning(kind="why", text="The oven was late", anonymous=True)
    learned = retrospectives.learn(at.context(BO), NEW, body, made_id=MADE, digest=withdrawal_digest("token"))
    assert learned == [
        LearningRecorded(
            learning_id=MADE,
            kind="why",
            text=Personal(MADE, "The oven was late"),
            withdrawal_digest=withdrawal_digest("token"),
        )
    ]
    at.given(Retrospective, NEW, *learned)
    withdraw = retrospectives.withdraw_learning
    assert withdraw(at.context(CY), NEW, WithdrawLearning(token="token"), learning_id=MADE) == [
        LearningWithdrawn(withdraws=MADE)
    ]
    for without in (WithdrawLearning(), WithdrawLearning(token="another")):
        with pytest.raises(NotTheAuthor):
            withdraw(at.context(BO), NEW, without, learning_id=MADE)


def test_an_action_is_done_also_where_its_retrospective_is_not_at_hand() -> None:
    at = looking_back()
    body = AgreeAction(text="Buy a timer", owner_id=CY)
    agreed = retrospectives.agree_action(at.context(BO), NEW, body, made_id=MADE)
    assert agreed == [ActionAgreed(action_id=MADE, text=Personal(BO, "Buy a timer"), owner_id=CY)]
    at.given(Retrospective, NEW, *agreed)
    assert retrospectives.do_action(at.context(CY), NEW, Nothing(), action_id=MADE) == [ActionDone(action_id=MADE)]
    assert at.decide(f"actions/{MADE}/done", {}, by=CY, made_id=TEAM) == [
        NewEvent("retrospective", NEW, ActionDone(action_id=MADE))
    ]
    with pytest.raises(Invalid):
        retrospectives.agree_action(at.suspended(CY).context(BO), NEW, body, made_id=MADE)
