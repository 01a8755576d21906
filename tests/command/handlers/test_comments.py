"""Handlers of comments, each on a dict."""

from uuid import UUID

import pytest

from contracts.commands.base import Nothing
from contracts.commands.comments import Comment
from domain.comment import AboutKind, Commented, CommentWithdrawn, PostedComment
from domain.errors import NotFound, NotTheAuthor, WrongKind
from domain.goal.check_in import CheckedIn
from domain.key_result.state import KeyResult
from domain.personal import Personal
from services.command.handlers import comments
from tests.command.handlers.bakery import ANA, BO, CY, CYCLE, KR, MADE, NEW, OBJECTIVE, TEAM, WORKSPACE, Bakery


def about(kind: AboutKind, id: UUID) -> Comment:
    return Comment(about_kind=kind, about_id=id, text="Is it so?")


def goal_of(at: Bakery, body: Comment, inside: UUID | None = None) -> UUID | None:
    [commented] = comments.post(at.context(BO), NEW, body, inside=inside)
    assert isinstance(commented, Commented)
    assert commented.text == Personal(BO, "Is it so?")
    return commented.goal_id


def test_a_comment_belongs_to_the_goal_of_what_it_is_about() -> None:
    at = Bakery().committed()
    at.given(KeyResult, KR, CheckedIn(check_in_id=MADE, value=None, confidence=None))
    assert goal_of(at, about("objective", OBJECTIVE)) == OBJECTIVE
    assert goal_of(at, about("offer", CYCLE), KR) == KR
    assert goal_of(at, about("check_in", MADE), KR) == KR
    assert goal_of(at, about("workspace", WORKSPACE)) is None
    [new] = at.decide("comments", about("check_in", MADE).model_dump(), by=BO, made_id=NEW)
    assert (new.stream_id, new.event.goal_id) == (NEW, KR)


def test_what_a_comment_is_about_is_there_and_of_that_kind() -> None:
    at = Bakery()
    for body, inside, refusal in (
        (about("workspace", TEAM), None, NotFound),
        (about("retrospective", TEAM), None, NotFound),
        (about("offer", CYCLE), OBJECTIVE, NotFound),
        (about("check_in", MADE), KR, NotFound),
        (about("objective", KR), None, WrongKind),
        (about("mission", TEAM), None, NotFound),
    ):
        with pytest.raises(refusal):
            comments.post(at.context(BO), NEW, body, inside=inside)


def test_a_comment_is_withdrawn_by_its_author_or_an_owner() -> None:
    at = Bakery()
    at.given(PostedComment, NEW, *comments.post(at.context(BO), NEW, about("workspace", WORKSPACE), inside=None))
    for by in (BO, ANA):
        assert comments.withdraw(at.context(by), NEW, Nothing()) == [CommentWithdrawn(withdraws=NEW)]
    with pytest.raises(NotTheAuthor):
        comments.withdraw(at.context(CY), NEW, Nothing())
