"""One fact as it is being told: what it looks at, and the events that it has come to so far.

Facts may be older than what is stored. So whether a field is unchanged, or a goal dropped, is judged by the state as of
the fact's own moment.
"""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from contracts.scalars import as_fact
from domain.comment import Commented
from domain.cycle import CycleActivated, CyclePlanned
from domain.errors import InTheFuture, Invalid, Loop
from domain.goal.alignment import GOAL_KINDS
from domain.history import fold
from domain.member import MemberAdded
from domain.personal import Personal
from domain.registry import EVOLVE
from domain.team import TeamFormed
from services.command.imports.fact_line import FactLine
from services.command.loop.context import Context, LoadedStream, NewEvent
from services.command.loop.derived_ids import DerivedIds
from services.eventlog.uuid7 import uuid7


class FoundGoal(NamedTuple):
    """A goal that is there."""

    kind: str
    id: UUID
    stream: LoadedStream

    @property
    def state(self) -> Any:
        return self.stream.history.state


class FactTranslation:
    """`at` is the fact's effective moment, None for when it is recorded; `moment` is what it is judged by."""

    def __init__(self, ctx: Context, names: DerivedIds, line: FactLine, import_id: UUID) -> None:
        self.ctx, self.names, self.line, self.import_id = ctx, names, line, import_id
        self.workspace_id = ctx.workspace_id
        zone = ZoneInfo(ctx.need("workspace", ctx.workspace_id).timezone)
        try:
            self.at = ctx.effective(as_fact(line.at, zone))
        except InTheFuture as ahead:
            raise Invalid(f"at lies ahead: {ahead}") from None
        self.moment = self.at or ctx.now
        self.recorded_at = as_fact(line.recorded_at, zone)
        self.cause = names.fact(line.digest)
        self.news: list[NewEvent] = []
        self.warnings: list[str] = []

    # --- what it looks at ---------------------------------------------------------------------------------------------

    def goal(self, external_id: str) -> FoundGoal | None:
        """The goal with this external id, of whatever kind."""
        ids = self.names.goals(external_id)
        for kind, goal_id, stream in zip(GOAL_KINDS, ids, self.ctx.streams(ids), strict=True):
            if stream.kind == kind:
                return FoundGoal(kind, goal_id, stream)
        return None

    def as_of(self, stream: LoadedStream, moment: datetime | None = None) -> Any:
        """The state at the fact's moment (or another); None before the stream's first fact."""
        history, moment = stream.history, moment or self.moment
        if history.last is None or history.last.effective_at <= moment:
            return history.state
        return fold(EVOLVE[stream.kind or ""], (fact for fact in history.facts() if fact.at.effective_at <= moment))

    # --- what it comes to ---------------------------------------------------------------------------------------------

    def tell(self, kind: str, stream_id: UUID, *events: Any, at: datetime | None = None) -> None:
        """Events of one stream, true from the fact's moment on or from a later one."""
        self.news += [
            NewEvent(kind, stream_id, event, at or self.at, self.recorded_at, causation_id=self.cause)
            for event in events
        ]

    def warn(self, reason: str) -> None:
        self.warnings.append(reason)

    def loop(self) -> Loop:
        return Loop(f"a loop: {self.line.id} would stand below itself")

    def comment(self, about_kind: Any, about_id: UUID) -> None:
        """What the line says, as a comment on a goal or on the workspace."""
        author_id = self.member(self.line.owner)
        text = Personal(author_id or self.import_id, self.line.note or "")
        goal_id = None if about_kind == "workspace" else about_id
        said = Commented(about_kind=about_kind, about_id=about_id, goal_id=goal_id, author_id=author_id, text=text)
        self.tell("comment", uuid7(), said)

    @property
    def note(self) -> Personal | None:
        """What was written, as the owner's whom the line names, else as the import's."""
        if self.line.note is None:
            return None
        return Personal(self.member(self.line.owner) or self.import_id, self.line.note)

    # --- who and what is there from its first mention on --------------------------------------------------------------

    def member(self, name: str | None) -> UUID | None:
        """The placeholder for this text, which is never split."""
        if name is None:
            return None
        member_id = self.names.id("placeholder", name)
        added = MemberAdded(name=Personal(member_id, name), role="member", placeholder=True)
        return self._from_first_mention("member", member_id, added)

    def team(self, name: str | None) -> UUID | None:
        if name is None:
            return None
        return self._from_first_mention("team", self.names.id("team", name), TeamFormed(name=name))

    def cycle(self, name: str | None) -> UUID | None:
        return None if name is None else self.named_cycle(name)

    def named_cycle(self, name: str, external_id: str | None = None) -> UUID:
        """The cycle, planned and activated at once."""
        planned = CyclePlanned(name=name, external_id=external_id)
        cycle_id = self.names.id("cycle", name)
        return self._from_first_mention("cycle", cycle_id, planned, CycleActivated())

    def _from_first_mention(self, kind: str, stream_id: UUID, *events: Any) -> UUID:
        """Begin the stream; and begin it again where this mention is older, so that its name shows from then on."""
        told = any(new.stream_id == stream_id for new in self.news)
        if not told and self.as_of(self.ctx.stream(stream_id)) is None:
            self.tell(kind, stream_id, *events)
        return stream_id
