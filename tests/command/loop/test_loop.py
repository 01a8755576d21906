"""The command loop on a real PostgreSQL: batches, chains, lost races and the same command again."""

import asyncio
import contextlib
from typing import Any

import pytest

from contracts.problems import Busy, KeyReused, PreconditionFailed
from domain.errors import DissolvedTeam, NotFound
from domain.team import TeamRenamed
from services.command.loop import command_loop
from services.command.loop.append import AppendBatch, AppendResult
from services.command.loop.batch import CommandResult
from services.eventlog.uuid7 import uuid7
from tests.command.loop_commands import dissolve, form, rename, together, topics, with_one_loop, with_two_loops
from tests.command.loop_harness import LoopHarness, loop_harness

# --- in one batch -------------------------------------------------------------------------------------------------


def test_a_refusal_answers_its_own_command_and_no_other(log_database: str) -> None:
    async def scenario(harness: LoopHarness) -> None:
        first, unknown, second = uuid7(), uuid7(), uuid7()
        answers = await together(form(harness, first), rename(harness, unknown, "Mill"), form(harness, second))
        assert [type(answer) for answer in answers] == [CommandResult, NotFound, CommandResult]
        assert await topics(harness, first) == await topics(harness, second) == ["TeamFormed"]

    with_one_loop(log_database, scenario)


def test_a_chain_sees_what_it_decided_itself_and_is_stored_in_order(log_database: str) -> None:
    async def scenario(harness: LoopHarness) -> None:
        id = uuid7()
        answers = await together(
            form(harness, id), rename(harness, id, "Mill"), dissolve(harness, id), rename(harness, id, "Late")
        )
        assert [answer.version for answer in answers[:3]] == [1, 2, 3]
        assert [answer.position for answer in answers[:3]] == [3, 4, 5]
        assert isinstance(answers[3], DissolvedTeam)
        assert "position 5" in str(answers[3]), "a refusal never quotes a position that was not given yet"
        assert await topics(harness, id) == ["TeamFormed", "TeamRenamed", "TeamDissolved"]

    with_one_loop(log_database, scenario)


def test_no_event_is_answered_with_the_last_position_of_the_stream(log_database: str) -> None:
    async def scenario(harness: LoopHarness) -> None:
        first, second = uuid7(), uuid7()
        await together(form(harness, first), form(harness, second))
        answer = await rename(harness, first, "Oven")
        assert (answer.version, answer.position) == (1, 3)

    with_one_loop(log_database, scenario)


def test_positions_are_contiguous_whatever_was_refused_between(log_database: str) -> None:
    async def scenario(harness: LoopHarness) -> None:
        known = uuid7()
        await form(harness, known)
        await together(*(form(harness, uuid7()) if n % 3 else rename(harness, uuid7(), "x") for n in range(200)))
        positions = [record.position for record in await harness.records()]
        assert positions == [*range(1, len(positions) + 1)]

    with_one_loop(log_database, scenario)


# --- versions -----------------------------------------------------------------------------------------------------


def test_if_match_of_another_version_is_refused_with_the_version_that_is(log_database: str) -> None:
    async def scenario(harness: LoopHarness) -> None:
        id = uuid7()
        await form(harness, id)
        right, wrong = await together(rename(harness, id, "Mill", if_match=1), rename(harness, id, "Oven", if_match=1))
        assert right.version == 2
        assert isinstance(wrong, PreconditionFailed)
        assert wrong.version == 2

    with_one_loop(log_database, scenario)


def test_if_match_that_another_process_outran_is_told_so_at_once(log_database: str) -> None:
    async def scenario(one: LoopHarness, other: LoopHarness) -> None:
        id = uuid7()
        await form(one, id)
        await rename(other, id, "Mill")
        [answer] = await together(rename(one, id, "Oven", if_match=1))
        assert isinstance(answer, PreconditionFailed)
        assert answer.version == 2

    with_two_loops(log_database, scenario)


def test_a_stale_cache_never_refuses(log_database: str) -> None:
    """What one loop has in its cache as dissolved, absent or named so is compared before it refuses."""

    async def scenario(one: LoopHarness, other: LoopHarness) -> None:
        id = uuid7()
        assert isinstance((await together(rename(one, id, "Early")))[0], NotFound)
        await form(other, id)
        assert (await rename(one, id, "Mill")).version == 2
        await rename(other, id, "Oven")
        assert (await rename(one, id, "Oven")).version == 3, "nothing new is said of the newest version"

    with_two_loops(log_database, scenario)


def test_a_lost_race_is_decided_again_and_both_are_stored(log_database: str) -> None:
    async def scenario(one: LoopHarness, other: LoopHarness) -> None:
        id = uuid7()
        await form(one, id)
        await together(rename(one, id, "A"), rename(other, id, "B"))
        for n in range(20):
            answers = await together(rename(one, id, f"A{n}"), rename(other, id, f"B{n}"))
            assert all(isinstance(answer, CommandResult) for answer in answers)
        renamed = [record for record in await one.records() if record.topic == "TeamRenamed"]
        assert len(renamed) == 42
        assert [record.stream_version for record in renamed] == [*range(2, 44)]

    with_two_loops(log_database, scenario)


def test_a_chain_that_loses_is_decided_again_as_a_whole(log_database: str) -> None:
    async def scenario(one: LoopHarness, other: LoopHarness) -> None:
        id = uuid7()
        await form(one, id)
        await rename(other, id, "Elsewhere")
        answers = await together(rename(one, id, "Mill"), rename(one, id, "Oven"), form(one, uuid7()))
        assert [answer.version for answer in answers] == [3, 4, 1]

    with_two_loops(log_database, scenario)


def test_a_command_that_loses_every_race_is_busy(log_database: str) -> None:
    async def scenario(one: LoopHarness, other: LoopHarness) -> None:
        id = uuid7()
        await form(one, id)

        class Outrun:
            """The log, but the other process is always a little faster."""

            def __getattr__(self, name: str) -> Any:
                return getattr(one.log, name)

            async def append(self, batch: AppendBatch) -> AppendResult:
                await rename(other, id, str(uuid7()))
                return await one.log.append(batch)

        one.loop.log = Outrun()
        [answer] = await together(rename(one, id, "Mill"))
        assert isinstance(answer, Busy)
        assert len(await topics(one, id)) == 1 + command_loop.ATTEMPTS

    with_two_loops(log_database, scenario)


# --- the same command again ---------------------------------------------------------------------------------------


def test_the_same_command_id_is_answered_the_first_answer_once_for_all(log_database: str) -> None:
    async def scenario(one: LoopHarness, other: LoopHarness) -> None:
        id, command_id = uuid7(), uuid7()
        answers = await together(
            *(form(each, id, command_id=command_id, fingerprint=b"same") for each in (one, one, other, other) * 5)
        )
        assert {answer[:4] for answer in answers} == {answers[0][:4]}
        assert sum(not answer.replayed for answer in answers) == 1
        assert await topics(one, id) == ["TeamFormed"]
        [reused] = await together(form(one, id, command_id=command_id, fingerprint=b"other"))
        assert isinstance(reused, KeyReused)

    with_two_loops(log_database, scenario)


def test_a_refusal_is_not_remembered(log_database: str) -> None:
    async def scenario(harness: LoopHarness) -> None:
        id, command_id = uuid7(), uuid7()
        [refused] = await together(rename(harness, id, "Mill", command_id=command_id, fingerprint=b"same"))
        await form(harness, id)
        [taken] = await together(rename(harness, id, "Mill", command_id=command_id, fingerprint=b"same"))
        assert isinstance(refused, NotFound)
        assert taken.version == 2

    with_one_loop(log_database, scenario)


# --- around it -----------------------------------------------------------------------------------------------------


def test_a_caller_who_has_gone_is_not_waited_for(log_database: str) -> None:
    async def scenario(harness: LoopHarness) -> None:
        gone, id = uuid7(), uuid7()
        submitted = asyncio.ensure_future(form(harness, gone))
        await asyncio.sleep(0)
        submitted.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await submitted
        await form(harness, id)
        assert await topics(harness, id) == ["TeamFormed"]

    with_one_loop(log_database, scenario)


def test_a_command_reads_its_workspace_only(log_database: str) -> None:
    async def scenario(own: LoopHarness) -> None:
        async with loop_harness(log_database) as foreign:
            id = uuid7()
            await form(foreign, id)
            [answer] = await together(rename(own, id, "Mine"))
            assert isinstance(answer, NotFound)
            assert await topics(own, id) == []

    with_one_loop(log_database, scenario)


def test_an_event_keeps_its_actor_and_its_command(log_database: str) -> None:
    async def scenario(harness: LoopHarness) -> None:
        id, command_id, correlation_id = uuid7(), uuid7(), uuid7()
        await form(harness, id, command_id=command_id, correlation_id=correlation_id)
        await rename(harness, id, "Mill")
        formed, renamed = [record for record in await harness.records() if record.stream_id == id]
        assert (formed.actor_id, formed.command_id, formed.correlation_id) == (
            harness.owner_id,
            command_id,
            correlation_id,
        )
        assert renamed.correlation_id == renamed.command_id, "without one of its sender the command begins it"
        assert formed.effective_at == formed.recorded_at
        assert isinstance(renamed.event, TeamRenamed)

    with_one_loop(log_database, scenario)


@pytest.mark.parametrize("batch_commands", [1, 2, 500])
def test_the_size_of_a_batch_changes_nothing_that_is_stored(log_database: str, batch_commands: int) -> None:
    async def scenario(harness: LoopHarness) -> None:
        harness.loop.batch_commands = batch_commands
        ids = [uuid7() for _ in range(10)]
        submitted = [
            step for id in ids for step in (form(harness, id), rename(harness, id, "Mill"), dissolve(harness, id))
        ]
        answers = await together(*submitted)
        assert [answer.version for answer in answers] == [1, 2, 3] * 10

    with_one_loop(log_database, scenario)
