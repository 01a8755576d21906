"""What answers have in common. The routes encode plain rows with msgspec; these models are what they promise."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, JsonValue


class Named(BaseModel):
    """A member, team or cycle, by its name as of the moment asked for. A forgotten member has no name."""

    id: UUID
    name: str | None


class MomentAnswer(BaseModel):
    """Every answer inside a workspace says which moment it is of, and how far it knows.

    What was true at `as_of`, as far as it was known at `known_at`. `stale` is there where `min_position` was not
    reached.
    """

    as_of: datetime
    known_at: datetime
    known_position: int
    position: int
    age_ms: int
    stale: bool | None = None


MOMENT: dict[str, JsonValue] = {
    "as_of": "2026-08-20T10:00:00Z",
    "known_at": "2026-08-20T09:58:12Z",
    "known_position": 412,
    "position": 412,
    "age_ms": 0,
}


def example(**fields: Any) -> ConfigDict:
    """The example that OpenAPI shows of an answer inside a workspace."""
    return ConfigDict(json_schema_extra={"example": fields | MOMENT})


class ListAnswer(MomentAnswer):
    """A part of a list, all parts of one moment. `next` is the cursor of what follows, null at the end."""

    next: str | None
