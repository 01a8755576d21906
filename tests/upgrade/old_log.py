"""The log of an old release as a file of the repository: written once, loaded by a test for ever.

python -m tests.upgrade.old_log --before CHECKOUT

writes log-<migration>.sql.gz and answers-<migration>.json.gz beside this file, made by the checkout's own server.
"""

import argparse
import gzip
import sys
import tempfile
from pathlib import Path

import psycopg

from tests.upgrade.checkout import Checkout, database_of
from tests.upgrade.every_event import fill
from tests.upgrade.recording import record, write

HERE = Path(__file__).parent
TABLES = ("events", "heads", "commands", "children", "person_keys")
LARGEST_BYTES = 200_000  # Of a file that a repository should hold.
SEED = 2
END = b"\\.\n"


def dump(database_url: str) -> bytes:
    """The rows of the log's tables, each as COPY takes them, below a line that names their columns."""
    with psycopg.connect(database_url) as connection:
        return b"".join(_rows(connection, table) for table in TABLES)


def _rows(connection: psycopg.Connection, table: str) -> bytes:
    described = connection.execute(f"SELECT * FROM northing.{table} LIMIT 0".encode()).description or ()
    columns = ", ".join(column.name for column in described)
    asked = f"COPY (SELECT {columns} FROM northing.{table} ORDER BY 1, 2) TO STDOUT"
    with connection.cursor().copy(asked.encode()) as copy:
        return f"COPY northing.{table} ({columns}) FROM STDIN;\n".encode() + b"".join(map(bytes, copy)) + END


def load(database_url: str, dumped: bytes) -> None:
    """Put the rows into a database that has the same tables. First answers to commands count as given just now."""
    with psycopg.connect(database_url) as connection:
        connection.execute("DELETE FROM northing.heads")  # The head of an empty log.
        for part in dumped.split(b"\n" + END)[:-1]:
            statement, _, rows = part.partition(b"\n")
            with connection.cursor().copy(statement) as copy:
                copy.write(rows)
        connection.execute("UPDATE northing.commands SET recorded_at = now()")  # They are kept for 30 days.


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--before", type=Path, required=True, help="a checkout of the old commit, with its .venv")
    before = Checkout(parser.parse_args(arguments).before.resolve())
    with tempfile.TemporaryDirectory(prefix="northing-old-log-") as folder:
        Path(folder).chmod(0o711)
        data = Path(folder) / "data"
        with before.serving(data) as server, server.client() as client:
            filled = fill(client)
            recording = record(client, filled, before.commit(), SEED)
            missing = before.event_types() - {event["type"] for event in filled.events()}
            assert not missing, f"every_event.py lets none of these happen: {missing}"
            with psycopg.connect(database_of(data)) as connection:
                last = connection.execute("SELECT max(name) FROM northing.migrations").fetchone()
            dumped = dump(database_of(data))
    number = str(last and last[0]).partition("_")[0]
    (HERE / f"log-{number}.sql.gz").write_bytes(gzip.compress(dumped, mtime=0))
    write(recording, HERE / f"answers-{number}.json.gz")
    for file in sorted(HERE.glob(f"*-{number}.*.gz")):
        assert file.stat().st_size <= LARGEST_BYTES, f"{file.name} has {file.stat().st_size:,} bytes"
    print(recording.figures())  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
