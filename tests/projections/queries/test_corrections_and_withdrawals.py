"""Comments and learnings: what is withdrawn keeps the fact, not the text. Retrospectives: how they go on."""

from datetime import date
from uuid import UUID

from domain.comment import Commented, CommentWithdrawn
from domain.retrospective import (
    ActionAgreed,
    ActionDone,
    LearningRecorded,
    LearningWithdrawn,
    RetrospectiveConcluded,
    RetrospectiveOpened,
)
from services.projections.engine.table import Table
from services.projections.read_models import comments, retrospectives
from tests.domain.scenario import ANA, BO, words
from tests.projections.stream_facts import STREAM, BelievedRow, believed_rows, day

GOAL, LEARNING, ACTION, TEAM, CYCLE = (UUID(int=id) for id in range(31, 36))

COMMENTED = Commented(about_kind="key_result", about_id=GOAL, goal_id=GOAL, author_id=ANA, text=words("Why 60?", ANA))
OPENED = RetrospectiveOpened(team_id=TEAM, cycle_id=CYCLE)
LEARNT = LearningRecorded(learning_id=LEARNING, kind="worked", text=words("Pairing", ANA), author_id=ANA)
AGREED = ActionAgreed(action_id=ACTION, text=words("Ask them", BO), owner_id=BO, due=date(2026, 2, 1))


def retrospective(*facts: object) -> dict[Table, dict[UUID, BelievedRow]]:
    return believed_rows(retrospectives.MODEL, "retrospective", *facts)


def test_a_comment_shows_who_said_what_about_what() -> None:
    row = believed_rows(comments.MODEL, "comment", COMMENTED)[comments.COMMENTS][STREAM]
    assert (row.values["about_id"], row.values["author_id"], row.values["text"]) == (GOAL, ANA, "Why 60?")
    assert (row.values["withdrawn"], row.values["began"]) == (False, 1)


def test_of_a_withdrawn_comment_the_fact_stays_at_its_own_moment() -> None:
    withdrawn = CommentWithdrawn(withdraws=STREAM)
    row = believed_rows(comments.MODEL, "comment", COMMENTED, withdrawn)[comments.COMMENTS][STREAM]
    assert (row.values["text"], row.values["text_subject"], row.values["withdrawn"]) == (None, None, True)
    assert (row.values["author_id"], row.values["began"]) == (ANA, 1)
    assert (row.valid_from, row.known_from) == (day(1), 2)


def test_of_a_withdrawn_learning_the_fact_stays_at_its_own_moment() -> None:
    row = retrospective(OPENED, LEARNT, AGREED, LearningWithdrawn(withdraws=LEARNING))[retrospectives.LEARNINGS][
        LEARNING
    ]
    assert (row.values["text"], row.values["withdrawn"], row.values["author_id"]) == (None, True, ANA)
    assert (row.valid_from, row.known_from) == (day(2), 4)


def test_an_anonymous_learning_has_no_author() -> None:
    said = LearningRecorded(
        learning_id=LEARNING, kind="why", text=words("We were afraid", LEARNING), withdrawal_digest="d"
    )
    row = retrospective(OPENED, said)[retrospectives.LEARNINGS][LEARNING]
    assert (row.values["author_id"], row.values["text_subject"]) == (None, LEARNING)


def test_an_action_is_done_when_it_is_done() -> None:
    row = retrospective(OPENED, AGREED, ActionDone(action_id=ACTION))[retrospectives.ACTIONS][ACTION]
    assert (row.values["owner_id"], row.values["due"], row.values["done_at"]) == (BO, date(2026, 2, 1), day(3))


def test_a_conclusion_says_what_comes_next() -> None:
    concluded = RetrospectiveConcluded(next_steps=words("Fewer goals", ANA), support_required=words("Sales", ANA))
    row = retrospective(OPENED, AGREED, concluded)[retrospectives.RETROSPECTIVES][STREAM]
    assert (row.values["opened_at"], row.values["concluded_at"]) == (day(1), day(3))
    assert (row.values["next_steps"], row.values["support_required"]) == ("Fewer goals", "Sales")
    assert (row.values["resources_needed"], row.values["team_id"]) == (None, TEAM)
