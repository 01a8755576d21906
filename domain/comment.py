"""Comments: each is a stream of its own, so that a comment disturbs no negotiation.

Read downwards: events, state, evolve, decisions.
"""

from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

from domain.errors import NotFound, NotTheAuthor
from domain.history import At
from domain.personal import Personal

AboutKind = Literal[
    "mission",
    "vision",
    "strategy",
    "theme",
    "objective",
    "key_result",
    "offer",
    "check_in",
    "retrospective",
    "workspace",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Commented:
    """A comment was posted on this. `goal_id` is the goal that it belongs to, where there is one.

    `author_id` is None only of what was imported without an author.
    """

    about_kind: AboutKind
    about_id: UUID
    goal_id: UUID | None = None
    author_id: UUID | None = None
    text: Personal


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentWithdrawn:
    """The text is shown no more; that something was said stays. `withdraws` is the comment."""

    withdraws: UUID


CommentEvent = Commented | CommentWithdrawn


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedComment:
    about_kind: AboutKind
    about_id: UUID
    goal_id: UUID | None
    author_id: UUID | None
    text: Personal | None  # None once withdrawn.


def evolve(comment: PostedComment | None, event: CommentEvent, _at: At) -> PostedComment | None:
    """Remember one stored fact. Never refuses: what is stored has happened."""
    match event:
        case Commented():
            return PostedComment(
                about_kind=event.about_kind,
                about_id=event.about_id,
                goal_id=event.goal_id,
                author_id=event.author_id,
                text=event.text,
            )
        case CommentWithdrawn() if comment:
            return replace(comment, text=None)
    return comment


def require_own_workspace(about_id: UUID, workspace_id: UUID) -> None:
    """A comment on the workspace is on the one that it stands in."""
    if about_id != workspace_id:
        raise NotFound(f"workspace {about_id}")


def post(*, by: UUID, about_kind: AboutKind, about_id: UUID, goal_id: UUID | None, text: str) -> list[CommentEvent]:
    """Comment on a goal, an offer, a check-in, a retrospective or the workspace."""
    words = Personal(by, text)
    return [Commented(about_kind=about_kind, about_id=about_id, goal_id=goal_id, author_id=by, text=words)]


def withdraw(comment: PostedComment, *, comment_id: UUID, by: UUID, by_admin: bool) -> list[CommentEvent]:
    """Withdraw the text: one's own, or as an admin or owner any member's."""
    if comment.author_id != by and not by_admin:
        raise NotTheAuthor("somebody else said this")
    return [CommentWithdrawn(withdraws=comment_id)] if comment.text else []
