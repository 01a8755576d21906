"""The command loop when something breaks: a command, its connection, the database, or too many at once."""

import asyncio
from typing import Any

import psycopg
from structlog.testing import capture_logs

from contracts.problems import Overloaded, Unavailable
from domain.team import TeamFormed
from infra.postgres.event_log import EventLog
from services.command.loop import command_loop
from services.command.loop.batch import CommandResult
from services.command.loop.context import Context, NewEvent
from services.eventlog.uuid7 import uuid7
from tests.command.loop_commands import form, rename, together, topics, with_one_loop
from tests.command.loop_harness import LoopHarness


def test_a_broken_command_is_answered_alone_and_its_neighbours_are_stored(log_database) -> None:
    """One breaks in its decision; another decides what the log_database cannot hold, and breaks the whole statement."""

    async def told(desk: LoopHarness) -> None:
        good, bad = [uuid7() for _ in range(9)], uuid7()
        taken = (await desk.records())[0].event_id

        def breaks(ctx: Context) -> list[NewEvent]:
            raise ZeroDivisionError

        asked = [form(desk, id) for id in good]
        asked.insert(3, desk.ask(bad, breaks))
        asked.insert(7, desk.ask(bad, lambda ctx: [NewEvent("team", bad, TeamFormed(name="Oven"), event_id=taken)]))
        with capture_logs() as said:
            answers = await together(*asked)
        assert [entry["event"] for entry in said] == ["command_loop.command_broke"]
        assert isinstance(answers.pop(7), psycopg.errors.UniqueViolation)
        assert isinstance(answers.pop(3), ZeroDivisionError)
        assert all(isinstance(answer, CommandResult) for answer in answers)
        assert [await topics(desk, id) for id in good] == [["TeamFormed"]] * 9
        assert await topics(desk, bad) == []
        assert (await form(desk, uuid7())).version == 1, "the loop goes on"

    with_one_loop(log_database, told)


def kill_connections(log_database: str) -> None:
    with psycopg.connect(log_database, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'northing-commands'"
            " AND datname = current_database()"
        )


def test_the_loop_survives_a_killed_connection_and_answers_what_it_was_asked(database) -> None:
    async def told(desk: LoopHarness) -> None:
        id = uuid7()
        await form(desk, id)
        for n in range(5):
            await asyncio.to_thread(kill_connections, database)
            answers = await together(rename(desk, id, f"Mill {n}"), form(desk, uuid7()))
            assert [answer.version for answer in answers] == [n + 2, 1]

    with_one_loop(database, told)


def test_what_was_stored_before_the_answer_was_lost_is_answered_and_not_stored_twice(log_database) -> None:
    async def told(desk: LoopHarness) -> None:
        id = uuid7()
        await form(desk, id)
        answers = []
        for name in ("Mill", "Mill"):
            desk.loop.log = Swallowed(desk.log)  # type: ignore[assignment]
            answers.append(await rename(desk, id, name))
        assert [answer.version for answer in answers] == [2, 2]
        assert await topics(desk, id) == ["TeamFormed", "TeamRenamed"]

    with_one_loop(log_database, told)


class Swallowed:
    """The log, but the first append is stored and its answer lost."""

    def __init__(self, log: EventLog) -> None:
        self.log = log
        self.swallowed = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.log, name)

    async def append(self, arrays: Any) -> Any:
        appended = await self.log.append(arrays)
        if not self.swallowed:
            self.swallowed = True
            raise psycopg.OperationalError("the connection is lost")
        return appended


def test_without_a_database_a_command_is_told_so(database, monkeypatch) -> None:
    monkeypatch.setattr("infra.postgres.event_log.RECONNECT_SECONDS", 0.1)

    async def told(desk: LoopHarness) -> None:
        there, desk.log.database_url = desk.log.database_url, "postgresql://127.0.0.1:1/nowhere"
        await asyncio.to_thread(kill_connections, database)
        [answer] = await together(form(desk, uuid7()))
        assert isinstance(answer, Unavailable)
        desk.log.database_url = there
        assert (await form(desk, uuid7())).version == 1

    with_one_loop(database, told)


def test_when_too_many_wait_the_next_is_told_so(log_database, monkeypatch) -> None:
    monkeypatch.setattr(command_loop, "WAITING_COMMANDS", 3)

    async def told(desk: LoopHarness) -> None:
        answers = await together(*(form(desk, uuid7()) for _ in range(5)))
        assert [type(answer) for answer in answers] == [CommandResult] * 3 + [Overloaded] * 2

    with_one_loop(log_database, told)
