"""What is known of a key result: the terms that stand or hold, what is open, and how it stands."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from domain.goal.base import Goal
from domain.goal.measure import Terms


class KeyResult(Goal, frozen=True, kw_only=True):
    terms: Terms  # Those offered last; from commitment on those agreed last.
    dropped_because_of: UUID | None = None
    committed_at: datetime | None = None
    first_agreed: Terms | None = None
    amendment: Terms | None = None  # The open one.
    stretch_offer: Decimal | None = None  # The open one.
    stretch: Decimal | None = None
    graded_terms: Terms | None = None

    @property
    def title(self) -> str:
        return self.terms.title
