"""Comments: who wrote what about which goal, offer or check-in. Of a withdrawn one the fact stays, not the text."""

from datetime import datetime
from typing import Generic
from uuid import UUID

from domain.comment import AboutKind, CommentWithdrawn, PostedComment
from domain.personal import Personal
from services.eventlog.recorded_event import RecordedEvent
from services.projections.engine.read_model import FoldStep, ReadModel, Rows
from services.projections.engine.table import Table, TableRow, Text


class CommentRow(TableRow[UUID], Generic[Text]):
    about_kind: AboutKind
    about_id: UUID
    goal_id: UUID | None
    author_id: UUID | None
    text: Text | None
    withdrawn: bool
    recorded_at: datetime
    source_recorded_at: datetime | None
    began: int


COMMENTS = Table(
    "comments",
    CommentRow[Personal],
    indexes=("began", "about_id, began", "goal_id, began"),
    past_indexes=("began", "about_id", "goal_id"),
)


def step(first: RecordedEvent | None, step: FoldStep[PostedComment]) -> tuple[RecordedEvent, Rows]:
    """`first` is how the comment was recorded; a withdrawal changes nothing of that."""
    first = first or step.recorded
    comment = step.after
    if comment is None:
        return first, ()
    row = CommentRow(
        id=first.stream_id,
        about_kind=comment.about_kind,
        about_id=comment.about_id,
        goal_id=comment.goal_id,
        author_id=comment.author_id,
        text=comment.text,
        withdrawn=isinstance(step.recorded.event, CommentWithdrawn),
        recorded_at=first.recorded_at,
        source_recorded_at=first.source_recorded_at,
        began=first.position,
    )
    return first, (row,)


MODEL = ReadModel("comments", kinds=frozenset({"comment"}), tables=(COMMENTS,), step=step, start=None)
