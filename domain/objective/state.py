"""What is known of an objective."""

from decimal import Decimal
from typing import Literal
from uuid import UUID

from msgspec import field

from domain.goal.base import Goal
from domain.goal.measure import Commitment

LinkKind = Literal["contribute", "support"]


class Objective(Goal, frozen=True, kw_only=True):
    title: str
    why: str | None
    resources: str | None
    commitment: Commitment | None
    supports: tuple[UUID, ...] = ()
    weights: dict[UUID, Decimal] = field(default_factory=dict)
