"""What each database role may do with the log: a service that is taken over can add to the past, never change it."""

from contextlib import closing

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

TABLES = ("events", "heads", "commands", "children", "person_keys", "migrations")
ACTS = {
    "select": "SELECT * FROM northing.{table}",
    "insert": "INSERT INTO northing.{table} SELECT * FROM northing_nothing_{table}",
    "update": "UPDATE northing.{table} SET {column} = {column}",
    "delete": "DELETE FROM northing.{table}",
    "truncate": "TRUNCATE northing.{table}",
}
COLUMN = dict.fromkeys(TABLES, "workspace_id") | {"migrations": "name"}

MAY = {
    "northing_writer": {
        "events": {"select", "insert"},
        "heads": {"select", "insert", "update"},
        "commands": {"select", "insert", "delete"},
        "children": {"select", "insert", "update", "delete"},
        "migrations": {"select"},
    },
    "northing_reader": {"events": {"select"}, "heads": {"select"}, "migrations": {"select"}},
    "northing_keys": {"person_keys": {"select", "insert", "delete"}},
    "northing_migrator": {"migrations": {"select"}},
}


def may(connection: psycopg.Connection, statement: str) -> bool:
    """Whether the role may; whatever it did is taken back."""
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(statement.encode())
    except InsufficientPrivilege:
        return False
    return True


@pytest.mark.parametrize("role", MAY)
def test_a_role_may_do_in_each_table_what_it_is_for_and_nothing_else(log_database: str, role: str) -> None:
    with closing(psycopg.connect(log_database, autocommit=True)) as connection:
        for table in TABLES:
            connection.execute(f"CREATE TEMPORARY TABLE northing_nothing_{table} (LIKE northing.{table})")
            connection.execute(f"GRANT SELECT ON northing_nothing_{table} TO PUBLIC")
        connection.execute(f"SET ROLE {role}")
        allowed = {
            table: {act for act in ACTS if may(connection, ACTS[act].format(table=table, column=COLUMN[table]))}
            for table in TABLES
        }
    assert {table: acts for table, acts in allowed.items() if acts} == MAY[role]


@pytest.mark.parametrize("role", ["northing_writer", "northing_reader", "northing_keys"])
@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE northing.events DROP CONSTRAINT events_pkey",
        "ALTER TABLE northing.events DISABLE TRIGGER ALL",
        "CREATE TRIGGER t BEFORE INSERT ON northing.events EXECUTE FUNCTION f()",
        "DROP TABLE northing.events",
        "DROP FUNCTION northing.append_events",
        "CREATE TABLE northing.mine (n int)",
        "SET ROLE northing_owner",
    ],
)
def test_no_role_of_a_service_changes_the_schema(log_database: str, role: str, statement: str) -> None:
    with closing(psycopg.connect(log_database, autocommit=True)) as connection:
        login = f"login_of_{role}"
        connection.execute(f"DROP ROLE IF EXISTS {login}")
        connection.execute(f"CREATE ROLE {login} NOLOGIN")
        connection.execute(f"GRANT {role} TO {login} WITH INHERIT TRUE, SET TRUE")
        connection.execute(f"SET SESSION AUTHORIZATION {login}")
        connection.execute(f"SET ROLE {role}")
        try:
            assert not may(connection, statement)
        finally:
            connection.execute("RESET SESSION AUTHORIZATION")
            connection.execute(f"DROP ROLE {login}")


@pytest.mark.parametrize("role", ["northing_reader", "northing_keys", "northing_migrator"])
def test_only_the_writer_appends(log_database: str, role: str) -> None:
    with closing(psycopg.connect(log_database, autocommit=True)) as connection:
        [[arguments]] = connection.execute(
            "SELECT pronargs - pronargdefaults FROM pg_proc WHERE oid = 'northing.append_events'::regproc"
        ).fetchall()
        nulls = ", ".join(["NULL"] * arguments)
        connection.execute(f"SET ROLE {role}")
        assert not may(connection, f"SELECT northing.append_events({nulls})")


def test_the_roles_cannot_log_in(log_database: str) -> None:
    with closing(psycopg.connect(log_database)) as connection:
        can = connection.execute("SELECT rolname FROM pg_roles WHERE rolname ~ '^northing_' AND rolcanlogin").fetchall()
    assert [name for (name,) in can if name in MAY or name == "northing_owner"] == []
