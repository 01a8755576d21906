"""What is stored is stored for ever: its published schemas, a stored row of each version, how old ones are read."""

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from jsonschema import Draft202012Validator

from contracts.events import schemas
from contracts.events.schemas import event_schema, file_name
from domain.personal import Personal
from domain.registry import TOPICS, VERSIONS
from services.eventlog import codec
from services.eventlog.recorded_event import COLUMNS
from tests.contracts.sample import PERSON, sample
from tests.json_types import Json

SCHEMAS = Path(schemas.__file__).parents[1] / "golden" / "events"
CORPUS = Path(__file__).parent / "corpus"
UPDATE = bool(os.environ.get("UPDATE_GOLDEN"))
WORKSPACE = UUID("019b0000-0000-7000-8000-000000000001")
EVENT = UUID("019b0000-0000-7000-8000-0000000000e1")


def latest(topic: str) -> int:
    return VERSIONS.get(topic, 1)


# --- published schemas --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("topic", TOPICS)
def test_the_schema_of_an_event_is_as_published(topic: str) -> None:
    """UPDATE_GOLDEN=1 writes it anew. A version that is stored somewhere must not change: give it the next number."""
    file, made = SCHEMAS / file_name(topic, latest(topic)), f"{json.dumps(event_schema(topic), indent=2)}\n"
    if UPDATE:
        file.write_text(made)
    assert file.read_text() == made


def test_every_version_has_its_schema_and_its_row_and_nothing_else_has() -> None:
    every = {file_name(topic, version) for topic in TOPICS for version in range(1, latest(topic) + 1)}
    assert {file.name for file in SCHEMAS.iterdir()} == every
    assert {file.name for file in CORPUS.iterdir()} == every


@pytest.mark.parametrize("topic", TOPICS)
def test_an_event_fits_its_schema(topic: str) -> None:
    Draft202012Validator(event_schema(topic)).validate(json.loads(msgspec.json.encode(sample(TOPICS[topic]))))


# --- the corpus: one stored row of every version, which reads the same for ever -----------------------------------


@pytest.mark.parametrize("file", sorted(file_name(topic, latest(topic)) for topic in TOPICS))
def test_a_stored_row_reads_as_the_same_event_for_ever(file: str) -> None:
    """UPDATE_GOLDEN=1 adds the row of a new version; one that is there is never written again.

    `says` is the event in today's form: an upcaster may change it, and nothing else. A field that came later with a
    default is in neither.
    """
    if UPDATE and not (CORPUS / file).exists():
        (CORPUS / file).write_text(json.dumps(stored(file.split(".")[0]), indent=2, ensure_ascii=False) + "\n")
    kept = json.loads((CORPUS / file).read_text())
    assert read(kept) == msgspec.convert(kept["says"], TOPICS[kept["topic"]])


def stored(topic: str) -> Json:
    """What the log holds of an event, the key of its person, and what it says."""
    event, key = sample(TOPICS[topic]), AESGCM.generate_key(codec.KEY_BITS)
    state = codec.encode(event, WORKSPACE, EVENT, {(WORKSPACE, PERSON): AESGCM(key)})
    return {
        "topic": topic,
        "schema_version": latest(topic),
        "workspace_id": str(WORKSPACE),
        "event_id": str(EVENT),
        "state": state.decode(),
        "key": b64encode(key).decode(),
        "says": json.loads(msgspec.json.encode(event)),
    }


def read(kept: Json, *, forgotten: bool = False) -> Any:
    """The event; of a person who was forgotten there is no key."""
    columns = dict.fromkeys(COLUMNS.split(", ")) | {name: kept[name] for name in ("topic", "schema_version")}
    columns |= {name: UUID(kept[name]) for name in ("workspace_id", "event_id")} | {"state": kept["state"].encode()}
    key = AESGCM(b64decode(kept["key"]))
    [record] = codec.decode([tuple(columns.values())], lambda wanted: {} if forgotten else dict.fromkeys(wanted, key))
    return record.event


# --- older versions, and newer ones -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Baked:
    """As it is written today. In version 1 it had `loaves` as text; in version 2 nobody said who baked."""

    loaves: int
    baker: str
    note: Personal | None = None


@pytest.fixture
def third_version(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(TOPICS, "Baked", Baked)
    monkeypatch.setitem(VERSIONS, "Baked", 3)
    monkeypatch.setitem(codec.UPCASTERS, ("Baked", 1), lambda old: old | {"loaves": int(old["loaves"])})
    monkeypatch.setitem(codec.UPCASTERS, ("Baked", 2), lambda old: old | {"baker": "unknown"})
    yield
    codec._decoder.cache_clear()


@pytest.mark.parametrize(
    ("version", "state"),
    [(1, b'{"loaves":"12"}'), (2, b'{"loaves":12}'), (3, b'{"loaves":12,"baker":"unknown"}')],
)
@pytest.mark.usefixtures("third_version")
def test_an_older_version_is_brought_to_todays_when_it_is_read(version: int, state: bytes) -> None:
    assert codec.from_json("Baked", version, state) == Baked(loaves=12, baker="unknown")


@pytest.mark.usefixtures("third_version")
def test_personal_text_of_an_older_version_opens() -> None:
    now = sample(Baked)
    key = AESGCM.generate_key(codec.KEY_BITS)
    state = json.loads(codec.encode(now, WORKSPACE, EVENT, {(WORKSPACE, PERSON): AESGCM(key)}))
    older = {"loaves": str(state["loaves"]), "note": state["note"]}
    kept = {
        "topic": "Baked",
        "schema_version": 1,
        "workspace_id": str(WORKSPACE),
        "event_id": str(EVENT),
        "state": json.dumps(older),
        "key": b64encode(key).decode(),
    }
    assert read(kept).note == now.note


@pytest.mark.parametrize(("topic", "version"), [("CycleClosed", 2), ("Unheard", 1), ("os.system", 1)])
def test_what_a_newer_software_wrote_is_not_read_at_all(topic: str, version: int) -> None:
    with pytest.raises(codec.UnknownEvent, match="upgrade"):
        codec.from_json(topic, version, b"{}")


def test_every_step_between_versions_has_an_upcaster() -> None:
    steps = {(topic, version) for topic, last in VERSIONS.items() for version in range(1, last)}
    assert codec.UPCASTERS.keys() == steps


# --- personal text ------------------------------------------------------------------------------------------------


def sealed(**changes: str) -> Any:
    """A comment's row, read after something about it was changed."""
    return read(json.loads((CORPUS / "Commented.v1.json").read_text()) | changes)


def test_personal_text_opens_with_the_key_of_its_person() -> None:
    assert sealed().text == sample(TOPICS["Commented"]).text


@pytest.mark.parametrize("column", ["workspace_id", "event_id"])
def test_personal_text_that_was_moved_elsewhere_does_not_open(column: str) -> None:
    with pytest.raises(InvalidTag):
        sealed(**{column: str(UUID(int=1))})


def test_another_key_does_not_open_personal_text() -> None:
    with pytest.raises(InvalidTag):
        sealed(key=b64encode(AESGCM.generate_key(codec.KEY_BITS)).decode())


def test_without_its_key_personal_text_reads_as_none() -> None:
    kept = json.loads((CORPUS / "Commented.v1.json").read_text())
    assert sample(TOPICS["Commented"]).text.text not in kept["state"]
    assert read(kept, forgotten=True).text == Personal(PERSON, None)
