"""Events to bytes and back. The only place that turns personal text into bytes, and it encrypts it.

AES-256-GCM, one key a person, bound to workspace, event id and field: a ciphertext that is moved does not open.
State bytes are written once; an older version of an event is brought to today's by its upcasters when it is read.
"""

import os
from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import Field, fields, replace
from functools import cache
from typing import Any, ClassVar, NewType, Protocol, get_args, get_type_hints
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.personal import Personal
from domain.registry import TOPICS, VERSIONS
from services.eventlog.recorded_event import COLUMN_INDEX, STORED_EVENT, RecordedEvent

KEY_BITS = 256
NONCE_BYTES = 12


class DomainEvent(Protocol):
    """A dataclass of the domain."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


EventBytes = NewType("EventBytes", bytes)  # The JSON of an event, its personal text sealed.
Subject = tuple[UUID, UUID]  # Workspace and person: whose key it is.
Keys = Mapping[Subject, AESGCM]
FindKeys = Callable[[set[Subject]], Keys]  # The keys that exist, of these subjects.
FindKeysAsync = Callable[[set[Subject]], Awaitable[Keys]]
Row = tuple[Any, ...]  # The columns of recorded_event.COLUMNS.
JsonObject = dict[str, Any]
Upcaster = Callable[[JsonObject], JsonObject]

# (stored name, version) -> what brings the decoded JSON of that version to the next one.
UPCASTERS: dict[tuple[str, int], Upcaster] = {}

TOPIC, VERSION, STATE = (COLUMN_INDEX[column] for column in ("topic", *STORED_EVENT))


class UnknownEvent(Exception):
    """The log holds an event that this version of the software does not know: it was written by a newer one."""


def encode(event: DomainEvent, workspace_id: UUID, event_id: UUID, keys: Keys) -> EventBytes:
    """The bytes to store. The keys of all its subjects must be there: see `subjects`."""
    sealed = {
        name: Personal(subject, _seal(text, keys[workspace_id, subject], workspace_id, event_id, name))
        for name, subject, text in _personal_texts(event)
    }
    return EventBytes(msgspec.json.encode(replace(event, **sealed) if sealed else event))


def decode(rows: Iterable[Row], find_keys: FindKeys) -> list[RecordedEvent]:
    """Rows of recorded_event.COLUMNS as events, personal text opened where its key is found."""
    sealed = [_from_row(row) for row in rows]
    wanted = _subjects_of(sealed)
    return _opened(sealed, find_keys(wanted) if wanted else {})


async def decode_async(rows: Iterable[Row], find_keys: FindKeysAsync) -> list[RecordedEvent]:
    """As `decode`, where the keys are found by a coroutine."""
    sealed = [_from_row(row) for row in rows]
    wanted = _subjects_of(sealed)
    return _opened(sealed, await find_keys(wanted) if wanted else {})


def subjects(events: Iterable[tuple[UUID, DomainEvent]]) -> set[Subject]:
    """Whose keys are needed to write or read these events of these workspaces."""
    return {(workspace_id, subject) for workspace_id, event in events for _, subject, _ in _personal_texts(event)}


def _subjects_of(sealed: Sequence[RecordedEvent]) -> set[Subject]:
    return subjects((record.workspace_id, record.event) for record in sealed)


def _opened(sealed: list[RecordedEvent], keys: Keys) -> list[RecordedEvent]:
    """The events, which were just decoded, with their personal text opened in place. Without a key it reads as None."""
    for record in sealed:
        for name, subject, ciphertext in _personal_texts(record.event):
            key = keys.get((record.workspace_id, subject))
            text = None if key is None else _open(ciphertext, key, record.workspace_id, record.event_id, name)
            object.__setattr__(record.event, name, Personal(subject, text))
    return sealed


def _from_row(row: Row) -> RecordedEvent:
    event = from_json(row[TOPIC], row[VERSION], bytes(row[STATE]))
    return RecordedEvent._make((*row[:VERSION], event, *row[STATE + 1 :]))


def from_json(topic: str, version: int, state: bytes) -> Any:
    """The event that `topic` names, personal text still sealed. Raises UnknownEvent."""
    if topic not in TOPICS or version > VERSIONS.get(topic, 1):
        raise UnknownEvent(f"{topic} version {version}: upgrade Northing before it reads this log")
    if version == VERSIONS.get(topic, 1):
        return _decoder(topic).decode(state)
    older: JsonObject = msgspec.json.decode(state)
    for step in range(version, VERSIONS[topic]):
        older = UPCASTERS[topic, step](older)
    return msgspec.convert(older, TOPICS[topic], strict=False)


@cache
def _decoder(topic: str) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(TOPICS[topic])


@cache
def personal_fields(event_class: type[DomainEvent]) -> tuple[str, ...]:
    """The names of an event's fields that hold personal text."""
    hints = get_type_hints(event_class)
    return tuple(f.name for f in fields(event_class) if Personal in (hints[f.name], *get_args(hints[f.name])))


def _personal_texts(event: DomainEvent) -> Iterator[tuple[str, UUID, str]]:
    """Field, subject and text of each personal text of an event."""
    for name in personal_fields(type(event)):
        personal = getattr(event, name)
        if personal is not None and personal.text is not None:
            yield name, personal.subject, personal.text


def _seal(text: str, key: AESGCM, workspace_id: UUID, event_id: UUID, field: str) -> str:
    nonce = os.urandom(NONCE_BYTES)
    sealed = key.encrypt(nonce, text.encode(), _bound_to(workspace_id, event_id, field))
    return b64encode(nonce + sealed).decode()


def _open(text: str, key: AESGCM, workspace_id: UUID, event_id: UUID, field: str) -> str:
    sealed = b64decode(text)
    opened = key.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _bound_to(workspace_id, event_id, field))
    return opened.decode()


def _bound_to(workspace_id: UUID, event_id: UUID, field: str) -> bytes:
    """What a ciphertext opens with only: it is no secret, and AES-GCM authenticates it."""
    return workspace_id.bytes + event_id.bytes + field.encode()
