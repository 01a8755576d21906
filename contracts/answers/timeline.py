"""What is answered about the course of a goal: what was said, when it was true, and when it became known."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, JsonValue

from contracts.answers.base import MomentAnswer, Named, example
from domain.goal.check_in import HealthWord


class Point(BaseModel):
    """One check-in, or one confidence stated without a value.

    A check-in that was corrected stays a point and names the one that stands for it in `corrected_by`. `progress` of a
    key result is the raw ratio by the terms that held at the point's moment, of an objective what rolled up to it then.
    `expected` is the share of the cycle that had passed.
    """

    id: UUID
    kind: Literal["check_in", "confidence"]
    effective_at: datetime
    recorded_at: datetime
    source_recorded_at: datetime | None
    imported: bool
    position: int
    actor: Named | None
    value: str | None
    value_as_written: str | None
    claimed: str | None
    progress: str | None
    progress_source: Literal["measured", "claimed", "rolled_up"] | None
    progress_missing: str | None
    expected: str | None
    confidence: str | None
    health: HealthWord | None
    narrative: str | None
    blockers: str | None
    reason: str | None
    corrects: UUID | None
    corrected_by: UUID | None


POINT: dict[str, JsonValue] = {
    "id": "01980c1e-3000-7000-8000-0000000000e1",
    "kind": "check_in",
    "effective_at": "2026-08-10T08:00:00Z",
    "recorded_at": "2026-08-10T08:00:00Z",
    "source_recorded_at": None,
    "imported": False,
    "position": 390,
    "actor": {"id": "01980c1e-3000-7000-8000-0000000000a1", "name": "Ana Lind"},
    "value": "30",
    "value_as_written": None,
    "claimed": None,
    "progress": "0.4000",
    "progress_source": "measured",
    "progress_missing": None,
    "expected": "0.4353",
    "confidence": "7",
    "health": "on_track",
    "narrative": "The new onboarding is live.",
    "blockers": None,
    "reason": None,
    "corrects": None,
    "corrected_by": None,
}


class Timeline(MomentAnswer):
    """The points in the order in which they were true."""

    model_config = example(id="01980c1e-3000-7000-8000-0000000000d1", points=[POINT])

    id: UUID
    points: list[Point]
