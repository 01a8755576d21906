"""The command loop when something breaks: a command, its connection, the database, or too many at once."""

import asyncio
from typing import Any

import psycopg
import pytest
from structlog.testing import capture_logs

from contracts.problems import Overloaded, Unavailable
from domain.team import TeamFormed
from infra.postgres.event_log import EventLog
from services.command.loop import command_loop
from services.command.loop.append import AppendBatch, AppendResult
from services.command.loop.batch import CommandResult
from services.command.loop.context import Context, NewEvent
from services.eventlog.uuid7 import uuid7
from tests.command.loop_commands import form, rename, together, topics, with_one_loop
from tests.command.loop_harness import LoopHarness


def test_a_broken_command_is_answered_alone_and_its_neighbours_are_stored(log_database: str) -> None:
    """One breaks in its decision; another decides what the database cannot hold, and breaks the whole statement."""

    async def scenario(harness: LoopHarness) -> None:
        good, bad = [uuid7() for _ in range(9)], uuid7()
        taken = (await harness.records())[0].event_id

        def breaks(ctx: Context) -> list[NewEvent]:
            raise ZeroDivisionError

        submitted = [form(harness, id) for id in good]
        submitted.insert(3, harness.submit(bad, breaks))
        submitted.insert(
            7, harness.submit(bad, lambda ctx: [NewEvent("team", bad, TeamFormed(name="Oven"), event_id=taken)])
        )
        with capture_logs() as logged:
            answers = await together(*submitted)
        assert [entry["event"] for entry in logged] == ["command_loop.command_broke"]
        assert isinstance(answers.pop(7), psycopg.errors.UniqueViolation)
        assert isinstance(answers.pop(3), ZeroDivisionError)
        assert all(isinstance(answer, CommandResult) for answer in answers)
        assert [await topics(harness, id) for id in good] == [["TeamFormed"]] * 9
        assert await topics(harness, bad) == []
        assert (await form(harness, uuid7())).version == 1, "the loop goes on"

    with_one_loop(log_database, scenario)


def kill_connections(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'northing-commands'"
            " AND datname = current_database()"
        )


def test_the_loop_survives_a_killed_connection_and_answers_what_was_submitted(database: str) -> None:
    async def scenario(harness: LoopHarness) -> None:
        id = uuid7()
        await form(harness, id)
        for n in range(5):
            await asyncio.to_thread(kill_connections, database)
            answers = await together(rename(harness, id, f"Mill {n}"), form(harness, uuid7()))
            assert [answer.version for answer in answers] == [n + 2, 1]

    with_one_loop(database, scenario)


def test_what_was_stored_before_the_answer_was_lost_is_answered_and_not_stored_twice(log_database: str) -> None:
    async def scenario(harness: LoopHarness) -> None:
        id = uuid7()
        await form(harness, id)
        answers = []
        for name in ("Mill", "Mill"):
            harness.loop.log = Swallowed(harness.log)
            answers.append(await rename(harness, id, name))
        assert [answer.version for answer in answers] == [2, 2]
        assert await topics(harness, id) == ["TeamFormed", "TeamRenamed"]

    with_one_loop(log_database, scenario)


class Swallowed:
    """The log, but the first append is stored and its answer lost."""

    def __init__(self, log: EventLog) -> None:
        self.log = log
        self.swallowed = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.log, name)

    async def append(self, batch: AppendBatch) -> AppendResult:
        appended = await self.log.append(batch)
        if not self.swallowed:
            self.swallowed = True
            raise psycopg.OperationalError("the connection is lost")
        return appended


def test_without_a_database_a_command_is_told_so(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.postgres.event_log.RECONNECT_SECONDS", 0.1)

    async def scenario(harness: LoopHarness) -> None:
        there, harness.log.database_url = harness.log.database_url, "postgresql://127.0.0.1:1/nowhere"
        await asyncio.to_thread(kill_connections, database)
        [answer] = await together(form(harness, uuid7()))
        assert isinstance(answer, Unavailable)
        harness.log.database_url = there
        assert (await form(harness, uuid7())).version == 1

    with_one_loop(database, scenario)


def test_when_too_many_wait_the_next_is_told_so(log_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command_loop, "WAITING_COMMANDS", 3)

    async def scenario(harness: LoopHarness) -> None:
        answers = await together(*(form(harness, uuid7()) for _ in range(5)))
        assert [type(answer) for answer in answers] == [CommandResult] * 3 + [Overloaded] * 2

    with_one_loop(log_database, scenario)
