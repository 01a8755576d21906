"""What the log says stands in the rows: once, whole, in whatever pieces and from wherever it comes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TypeVar
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import TupleRow

from domain.goal.check_in import CheckedIn, CheckInCorrected
from domain.key_result.negotiation import KRCommitted, KRProposed
from domain.personal import Personal
from services.eventlog.codec import UnknownEvent
from services.projections.engine import runner as runner_module
from services.projections.engine.read_model import KNOWN, OPEN, FoldStep, Rows
from services.projections.engine.runner import Fenced, Runner
from services.projections.engine.table import Table
from services.projections.read_models.catalog import READ_MODELS
from tests.projections.conftest import NewRunner, run
from tests.projections.log_writer import Log

Carry = TypeVar("Carry")
State = TypeVar("State")
Step = Callable[[Carry, FoldStep[State]], tuple[Carry, Rows]]

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
KR = UUID(int=1)
TABLES = [table for model in READ_MODELS for table in model.tables]


def key_result(title: str = "Churn below 3 %") -> KRProposed:
    return KRProposed(
        title=title,
        owner_id=None,
        partner_id=None,
        by=None,
        objective_id=None,
        baseline=Decimal(8),
        target=Decimal(3),
    )


def checked_in(value: int, id: UUID | None = None, *, text: str | None = None) -> CheckedIn:
    narrative = Personal(UUID(int=77), text) if text else None
    return CheckedIn(check_in_id=id or uuid4(), value=Decimal(value), narrative=narrative)


def rows(runner: Runner, table: Table) -> list[TupleRow]:
    """All rows of a table, whatever they were believed for."""
    names = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    statement = sql.SQL("SELECT {} FROM {}.{}").format(
        names, sql.Identifier(runner.generation.schema), sql.Identifier(table.name)
    )
    return sorted(runner.connection.execute(statement).fetchall(), key=str)


def everything(runner: Runner) -> dict[str, list[TupleRow]]:
    return {table.name: rows(runner, table) for table in TABLES}


def history(log: Log, workspace: UUID) -> None:
    """A key result with a late check-in and a corrected one."""
    wrong = uuid4()
    log.append(workspace, ("key_result", KR, key_result(), START), ("key_result", KR, KRCommitted(by=None), START))
    log.append(workspace, ("key_result", KR, checked_in(6, wrong, text="half way"), START + timedelta(14)))
    log.append(workspace, ("key_result", KR, checked_in(7), START + timedelta(7)))
    corrected = CheckInCorrected(check_in_id=uuid4(), corrects=wrong, value=Decimal(5))
    log.append(workspace, ("key_result", KR, corrected, START + timedelta(13)))


def test_the_rows_are_the_same_in_one_batch_and_event_by_event(
    log: Log, workspace: UUID, new_runner: NewRunner
) -> None:
    history(log, workspace)
    at_once, one_by_one = new_runner(another=True), new_runner(another=True, batch_events=1)
    run(at_once)
    run(one_by_one)
    assert everything(at_once) == everything(one_by_one)
    assert any(row[-1] != KNOWN for row in everything(at_once)["statements"])


def test_a_new_runner_goes_on_where_the_last_one_stopped(log: Log, workspace: UUID, new_runner: NewRunner) -> None:
    whole = new_runner(another=True)
    history(log, workspace)
    run(new_runner())
    log.append(workspace, ("key_result", KR, checked_in(4), START + timedelta(10)))
    second = new_runner()
    run(second)
    run(whole)
    assert everything(second) == everything(whole)


def test_what_a_feed_delivers_twice_or_leaves_out_makes_no_difference(
    log: Log, workspace: UUID, new_runner: NewRunner
) -> None:
    history(log, workspace)
    runner, whole = new_runner(another=True), new_runner(another=True)
    run(whole)
    delivered = runner.feed.following(0, 100)
    runner.apply(delivered[:3], checkpoint=3)
    runner.apply([delivered[0], *delivered[5:], delivered[5]], checkpoint=delivered[-1][0])
    assert everything(runner) == everything(whole)


def test_a_runner_whose_checkpoint_was_taken_writes_nothing_more(
    log: Log, workspace: UUID, new_runner: NewRunner
) -> None:
    old, new = new_runner(), new_runner()
    with pytest.raises(Fenced):
        old.run_batch()
    run(new)
    assert rows(new, TABLES[0])


def test_rows_and_checkpoint_are_written_together_or_not_at_all(
    log: Log, workspace: UUID, new_runner: NewRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    history(log, workspace)
    dying, whole = new_runner(), new_runner(another=True)
    monkeypatch.setattr(runner_module, "APPLY", "SELECT 1 / 0")
    with pytest.raises(psycopg.Error):
        dying.run_batch()
    assert not any(everything(dying).values())
    monkeypatch.undo()
    run(whole)
    after = new_runner()
    run(after)
    assert everything(after) == everything(whole)


def test_a_poison_event_parks_its_aggregate_and_the_rest_goes_on(
    log: Log, workspace: UUID, new_runner: NewRunner
) -> None:
    other = uuid4()
    log.append(workspace, ("key_result", KR, key_result(), START), ("key_result", other, key_result(), START))
    log.append(workspace, ("key_result", KR, key_result("poison"), START + timedelta(1)))
    log.append(workspace, ("key_result", other, key_result("Goes on"), START + timedelta(1)))
    log.append(workspace, ("key_result", KR, key_result("Waits"), START + timedelta(2)))
    models = tuple(replace(model, step=refusing(model.step)) for model in READ_MODELS)
    runner = new_runner(models=models)
    run(runner)
    goals = [dict(zip(table("goals").columns, row, strict=True)) for row in rows(runner, table("goals"))]
    titles = {row["id"]: row["title"] for row in goals if row["known_to"] == KNOWN and row["valid_to"] == OPEN}
    assert titles == {KR: "Churn below 3 %", other: "Goes on"}
    parked = runner.connection.execute("SELECT stream_id, position, topic, error FROM parked").fetchall()
    assert parked == [(KR, 5, "KRProposed", "ValueError: this one cannot be shown")]
    assert new_runner(models=models).parked == 1


def refusing(step: Step[Carry, State]) -> Step[Carry, State]:
    def refuse(carry: Carry, step_of_fold: FoldStep[State]) -> tuple[Carry, Rows]:
        if getattr(step_of_fold.recorded.event, "title", "") == "poison":
            raise ValueError("this one cannot be shown")
        return step(carry, step_of_fold)

    refuse.__module__ = step.__module__
    return refuse


def table(name: str) -> Table:
    return next(table for table in TABLES if table.name == name)


def test_an_event_of_a_newer_program_stops_the_runner_and_is_not_left_out(
    log: Log, workspace: UUID, new_runner: NewRunner, database: str
) -> None:
    runner = new_runner()
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("UPDATE northing.events SET topic = 'FromTheFuture' WHERE log_position = 2")
    with pytest.raises(UnknownEvent):
        runner.run_batch()
    assert not any(everything(runner).values())
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("UPDATE northing.events SET topic = 'MemberAdded' WHERE log_position = 2")
    run(runner)
    assert runner.parked == 0


def test_bytes_that_cannot_be_read_park_their_aggregate_alone(
    log: Log, workspace: UUID, new_runner: NewRunner, database: str
) -> None:
    log.append(workspace, ("key_result", KR, key_result(), START))
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("UPDATE northing.events SET state = 'nonsense' WHERE log_position = 2")
    runner = new_runner()
    run(runner)
    assert runner.parked == 1
    assert rows(runner, table("goals"))
