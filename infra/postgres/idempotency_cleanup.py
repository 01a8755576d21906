"""The first results of commands are kept for 30 days: long enough for every retry, and not for ever."""

import asyncio

import psycopg
import structlog

log = structlog.get_logger()

EVERY_SECONDS = 3600.0

# In portions, so that no command waits for a long delete.
DELETE_OLD = """
DELETE FROM northing.commands WHERE command_id IN (
    SELECT command_id FROM northing.commands WHERE recorded_at < now() - interval '30 days' LIMIT 5000)
"""


async def run_cleanup(database_url: str) -> None:
    """Delete old results every hour, for ever. Where the database is away, the next hour does it."""
    while True:
        try:
            await clean_up_once(database_url)
        except psycopg.Error as error:
            log.warning("idempotency_cleanup.failed", error=str(error))
        await asyncio.sleep(EVERY_SECONDS)


async def clean_up_once(database_url: str) -> int:
    """Delete what is old enough; how many results that were."""
    connection = await psycopg.AsyncConnection.connect(database_url, autocommit=True)
    async with connection:
        await connection.execute("SET ROLE northing_writer")
        deleted = 0
        while count := (await connection.execute(DELETE_OLD)).rowcount:
            deleted += count
        return deleted
