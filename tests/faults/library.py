"""The eventsourcing library with its defaults, on a database of its own: what the product is compared with."""

from eventsourcing.postgres import PostgresDatastore
from psycopg.conninfo import conninfo_to_dict


def library_datastore(database_url: str, *, pool_size: int = 5, enable_db_functions: bool = False) -> PostgresDatastore:
    """Its pool of connections."""
    given = conninfo_to_dict(database_url)
    return PostgresDatastore(
        dbname=str(given["dbname"]),
        host=str(given["host"]),
        port=str(given["port"]),
        user=str(given["user"]),
        password="",
        pool_size=pool_size,
        enable_db_functions=enable_db_functions,
    )
