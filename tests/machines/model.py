"""A workspace in memory: a dict of streams, folded by the domain; and what a decision is let see of them.

Nothing of the services is in here. What a command looks at before its decision is told once more, from the rules.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from domain import cycle, permission
from domain.cycle import Cycle
from domain.errors import InTheFuture, Invalid, Loop, NotFound, PeriodsApart, WrongKind
from domain.goal import alignment
from domain.goal.base import partner_of
from domain.history import At, Fact, History
from domain.permission import Act
from domain.registry import EVOLVE, NAMES
from services.eventlog.codec import from_json

COUNTS_AS_NOW = timedelta(seconds=60)
ABOVE = ("mission", "vision", "strategy", "theme", "objective")  # Under what a command may put a goal.


class Told(NamedTuple):
    """An event that the model decided, as the change feed has to show it. Without a moment it is true when recorded."""

    stream_id: UUID
    event: Any
    effective_at: datetime | None = None

    @property
    def shown(self) -> dict[str, Any]:
        return {"aggregate_id": str(self.stream_id), "type": NAMES[type(self.event)], "data": as_json(self.event)}


class Model:
    def __init__(self, workspace_id: UUID) -> None:
        self.workspace_id = workspace_id
        self.streams: dict[UUID, History] = {}
        self.kinds: dict[UUID, str] = {}
        self.position = 0

    def learn(self, shown: dict[str, Any]) -> tuple[Any, Any]:
        """Take an event of the change feed in; the state of its stream before and after."""
        id, kind = UUID(shown["aggregate_id"]), shown["stream_kind"]
        before = self.streams.get(id, History())
        self.kinds[id] = kind
        self.streams[id] = before.plus(EVOLVE[kind], *fact_of(shown))
        self.position = shown["position"]
        return before.state, self.streams[id].state

    def of_kind(self, kind: str) -> dict[UUID, Any]:
        return {id: history.state for id, history in self.streams.items() if self.kinds[id] == kind}

    # --- what a command may see ---------------------------------------------------------------------------------------

    def admit(self, by: UUID, act: Act) -> None:
        permission.require(self.get("member", by), act)

    def get(self, kind: str, id: UUID | None) -> Any:
        return self.streams[id].state if id is not None and self.kinds.get(id) == kind else None

    def need(self, kind: str, id: UUID) -> Any:
        found = self.get(kind, id)
        if found is None:
            raise NotFound(f"{kind} {id}")
        return found

    def cycle_of(self, cycle_id: UUID | None) -> Cycle | None:
        return None if cycle_id is None else self.need("cycle", cycle_id)

    def in_cycle(self, kind: str, id: UUID, allows: Callable[[Cycle | None], None]) -> Any:
        """The goal, if its cycle allows what is asked."""
        goal = self.need(kind, id)
        allows(self.cycle_of(goal.cycle_id))
        return goal

    def open_to_change(self, kind: str, id: UUID) -> Any:
        return self.in_cycle(kind, id, cycle.require_not_closed)

    def negotiated(self, kind: str, id: UUID) -> Any:
        return self.in_cycle(kind, id, cycle.require_open_for_negotiation)

    def is_admin(self, by: UUID) -> bool:
        return self.need("member", by).role in ("owner", "admin")

    def children(self, id: UUID) -> list[UUID]:
        """The goals that stand under this one now, whatever their state."""
        goals = self.of_kind("objective") | self.of_kind("key_result")
        return sorted(child for child, goal in goals.items() if goal.parent_id == id)

    def key_results(self, id: UUID) -> dict[UUID, Any]:
        return {child: self.streams[child].state for child in self.children(id) if self.kinds[child] == "key_result"}

    # --- people, places, times ----------------------------------------------------------------------------------------

    def parties(
        self, by: UUID, owner_id: UUID | None, partner_id: UUID | None, above: Any, team_id: UUID | None
    ) -> tuple[UUID, UUID | None]:
        """The owner is the actor unless said; who proposes to somebody else is the partner; else the default."""
        owner = owner_id or by
        if partner_id is None and owner != by:
            partner_id = by
        if partner_id is None:
            team = self.get("team", team_id)
            opener = self.need("workspace", self.workspace_id).owner_id
            candidates = (above and above.owner_id, team and team.lead_id, opener)
            partner_id = partner_of(owner, *(id for id in candidates if id and not self.need("member", id).suspended))
        self.require_member(owner)
        self.require_member(partner_id)
        return owner, partner_id

    def require_member(self, id: UUID | None) -> None:
        if id is not None and self.need("member", id).suspended:
            raise Invalid("suspended")

    def goal(self, id: UUID, *kinds: str) -> Any:
        if self.kinds.get(id) not in alignment.GOAL_KINDS:
            raise NotFound(f"goal {id}")
        if self.kinds[id] not in kinds:
            raise WrongKind(f"{id} is a {self.kinds[id]}")
        return self.streams[id].state

    def place(self, id: UUID, goal: Any, parent_id: UUID, cycle_id: UUID | None, *kinds: str) -> Any:
        """The goal above, if this one may stand there: below itself never, and only where the periods overlap."""
        above = self.goal(parent_id, *(kinds or ABOVE))
        if self.stands_below(parent_id, id):
            raise Loop(f"{parent_id} stands below {id}")
        self.require_overlap(cycle_id, above)
        return above

    def stands_below(self, id: UUID | None, top: UUID) -> bool:
        """Links are true from when they are recorded, so whether there would be a loop is seen on those of now."""
        while id is not None and id != top:
            id = self.streams[id].state.parent_id
        return id == top

    def require_overlap(self, cycle_id: UUID | None, above: Any) -> None:
        if not cycle.periods_overlap(self.cycle_of(cycle_id), self.cycle_of(above.cycle_id)):
            raise PeriodsApart("no day in common")

    def moment(self, said: datetime | None) -> datetime | None:
        """When a fact was true; None for when it is recorded."""
        now = datetime.now(UTC)
        if said is not None and said > now + COUNTS_AS_NOW:
            raise InTheFuture(said.isoformat())
        return None if said is None or said > now else said


def fact_of(shown: dict[str, Any]) -> Fact:
    """An event of the change feed as a fact of the domain."""
    event = from_json(shown["type"], shown["schema_version"], msgspec.json.encode(shown["data"]))
    return Fact(event, At(datetime.fromisoformat(shown["effective_at"]), shown["position"]))


def as_json(event: Any) -> dict[str, Any]:
    return msgspec.json.decode(msgspec.json.encode(event))
