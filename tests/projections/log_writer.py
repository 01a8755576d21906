"""A log to project: events go in by the product's own append function, without deciding anything."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.registry import NAMES, VERSIONS
from infra.postgres.person_keys import MAKE, ThreadPersonKeys
from services.command.loop.append import APPEND, AppendBatch, append_result, parameters
from services.eventlog import codec


class Log:
    """Appends to workspaces of a fresh database."""

    def __init__(self, database_url: str) -> None:
        self.connection = psycopg.connect(database_url, autocommit=True)
        self.connection.execute("SET ROLE northing_writer")
        self.keys = ThreadPersonKeys(database_url)
        self.key_maker = psycopg.connect(database_url, autocommit=True)
        self.versions: dict[UUID, int] = {}

    def close(self) -> None:
        self.connection.close()
        self.key_maker.close()
        self.keys.close()

    def append(self, workspace_id: UUID, *events: tuple, by: UUID | None = None) -> int:
        """Record (kind, stream, event) or (kind, stream, event, effective_at), all at once; the last one's position."""
        arrays = AppendBatch.empty()
        command = (1, None, workspace_id, b"", workspace_id, workspace_id, 0, 0, True)
        for name, value in zip(AppendBatch.__dataclass_fields__, command, strict=False):
            getattr(arrays, name).append(value)
        arrays.command_ids[0] = uuid4()
        event_ids = [uuid4() for _ in events]
        keys = self._keys([(workspace_id, event) for _, _, event, *_ in events])
        for event_id, (kind, stream_id, event, *rest) in zip(event_ids, events, strict=True):
            self.versions[stream_id] = self.versions.get(stream_id, 0) + 1
            name = NAMES[type(event)]
            values: dict[str, Any] = {
                "numbers": 1, "stream_ids": stream_id, "stream_versions": self.versions[stream_id],
                "stream_kinds": kind,
                "topics": name, "schema_versions": VERSIONS.get(name, 1),
                "states": codec.encode(event, workspace_id, event_id, keys), "event_ids": event_id,
                "correlation_ids": None, "causation_ids": None, "actor_ids": by,
                "effective_ats": rest[0] if rest else None, "source_recorded_ats": None, "trace_parents": None,
            }  # fmt: skip
            for column, value in values.items():
                getattr(arrays, column).append(value)
        row = self.connection.execute(APPEND, parameters(arrays), binary=True).fetchone()
        position = append_result(row).positions[0]
        assert position is not None, "the append was refused"
        return position

    def _keys(self, events: list[tuple[UUID, Any]]) -> codec.Keys:
        subjects = sorted(codec.subjects(events))
        if subjects:
            workspace_ids, subject_ids = map(list, zip(*subjects, strict=True))
            keys = [AESGCM.generate_key(codec.KEY_BITS) for _ in subjects]
            self.key_maker.execute("SET ROLE northing_keys")
            self.key_maker.execute(MAKE, [workspace_ids, subject_ids, keys])
        return self.keys.find(set(subjects))

    def recorded_at(self, workspace_id: UUID, position: int) -> datetime:
        return self.connection.execute(
            "SELECT recorded_at FROM northing.events WHERE workspace_id = %s AND position = %s",
            [workspace_id, position],
        ).fetchone()[0]
