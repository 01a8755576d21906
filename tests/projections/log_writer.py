"""A log to project: events go in by the product's own append function, without deciding anything."""

from datetime import datetime
from uuid import UUID, uuid4

import psycopg
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.registry import NAMES, VERSIONS
from infra.postgres.person_keys import MAKE, ThreadPersonKeys
from services.command.loop.append import APPEND, AppendBatch, CommandRow, EventRow, append_result, parameters
from services.eventlog import codec

LogEntry = tuple[str, UUID, codec.DomainEvent] | tuple[str, UUID, codec.DomainEvent, datetime]


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

    def append(self, workspace_id: UUID, *events: LogEntry, by: UUID | None = None) -> int:
        """Record (kind, stream, event) or (kind, stream, event, effective_at), all at once; the last one's position."""
        batch = AppendBatch()
        batch.commands.append(
            CommandRow(
                chain=1,
                command_id=uuid4(),
                workspace_id=workspace_id,
                fingerprint=b"",
                result_id=workspace_id,
                aggregate_id=workspace_id,
                version=0,
                last_position=0,
                is_stored=True,
            )
        )
        keys = self._keys([(workspace_id, event) for _, _, event, *_ in events])
        for kind, stream_id, event, *rest in events:
            event_id, topic = uuid4(), NAMES[type(event)]
            self.versions[stream_id] = self.versions.get(stream_id, 0) + 1
            batch.events.append(
                EventRow(
                    command=1,
                    stream_id=stream_id,
                    stream_version=self.versions[stream_id],
                    stream_kind=kind,
                    topic=topic,
                    schema_version=VERSIONS.get(topic, 1),
                    state=codec.encode(event, workspace_id, event_id, keys),
                    event_id=event_id,
                    actor_id=by,
                    effective_at=rest[0] if rest else None,
                )
            )
        row = self.connection.execute(APPEND, parameters(batch), binary=True).fetchone()
        assert row is not None
        position = append_result(row).positions[0]
        assert position is not None, "the append was refused"
        return position

    def _keys(self, events: list[tuple[UUID, codec.DomainEvent]]) -> codec.Keys:
        subjects = sorted(codec.subjects(events))
        if subjects:
            workspace_ids, subject_ids = map(list, zip(*subjects, strict=True))
            keys = [AESGCM.generate_key(codec.KEY_BITS) for _ in subjects]
            self.key_maker.execute("SET ROLE northing_keys")
            self.key_maker.execute(MAKE, [workspace_ids, subject_ids, keys])
        return self.keys.find(set(subjects))

    def recorded_at(self, workspace_id: UUID, position: int) -> datetime:
        [(recorded_at,)] = self.connection.execute(
            "SELECT recorded_at FROM northing.events WHERE workspace_id = %s AND position = %s",
            [workspace_id, position],
        )
        assert isinstance(recorded_at, datetime)
        return recorded_at
