"""Keys of personal text: made once, found by every process, and by more at once than the cache has room for."""

import asyncio
from contextlib import closing
from uuid import uuid4

import psycopg
import pytest

from infra.postgres import person_keys
from infra.postgres.person_keys import PersonKeys, ThreadPersonKeys
from services.eventlog.codec import Keys, Subject

NONCE = b"\0" * 12


def sealed(keys: Keys) -> dict[Subject, bytes]:
    """What tells one key from another."""
    return {subject: key.encrypt(NONCE, b"", None) for subject, key in keys.items()}


def test_a_key_is_made_once_and_every_process_finds_it(database: str) -> None:
    subjects = {(uuid4(), uuid4()) for _ in range(3)}

    async def made_by_two() -> list[Keys]:
        one, other = PersonKeys(database), PersonKeys(database)
        made = await asyncio.gather(one.make(subjects), other.make(subjects))
        found = await one.find(subjects)
        await one.close()
        await other.close()
        return [*made, found]

    one, other, found = asyncio.run(made_by_two())
    with closing(ThreadPersonKeys(database)) as keys:
        in_thread = keys.find(subjects)
    assert one.keys() == subjects
    assert sealed(one) == sealed(other) == sealed(found) == sealed(in_thread)


def test_a_person_without_a_key_has_none(database: str) -> None:
    with closing(ThreadPersonKeys(database)) as keys:
        assert keys.find({(uuid4(), uuid4())}) == {}


def test_more_keys_than_the_cache_has_room_for_are_found_at_once(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key that were left out would show its person as forgotten."""
    monkeypatch.setattr(person_keys, "CACHED_KEYS", 2)
    subjects = {(uuid4(), uuid4()) for _ in range(5)}

    async def made() -> tuple[Keys, Keys]:
        keys = PersonKeys(database)
        found = await keys.make(subjects), await keys.find(subjects)
        await keys.close()
        return found

    first, again = asyncio.run(made())
    with closing(ThreadPersonKeys(database)) as keys:
        in_thread = [keys.find(subjects), keys.find(subjects)]
    assert first.keys() == again.keys() == subjects
    assert [sealed(found) for found in in_thread] == [sealed(first)] * 2


def test_a_thread_whose_connection_was_lost_finds_keys_again(database: str) -> None:
    subject = uuid4(), uuid4()

    async def make() -> Keys:
        keys = PersonKeys(database)
        made = await keys.make({subject})
        await keys.close()
        return made

    asyncio.run(make())
    with closing(ThreadPersonKeys(database)) as keys:
        keys.find({(uuid4(), uuid4())})
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'northing-keys'"
                " AND datname = current_database()"
            )
        with pytest.raises(psycopg.OperationalError):
            keys.find({subject})
        assert keys.find({subject}).keys() == {subject}
