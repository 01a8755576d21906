"""What objectives and key results share: whose they are, where they stand, what is said of them, how they end.

Read downwards: events, state, evolve, guards. What each of the two decides is in its own file.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeVar
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from domain.errors import Invalid, NoOwner, NotAParty, NotLive, NotYourTurn
from domain.goal import check_in, grade
from domain.goal.alignment import GoalRescheduled, Links
from domain.goal.check_in import (
    CheckedIn,
    CheckInCorrected,
    CheckInEvent,
    CheckIns,
    Confidence,
    ConfidenceUpdated,
    ObjectiveCheckedIn,
    ObjectiveCheckInCorrected,
)
from domain.goal.grade import Grade, Graded
from domain.goal.roll_up import RollUpChosen, RollUpMode
from domain.history import At
from domain.personal import Personal


@dataclass(frozen=True, slots=True, kw_only=True)
class Reassigned:
    """Owner, partner and team from now on, all three."""

    owner_id: UUID | None
    partner_id: UUID | None
    team_id: UUID | None
    reason: Personal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """How a goal is given up. Nothing is deleted."""

    reason: Personal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reinstated:
    """How a goal comes back to the state before it was dropped."""

    reason: Personal | None = None


GoalState = Literal["proposed", "committed", "agreed", "graded", "declined", "withdrawn", "dropped"]
Side = Literal["owner", "partner"]
LIVE: tuple[GoalState, ...] = ("proposed", "committed", "agreed", "graded")


class Goal(Struct, frozen=True, kw_only=True, gc=False):
    """What is known of an objective or a key result.

    It is made anew with every fact, so it is a Struct, at a tenth of a dataclass's cost. It refers to nothing that
    could refer to it, so the garbage collector need not look at it.
    """

    state: GoalState
    offered_from: Side | None  # Whose offer stands; the other side may answer it.
    owner_id: UUID | None
    partner_id: UUID | None
    team_id: UUID | None
    cycle_id: UUID | None
    links: Links
    first_at: datetime
    external_id: str | None = None
    awaits: str | None = None  # The external id of a parent that an import has named and not brought yet.
    ended: tuple[type, UUID | None] | None = None  # How the last offer ended, and by whom: the same again is quiet.
    state_before_drop: GoalState | None = None
    check_ins: CheckIns = ()
    replaced_check_ins: frozenset[UUID] = frozenset()
    confidence: Confidence | None = None
    grade: Grade | None = None
    roll_up: RollUpMode | None = None

    @property
    def offered_by(self) -> UUID | None:
        """Who answers for the standing offer."""
        return {"owner": self.owner_id, "partner": self.partner_id, None: None}[self.offered_from]

    @property
    def parent_id(self) -> UUID | None:
        return self.links[-1].parent_id


G = TypeVar("G", bound=Goal)


def evolve(goal: G, event: object, at: At) -> G:
    """Remember one stored fact of those that both kinds of goal have. Never refuses."""
    match event:
        case CheckedIn() | ObjectiveCheckedIn():
            return _checked_in(goal, event, at)
        case CheckInCorrected() | ObjectiveCheckInCorrected():
            return _checked_in(replace(goal, replaced_check_ins=goal.replaced_check_ins | {event.corrects}), event, at)
        case Reassigned():
            return replace(
                goal,
                owner_id=event.owner_id,
                partner_id=event.partner_id,
                team_id=event.team_id,
                offered_from=_side_after(goal, event),
            )
        case GoalRescheduled():
            return replace(goal, cycle_id=event.cycle_id)
        case RollUpChosen():
            return replace(goal, roll_up=event.mode)
        case ConfidenceUpdated():
            return replace(goal, confidence=check_in.stated(goal.confidence, event, at))
        case Graded():
            return turned(replace(goal, grade=grade.regraded(goal.grade, event)), "graded")
        case Dropped() if goal.state != "dropped":
            return replace(goal, state="dropped", state_before_drop=goal.state)
        case Reinstated() if goal.state_before_drop:
            return replace(goal, state=goal.state_before_drop, state_before_drop=None)
    return goal


def turned(goal: G, state: GoalState) -> G:
    """The goal in another state; a dropped one stays dropped, and would come back to that state."""
    if goal.state == "dropped":
        return replace(goal, state_before_drop=state)
    return replace(goal, state=state)


def _checked_in(goal: G, event: CheckInEvent, at: At) -> G:
    return replace(
        goal,
        check_ins=check_in.recorded(goal.check_ins, event, at),
        confidence=check_in.stated(goal.confidence, event, at),
    )


def side(by: UUID | None, owner_id: UUID | None) -> Side | None:
    """The side that `by` speaks for; an import, whose `by` is None, speaks for neither."""
    return None if by is None else "owner" if by == owner_id else "partner"


def _side_after(goal: Goal, event: Reassigned) -> Side | None:
    """Whose the standing offer is after a change of parties: its maker's, else of who follows on that side."""
    match goal.offered_by:
        case None:
            return goal.offered_from
        case event.owner_id:
            return "owner"
        case event.partner_id:
            return "partner"
    return goal.offered_from


def partner_of(owner_id: UUID | None, *candidates: UUID | None) -> UUID | None:
    """The default partner: the first candidate who is another person than the owner, else None.

    The candidates come in this order: the owner above, the team's lead, an owner of the workspace.
    """
    return next((candidate for candidate in candidates if candidate not in (None, owner_id)), None)


def require_two_parties(owner_id: UUID | None, partner_id: UUID | None) -> None:
    """Refuse a partner who is the owner. Without another person there is no partner, and the owner agrees alone."""
    if partner_id is not None and partner_id == owner_id:
        raise Invalid("partner_id: the partner is another person than the owner")


def require_state(goal: Goal, *states: GoalState) -> None:
    if goal.state not in states:
        raise NotLive(f"the goal is {goal.state}, not {' or '.join(states)}")


def require_live(goal: Goal) -> None:
    if goal.state not in LIVE:
        raise NotLive(f"the goal is {goal.state}")


def require_party(goal: Goal, by: UUID) -> None:
    if goal.owner_id is None:
        raise NoOwner("nobody owns the goal yet")
    if by not in (goal.owner_id, goal.partner_id):
        raise NotAParty(f"{by} is neither the owner {goal.owner_id} nor the partner {goal.partner_id}")


def require_turn(goal: Goal, by: UUID) -> None:
    """Only the other party answers the standing offer; where there is no other person, the owner does alone."""
    require_party(goal, by)
    if by == goal.offered_by and goal.partner_id is not None:
        raise NotYourTurn(f"{by} may not answer the offer made by {goal.offered_by}")


def require_own_offer(goal: Goal, by: UUID) -> None:
    """Only the member who made the standing offer takes it back."""
    if by != goal.offered_by:
        raise NotYourTurn(f"{by} may not withdraw the offer made by {goal.offered_by}")
