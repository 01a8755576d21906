"""What is answered about retrospectives: a quarter's grades, what was learned, and what came of it."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, JsonValue

from contracts.answers.base import ListAnswer, MomentAnswer, Named, example
from domain.goal.grade import GoalOutcome
from domain.goal.measure import Commitment
from domain.retrospective import LearningKind


class GradeShown(BaseModel):
    """A goal of the team (or of one below it) in the cycle, and how it ended as of the moment."""

    id: UUID
    kind: Literal["objective", "key_result"]
    external_id: str | None
    parent_id: UUID | None
    title: str
    team: Named | None
    owner: Named | None
    state: str
    commitment: Commitment | None
    score: str | None
    computed_score: str | None
    grade_as_written: str | None
    outcome: GoalOutcome | None
    band: str | None


class LearningShown(BaseModel):
    """An anonymous learning has no author, and its times are shown to the day."""

    id: UUID
    kind: LearningKind
    text: str | None
    author: Named | None
    anonymous: bool
    withdrawn: bool
    effective_at: datetime | date
    recorded_at: datetime | date


class ActionShown(BaseModel):
    """`done_at` is null until it is done."""

    id: UUID
    text: str | None
    owner: Named | None
    due: date | None
    done_at: datetime | None


class ConclusionShown(BaseModel):
    next_steps: str | None
    resources_needed: str | None
    support_required: str | None


class RetrospectiveHead(BaseModel):
    id: UUID
    team: Named
    cycle: Named
    state: Literal["open", "concluded"]
    opened_at: datetime
    concluded_at: datetime | None


TEAM: dict[str, JsonValue] = {"id": "01980c1e-3000-7000-8000-0000000000b1", "name": "Growth"}
ANA: dict[str, JsonValue] = {"id": "01980c1e-3000-7000-8000-0000000000a1", "name": "Ana Lind"}
HEAD: dict[str, JsonValue] = {
    "id": "01980c1e-3000-7000-8000-000000000301",
    "team": TEAM,
    "cycle": {"id": "01980c1e-3000-7000-8000-0000000000c1", "name": "2026-Q2"},
    "state": "open",
    "opened_at": "2026-07-02T08:00:00Z",
    "concluded_at": None,
}
GRADE: dict[str, JsonValue] = {
    "id": "01980c1e-3000-7000-8000-0000000000d1",
    "kind": "key_result",
    "external_id": None,
    "parent_id": "01980c1e-3000-7000-8000-0000000000d0",
    "title": "Weekly active teams",
    "team": TEAM,
    "owner": ANA,
    "state": "graded",
    "commitment": "aspirational",
    "score": "0.7",
    "computed_score": "0.6800",
    "grade_as_written": None,
    "outcome": "achieved",
    "band": "significant_achievement",
}
LEARNING: dict[str, JsonValue] = {
    "id": "01980c1e-3000-7000-8000-000000000401",
    "kind": "worked",
    "text": "Pairing with support.",
    "author": None,
    "anonymous": True,
    "withdrawn": False,
    "effective_at": "2026-07-02",
    "recorded_at": "2026-07-02",
}
ACTION: dict[str, JsonValue] = {
    "id": "01980c1e-3000-7000-8000-000000000501",
    "text": "Measure trial teams apart.",
    "owner": ANA,
    "due": "2026-07-31",
    "done_at": None,
}


class RetrospectiveList(ListAnswer):
    model_config = example(retrospectives=[HEAD], next=None)

    retrospectives: list[RetrospectiveHead]


class RetrospectiveAnswer(RetrospectiveHead, MomentAnswer):
    model_config = example(**HEAD, grades=[GRADE], learnings=[LEARNING], actions=[ACTION], conclusion=None)

    grades: list[GradeShown]
    learnings: list[LearningShown]
    actions: list[ActionShown]
    conclusion: ConclusionShown | None
