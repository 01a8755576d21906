"""First answers are kept for 30 days."""

import asyncio

import psycopg

from infra.postgres.idempotency_cleanup import clean_up_once

STORE = """
INSERT INTO northing.commands
SELECT gen_random_uuid(), gen_random_uuid(), '', gen_random_uuid(), gen_random_uuid(), 1, 1, now() - age
  FROM unnest(%s::interval[]) AS age
"""


def test_an_answer_is_forgotten_after_30_days_and_not_before(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(STORE, [["0 days", "29 days 23 hours", "30 days 1 hour", "400 days"]])
        assert asyncio.run(clean_up_once(database)) == 2
        assert connection.execute("SELECT count(*) FROM northing.commands").fetchone() == (2,)
        assert asyncio.run(clean_up_once(database)) == 0
