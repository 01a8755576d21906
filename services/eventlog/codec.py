"""Events to bytes and back. The only place that turns personal text into bytes, and it encrypts it.

AES-256-GCM, one key a person, bound to workspace, event id and field: a ciphertext that is moved does not open.
State bytes are written once; an older version of an event is brought to today's by its upcasters when it is read.
"""

import os
from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from functools import cache
from typing import Any, get_args, get_type_hints
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from contracts.events.recorded_event import RecordedEvent
from domain.personal import Personal
from domain.registry import TOPICS, VERSIONS

KEY_BITS = 256
NONCE_BYTES = 12

Subject = tuple[UUID, UUID]  # Workspace and person: whose key it is.
Keys = Mapping[Subject, AESGCM]

# (stored name, version) -> what brings the decoded JSON of that version to the next one.
UPCASTERS: dict[tuple[str, int], Callable[[dict[str, Any]], dict[str, Any]]] = {}


class UnknownEvent(Exception):
    """The log holds an event that this version of the software does not know: it was written by a newer one."""


def encode(event: Any, workspace_id: UUID, event_id: UUID, keys: Keys) -> bytes:
    """The bytes to store. The keys of all its subjects must be there: see `subjects`."""
    sealed = {
        name: Personal(subject, _seal(text, keys[workspace_id, subject], workspace_id, event_id, name))
        for name, subject, text in _personal(event)
    }
    return msgspec.json.encode(replace(event, **sealed) if sealed else event)


def decode(rows: Iterable[tuple[Any, ...]], keys_of: Callable[[set[Subject]], Keys]) -> list[RecordedEvent]:
    """Rows of contracts.recorded.COLUMNS as events, personal text opened by the keys that `keys_of` finds."""
    sealed = [_from_row(row) for row in rows]
    wanted = _subjects_of(sealed)
    return _opened(sealed, keys_of(wanted) if wanted else {})


async def decode_async(
    rows: Iterable[tuple[Any, ...]], keys_of: Callable[[set[Subject]], Awaitable[Keys]]
) -> list[RecordedEvent]:
    """As `decode`, where the keys are found by a coroutine."""
    sealed = [_from_row(row) for row in rows]
    wanted = _subjects_of(sealed)
    return _opened(sealed, await keys_of(wanted) if wanted else {})


def _subjects_of(sealed: Sequence[RecordedEvent]) -> set[Subject]:
    return subjects((record.workspace_id, record.event) for record in sealed)


def _opened(sealed: list[RecordedEvent], keys: Keys) -> list[RecordedEvent]:
    for record in sealed:
        unseal(record, keys)
    return sealed


def subjects(events: Iterable[tuple[UUID, Any]]) -> set[Subject]:
    """Whose keys are needed to write or read these events of these workspaces."""
    return {(workspace_id, subject) for workspace_id, event in events for _, subject, _ in _personal(event)}


def unseal(record: RecordedEvent, keys: Keys) -> None:
    """Open the personal text of an event that was just decoded, in place. Without the key it reads as None."""
    for name, subject, sealed in _personal(record.event):
        key = keys.get((record.workspace_id, subject))
        text = None if key is None else _open(sealed, key, record.workspace_id, record.event_id, name)
        object.__setattr__(record.event, name, Personal(subject, text))


def _from_row(row: tuple[Any, ...]) -> RecordedEvent:
    topic, version, state = row[6], row[7], row[8]
    return RecordedEvent._make((*row[:7], from_json(topic, version, bytes(state)), *row[9:]))


def from_json(topic: str, version: int, state: bytes) -> Any:
    """The event, personal text still sealed."""
    if topic not in TOPICS or version > VERSIONS.get(topic, 1):
        raise UnknownEvent(f"{topic} version {version}: upgrade Northing before it reads this log")
    if version == VERSIONS.get(topic, 1):
        return _decoder(topic).decode(state)
    older = msgspec.json.decode(state)
    for step in range(version, VERSIONS[topic]):
        older = UPCASTERS[topic, step](older)
    return msgspec.convert(older, TOPICS[topic], strict=False)


@cache
def _decoder(topic: str) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(TOPICS[topic])


@cache
def personal_fields(event_class: type[Any]) -> tuple[str, ...]:
    """The names of an event's fields that hold personal text."""
    hints = get_type_hints(event_class)
    return tuple(f.name for f in fields(event_class) if Personal in (hints[f.name], *get_args(hints[f.name])))


def _personal(event: Any) -> Iterator[tuple[str, UUID, str]]:
    """Field, subject and text of each personal text of an event."""
    event_class: Any = type(event)
    for name in personal_fields(event_class):
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
    return workspace_id.bytes + event_id.bytes + field.encode()
