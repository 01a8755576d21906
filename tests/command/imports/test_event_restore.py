"""An export goes into an empty workspace, here or elsewhere, and comes to the same facts at every moment."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest

from domain import comment, retrospective, workspace
from domain.errors import Forbidden, Invalid, NotEmpty
from domain.ids import anonymous_id
from domain.member import MemberAdded
from domain.objective import agreement
from domain.personal import Personal
from domain.workspace import SettingsChanged, Workspace, WorkspaceOpened
from services.command.imports.event_restore import with_mapped_ids
from services.command.loop.context import Context, NewEvent
from services.eventlog.recorded_event import RecordedEvent
from services.eventlog.uuid7 import uuid7
from tests.command.imports.test_job import counts
from tests.command.loop_harness import LoopHarness, loop_harness
from tests.conftest import NewDatabase
from tests.data.case import K1, O1, O2, day, fact, goal
from tests.json_types import Json

FACTS = [
    fact("cycle", "c1", title="Spring", note="runs from 2024-03-01 to 2024-05-31"),
    goal("mission", "m"),
    O1,
    O2,
    K1,
    goal("key_result", "k2", parent_id="o9", owner="Rosa", team="Ovens", cycle="Spring", note="noted"),
    fact("edit", "k1", at=day(2), target=35, parent_id="o2", note="re-cut"),
    fact("checkin", "k1", at=day(3), current=12, confidence=7),
    fact("checkin", "k1", at=day(3), current=13, note="looked again"),
    fact("grade", "k1", at=day(5), score=0.4, note="as written: nearly"),
    fact("retire", "o1", at=day(6), note="given up"),
    fact("comment", None, at=day(6), note="on the whole"),
    goal("objective", "o9", at=day(7)),
]


async def worked_in(at: LoopHarness) -> LoopHarness:
    """A workspace with all that an export may hold: imported facts, commands, and an anonymous learning."""
    await at.send(FACTS)
    ws, owner = at.workspace_id, at.owner_id

    def change_settings(ctx: Context) -> list[NewEvent]:
        changed = workspace.change_settings(ctx.need(Workspace, ws), week_start=6)
        return [NewEvent("workspace", ws, event) for event in changed]

    await at.submit(ws, change_settings)
    goal_id, comment_id, team_id = uuid7(), uuid7(), uuid7()
    proposed = agreement.propose(by=owner, owner_id=owner, partner_id=None, title="Proposed here", parent_id=None)
    await at.submit(goal_id, lambda _: [NewEvent("objective", goal_id, event) for event in proposed])
    posted = comment.post(by=owner, about_kind="objective", about_id=goal_id, goal_id=goal_id, text="said here")
    await at.submit(comment_id, lambda _: [NewEvent("comment", comment_id, event) for event in posted])
    withdrawn = comment.CommentWithdrawn(withdraws=comment_id)
    await at.submit(comment_id, lambda _: [NewEvent("comment", comment_id, withdrawn)])
    opened = retrospective.RetrospectiveOpened(team_id=team_id, cycle_id=team_id)
    await at.submit(team_id, lambda _: [NewEvent("retrospective", team_id, opened)])
    learned = retrospective.LearningRecorded(
        learning_id=uuid7(), kind="why", text=Personal(uuid7(), "said anonymously")
    )
    await at.submit(
        team_id,
        lambda _: [NewEvent("retrospective", team_id, learned)],
        by=anonymous_id(ws),
        anonymous=True,
        prefetch=(owner,),
    )
    return at


def contents(records: list[RecordedEvent], mapped: Callable[[UUID], UUID], *, but: int) -> list[Json]:
    """What the log holds, but for its first events, with every id mapped."""
    return [
        {
            "kind": record.stream_kind,
            "stream": mapped(record.stream_id),
            "event": with_mapped_ids(record.event, mapped),
            "id": mapped(record.event_id),
            "actor": record.actor_id and mapped(record.actor_id),
            "causation": record.causation_id and mapped(record.causation_id),
            "effective": record.effective_at.date() if record.topic == "LearningRecorded" else record.effective_at,
        }
        for record in records[but:]
    ]


def ids_of_its_own(source: LoopHarness, target: LoopHarness) -> dict[UUID, UUID]:
    """The ids that every workspace has of its own, in the one and in the other."""
    ids = (source.workspace_id, target.workspace_id)
    return {ids[0]: ids[1], anonymous_id(ids[0]): anonymous_id(ids[1])}


def run(act: Coroutine[Any, Any, None]) -> None:
    asyncio.run(act)


@pytest.fixture
def another_database(new_database: NewDatabase, _template: str) -> str:
    return new_database(_template)


def test_into_another_database_ids_are_kept(database: str, another_database: str) -> None:
    async def act() -> None:
        async with loop_harness(database) as source, loop_harness(another_database) as target:
            lines = await (await worked_in(source)).export()
            report = await target.send(lines)
            assert (counts(report), report.refusals) == ((len(lines), 0, 0), [])
            assert report.by_kind["FactImported"] == len(FACTS)
            kept = ids_of_its_own(source, target)
            there, here = await source.records(), await target.records()
            assert contents(here, lambda id: id, but=3) == contents(there, lambda id: kept.get(id, id), but=1)
            assert [record.command_id for record in here[2:]] == [record.event_id for record in here[2:]]
            assert all(record.source_recorded_at for record in here[2:])
            assert counts(await target.send(lines)) == (0, len(lines), 0)

    run(act())


def test_into_the_same_database_all_ids_are_mapped_and_goals_stay_askable_by_the_old(database: str) -> None:
    async def act() -> None:
        async with loop_harness(database) as source, loop_harness(database) as target:
            lines = await (await worked_in(source)).export()
            assert counts(await target.send(lines)) == (len(lines), 0, 0)
            special = ids_of_its_own(source, target)

            def mapped(id: UUID) -> UUID:
                return special.get(id) or uuid5(target.workspace_id, str(id))

            there, here = await source.records(), await target.records()
            for was, became in zip(contents(there, mapped, but=1), contents(here, lambda id: id, but=3), strict=True):
                if getattr(was["event"], "external_id", "") is None:
                    was["event"] = replace(was["event"], external_id=became["event"].external_id)
                assert was == became
            proposed = {record.stream_id: record.event for record in there if record.topic == "ObjectiveProposed"}
            for stream_id, event in proposed.items():
                state = await target.state(mapped(stream_id))
                assert (state.title, state.external_id) == (event.title, event.external_id or str(stream_id))
            assert counts(await target.send(lines)) == (0, len(lines), 0)

    run(act())


def test_settings_are_those_of_the_file_at_every_moment_from_its_opening_on(
    database: str, another_database: str
) -> None:
    async def act() -> None:
        async with loop_harness(database) as source, loop_harness(another_database) as target:
            lines = await (await worked_in(source)).export()
            await target.send(lines)
            [opening, changed] = [
                record for record in await target.records() if isinstance(record.event, SettingsChanged)
            ]
            assert (opening.event.name, opening.event.timezone) == ("Bakery", "UTC")
            assert opening.event.imported_from == source.workspace_id
            first = next(record for record in await source.records() if isinstance(record.event, WorkspaceOpened))
            assert opening.effective_at == first.effective_at
            settings = await target.state(target.workspace_id)
            assert (settings.week_start, settings.owner_id, changed.event.week_start) == (6, target.owner_id, 6)

    run(act())


def test_a_part_goes_on_where_the_last_one_ended_without_a_header(database: str) -> None:
    async def act() -> None:
        async with loop_harness(database) as source, loop_harness(database) as target:
            lines = await (await worked_in(source)).export()
            parts = [lines[start : start + 9] for start in range(0, len(lines), 9)]
            for part in parts:
                assert counts(await target.send(part)) == (len(part), 0, 0)
            assert counts(await target.send(lines)) == (0, len(lines), 0)
            assert len(await target.records()) == len(await source.records()) + 2

    run(act())


def test_a_dry_run_of_an_export_writes_nothing(database: str) -> None:
    async def act() -> None:
        async with loop_harness(database) as source, loop_harness(database) as target:
            lines = [*await (await worked_in(source)).export(), "not JSON"]
            tried = await target.send(lines, dry_run=True)
            assert len(await target.records()) == 2
            taken = await target.send(lines)
            assert tried.answer() | {"position": 0} == taken.answer() | {"position": 0}
            assert counts(taken) == (len(lines) - 1, 0, 1)

    run(act())


def test_a_workspace_that_holds_anything_else_is_refused_whole(database: str) -> None:
    async def act() -> None:
        async with loop_harness(database) as source, loop_harness(database) as other, loop_harness(database) as target:
            lines = await (await worked_in(source)).export()
            await target.send([O1])
            others = await (await worked_in(other)).export()
            before = len(await target.records())
            with pytest.raises(NotEmpty):
                await target.send(lines)
            with pytest.raises(NotEmpty):
                await target.send(lines, dry_run=True)
            assert len(await target.records()) == before
            async with loop_harness(database) as empty:
                with pytest.raises(Invalid):
                    await empty.send(lines[5:])
                await empty.send(lines[:5])
                with pytest.raises(NotEmpty):
                    await empty.send(others)
                await empty.send([O1])
                with pytest.raises(NotEmpty):
                    await empty.send(lines)

    run(act())


def test_an_export_into_its_own_workspace_is_unchanged(database: str) -> None:
    async def act() -> None:
        async with loop_harness(database) as source:
            lines = await (await worked_in(source)).export()
            assert counts(await source.send(lines)) == (0, len(lines), 0)

    run(act())


def test_an_import_of_facts_goes_on_in_the_workspace_that_was_restored(database: str, another_database: str) -> None:
    more = [
        fact("checkin", "k1", at=day(8), current=20),
        goal("objective", "o3", owner="Rosa", team="Ovens", parent_id="m"),
    ]

    async def act() -> None:
        async with (
            loop_harness(database) as source,
            loop_harness(another_database) as moved,
            loop_harness(another_database) as copied,
        ):
            lines = await (await worked_in(source)).export()
            for target in (moved, copied):  # The first keeps the ids, the second has to map them.
                await target.send(lines)
                assert counts(await target.send(FACTS)) == (0, len(FACTS), 0)
                members = [r for r in await target.records() if isinstance(r.event, MemberAdded)]
                assert counts(await target.send(more)) == (2, 0, 0)
                assert [r for r in await target.records() if isinstance(r.event, MemberAdded)] == members
            async with loop_harness(database) as twice:
                await twice.send(await copied.export())
                assert counts(await twice.send([*FACTS, *more])) == (0, len(FACTS) + 2, 0)

    run(act())


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"type": "KRInvented"}, "unknown type"),
        ({"type": "CycleActivated"}, "unknown type: CycleActivated of a mission"),
        ({"type": ["MissionAdopted"]}, "unknown type"),
        ({"stream_kind": {"of": "mission"}}, "unknown type"),
        ({"position": "3"}, "unknown type"),
        ({"schema_version": 99}, "unreadable"),
        ({"data": []}, "unreadable"),
        ({"id": "x"}, "no readable id"),
        ({"effective_at": "soon"}, "no readable effective_at"),
        ({"effective_at": "2999-01-01T00:00:00Z"}, "2999"),
    ],
)
def test_an_event_line_that_cannot_be_taken_says_why(database: str, change: Json, reason: str) -> None:
    async def act() -> None:
        async with loop_harness(database) as source, loop_harness(database) as target:
            await source.send([goal("mission", "m")])
            lines = await source.export()
            broken = next(number for number, line in enumerate(lines) if "MissionAdopted" in line)
            lines[broken] = json.dumps(json.loads(lines[broken]) | change)
            report = await target.send(lines)
            [remark] = report.refusals
            assert (remark.line, report.taken) == (broken + 1, len(lines) - 1)
            assert remark.reason.startswith(reason)

    run(act())


def test_only_an_administrator_restores(database: str) -> None:
    async def act() -> None:
        async with loop_harness(database) as source, loop_harness(database) as target:
            lines = await (await worked_in(source)).export()
            coach = uuid7()
            added = MemberAdded(name=Personal(coach, "Cleo"), role="coach")
            await target.submit(coach, lambda _: [NewEvent("member", coach, added)])
            with pytest.raises(Forbidden):
                await target.send(lines, by=coach)

    run(act())


def test_an_anonymous_learning_stays_anonymous_and_is_not_lost_to_its_day(database: str) -> None:
    async def act() -> None:
        async with loop_harness(database) as source, loop_harness(database) as target:
            lines = await (await worked_in(source)).export()
            [line] = [json.loads(line) for line in lines if "LearningRecorded" in line]
            assert (line["command_id"], line["correlation_id"], line["causation_id"]) == (None, None, None)
            assert len(line["effective_at"]) == len(line["recorded_at"]) == len("2026-07-01")
            await target.send(lines)
            [learned] = [r for r in await target.records() if r.topic == "LearningRecorded"]
            assert (learned.actor_id, learned.correlation_id) == (anonymous_id(target.workspace_id), None)
            assert len((await target.state(learned.stream_id)).learnings) == 1

    run(act())


def test_what_was_imported_is_true_at_its_own_time_and_known_from_now_on(database: str) -> None:
    async def act() -> None:
        async with loop_harness(database) as source, loop_harness(database) as target:
            await source.send([goal("objective", "o1", owner="Rosa")])
            await target.send(await source.export())
            proposed = next(r for r in await target.records() if r.topic == "ObjectiveProposed")
            assert proposed.effective_at == datetime(2024, 3, 1, tzinfo=UTC)
            assert proposed.recorded_at > datetime.now(UTC) - timedelta(minutes=5)

    run(act())
