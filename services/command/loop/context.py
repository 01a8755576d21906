"""What a handler sees. Every stream that it looks at is noted, because the append refuses if one of them has moved."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar, overload
from uuid import UUID

from domain.errors import InTheFuture, NotFound, WrongKind
from domain.goal.alignment import Links
from domain.goal.base import Goal
from domain.goal.check_in import CheckedIn, CheckInCorrected, ObjectiveCheckedIn, ObjectiveCheckInCorrected
from domain.history import History
from domain.member import TokenIssued
from domain.personal import Personal
from domain.purpose.base import Purpose
from domain.registry import KINDS
from domain.retrospective import ActionAgreed, LearningRecorded

State = TypeVar("State")
GoalOf = TypeVar("GoalOf", bound=Goal | Purpose)

CLOCK_TOLERANCE = timedelta(seconds=60)  # A clock may be this much ahead of ours: then it counts as "when recorded".


StreamKey = tuple[UUID, UUID]  # Workspace and stream.


class LoadedStream(NamedTuple):
    """A stream as loaded. A stream that is not there has no kind and version 0."""

    kind: str | None
    history: History[Any, Any]


NO_STREAM = LoadedStream(None, History())

# What an event makes inside its stream has the event's own id: so the stream is found by that id.
ID_FIELDS: dict[type, str] = {
    CheckedIn: "check_in_id",
    CheckInCorrected: "check_in_id",
    ObjectiveCheckedIn: "check_in_id",
    ObjectiveCheckInCorrected: "check_in_id",
    LearningRecorded: "learning_id",
    ActionAgreed: "action_id",
    TokenIssued: "token_id",
}


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event that was decided, and the stream that it goes to. Without `effective_at` it is true when recorded."""

    kind: str
    stream_id: UUID
    event: Any
    effective_at: datetime | None = None
    source_recorded_at: datetime | None = None
    event_id: UUID | None = None
    causation_id: UUID | None = None

    @property
    def own_id(self) -> UUID | None:
        """The id that the event must have; None where any will do."""
        makes = ID_FIELDS.get(type(self.event))
        return self.event_id or (getattr(self.event, makes) if makes else None)


class NotLoaded(Exception):
    """The handler needs what is not loaded yet. The loop loads it and starts the handler again."""


@dataclass(slots=True)
class Context:
    """One command's view of the workspace: what is stored, and what earlier commands of its batch decided.

    A look at a stream that is not loaded yet raises NotLoaded, which ends the handler there; the loop loads the stream
    and starts the handler again from its first line. A lost race starts it again too. So a handler may run several
    times before its events are recorded: it has no effect but what it returns, it takes no clock but `now`, makes no
    id and no secret (they come in as arguments), and lets NotLoaded pass.
    """

    workspace_id: UUID
    actor_id: UUID
    now: datetime
    stored: dict[StreamKey, LoadedStream]
    decided: dict[StreamKey, LoadedStream]
    stored_children: dict[StreamKey, frozenset[UUID]]
    decided_children: dict[StreamKey, frozenset[UUID]]
    wanted: set[StreamKey] = field(default_factory=set)
    wanted_children: set[StreamKey] = field(default_factory=set)
    seen: set[StreamKey] = field(default_factory=set)
    seen_children: set[StreamKey] = field(default_factory=set)

    def stream(self, stream_id: UUID, of: UUID | None = None) -> LoadedStream:
        """The stream with this id in the workspace, or in another one."""
        key = of or self.workspace_id, stream_id
        self.seen.add(key)
        found = self.decided.get(key) or self.stored.get(key)
        if found is None:
            self.wanted.add(key)
            raise NotLoaded
        return found

    def streams(self, stream_ids: Iterable[UUID]) -> list[LoadedStream]:
        """Several streams, loaded together."""
        keys = [(self.workspace_id, stream_id) for stream_id in stream_ids]
        self.wanted.update(key for key in keys if key not in self.stored and key not in self.decided)
        return [self.stream(stream_id) for _, stream_id in keys]

    def get(self, state: type[State], stream_id: UUID | None) -> State | None:
        """The aggregate with this id, if there is one and it is of this class."""
        if stream_id is None:
            return None
        found = self.stream(stream_id).history.state
        return found if isinstance(found, state) else None

    def need(self, state: type[State], stream_id: UUID) -> State:
        """The aggregate of this class that must be there. Raises NotFound."""
        found = self.get(state, stream_id)
        if found is None:
            raise NotFound(f"{KINDS[state].replace('_', ' ')} {stream_id}")
        return found

    def goal(self, goal_id: UUID, *states: type[GoalOf]) -> GoalOf:
        """A goal of any of these classes. Raises NotFound, or WrongKind for a goal of another."""
        found = self.stream(goal_id).history.state
        if isinstance(found, states):
            return found
        if not isinstance(found, Goal | Purpose):
            raise NotFound(f"goal {goal_id}")
        kinds = " or ".join(KINDS[state] for state in states)
        raise WrongKind(f"{goal_id} is a {KINDS[type(found)].replace('_', ' ')}, not a {kinds}")

    def links_of(self, goal_id: UUID) -> Links:
        """Under what the goal stood, and stands."""
        found = self.stream(goal_id).history.state
        return found.links if isinstance(found, Goal | Purpose) else ()

    @overload
    def personal(self, text: str) -> Personal: ...
    @overload
    def personal(self, text: str | None) -> Personal | None: ...
    def personal(self, text: str | None) -> Personal | None:
        """What the actor wrote, as theirs."""
        return None if text is None else Personal(self.actor_id, text)

    def children(self, parent_id: UUID) -> frozenset[UUID]:
        """The goals that stand under this one now."""
        key = self.workspace_id, parent_id
        self.seen_children.add(key)
        found = self.decided_children.get(key)
        if found is None:
            found = self.stored_children.get(key)
        if found is None:
            self.wanted_children.add(key)
            raise NotLoaded
        return found

    def effective(self, at: datetime | None) -> datetime | None:
        """The moment that a command may say for its fact; None for "when recorded". Raises InTheFuture."""
        if at is None or at <= self.now:
            return at
        if at > self.now + CLOCK_TOLERANCE:
            raise InTheFuture(f"{at.isoformat()}; it is {self.now.isoformat()}")
        return None
