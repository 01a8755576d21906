"""One fact on its way to events: what it looks at in the workspace, and the events that it has come to so far.

Facts may be older than what is stored. So whether a field is unchanged, or a goal dropped, is judged by the state as of
the fact's own moment.
"""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from contracts.scalars import as_fact
from domain.comment import AboutKind, Commented, CommentEvent
from domain.cycle import Cycle, CycleActivated, CycleEvent, CyclePlanned
from domain.errors import InTheFuture, Invalid
from domain.ids import DerivedIds
from domain.member import MemberAdded, MemberEvent
from domain.personal import Personal
from domain.purpose.kinds import GOAL_KINDS, GoalKind
from domain.registry import EVOLVE
from domain.team import TeamEvent, TeamFormed
from domain.workspace import Workspace
from services.command.imports.fact_line import FactLine
from services.command.imports.goal_events import FactGoal, GoalEvent
from services.command.loop.context import Context, LoadedStream, NewEvent
from services.eventlog.uuid7 import uuid7

FactEvent = GoalEvent | CycleEvent | TeamEvent | MemberEvent | CommentEvent


class FoundGoal(NamedTuple):
    """A goal that is there."""

    kind: GoalKind
    id: UUID
    stream: LoadedStream

    @property
    def state(self) -> FactGoal:
        """With all that is known, later facts too."""
        state: FactGoal = self.stream.history.state
        return state


class FactTranslation:
    """`at` is the fact's effective moment, None for when it is recorded; `moment` is the one that it is judged by.

    Raises Invalid for a fact whose moment lies ahead.
    """

    def __init__(self, ctx: Context, ids: DerivedIds, line: FactLine, import_id: UUID) -> None:
        self.ctx, self.ids, self.line, self.import_id = ctx, ids, line, import_id
        self.workspace_id = ctx.workspace_id
        zone = ZoneInfo(ctx.need(Workspace, ctx.workspace_id).timezone)
        try:
            self.at = ctx.effective(as_fact(line.at, zone))
        except InTheFuture as ahead:
            raise Invalid(f"at lies ahead: {ahead}") from None
        self.moment = self.at or ctx.now
        self.recorded_at = as_fact(line.recorded_at, zone)
        self.fact_id = ids.fact(line.digest)
        self.new_events: list[NewEvent] = []
        self.warnings: list[str] = []

    # --- what it looks at ---------------------------------------------------------------------------------------------

    def find_goal(self, external_id: str) -> FoundGoal | None:
        """The goal with this external id, of any kind."""
        goal_ids = self.ids.goals(external_id)
        for kind, goal_id, stream in zip(GOAL_KINDS, goal_ids, self.ctx.streams(goal_ids), strict=True):
            if stream.kind == kind:
                return FoundGoal(kind, goal_id, stream)
        return None

    def goal_as_of(self, found: FoundGoal, moment: datetime | None = None) -> FactGoal | None:
        """The goal at the fact's moment (or another); None before its own first moment."""
        state = self._as_of(found.stream, moment or self.moment)
        return state if isinstance(state, FactGoal) else None

    def cycle_as_of(self, cycle_id: UUID) -> Cycle | None:
        """The cycle at the fact's moment; None before its own first moment."""
        state = self._as_of(self.ctx.stream(cycle_id), self.moment)
        return state if isinstance(state, Cycle) else None

    def _as_of(self, stream: LoadedStream, moment: datetime) -> object:
        if stream.kind is None:
            return None
        return stream.history.state_as_of(EVOLVE[stream.kind], moment)

    # --- what it comes to ---------------------------------------------------------------------------------------------

    def add_events(self, kind: str, stream_id: UUID, *events: FactEvent, at: datetime | None = None) -> None:
        """Events of one stream, true from the fact's moment on or from a later one."""
        self.new_events += [
            NewEvent(kind, stream_id, event, at or self.at, self.recorded_at, causation_id=self.fact_id)
            for event in events
        ]

    def add_comment(self, about_kind: AboutKind, about_id: UUID) -> None:
        """The line's note, as a comment on a goal or on the workspace."""
        author_id = self.placeholder(self.line.owner)
        text = Personal(author_id or self.import_id, self.line.note or "")
        goal_id = None if about_kind == "workspace" else about_id
        comment = Commented(about_kind=about_kind, about_id=about_id, goal_id=goal_id, author_id=author_id, text=text)
        self.add_events("comment", uuid7(), comment)

    def warn(self, reason: str) -> None:
        self.warnings.append(reason)

    # --- members, teams and cycles are there from their first mention on ----------------------------------------------

    def note(self) -> Personal | None:
        """The line's note. Like all personal text of a line it is the named owner's, else the import's."""
        return None if self.line.note is None else self.personal(self.line.note)

    def personal(self, text: str) -> Personal:
        return Personal(self.placeholder(self.line.owner) or self.import_id, text)

    def placeholder(self, name: str | None) -> UUID | None:
        """The member who stands for this text, which is never split into several names."""
        if name is None:
            return None
        member_id = self.ids.id("placeholder", name)
        added = MemberAdded(name=Personal(member_id, name), role="member", placeholder=True)
        return self._mentioned("member", member_id, added)

    def team(self, name: str | None) -> UUID | None:
        return None if name is None else self._mentioned("team", self.ids.id("team", name), TeamFormed(name=name))

    def cycle(self, name: str | None) -> UUID | None:
        return None if name is None else self.named_cycle(name)

    def named_cycle(self, name: str, external_id: str | None = None) -> UUID:
        """The cycle, planned and activated at once."""
        planned = CyclePlanned(name=name, external_id=external_id)
        return self._mentioned("cycle", self.ids.id("cycle", name), planned, CycleActivated())

    def _mentioned(self, kind: str, stream_id: UUID, *events: FactEvent) -> UUID:
        """Begin the stream; and begin it again where this mention is older, so that its name shows from then on."""
        is_begun = any(new.stream_id == stream_id for new in self.new_events)
        if not is_begun and self._as_of(self.ctx.stream(stream_id), self.moment) is None:
            self.add_events(kind, stream_id, *events)
        return stream_id
