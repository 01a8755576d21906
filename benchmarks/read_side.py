"""The read side: building all read models, and the tree of a quarter, each beside the least that could do it.

python -m benchmarks.read_side [goals] [rounds]

Rounds are in turn, so that what slows the machine slows both sides alike. Processor time is of this process alone.
"""

import asyncio
import gc
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple
from uuid import UUID, uuid4

import msgspec
import psycopg
from psycopg import Connection, sql
from psycopg.rows import TupleRow

from benchmarks import lag, quarter
from infra.postgres.embedded import server as embedded
from infra.postgres.migrate import migrate
from infra.postgres.person_keys import ThreadPersonKeys
from services.eventlog.codec import from_json
from services.projections.engine.applied_positions import AppliedPositions
from services.projections.engine.feed import LogFeed
from services.projections.engine.generations import Generation, connect, create, set_live
from services.projections.engine.runner import Runner
from services.projections.queries import alignment_tree
from services.projections.queries.goal_node import shown_nodes
from services.projections.queries.log_reader import LogReader, log_pool
from services.projections.queries.moment import RequestedMoment
from services.projections.queries.read_session import ReadSessions, pool_of
from services.projections.read_models.catalog import READ_MODELS

GOALS = 10_000
MIDDLE = "2026-02-20T12:00:00Z"
COPIED = (
    "workspace_id uuid, stream_id uuid, event_id uuid, position bigint, topic text, schema_version smallint,"
    " state bytea, actor_id uuid, effective_at timestamptz, recorded_at timestamptz"
)
NUMBERS = ("baseline", "target", "score", "value", "claimed", "progress", "confidence")


class Row(NamedTuple):
    """One figure: the ratio that is to be reached where there is one, and the figures that it is made of."""

    what: str
    figure: str
    goal: str
    made_of: str


class Spent(NamedTuple):
    wall_ms: float
    cpu_ms: float


@contextmanager
def spent(into: list[Spent]) -> Iterator[None]:
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    into.append(Spent((time.perf_counter() - wall) * 1e3, (time.process_time() - cpu) * 1e3))


def rows(goals: int = GOALS, rounds: int = 5, seconds: float = 4.0) -> list[Row]:
    """All figures of the read side."""
    with tempfile.TemporaryDirectory(prefix="northing-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        with embedded.serving(folder / "data") as url:
            migrate(url)
            with psycopg.connect(url, autocommit=True) as connection:
                synthetic = quarter.Quarter(goals)
                events = quarter.record(connection, synthetic)
            gc.collect()
            gc.freeze()
            gc.set_threshold(20_000, 50, 100)  # As in a process that serves.
            built, generation = _builds(url, rounds, events)
            trees = _trees(url, generation, synthetic.workspace_id, goals, rounds)
            return [*built, *trees, Row(*lag.row(url, folder, seconds))]


def _builds(url: str, rounds: int, events: int) -> tuple[list[Row], Generation]:
    bare: list[Spent] = []
    ours: list[Spent] = []
    with closing(connect(url)) as connection:
        for _ in range(rounds):
            with spent(bare):
                _copy_decode_copy(url)
            generation = create(connection, READ_MODELS, str(uuid4()))
            with closing(ThreadPersonKeys(url)) as keys, closing(LogFeed(url)) as feed:
                runner = Runner(connection, feed, keys.find, generation, READ_MODELS, AppliedPositions())
                with spent(ours):
                    while runner.run_batch():
                        pass
        generation = set_live(connection, generation)
    ratios = [b.wall_ms / o.wall_ms for b, o in zip(bare, ours, strict=True)]
    per_second, least = (events / statistics.median(s.wall_ms for s in each) * 1e3 for each in (ours, bare))
    cpu, least_cpu = (statistics.median(s.cpu_ms for s in each) / events * 1e3 for each in (ours, bare))
    made_of = (
        f"{per_second:,.0f}/s ({cpu:.0f} us of processor) to {least:,.0f}/s ({least_cpu:.0f} us), {events:,} events"
    )
    what = "events/s of a build of all read models, indexes included, to a bare COPY, decode, COPY"
    return [Row(what, _spread(ratios), ">= 0.40 and >= 50,000/s", made_of)], generation


def _copy_decode_copy(url: str) -> None:
    """The least that reads a log and writes rows: typed columns out, the event decoded, a row an event in."""
    names = [column.split()[0] for column in COPIED.split(", ")]
    types = [column.split()[1] for column in COPIED.split(", ")]
    with psycopg.connect(url) as source, psycopg.connect(url) as target:
        target.execute(f"CREATE TEMPORARY TABLE copied ({COPIED})")
        read = f"COPY (SELECT {', '.join(names)} FROM northing.events ORDER BY log_position) TO STDOUT (FORMAT BINARY)"
        with (
            source.cursor().copy(read) as out,
            target.cursor().copy("COPY copied FROM STDIN (FORMAT BINARY)") as into,
        ):
            out.set_types(types)
            into.set_types(types)
            for row in out.rows():
                from_json(row[4], row[5], row[6])
                into.write_row(row)


def _trees(url: str, generation: Generation, workspace_id: UUID, goals: int, rounds: int) -> list[Row]:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("SET search_path TO {}").format(sql.Identifier(generation.schema)))
        connection.execute("VACUUM ANALYZE")
        found = connection.execute(
            "SELECT code_hash FROM northing.generations WHERE generation = %s", [generation.number]
        ).fetchone()
        assert found
        _make_bare(connection)
    measured = asyncio.run(_ask(url, found[0], workspace_id, max(rounds, 5)))
    middle = {name: Spent(*map(statistics.median, zip(*each, strict=True))) for name, each in measured.items()}
    made_of = {name: f"{wall:.0f} ms ({cpu:.0f} of processor)" for name, (wall, cpu) in middle.items()}

    def row(what: str, name: str, to: str, goal: str) -> Row:
        ratios = [a.wall_ms / b.wall_ms for a, b in zip(measured[name], measured[to], strict=True)]
        return Row(f"tree of {goals:,} goals, {what}", _spread(ratios), goal, f"{made_of[name]} to {made_of[to]}")

    return [
        row("now, to the numeric select of its rows and msgspec", "now", "bare", "<= 2"),
        row("as of the middle of the quarter, to now", "as_of", "now", "<= 1.3"),
        row("as known then, to now", "known_at", "now", "<= 1.5"),
    ]


def _make_bare(connection: Connection[TupleRow]) -> None:
    """The rows of the whole tree now, in one table, numbers as numbers: what a plain program would have stored."""
    read_of_goals = alignment_tree.STATEMENT_COLUMNS.removeprefix("id::text, ")
    columns = f"{alignment_tree.GOAL_COLUMNS}, {read_of_goals}".replace("::text", "")
    for name in NUMBERS:
        columns = columns.replace(f" {name},", f" {name}::numeric,")
    time_filter = "valid_to > now() AND known_to > 1e15"
    select = f"""
        SELECT {columns} FROM (SELECT * FROM goals WHERE {time_filter}) AS goals
          LEFT JOIN (SELECT * FROM statements WHERE {time_filter}) AS stated USING (id) ORDER BY began
    """
    connection.execute(f"CREATE TABLE public.bare AS {select}")
    connection.execute("GRANT SELECT ON public.bare TO northing_reader")
    connection.execute("VACUUM ANALYZE public.bare")


async def _ask(url: str, code_hash: str, workspace_id: UUID, rounds: int) -> dict[str, list[Spent]]:
    """From the question in the query process to the encoded body."""
    asked = {
        "now": RequestedMoment(),
        "as_of": RequestedMoment(as_of=MIDDLE),
        "known_at": RequestedMoment(known_at=MIDDLE),
    }
    measured: dict[str, list[Spent]] = {"bare": [], **{name: [] for name in asked}}
    async with pool_of(url, 2) as pool, log_pool(url) as log_connections:
        reading = ReadSessions(pool, LogReader(log_connections), AppliedPositions(), code_hash)
        for round_ in range(-2, rounds):  # The first two warm up.
            for name in measured:
                into: list[Spent] = measured[name] if round_ >= 0 else []
                with spent(into):
                    if name == "bare":
                        async with pool.connection() as connection:
                            cursor = await connection.execute("SELECT * FROM public.bare")
                            msgspec.json.encode(await cursor.fetchall())
                    else:
                        async with reading.at(workspace_id, asked[name]) as session:
                            nodes = await alignment_tree.tree(session, alignment_tree.TreeFilter())
                            session.answer(nodes=shown_nodes(nodes))
    return measured


def _spread(values: list[float]) -> str:
    """Median, and the smallest and greatest of the rounds."""
    ordered = sorted(values)
    return f"{ordered[len(ordered) // 2]:.2f} ({ordered[0]:.2f} to {ordered[-1]:.2f})"


if __name__ == "__main__":
    for figure in rows(*map(int, sys.argv[1:3])):
        print(*figure, sep="\n    ")
