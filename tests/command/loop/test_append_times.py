"""When it was true, and when we learned it: both are the append's to say last."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from domain.workspace import SettingsChanged, WorkspaceOpened
from tests.projections.log_writer import Log


def test_nothing_is_true_only_after_it_was_recorded(database: str) -> None:
    """The clock of an application may be ahead of the database's."""
    log, workspace_id = Log(database), uuid4()
    try:
        opened, changed = WorkspaceOpened(name="W", timezone="UTC"), SettingsChanged(week_start=6)
        log.append(workspace_id, ("workspace", workspace_id, opened))
        ahead, before = datetime.now(UTC) + timedelta(seconds=50), datetime.now(UTC) - timedelta(days=3)
        for moment in (ahead, before):
            log.append(workspace_id, ("workspace", workspace_id, changed, moment))
        rows = log.connection.execute(
            "SELECT effective_at, recorded_at FROM northing.events ORDER BY position"
        ).fetchall()
    finally:
        log.close()
    assert rows[0][0] == rows[0][1]
    assert rows[1][0] == rows[1][1]
    assert rows[2][0] == before
