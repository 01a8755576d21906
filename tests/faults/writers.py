"""Writers in a process of their own: tasks that keep the product's command loop busy until enough is recorded.

    python -m tests.faults.writers DATABASE_URL TASKS EVENTS SEED

says that it is ready, waits for a line, and then prints how many events were acknowledged. Most commands begin a
stream; some go on with a stream that every writer writes, some write several streams, and a few break their batch,
which is rolled back and recorded without them.
"""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import psycopg

from contracts.problems import Busy
from domain.purpose.mission import MissionDrafted, MissionRevised
from infra import logging
from infra.postgres.event_log import EventLog
from infra.postgres.person_keys import PersonKeys
from services.command.loop.batch import PendingCommand
from services.command.loop.command_loop import CommandLoop
from services.command.loop.context import Context, NewEvent
from services.eventlog.uuid7 import uuid7

WORKSPACES = [UUID(int=number) for number in (1, 2, 3)]
SHARED = UUID(int=100)  # Of each workspace one, plus its id: a stream lives in one workspace only.
TAKEN = UUID(int=200)  # An event's id that the workspace has, once it has it.


def drafting(*ids: UUID) -> Callable[[Context], list[NewEvent]]:
    return lambda _: [NewEvent("mission", id, MissionDrafted(title="Fresh bread for all")) for id in ids]


def revising(id: UUID) -> Callable[[Context], list[NewEvent]]:
    def decide(ctx: Context) -> list[NewEvent]:
        begun = ctx.stream(id).kind is not None
        event = MissionRevised(title="Fresher bread") if begun else MissionDrafted(title="Fresh bread")
        return [NewEvent("mission", id, event)]

    return decide


def breaking(id: UUID) -> Callable[[Context], list[NewEvent]]:
    """An event whose id is taken: the whole statement fails for it."""
    return lambda _: [NewEvent("mission", id, MissionDrafted(title="Never"), event_id=TAKEN)]


async def write(loop: CommandLoop, events: int, choose: random.Random) -> int:
    recorded = 0
    while recorded < events:
        workspace_id, id = choose.choice(WORKSPACES), uuid7()
        shared = UUID(int=SHARED.int + workspace_id.int)
        several = [uuid7() for _ in range(choose.randint(2, 6))]
        decide, expected = choose.choices(
            [(drafting(id), 1), (revising(shared), 1), (drafting(*several), len(several)), (breaking(id), 1)],
            [60, 10, 29, 1],
        )[0]
        future = asyncio.get_running_loop().create_future()
        pending = PendingCommand(workspace_id, id, decide, future, workspace_id, uuid7(), datetime.now(UTC))
        try:
            await loop.submit(pending)
        except (Busy, psycopg.errors.IntegrityError):
            continue
        recorded += expected
    return recorded


async def main(database_url: str, tasks: int, events: int, seed: int) -> int:
    """How many events were acknowledged."""
    keys = PersonKeys(database_url)
    log = await EventLog(database_url, keys).open()
    loop = CommandLoop(log)
    running = asyncio.create_task(loop.run())
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    shares = [write(loop, events // tasks, random.Random(seed + task)) for task in range(tasks)]
    recorded = await asyncio.gather(*shares)
    running.cancel()
    await log.close()
    await keys.close()
    return sum(recorded)


if __name__ == "__main__":
    logging.configure("critical")  # The commands that break are meant to.
    sys.stdout.write(f"{asyncio.run(main(sys.argv[1], *map(int, sys.argv[2:])))}\n")
