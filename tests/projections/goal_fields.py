"""Fields that many events of a test have in common, to make the events of."""

from decimal import Decimal
from typing import TypedDict
from uuid import UUID

from domain.goal.measure import Commitment


class Parties(TypedDict):
    owner_id: UUID
    partner_id: UUID | None
    by: UUID


class PlacedParties(Parties):
    """Whose a goal is, and in which cycle and team."""

    cycle_id: UUID
    team_id: UUID


class FromBaseline(TypedDict):
    baseline: Decimal
    commitment: Commitment


class Titled(FromBaseline):
    title: str
