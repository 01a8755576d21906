"""What is answered about how a key result came to its terms: who offered what, when, why, and what changed."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, JsonValue

from contracts.answers.base import MomentAnswer, Named, example
from contracts.answers.goals import TERMS, TermsShown

NegotiationAct = Literal[
    "proposed",
    "countered",
    "committed",
    "declined",
    "withdrawn",
    "stretch_offered",
    "stretch_countered",
    "stretch_agreed",
    "stretch_declined",
    "amendment_proposed",
    "amended",
    "amendment_refused",
    "moved",
    "reassigned",
    "rescheduled",
    "dropped",
    "reinstated",
    "graded",
]


class Entry(BaseModel):
    """One act. An offer is named by the `id` of its entry; `terms` are the whole terms after the act.

    `changed` has old and new of each field that the act changed, or asks to change: text, number or day, or of parent,
    team, owner, partner and cycle an object with its id and its name or title.
    """

    id: UUID
    position: int
    effective_at: datetime
    recorded_at: datetime
    source_recorded_at: datetime | None
    imported: bool
    actor: Named | None
    by: Named | None
    act: NegotiationAct
    self_agreed: bool
    terms: TermsShown | None
    changed: dict[str, dict[Literal["from", "to"], Any]]
    reason: str | None
    grade_as_written: str | None


ANA: dict[str, JsonValue] = {"id": "01980c1e-3000-7000-8000-0000000000a1", "name": "Ana Lind"}
ENTRY: dict[str, JsonValue] = {
    "id": "01980c1e-3000-7000-8000-0000000000f1",
    "position": 377,
    "effective_at": "2026-08-03T09:00:00Z",
    "recorded_at": "2026-08-03T09:00:00Z",
    "source_recorded_at": None,
    "imported": False,
    "actor": ANA,
    "by": ANA,
    "act": "amended",
    "self_agreed": False,
    "terms": TERMS,
    "changed": {"target": {"from": "2", "to": "3"}},
    "reason": "Two of the three pilots were cancelled.",
    "grade_as_written": None,
}


class Negotiation(MomentAnswer):
    """The acts in the order in which they were true, and the terms first agreed, agreed last, and as graded."""

    model_config = example(
        id="01980c1e-3000-7000-8000-0000000000d1",
        first_agreed=TERMS | {"target": "2"},
        last_agreed=TERMS,
        graded=None,
        entries=[ENTRY],
    )

    id: UUID
    first_agreed: TermsShown | None
    last_agreed: TermsShown | None
    graded: TermsShown | None
    entries: list[Entry]
