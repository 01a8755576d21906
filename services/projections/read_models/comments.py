"""Comments: who wrote what about which goal, offer or check-in. Of a withdrawn one the fact stays, not the text."""

from collections.abc import Sequence

from domain.comment import CommentWithdrawn
from services.eventlog.recorded_event import RecordedEvent
from services.projections.engine.read_model import FoldStep, ReadModel, Row, Table
from services.projections.read_models.columns import words

COMMENTS = Table(
    "comments",
    key={"id": "uuid"},
    values={
        "about_kind": "text", "about_id": "uuid", "goal_id": "uuid", "author_id": "uuid",
        "text": "text", "text_subject": "uuid", "withdrawn": "boolean",
        "recorded_at": "timestamptz", "source_recorded_at": "timestamptz", "began": "bigint",
    },
    indexes=("began", "about_id, began", "goal_id, began"),
    past_indexes=("began", "about_id", "goal_id"),
)  # fmt: skip


def step(said: RecordedEvent | None, step: FoldStep) -> tuple[RecordedEvent, Sequence[Row]]:
    """`said` is how the comment was recorded; a withdrawal changes nothing of that."""
    said = said or step.recorded
    comment = step.after
    values = (
        comment.about_kind, comment.about_id, comment.goal_id, comment.author_id,
        *words(comment.text), isinstance(step.recorded.event, CommentWithdrawn),
        said.recorded_at, said.source_recorded_at, said.position,
    )  # fmt: skip
    return said, [Row(COMMENTS, (said.stream_id,), values)]


MODEL = ReadModel("comments", kinds=frozenset({"comment"}), tables=(COMMENTS,), step=step)
