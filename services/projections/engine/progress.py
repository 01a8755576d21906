"""How far the read models of a program are, as the read database and the feed say: for readiness and the doctor."""

from contextlib import closing
from typing import Any, NamedTuple

from psycopg import Connection, sql

from services.projections.engine.feed import Feed, FeedLag
from services.projections.engine.generations import Generation

LIVE = "SELECT generation FROM northing.generations WHERE state = 'live' AND code_hash = %s"


class ReadModelProgress(NamedTuple):
    """The live generation of one program. A stream is parked where a read model could not apply an event of it."""

    generation: int
    lag: FeedLag
    parked_streams: int


def read_progress(connection: Connection[tuple[Any, ...]], feed: Feed, code_hash: str) -> ReadModelProgress | None:
    """The progress of the generation that queries of this code read; None where it is not live."""
    found = connection.execute(LIVE, [code_hash]).fetchone()
    if found is None:
        return None
    generation = Generation(found[0], live=True)
    with closing(connection.execute(_in(generation, "SELECT count(*) FROM {}.parked"))) as counted:
        [parked] = counted.fetchone() or (0,)
    return ReadModelProgress(generation.number, read_lag(connection, feed, generation), parked)


def read_lag(connection: Connection[tuple[Any, ...]], feed: Feed, generation: Generation) -> FeedLag:
    """How far the rows of a generation are behind the feed."""
    found = connection.execute(_in(generation, "SELECT log_position FROM {}.checkpoint WHERE partition = 0")).fetchone()
    return feed.lag(found[0] if found else 0)


def _in(generation: Generation, statement: str) -> sql.Composed:
    return sql.SQL(statement).format(sql.Identifier(generation.schema))
