"""One line of an export: the event that it is, with the ids of the file. Nothing here looks at the workspace."""

from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from contracts.events.export_form import FORM, VERSION
from contracts.scalars import as_fact, parse_instant
from domain.errors import Invalid
from domain.registry import EVENTS, TOPICS
from services.command.imports.fact_line import parse
from services.eventlog import codec

UTC_ZONE = ZoneInfo("UTC")


class EventLine(NamedTuple):
    """A line as it was sent: all ids are those of the file."""

    number: int
    position: int
    id: UUID
    kind: str
    stream_id: UUID
    actor_id: UUID | None
    correlation_id: UUID | None
    causation_id: UUID | None
    effective_at: datetime | date
    source_recorded_at: datetime
    event: Any


def header_of(given: bytes) -> UUID | None:
    """The workspace that a header line names; None for any other line. Raises Invalid."""
    if b'"northing"' not in given:
        return None
    raw = parse(given)
    if raw.get("northing") != FORM:
        return None
    if raw.get("version") != VERSION:
        raise Invalid(f"version: this is a file of version {raw.get('version')}, and {VERSION} is what can be read")
    workspace = raw.get("workspace")
    return _id(workspace if isinstance(workspace, dict) else {}, "id")


def is_event(given: bytes) -> bool:
    """Whether a line looks like one of the event form: a part of an export has no header of its own."""
    return b'"aggregate_id"' in given and b'"stream_kind"' in given


def read_event_line(number: int, given: bytes) -> EventLine:
    """Raises Invalid."""
    raw = parse(given)
    kind, topic, version, data = (raw.get(name) for name in ("stream_kind", "type", "schema_version", "data"))
    position = raw.get("position")
    if (
        not isinstance(kind, str)
        or kind not in EVENTS
        or topic not in TOPICS
        or not isinstance(version, int)
        or not isinstance(position, int)
    ):
        raise Invalid(f"unknown type: {topic} version {version} of a {kind}")
    try:
        event = codec.from_json(str(topic), version, msgspec.json.encode(data))
    except (msgspec.MsgspecError, codec.UnknownEvent, KeyError, OverflowError) as error:
        raise Invalid(f"unreadable {topic}: {error}") from None
    if not isinstance(event, EVENTS[kind]):
        raise Invalid(f"unknown type: {topic} of a {kind}")
    actor = raw.get("actor")
    recorded_at = _time(raw, "source_recorded_at" if raw.get("source_recorded_at") else "recorded_at")
    return EventLine(
        number=number, position=position, id=_id(raw, "id"), kind=kind, stream_id=_id(raw, "aggregate_id"),
        actor_id=_id(actor, "id") if isinstance(actor, dict) else None,
        correlation_id=_id(raw, "correlation_id") if raw.get("correlation_id") else None,
        causation_id=_id(raw, "causation_id") if raw.get("causation_id") else None,
        effective_at=_time(raw, "effective_at"), source_recorded_at=as_fact(recorded_at, UTC_ZONE), event=event,
    )  # fmt: skip


def _id(raw: dict[str, Any], name: str) -> UUID:
    try:
        return UUID(raw[name])
    except (KeyError, ValueError, AttributeError, TypeError):
        raise Invalid(f"no readable {name}") from None


def _time(raw: dict[str, Any], name: str) -> datetime | date:
    try:
        return parse_instant(raw.get(name))
    except ValueError:
        raise Invalid(f"no readable {name}") from None
