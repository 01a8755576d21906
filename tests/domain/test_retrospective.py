"""Retrospectives: learnings, named and anonymous, actions, the conclusion."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from uuid import UUID

import pytest

from domain.cycle import Cycle, CycleState
from domain.errors import Concluded, NotFound, NotTheAuthor, WrongPhase
from domain.history import At
from domain.retrospective import (
    ActionAgreed,
    ActionDone,
    LearningRecorded,
    LearningWithdrawn,
    Retrospective,
    RetrospectiveConcluded,
    RetrospectiveEvent,
    RetrospectiveOpened,
    agree_action,
    conclude,
    do_action,
    evolve,
    learn,
    learn_anonymously,
    open_,
    withdraw_anonymous_learning,
    withdraw_learning,
)
from tests.domain import scenario as spec
from tests.domain.scenario import ANA, BO, NOON, beginning, words

RETROSPECTIVE = spec.Specification(evolve)
scenario = RETROSPECTIVE.scenario

TEAM, QUARTER, LEARNING, ACTION, OTHER = (UUID(int=n) for n in range(1, 6))
CYCLE = Cycle(name="2026-Q1", kind="quarter", start=None, end=None, external_id=None, since=At(NOON, 1))
OPENED = RetrospectiveOpened(team_id=TEAM, cycle_id=QUARTER)
LEARNED = LearningRecorded(learning_id=LEARNING, kind="worked", text=words("Baking at night"), author_id=ANA)
WHISPERED = LearningRecorded(
    learning_id=LEARNING, kind="did_not", text=words("The oven", LEARNING), withdrawal_digest="d1"
)
WITHDRAWN = LearningWithdrawn(withdraws=LEARNING)
AGREED = ActionAgreed(action_id=ACTION, text=words("Buy a timer"), owner_id=BO, due=date(2026, 4, 15))
DONE = ActionDone(action_id=ACTION)
CONCLUSION = RetrospectiveConcluded(next_steps=words("Keep baking"), support_required=words("the mill"))


def opening(phase: CycleState) -> Callable[[Retrospective | None], list[RetrospectiveEvent]]:
    return lambda given: open_(given, team_id=TEAM, cycle_id=QUARTER, cycle=replace(CYCLE, state=phase))


def end(given: Retrospective) -> list[RetrospectiveEvent]:
    return conclude(given, by=ANA, next_steps="Keep baking", support_required="the mill")


@pytest.mark.parametrize("phase", ["grading", "reopened", "closed"])
def test_it_is_opened_once_the_cycle_is_graded(phase: CycleState) -> None:
    beginning(when=lambda: opening(phase)(None), then=[OPENED])


@pytest.mark.parametrize("phase", ["planning", "active"])
def test_it_is_not_opened_before(phase: CycleState) -> None:
    beginning(when=lambda: opening(phase)(None), then=WrongPhase, says="grading")


def test_who_opens_it_second_finds_it_open() -> None:
    scenario(given=[OPENED], when=opening("grading"), then=[])


def test_a_learning_is_said_under_ones_name() -> None:
    learned = partial(learn, learning_id=LEARNING, kind="worked", author_id=ANA, text="Baking at night")
    scenario(given=[OPENED], when=learned, then=[LEARNED])


def test_an_anonymous_learning_names_nobody() -> None:
    learned = partial(learn_anonymously, learning_id=LEARNING, kind="did_not", text="The oven", withdrawal_digest="d1")
    scenario(given=[OPENED], when=learned, then=[WHISPERED])


def test_a_learning_is_withdrawn_by_its_author_or_an_admin_once() -> None:
    back = partial(withdraw_learning, learning_id=LEARNING)
    scenario(given=[OPENED, LEARNED], when=partial(back, by=ANA, by_admin=False), then=[WITHDRAWN])
    scenario(given=[OPENED, LEARNED], when=partial(back, by=BO, by_admin=True), then=[WITHDRAWN])
    scenario(given=[OPENED, LEARNED], when=partial(back, by=BO, by_admin=False), then=NotTheAuthor)
    scenario(given=[OPENED, WHISPERED], when=partial(back, by=ANA, by_admin=False), then=NotTheAuthor)
    scenario(given=[OPENED, LEARNED, WITHDRAWN], when=partial(back, by=ANA, by_admin=False), then=[])
    scenario(given=[OPENED], when=partial(back, by=ANA, by_admin=False), then=NotFound)


def test_an_anonymous_learning_is_withdrawn_with_its_token_alone() -> None:
    back = partial(withdraw_anonymous_learning, learning_id=LEARNING)
    scenario(given=[OPENED, WHISPERED], when=partial(back, token_digest="d1"), then=[WITHDRAWN])
    scenario(given=[OPENED, WHISPERED], when=partial(back, token_digest="d2"), then=NotTheAuthor)
    scenario(given=[OPENED, LEARNED], when=partial(back, token_digest=""), then=NotTheAuthor)
    scenario(given=[OPENED, WHISPERED, WITHDRAWN], when=partial(back, token_digest="d1"), then=[])


def test_an_action_has_an_owner_and_may_have_a_day() -> None:
    agreed = partial(agree_action, action_id=ACTION, by=ANA, text="Buy a timer", owner_id=BO, due=date(2026, 4, 15))
    scenario(given=[OPENED], when=agreed, then=[AGREED])


def test_an_action_is_done_once_also_after_the_conclusion() -> None:
    done = partial(do_action, action_id=ACTION)
    scenario(given=[OPENED, AGREED], when=done, then=[DONE])
    scenario(given=[OPENED, AGREED, CONCLUSION], when=done, then=[DONE])
    scenario(given=[OPENED, AGREED, DONE], when=done, then=[])
    scenario(given=[OPENED, AGREED], when=partial(do_action, action_id=OTHER), then=NotFound)


def test_it_is_concluded_once() -> None:
    scenario(given=[OPENED], when=end, then=[CONCLUSION])
    scenario(given=[OPENED, CONCLUSION], when=end, then=[])
    scenario(given=[OPENED, CONCLUSION], when=lambda r: conclude(r, by=BO, next_steps="Stop"), then=Concluded)


def test_once_concluded_it_takes_no_more_learnings_and_actions_but_lets_them_be_withdrawn() -> None:
    over: list[RetrospectiveEvent] = [OPENED, LEARNED, CONCLUSION]
    for act in (
        partial(learn, learning_id=OTHER, kind="why", author_id=ANA, text="?"),
        partial(learn_anonymously, learning_id=OTHER, kind="why", text="?", withdrawal_digest="d"),
        partial(agree_action, action_id=ACTION, by=ANA, text="Buy a timer", owner_id=BO, due=None),
    ):
        scenario(given=over, when=act, then=Concluded, says="position 3")
    back = partial(withdraw_learning, learning_id=LEARNING, by=ANA, by_admin=False)
    scenario(given=over, when=back, then=[WITHDRAWN])
