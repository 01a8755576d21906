"""Migrations: in order, once, and never on a database that they do not fit."""

from __future__ import annotations

import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from infra.postgres.embedded.data_folder import place_for
from infra.postgres.migrate import FOLDER, migrate
from infra.settings import StartRefused
from tests.conftest import NewDatabase

GOLDEN = Path(__file__).with_name("schema.golden.sql")
ROLES = ["northing_keys", "northing_migrator", "northing_owner", "northing_reader", "northing_writer"]


@pytest.fixture
def files(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "migrations"))


@pytest.fixture
def empty(new_database: NewDatabase) -> str:
    return new_database()


def test_the_schema_is_the_one_that_was_reviewed(database: str, folder: Path) -> None:
    """UPDATE_GOLDEN=1 writes it anew; its diff is what a reviewer of a migration reads."""
    dumped = _schema(database, folder)
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(dumped)
    assert dumped == GOLDEN.read_text()


def test_a_second_run_changes_nothing(empty: str, folder: Path) -> None:
    assert migrate(empty) == sorted(path.name for path in FOLDER.glob("*.sql"))
    once = _schema(empty, folder)
    assert migrate(empty) == []
    assert _schema(empty, folder) == once


def test_many_migrators_at_once_apply_each_file_once(empty: str) -> None:
    with ThreadPoolExecutor(4) as migrators:
        applied = list(migrators.map(lambda _: migrate(empty), range(4)))
    assert sorted(applied, key=len)[:-1] == [[], [], []]


def test_databases_of_one_postgresql_are_migrated_at_once(new_database: NewDatabase) -> None:
    databases = [new_database() for _ in range(4)]
    with ThreadPoolExecutor(4) as migrators:
        assert all(migrators.map(migrate, databases))


def test_whoever_connects_may_become_each_role(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        for role in ROLES:
            connection.execute(f"SET ROLE {role}")
            assert connection.execute("SELECT current_user").fetchone() == (role,)


def test_a_user_with_createrole_and_an_own_database_is_enough(empty: str, cluster: str) -> None:
    with psycopg.connect(cluster, autocommit=True) as connection:
        connection.execute("CREATE ROLE plain LOGIN CREATEROLE")
        connection.execute(f"ALTER DATABASE {empty.split('@/')[1].split('?')[0]} OWNER TO plain")
        for role in ROLES:
            connection.execute(f"GRANT {role} TO plain WITH INHERIT FALSE, SET TRUE, ADMIN TRUE")
    try:
        assert migrate(empty.replace("northing@", "plain@"))
    finally:
        with psycopg.connect(empty, autocommit=True) as connection:
            connection.execute("REASSIGN OWNED BY plain TO northing")
            connection.execute("DROP OWNED BY plain")
            connection.execute("DROP ROLE plain")


def test_a_user_without_rights_is_told_what_is_missing(empty: str, cluster: str) -> None:
    with psycopg.connect(cluster, autocommit=True) as connection:
        connection.execute("CREATE ROLE bare LOGIN")
    try:
        with pytest.raises(StartRefused, match="CREATEROLE"):
            migrate(empty.replace("northing@", "bare@"))
    finally:
        with psycopg.connect(cluster, autocommit=True) as connection:
            connection.execute("DROP ROLE bare")


def test_a_file_that_changed_after_it_was_applied_is_refused(empty: str, files: Path) -> None:
    migrate(empty, files)
    changed = files / "0000_roles.sql"
    changed.write_text(changed.read_text() + "-- afterwards\n")
    with pytest.raises(StartRefused, match=r"0000_roles\.sql has been applied and was changed"):
        migrate(empty, files)


def test_a_database_newer_than_the_program_is_refused(empty: str, files: Path) -> None:
    (files / "9998_of_a_later_release.sql").write_text("CREATE TABLE northing.later (id int)")
    migrate(empty, files)
    with pytest.raises(StartRefused, match="newer than this program"):
        migrate(empty)


def test_a_file_numbered_below_an_applied_one_is_refused(empty: str, files: Path) -> None:
    (files / "9998_second.sql").write_text("SELECT 2")
    migrate(empty, files)
    (files / "9997_first.sql").write_text("SELECT 1")
    with pytest.raises(StartRefused, match=r"9997_first\.sql comes before"):
        migrate(empty, files)


def test_a_file_that_fails_leaves_nothing_behind(empty: str, files: Path) -> None:
    broken = files / "9998_broken.sql"
    broken.write_text("CREATE TABLE northing.half (id int); SELECT 1 / 0")
    with pytest.raises(psycopg.errors.DivisionByZero):
        migrate(empty, files)
    broken.write_text("CREATE TABLE northing.half (id int)")
    assert migrate(empty, files) == ["9998_broken.sql"]


def _schema(database: str, folder: Path) -> str:
    """What is in the database, as pg_dump writes it, without the lines that name a release or a run."""
    programs = place_for(folder / "data").programs
    dump = subprocess.run(
        [programs / "pg_dump", "--schema-only", "--schema=northing", database],
        check=True,
        capture_output=True,
        text=True,
    )
    kept = [line for line in dump.stdout.splitlines() if line and not line.startswith(("--", "SET ", "SELECT ", "\\"))]
    return "\n".join([*kept, ""])
