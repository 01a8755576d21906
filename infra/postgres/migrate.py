"""Numbered SQL files, applied in order and once. Forward only: what is stored is stored for ever."""

from __future__ import annotations

import hashlib
from contextlib import closing
from pathlib import Path

import psycopg
from psycopg import Connection
from psycopg.rows import TupleRow

from infra.settings import StartRefused

FOLDER = Path(__file__).with_name("migrations")
ROLES = "0000_roles.sql"  # Runs as the connecting user; the others run as the owner that it makes.
LOCK = 5_733_010_001  # The number of our advisory lock in this database.


def migrate(database_url: str, folder: Path = FOLDER) -> list[str]:
    """Bring the database up to date and name the files that were applied now. Others that try meanwhile wait.

    Raises StartRefused where the database and the files cannot belong together; then nothing has been changed.
    """
    files = {path.name: path.read_bytes() for path in sorted(folder.glob("*.sql"))}
    with closing(psycopg.connect(database_url, autocommit=True)) as connection:
        connection.execute("SET lock_timeout = 0")  # Another migrator may need its time.
        connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        pending = _pending(files, _applied(connection))
        for name in pending:
            _apply(connection, name, files[name])
        return pending


def pending(database_url: str, folder: Path = FOLDER) -> list[str]:
    """The files that have not been applied yet. Raises StartRefused as `migrate` does, and changes nothing."""
    files = {path.name: path.read_bytes() for path in sorted(folder.glob("*.sql"))}
    with closing(psycopg.connect(database_url, autocommit=True)) as connection:
        return _pending(files, _applied(connection))


def _applied(connection: Connection[TupleRow]) -> dict[str, str]:
    """Checksum by name of file, of what has been applied to this database."""
    exists = connection.execute("SELECT to_regclass('northing.migrations') IS NOT NULL").fetchone()
    if exists is None or not exists[0]:
        return {}
    connection.execute("SET ROLE northing_owner")
    rows = connection.execute("SELECT name, checksum FROM northing.migrations").fetchall()
    connection.execute("RESET ROLE")
    return dict(rows)


def _pending(files: dict[str, bytes], applied: dict[str, str]) -> list[str]:
    pending = [name for name in files if name not in applied]
    newest = max(applied, default="")
    if unknown := sorted(applied.keys() - files.keys()):
        raise StartRefused(
            f"the database has {unknown[-1]}, which this Northing does not know: it is newer than this program; "
            "start the Northing that made it, or a later one"
        )
    if changed := [name for name, checksum in applied.items() if _checksum(files[name]) != checksum]:
        raise StartRefused(f"{changed[0]} has been applied and was changed since: restore it, and add a new file")
    if late := [name for name in pending if name < newest]:
        raise StartRefused(f"{late[0]} comes before {newest}, which has been applied: give it the next number")
    return pending


def _apply(connection: Connection[TupleRow], name: str, file: bytes) -> None:
    try:
        with connection.transaction():
            if name != ROLES:
                connection.execute("SET LOCAL ROLE northing_owner")
            connection.execute(file.decode())  # Our own file, no one's input.
            connection.execute(
                "INSERT INTO northing.migrations (name, checksum) VALUES (%s, %s)", [name, _checksum(file)]
            )
    except psycopg.errors.InsufficientPrivilege as denied:
        raise StartRefused(
            f"{name} could not be applied: {denied.diag.message_primary}; the connecting user needs CREATE on the "
            "database, and CREATEROLE unless an administrator has made the roles of 0000_roles.sql and granted them"
        ) from denied


def _checksum(file: bytes) -> str:
    return hashlib.sha256(file).hexdigest()
