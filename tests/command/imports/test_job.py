"""Facts go in by the command loop on PostgreSQL: once for ever, though others send them too or an import was cut."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from domain import member
from domain.errors import Forbidden, NotFound
from domain.imported_fact import FactImported
from domain.personal import Personal
from services.command.imports.fact_line import LINE_BYTES
from services.command.imports.job import PART_LINES
from services.command.imports.report import ImportReport
from services.command.loop.context import NewEvent
from services.eventlog.uuid7 import uuid7
from tests.command.loop_harness import LoopHarness, loop_harness
from tests.data.case import K1, O1, day, fact, goal
from tests.sizes import by_size

DATA = Path(__file__).parents[4] / "shared" / "okr-data"
FILES = sorted(DATA.glob("*.jsonl"), key=lambda file: file.stat().st_size)
A_FILE = [O1, K1, fact("edit", "k1", at=day(2), title="Other"), fact("checkin", "k1", at=day(3), score=0.2, note="n")]
MANY = [
    goal("objective", "o0", team="Ovens"),
    *(goal("key_result", f"k{number}", parent_id="o0", owner=f"person-{number % 7}") for number in range(PART_LINES)),
    *(fact("checkin", f"k{number}", at=day(2), score=0.5, note="half") for number in range(PART_LINES)),
]


def counts(report: ImportReport) -> tuple[int, int, int]:
    return report.taken, report.unchanged, report.refused


def in_workspace(url: str, act: Callable[[LoopHarness], Coroutine[Any, Any, None]]) -> None:
    async def run() -> None:
        async with loop_harness(url) as at:
            await act(at)

    asyncio.run(run())


def test_a_file_is_taken_once_for_ever(database: str) -> None:
    async def act(at: LoopHarness) -> None:
        first, again = await at.send(A_FILE), await at.send(A_FILE)
        assert (counts(first), counts(again)) == ((4, 0, 0), (0, 4, 0))
        assert first.by_kind == {"objective": 1, "key_result": 1, "edit": 1, "checkin": 1}
        assert first.position == again.position == (await at.records())[-1].position
        assert counts(await at.send([line.replace(": ", ":") for line in A_FILE])) == (0, 4, 0)

    in_workspace(database, act)


def test_each_request_is_an_import_with_its_own_stream(database: str) -> None:
    async def act(at: LoopHarness) -> None:
        await at.send(A_FILE[:2])
        await at.send(["", *A_FILE], first_line=501, source="history.jsonl")
        facts = [record for record in await at.records() if isinstance(record.event, FactImported)]
        assert len({fact.stream_id for fact in facts}) == 2
        assert [fact.event.line for fact in facts] == [1, 2, 504, 505]
        assert [fact.event.source for fact in facts] == [None, None, "history.jsonl", "history.jsonl"]
        assert {fact.command_id for fact in facts} == {fact.event_id for fact in facts}
        assert {fact.actor_id for fact in facts} == {at.owner_id}

    in_workspace(database, act)


def test_a_dry_run_reports_what_the_import_will_report_and_writes_nothing(database: str) -> None:
    lines = [
        goal("key_result", "k2", parent_id="o1"),
        "not JSON",
        fact("edit", "nobody", title="n"),
        O1,
        *MANY,
        *A_FILE,
        goal("objective", "o2", parent_id="o3"),
        goal("objective", "o3", parent_id="o2"),
        goal("theme", "k2"),
    ]

    async def act(at: LoopHarness) -> None:
        before = await _tables(at)
        tried = await at.send(lines, dry_run=True)
        assert await _tables(at) == before
        recorded = await at.send(lines)
        assert tried.answer() | {"position": 0} == recorded.answer() | {"position": 0}
        assert counts(tried) == (len(lines) - 5, 1, 4)
        assert counts(await at.send(lines, dry_run=True)) == (0, len(lines) - 4, 4)

    in_workspace(database, act)


async def _tables(at: LoopHarness) -> list[tuple[Any, ...]]:
    tables = ("events", "commands", "children")
    return [(await at.log._rows(f"SELECT count(*) FROM northing.{table}"))[0] for table in tables]


def test_a_cut_import_is_finished_by_sending_the_file_again(database: str) -> None:
    async def act(at: LoopHarness) -> None:
        await at.send(MANY[:700])
        assert counts(await at.send(MANY)) == (len(MANY) - 700, 700, 0)

    in_workspace(database, act)


def test_a_refused_line_may_come_again_when_it_makes_sense(database: str) -> None:
    too_early = fact("edit", "o1", at=day(2), title="Other")

    async def act(at: LoopHarness) -> None:
        report = await at.send([too_early, O1, too_early, too_early])
        assert counts(report) == (2, 1, 1)
        assert [remark.line for remark in report.refusals] == [1]

    in_workspace(database, act)


def test_lines_that_cannot_be_taken_are_reported_each_by_its_number(database: str) -> None:
    too_long = fact("comment", None, note="x" * LINE_BYTES)

    async def act(at: LoopHarness) -> None:
        report = await at.send([O1, "", too_long, b"\xff\xfe", K1, fact("retire", "nobody")])
        assert counts(report) == (2, 0, 3)
        assert [remark.line for remark in report.refusals] == [3, 4, 6]
        answer = json.loads(msgspec.json.encode(report.answer()))
        assert [remark["reason"].split(":")[0] for remark in answer["refusals"]] == [
            "over the limits",
            "not JSON",
            "unknown goal id",
        ]

    in_workspace(database, act)


def test_two_imports_of_one_file_at_once_take_each_line_once(database: str) -> None:
    async def act(at: LoopHarness) -> None:
        async with loop_harness(database, at.workspace_id, at.owner_id) as other_process:
            sent = [at.send(MANY), at.send(MANY), other_process.send(MANY)]
            reports = await asyncio.gather(*sent)
        assert sum(report.taken for report in reports) == len(MANY)
        assert {sum(counts(report)) for report in reports} == {len(MANY)}
        assert {report.refused for report in reports} == {0}
        times = Counter(r.event.digest for r in await at.records() if isinstance(r.event, FactImported))
        assert (len(times), set(times.values())) == (len(MANY), {1})

    in_workspace(database, act)


def test_a_parent_that_comes_by_another_process_finds_the_goals_that_wait(database: str) -> None:
    async def act(at: LoopHarness) -> None:
        waiting = [goal("key_result", f"k{number}", parent_id="o9", at=day(2)) for number in range(300)]
        async with loop_harness(database, at.workspace_id, at.owner_id) as other_process:
            await asyncio.gather(at.send(waiting), other_process.send([goal("objective", "o9")]))
        rows = await at.log._rows("SELECT parent_id, count(*) FROM northing.children GROUP BY parent_id")
        assert [number for _, number in rows] == [300]

    in_workspace(database, act)


def test_who_may_not_work_here_imports_nothing(database: str) -> None:
    async def act(at: LoopHarness) -> None:
        viewer = uuid7()
        added = member.add(by_role="owner", name=Personal(viewer, "Vera"), role="viewer")
        await at.submit(viewer, lambda _: [NewEvent("member", viewer, event) for event in added])
        before = await _tables(at)
        with pytest.raises(Forbidden):
            await at.send(A_FILE, by=viewer)
        with pytest.raises(NotFound):
            await at.send([], by=UUID(int=9))
        assert await _tables(at) == before

    in_workspace(database, act)


def test_what_persons_are_called_and_wrote_does_not_stand_readable_in_the_log(database: str) -> None:
    secrets = ["Rosalind", "narrated", "retired", "remarked", "reasoned", "worded", "noted"]
    lines = [
        goal("objective", "o1", owner="Rosalind", note="noted"),
        goal("key_result", "k1", note="noted"),
        fact("checkin", "k1", at=day(2), note="narrated", owner="Rosalind"),
        fact("edit", "k1", at=day(3), title="Fine", note="reasoned"),
        fact("grade", "k1", at=day(4), note="worded"),
        fact("comment", "k1", at=day(5), note="remarked"),
        fact("retire", "o1", at=day(6), note="retired"),
    ]

    async def act(at: LoopHarness) -> None:
        assert (await at.send(lines)).taken == len(lines)
        states = b"".join(bytes(state) for (state,) in await at.log._rows("SELECT state FROM northing.events"))
        assert [secret for secret in secrets if secret.encode() in states] == []
        readable = str(await at.records())
        assert [secret for secret in secrets if secret not in readable] == []

    in_workspace(database, act)


@pytest.mark.skipif(not FILES, reason="../shared/okr-data is not here; real histories are no part of the project")
@pytest.mark.parametrize(
    "file", by_size(check=FILES[:4], test=FILES, proof=FILES) or [DATA], ids=lambda file: file.stem
)
def test_a_real_history_is_tried_taken_and_then_unchanged(file: Path, database: str) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()

    async def act(at: LoopHarness) -> None:
        tried, taken, again = await at.send(lines, dry_run=True), await at.send(lines), await at.send(lines)
        assert (counts(taken), counts(again)) == ((len(lines), 0, 0), (0, len(lines), 0))
        assert tried.answer() | {"position": 0} == taken.answer() | {"position": 0}

    in_workspace(database, act)
