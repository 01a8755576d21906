"""Decide a batch of commands on loaded state: pure. Later commands see what earlier ones of the batch decided."""

from asyncio import Future
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from contracts.problems import PreconditionFailed
from domain.cycle import Cycle
from domain.errors import Refusal
from domain.goal.base import Goal
from domain.history import At
from domain.ids import named
from domain.purpose.base import Purpose
from domain.registry import EVOLVE
from services.command.loop.context import NO_STREAM, Context, LoadedStream, NewEvent, NotLoaded, StreamKey

UNRECORDED = 1 << 62  # Positions are given by the append; until then the batch's own events come after all others.

WrittenKey = StreamKey | tuple[str, UUID, UUID]  # A stream; or a set of children, as "children" and its parent's key.


class CommandResult(NamedTuple):
    """What a command is answered: `id` is the thing made or changed, `position` the last event's."""

    id: UUID
    aggregate_id: UUID
    version: int
    position: int
    replayed: bool = False


@dataclass(slots=True, eq=False)
class PendingCommand:
    """A command that waits for its answer."""

    workspace_id: UUID
    aggregate_id: UUID
    decide: Callable[[Context], Sequence[NewEvent]]
    future: Future[CommandResult]
    actor_id: UUID
    command_id: UUID
    now: datetime
    id: UUID | None = None  # The thing made or changed, where it is not the aggregate.
    fingerprint: bytes = b""
    correlation_id: UUID | None = None
    causation_id: UUID | None = None
    trace_parent: str | None = None
    if_match: int | None = None
    anonymous: bool = False  # Stored without what could lead back to its sender.
    prefetch: tuple[UUID, ...] = ()
    attempts: int = 0


@dataclass(slots=True)
class Outcome:
    """What was decided on one command: events to append, or the reason why not, and in `ctx` all that it read."""

    pending: PendingCommand
    ctx: Context
    new_events: tuple[NewEvent, ...] = ()
    versions: tuple[int, ...] = ()  # Of the stream, after each of the new events.
    refusal: Exception | None = None
    chain: int = 0  # Outcomes of one chain are stored all or none.
    depends_on_batch: bool = False  # It was decided on events of the same batch.
    changed_parents: set[StreamKey] = field(default_factory=set)  # The parents whose set of children it changes.
    links: list[tuple[UUID, UUID | None]] = field(default_factory=list)  # Goals, and where they stand now.

    @property
    def is_provisional(self) -> bool:
        """Whether it was refused, or found nothing to do, for events of its own batch: they must be stored first."""
        return self.depends_on_batch and not self.new_events


@dataclass(slots=True)
class LoadedState:
    """State that the batch decides on: the streams, and the sets of children by parent, as they are stored."""

    stored: dict[StreamKey, LoadedStream] = field(default_factory=dict)
    children: dict[StreamKey, frozenset[UUID]] = field(default_factory=dict)


def decide_all(
    batch: Sequence[PendingCommand], loaded: LoadedState
) -> tuple[list[Outcome], set[StreamKey], set[StreamKey]]:
    """Every command decided in order; or, where streams or sets of children are missing, which ones to load first."""
    decided: dict[StreamKey, LoadedStream] = {}
    decided_children: dict[StreamKey, frozenset[UUID]] = {}
    writers: dict[WrittenKey, int] = {}
    outcomes: list[Outcome] = []
    missing: set[StreamKey] = set()
    missing_children: set[StreamKey] = set()
    for number, pending in enumerate(batch, 1):
        ctx = Context(
            workspace_id=pending.workspace_id,
            actor_id=pending.actor_id,
            now=pending.now,
            stored=loaded.stored,
            decided=decided,
            stored_children=loaded.children,
            decided_children=decided_children,
        )
        outcome = Outcome(pending, ctx, chain=number)
        try:
            new_events = tuple(pending.decide(ctx))
            _require_match(pending, ctx)
        except NotLoaded:
            missing |= ctx.wanted
            missing_children |= ctx.wanted_children
            continue
        except (Refusal, PreconditionFailed) as refusal:
            outcome.refusal = refusal
        except Exception as fault:  # A decision that breaks is answered 500, alone.
            outcome.refusal = fault
        else:
            outcome.new_events = new_events
            outcome.versions = _apply(outcome, loaded, decided, decided_children)
        outcome.depends_on_batch = _join_chains(outcome, outcomes, writers)
        outcomes.append(outcome)
    return outcomes, missing, missing_children


def _require_match(pending: PendingCommand, ctx: Context) -> None:
    version = ctx.stream(pending.aggregate_id).history.version
    if pending.if_match is not None and pending.if_match != version:
        raise PreconditionFailed(version)


def _apply(
    outcome: Outcome,
    loaded: LoadedState,
    decided: dict[StreamKey, LoadedStream],
    children: dict[StreamKey, frozenset[UUID]],
) -> tuple[int, ...]:
    """Let later commands of the batch see these events; the version that each event gets."""
    pending, versions = outcome.pending, []
    for new in outcome.new_events:
        key = pending.workspace_id, new.stream_id
        outcome.ctx.seen.add(key)  # A stream that is written and was not read must be new: the append compares.
        before = decided.get(key) or loaded.stored.setdefault(key, NO_STREAM)
        after = with_event(before, new, unrecorded(new, before, pending.now))
        if _may_place(new.event) and (
            parents := _move_child(pending.workspace_id, new.stream_id, before, after, loaded.children, children)
        ):
            outcome.changed_parents.update(parents)
            outcome.links.append((new.stream_id, placed_under(pending.workspace_id, after)))
        decided[key] = after
        versions.append(after.history.version)
    return tuple(versions)


def with_event(stream: LoadedStream, new: NewEvent, at: At) -> LoadedStream:
    """The stream with one more event."""
    return LoadedStream(new.kind, stream.history.plus(EVOLVE[new.kind], new.event, at))


def unrecorded(new: NewEvent, before: LoadedStream, now: datetime) -> At:
    """Where an event stands until it is recorded: after all that its stream holds, unless it says when it was true.

    `now` alone does not do: it is when the command was sent, by this process's clock, and events of other commands may
    have been recorded since.
    """
    last = before.history.last
    moment = now if last is None else max(now, last.effective_at)
    return At(new.effective_at or moment, UNRECORDED + before.history.version)


def _may_place(event: object) -> bool:
    """Whether an event can put its goal elsewhere. For all others the state need not be folded to find out."""
    return hasattr(event, "parent_id") or hasattr(event, "objective_id") or hasattr(event, "external_id")


def placed_under(workspace_id: UUID, stream: LoadedStream) -> UUID | None:
    """The goal that this one stands under; or, of an import, what stands for the goal that it waits for.

    An imported cycle stands under what stands for its own external id, so that no goal is given the same one.
    """
    state = stream.history.state
    if isinstance(state, Goal | Purpose):
        return state.parent_id or (awaited(workspace_id, state.awaits) if state.awaits else None)
    return awaited(workspace_id, state.external_id) if isinstance(state, Cycle) and state.external_id else None


def awaited(workspace_id: UUID, external_id: str) -> UUID:
    """What stands for the goal with this external id until it comes."""
    return named(workspace_id, "awaited", external_id)


def _move_child(
    workspace_id: UUID,
    child: UUID,
    before: LoadedStream,
    after: LoadedStream,
    stored: dict[StreamKey, frozenset[UUID]],
    decided: dict[StreamKey, frozenset[UUID]],
) -> list[StreamKey]:
    """Keep the loaded sets of children in step with the events; the parents whose set has changed."""
    old, new = placed_under(workspace_id, before), placed_under(workspace_id, after)
    if old == new:
        return []
    parents = [(workspace_id, parent) for parent in (old, new) if parent is not None]
    for key in parents:
        if key in decided or key in stored:
            others = decided.get(key, stored.get(key, frozenset())) - {child}
            decided[key] = others | {child} if key[1] == new else others
    return parents


def _join_chains(outcome: Outcome, earlier: list[Outcome], writers: dict[WrittenKey, int]) -> bool:
    """Put the command into the chain of the commands that wrote what it read; whether there is one.

    `writers` holds the chain of each stream and set of children that the batch has written so far.
    """
    read: list[WrittenKey] = [*outcome.ctx.seen, *map(_children_key, outcome.ctx.seen_children)]
    joined = {writers[key] for key in read if key in writers}
    if joined:
        outcome.chain = min(joined)
        for other in earlier:
            if other.chain in joined:
                other.chain = outcome.chain
        for key, chain in writers.items():
            if chain in joined:
                writers[key] = outcome.chain
    written = [(outcome.pending.workspace_id, new.stream_id) for new in outcome.new_events]
    for key in (*written, *map(_children_key, outcome.changed_parents)):
        writers[key] = outcome.chain
    return bool(joined)


def _children_key(parent: StreamKey) -> WrittenKey:
    return ("children", *parent)
