"""The keys of personal text, one a person, under a database role of their own."""

from collections.abc import Iterable
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg import AsyncConnection, Connection, OperationalError

from services.eventlog.codec import KEY_BITS, Keys, Subject
from services.eventlog.lru import Lru

FIND = """
SELECT workspace_id, subject_id, key FROM northing.person_keys
  JOIN unnest(%b::uuid[], %b::uuid[]) AS s (workspace_id, subject_id) USING (workspace_id, subject_id)
"""
MAKE = """
INSERT INTO northing.person_keys SELECT * FROM unnest(%b::uuid[], %b::uuid[], %b::bytea[]) ON CONFLICT DO NOTHING
"""
SET_ROLE = "SET ROLE northing_keys"
APPLICATION = "northing-keys"
CACHED_KEYS = 50_000

KeyRow = tuple[UUID, UUID, bytes]  # Of FIND.


class KeyCache:
    """The keys that were used last, so that most batches need no query."""

    def __init__(self) -> None:
        self._keys = Lru[Subject, AESGCM](CACHED_KEYS)

    def split(self, subjects: Iterable[Subject]) -> tuple[dict[Subject, AESGCM], list[Subject]]:
        """The keys that are here, and the subjects whose keys are not."""
        found: dict[Subject, AESGCM] = {}
        absent: list[Subject] = []
        for subject in subjects:
            if key := self._keys.use(subject):
                found[subject] = key
            else:
                absent.append(subject)
        return found, absent

    def add(self, rows: Iterable[KeyRow]) -> dict[Subject, AESGCM]:
        """Keep the keys of these rows, and return all of them: the cache may not have room for as many."""
        added = {(workspace_id, subject_id): AESGCM(bytes(key)) for workspace_id, subject_id, key in rows}
        for subject, key in added.items():
            self._keys.put(subject, key)
        return added


class PersonKeys:
    """For tasks: `find` reads, `make` also makes what is not there. One connection, opened when first needed."""

    def __init__(self, database_url: str) -> None:
        self.database_url = database_url
        self.cache = KeyCache()
        self.connection: AsyncConnection[KeyRow] | None = None

    async def find(self, subjects: set[Subject]) -> Keys:
        """The keys that exist. A person who was forgotten has none."""
        found, absent = self.cache.split(subjects)
        return found | await self._read(absent) if absent else found

    async def make(self, subjects: set[Subject]) -> Keys:
        """The keys of all of them."""
        found = await self.find(subjects)
        absent = [subject for subject in subjects if subject not in found]
        if not absent:
            return found
        connection = await self._connected()
        await connection.execute(MAKE, [*_columns(absent), [AESGCM.generate_key(KEY_BITS) for _ in absent]])
        return {**found, **await self._read(absent)}  # Another process may have been first: what is stored counts.

    async def close(self) -> None:
        if self.connection is not None:
            await self.connection.close()

    async def _read(self, subjects: list[Subject]) -> dict[Subject, AESGCM]:
        connection = await self._connected()
        async with connection.cursor(binary=True) as cursor:
            await cursor.execute(FIND, _columns(subjects))
            return self.cache.add(await cursor.fetchall())

    async def _connected(self) -> AsyncConnection[KeyRow]:
        if self.connection is None or self.connection.closed:
            self.connection = await AsyncConnection[KeyRow].connect(
                self.database_url, autocommit=True, application_name=APPLICATION
            )
            await self.connection.execute(SET_ROLE)
        return self.connection


class ThreadPersonKeys:
    """For a thread: reads keys. One connection, opened when first needed."""

    def __init__(self, database_url: str) -> None:
        self.database_url = database_url
        self.cache = KeyCache()
        self.connection: Connection[KeyRow] | None = None

    def find(self, subjects: set[Subject]) -> Keys:
        """The keys that exist. A person who was forgotten has none."""
        found, absent = self.cache.split(subjects)
        if not absent:
            return found
        try:
            return found | self._read(absent)
        except OperationalError:
            self.close()
            raise

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def _read(self, subjects: list[Subject]) -> dict[Subject, AESGCM]:
        with self._connected().cursor(binary=True) as cursor:
            cursor.execute(FIND, _columns(subjects))
            return self.cache.add(cursor.fetchall())

    def _connected(self) -> Connection[KeyRow]:
        if self.connection is None or self.connection.closed:
            self.connection = Connection[KeyRow].connect(
                self.database_url, autocommit=True, application_name=APPLICATION
            )
            self.connection.execute(SET_ROLE)
        return self.connection


def _columns(subjects: list[Subject]) -> list[list[UUID]]:
    return [[workspace_id for workspace_id, _ in subjects], [subject_id for _, subject_id in subjects]]
