"""One line of an export: the event that it is, with the ids of the file. The workspace is not looked at."""

from datetime import date, datetime
from typing import NamedTuple
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
    event: object  # Of one of the classes in domain.registry.EVENTS[kind].


def header_of(content: bytes) -> UUID | None:
    """The workspace that a header line names; None for any other line. Raises Invalid."""
    if b'"northing"' not in content:
        return None
    raw = parse(content)
    if raw.get("northing") != FORM:
        return None
    if raw.get("version") != VERSION:
        raise Invalid(f"version: this is a file of version {raw.get('version')}, and {VERSION} is what can be read")
    workspace = raw.get("workspace")
    return _id(workspace if isinstance(workspace, dict) else {}, "id")


def is_event(content: bytes) -> bool:
    """Whether a line looks like one of the event form: a part of an export has no header of its own."""
    return b'"aggregate_id"' in content and b'"stream_kind"' in content


def read_event_line(number: int, content: bytes) -> EventLine:
    """Raises Invalid."""
    raw = parse(content)
    kind, position = raw.get("stream_kind"), raw.get("position")
    if not isinstance(kind, str) or not isinstance(position, int):
        raise _unknown(raw)
    event = _event(raw, kind)
    actor = raw.get("actor")
    recorded_at = _time(raw, "source_recorded_at" if raw.get("source_recorded_at") else "recorded_at")
    return EventLine(
        number=number,
        position=position,
        id=_id(raw, "id"),
        kind=kind,
        stream_id=_id(raw, "aggregate_id"),
        actor_id=_id(actor, "id") if isinstance(actor, dict) else None,
        correlation_id=_id_or_none(raw, "correlation_id"),
        causation_id=_id_or_none(raw, "causation_id"),
        effective_at=_time(raw, "effective_at"),
        source_recorded_at=as_fact(recorded_at, UTC_ZONE),
        event=event,
    )


def _event(raw: dict[str, object], kind: str) -> object:
    """The event of a line, which a stream of this kind may hold. Raises Invalid."""
    topic, version = raw.get("type"), raw.get("schema_version")
    if not isinstance(topic, str) or not isinstance(version, int) or kind not in EVENTS or topic not in TOPICS:
        raise _unknown(raw)
    try:
        event: object = codec.from_json(topic, version, msgspec.json.encode(raw.get("data")))
    except (msgspec.MsgspecError, codec.UnknownEvent, KeyError, OverflowError) as error:
        raise Invalid(f"unreadable {topic}: {error}") from None
    if not isinstance(event, EVENTS[kind]):
        raise Invalid(f"unknown type: {topic} of a {kind}")
    return event


def _unknown(raw: dict[str, object]) -> Invalid:
    topic, version, kind = raw.get("type"), raw.get("schema_version"), raw.get("stream_kind")
    return Invalid(f"unknown type: {topic} version {version} of a {kind}")


def _id(raw: dict[str, object], name: str) -> UUID:
    text = raw.get(name)
    try:
        if isinstance(text, str):
            return UUID(text)
    except ValueError:
        pass
    raise Invalid(f"no readable {name}")


def _id_or_none(raw: dict[str, object], name: str) -> UUID | None:
    return _id(raw, name) if raw.get(name) else None


def _time(raw: dict[str, object], name: str) -> datetime | date:
    try:
        return parse_instant(raw.get(name))
    except ValueError:
        raise Invalid(f"no readable {name}") from None
