"""What is known of a key result: the terms that stand or hold, what is open, and how it stands."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from domain.errors import AlreadyOpen, NotCommitted
from domain.goal import base as goal
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


def require_party_of_committed(kr: KeyResult, by: UUID) -> None:
    if kr.state != "committed":
        raise NotCommitted(f"the key result is {kr.state}")
    goal.require_party(kr, by)


def require_nothing_open(kr: KeyResult) -> None:
    """An amendment and a stretch are answered one after the other: each speaks of the terms that hold."""
    if kr.amendment is not None:
        raise AlreadyOpen(f"an amendment, proposed by {kr.offered_by}")
    if kr.stretch_offer is not None:
        raise AlreadyOpen(f"a stretch to {kr.stretch_offer}, offered by {kr.offered_by}")
