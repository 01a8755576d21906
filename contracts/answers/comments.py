"""What is answered about comments."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, JsonValue

from contracts.answers.base import ListAnswer, Named, example
from domain.comment import AboutKind


class About(BaseModel):
    kind: AboutKind
    id: UUID


class CommentShown(BaseModel):
    """Of a withdrawn comment the text is gone; that something was said stays."""

    id: UUID
    about: About
    goal_id: UUID | None
    author: Named | None
    text: str | None
    withdrawn: bool
    effective_at: datetime
    recorded_at: datetime
    source_recorded_at: datetime | None
    imported: bool
    position: int


COMMENT: dict[str, JsonValue] = {
    "id": "01980c1e-3000-7000-8000-000000000201",
    "about": {"kind": "key_result", "id": "01980c1e-3000-7000-8000-0000000000d1"},
    "goal_id": "01980c1e-3000-7000-8000-0000000000d1",
    "author": {"id": "01980c1e-3000-7000-8000-0000000000a1", "name": "Ana Lind"},
    "text": "Does this count trial teams?",
    "withdrawn": False,
    "effective_at": "2026-08-04T09:00:00Z",
    "recorded_at": "2026-08-04T09:00:00Z",
    "source_recorded_at": None,
    "imported": False,
    "position": 380,
}


class CommentList(ListAnswer):
    """In the order in which they were recorded."""

    model_config = example(comments=[COMMENT], next=None)

    comments: list[CommentShown]
