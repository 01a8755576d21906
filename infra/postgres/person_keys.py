"""The keys of personal text, one a person, under a database role of their own."""

from collections import OrderedDict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg import AsyncConnection, Connection, OperationalError

from services.eventlog.codec import KEY_BITS, Keys, Subject

FIND = """
SELECT workspace_id, subject_id, key FROM northing.person_keys
  JOIN unnest(%b::uuid[], %b::uuid[]) AS s (workspace_id, subject_id) USING (workspace_id, subject_id)
"""
MAKE = """
INSERT INTO northing.person_keys SELECT * FROM unnest(%b::uuid[], %b::uuid[], %b::bytea[]) ON CONFLICT DO NOTHING
"""
REMEMBERED = 50_000


class KeyCache:
    """Keys that were found before, so that most batches ask nobody."""

    def __init__(self) -> None:
        self.keys: OrderedDict[Subject, AESGCM] = OrderedDict()

    def absent(self, subjects: Iterable[Subject]) -> list[Subject]:
        return [subject for subject in subjects if subject not in self.keys]

    def remember(self, rows: Iterable[tuple[Any, ...]]) -> None:
        for workspace_id, subject_id, key in rows:
            self.keys[workspace_id, subject_id] = AESGCM(bytes(key))

    def taken(self, subjects: set[Subject]) -> Keys:
        found = {subject: self.keys[subject] for subject in subjects if subject in self.keys}
        while len(self.keys) > REMEMBERED:
            self.keys.popitem(last=False)
        return found


class PersonKeys:
    """For tasks: `find` reads, `make` also makes what is not there. One connection, opened when first needed."""

    def __init__(self, database_url: str) -> None:
        self.database_url = database_url
        self.remembered = KeyCache()
        self.connection: AsyncConnection | None = None

    async def find(self, subjects: set[Subject]) -> Keys:
        """The keys that exist. A person who was forgotten has none."""
        if absent := self.remembered.absent(subjects):
            await self._look_up(absent)
        return self.remembered.taken(subjects)

    async def make(self, subjects: set[Subject]) -> Keys:
        """The keys of all of them."""
        await self.find(subjects)
        if absent := self.remembered.absent(subjects):
            keys = [AESGCM.generate_key(KEY_BITS) for _ in absent]
            connection = await self._connected()
            await connection.execute(MAKE, [*_columns(absent), keys])
            await self._look_up(absent)  # Another process may have been first: what is stored counts.
        return self.remembered.taken(subjects)

    async def close(self) -> None:
        if self.connection is not None:
            await self.connection.close()

    async def _look_up(self, subjects: list[Subject]) -> None:
        connection = await self._connected()
        async with connection.cursor(binary=True) as cursor:
            await cursor.execute(FIND, _columns(subjects))
            self.remembered.remember(await cursor.fetchall())

    async def _connected(self) -> AsyncConnection:
        if self.connection is None or self.connection.closed:
            self.connection = await AsyncConnection.connect(
                self.database_url, autocommit=True, application_name="northing-keys"
            )
            await self.connection.execute("SET ROLE northing_keys")
        return self.connection


class ThreadPersonKeys:
    """For a thread: reads keys. One connection, opened when first needed."""

    def __init__(self, database_url: str) -> None:
        self.database_url = database_url
        self.remembered = KeyCache()
        self.connection: Connection | None = None

    def find(self, subjects: set[Subject]) -> Keys:
        """The keys that exist. A person who was forgotten has none."""
        absent = self.remembered.absent(subjects)
        if absent:
            try:
                self._look_up(absent)
            except OperationalError:
                self.close()
                raise
        return self.remembered.taken(subjects)

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def _look_up(self, subjects: list[Subject]) -> None:
        if self.connection is None or self.connection.closed:
            self.connection = Connection.connect(self.database_url, autocommit=True, application_name="northing-keys")
            self.connection.execute("SET ROLE northing_keys")
        with self.connection.cursor(binary=True) as cursor:
            cursor.execute(FIND, _columns(subjects))
            self.remembered.remember(cursor.fetchall())


def _columns(subjects: list[Subject]) -> list[list[UUID]]:
    return [[workspace_id for workspace_id, _ in subjects], [subject_id for _, subject_id in subjects]]
