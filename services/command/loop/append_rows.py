"""What a batch of outcomes sends to the append: its commands, all that they read, and what they add to the log."""

from collections.abc import Sequence
from uuid import uuid4

from domain.registry import NAMES, VERSIONS
from services.command.loop.append import (
    AppendBatch,
    CommandRow,
    EventRow,
    LinkRow,
    ReadChildrenRow,
    ReadRow,
    ReadStreamRow,
)
from services.command.loop.batch import LoadedState, Outcome
from services.command.loop.context import NO_STREAM, StreamKey
from services.eventlog import codec
from services.eventlog.uuid7 import uuid7


def append_batch(outcomes: Sequence[Outcome], loaded: LoadedState, keys: codec.Keys) -> AppendBatch:
    """The rows of these outcomes; `keys` are those of all subjects of their events."""
    batch = AppendBatch()
    read_streams: dict[StreamKey, int] = {}
    for number, outcome in enumerate(outcomes, 1):
        batch.commands.append(_command_row(outcome, loaded))
        _add_reads(batch, number, outcome, loaded, read_streams)
        _add_events(batch, number, outcome, keys)
        batch.links += [LinkRow(number, goal_id, parent_id) for goal_id, parent_id in outcome.links]
    return batch


def _command_row(outcome: Outcome, loaded: LoadedState) -> CommandRow:
    pending = outcome.pending
    history = loaded.stored.get((pending.workspace_id, pending.aggregate_id), NO_STREAM).history
    new_versions = [
        version
        for new, version in zip(outcome.new_events, outcome.versions, strict=True)
        if new.stream_id == pending.aggregate_id
    ]
    return CommandRow(
        chain=outcome.chain,
        command_id=pending.command_id,
        workspace_id=pending.workspace_id,
        fingerprint=pending.fingerprint,
        result_id=pending.id or pending.aggregate_id,
        aggregate_id=pending.aggregate_id,
        version=new_versions[-1] if new_versions else history.version,
        last_position=history.position,
        is_stored=outcome.refusal is None,
    )


def _add_reads(
    batch: AppendBatch, number: int, outcome: Outcome, loaded: LoadedState, read_streams: dict[StreamKey, int]
) -> None:
    for key in outcome.ctx.seen:
        if key not in read_streams:
            read_streams[key] = len(read_streams) + 1
            batch.read_streams.append(ReadStreamRow(*key, loaded.stored[key].history.version))
        batch.reads.append(ReadRow(number, read_streams[key]))
    for key in outcome.ctx.seen_children:
        child_ids = " ".join(sorted(map(str, loaded.children[key])))
        batch.read_children.append(ReadChildrenRow(*key, child_ids, number))


def _add_events(batch: AppendBatch, number: int, outcome: Outcome, keys: codec.Keys) -> None:
    pending = outcome.pending
    for new, version in zip(outcome.new_events, outcome.versions, strict=True):
        event_id = new.own_id or (uuid4() if pending.anonymous else uuid7())  # A UUIDv7 tells the millisecond.
        topic = NAMES[type(new.event)]
        batch.events.append(
            EventRow(
                command=number,
                stream_id=new.stream_id,
                stream_version=version,
                stream_kind=new.kind,
                topic=topic,
                schema_version=VERSIONS.get(topic, 1),
                state=codec.encode(new.event, pending.workspace_id, event_id, keys),
                event_id=event_id,
                correlation_id=None if pending.anonymous else pending.correlation_id or pending.command_id,
                causation_id=None if pending.anonymous else new.causation_id or pending.causation_id,
                actor_id=pending.actor_id,
                effective_at=new.effective_at,
                source_recorded_at=new.source_recorded_at,
                trace_parent=None if pending.anonymous else pending.trace_parent,
            )
        )
