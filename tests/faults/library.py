"""The eventsourcing library with its defaults, on a database of its own: what the product is compared with."""

from typing import Any

from eventsourcing.postgres import PostgresDatastore
from psycopg.conninfo import conninfo_to_dict


def library_datastore(database_url: str, **settings: Any) -> PostgresDatastore:
    """Its pool of connections; `settings` are the library's."""
    given = conninfo_to_dict(database_url)
    return PostgresDatastore(
        dbname=str(given["dbname"]),
        host=str(given["host"]),
        port=str(given["port"]),
        user=str(given["user"]),
        password="",
        **settings,
    )
