"""A database that could lose what it acknowledged is refused at the start."""

from __future__ import annotations

import psycopg
import pytest

from infra.postgres.safety_checks import check_database
from infra.settings import StartRefused


def test_the_embedded_database_is_accepted(database: str) -> None:
    check_database(database)


@pytest.mark.parametrize("setting", ["synchronous_commit = off", "zero_damaged_pages = on"])
def test_a_database_that_is_set_to_lose_work_is_refused(database: str, setting: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {connection.info.dbname} SET {setting}")
    with pytest.raises(StartRefused, match=setting):
        check_database(database)


def test_a_user_that_is_set_to_lose_work_is_refused(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(f"ALTER ROLE northing IN DATABASE {connection.info.dbname} SET synchronous_commit = off")
    with pytest.raises(StartRefused, match="synchronous_commit = off"):
        check_database(database)


@pytest.mark.parametrize("name", ["fsync", "full_page_writes"])
def test_a_server_that_is_set_to_lose_work_is_refused(database: str, name: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        _set_and_await(connection, name, "off")
        try:
            with pytest.raises(StartRefused, match=f"{name} = off"):
                check_database(database)
        finally:
            _set_and_await(connection, name, "on")
    check_database(database)


def test_another_encoding_than_utf8_is_refused(cluster: str) -> None:
    with psycopg.connect(cluster, autocommit=True) as connection:
        connection.execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0")
        try:
            with pytest.raises(StartRefused, match="encoding is LATIN1"):
                check_database(cluster.replace("@/northing?", "@/latin?"))
        finally:
            connection.execute("DROP DATABASE latin WITH (FORCE)")


def _set_and_await(connection: psycopg.Connection, name: str, value: str) -> None:
    connection.execute(f"ALTER SYSTEM SET {name} = {value}")
    connection.execute("SELECT pg_reload_conf()")
    while connection.execute("SELECT current_setting(%s)", [name]).fetchone() != (value,):
        pass  # The server takes it up in its own time.
