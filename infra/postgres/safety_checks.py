"""What a PostgreSQL must be before Northing trusts it with a fact."""

from __future__ import annotations

from contextlib import closing

import psycopg

from infra.settings import StartRefused

LEAST_MAJOR = 18
# Each of these loses acknowledged work, or hides that it is lost.
REFUSED = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "zero_damaged_pages": "on",
    "ignore_checksum_failure": "on",
}


def check_database(database_url: str) -> None:
    """Refuse a database that could lose what it has acknowledged. Raises StartRefused with what to change.

    A new session is asked, with the same URL: it shows what was set for the server, the database and the user alike.
    """
    with closing(psycopg.connect(database_url, autocommit=True)) as connection:
        major = connection.info.server_version // 10_000
        if major < LEAST_MAJOR:
            raise StartRefused(f"the database runs PostgreSQL {major}; Northing needs {LEAST_MAJOR} or later")
        found = connection.execute(
            "SELECT name, setting FROM pg_settings WHERE name = ANY(%s) ORDER BY name", [list(REFUSED)]
        ).fetchall()
        for name, setting in found:
            if REFUSED[name] == setting:
                raise StartRefused(
                    f"the database has {name} = {setting}, which may lose acknowledged work: "
                    f"take it back (ALTER SYSTEM, ALTER DATABASE or ALTER ROLE ... RESET {name}) and start again"
                )
        encoding = connection.info.parameter_status("server_encoding")
        if encoding != "UTF8":
            raise StartRefused(
                f"the database's encoding is {encoding}; Northing needs UTF8: create it with ENCODING 'UTF8'"
            )
