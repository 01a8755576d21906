"""`northing project`: each event once, whatever happens to the process or its connections; and how it says no."""

import signal
import threading
from collections import Counter
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from eventsourcing.persistence import StoredEvent
from psycopg.rows import TupleRow

from infra.eventsourcing_adapter.reader import UrlDatastore
from infra.eventsourcing_adapter.recorder import WorkspaceRecorder
from tests.conftest import NewDatabase
from tests.infra.eventsourcing_adapter.conftest import Demo
from tests.infra.eventsourcing_adapter.projecting import Projecting, eventually, project, rows
from tests.sizes import by_size

LOG = "SELECT event_id FROM northing.events WHERE workspace_id = %s OR %s ORDER BY log_position"
COMMENTS = by_size(check=60, test=200, proof=4_000)


def taken(database_url: str, schema: str) -> list[TupleRow]:
    """Event and how often it was taken, in the order in which they are numbered."""
    return rows(database_url, f"SELECT event_id, times FROM {schema}.taken ORDER BY number")


def once_each(demo: Demo, *, whole: bool = False) -> list[TupleRow]:
    return [(event_id, 1) for (event_id,) in rows(demo.database_url, LOG, demo.id, whole)]


def comment(demo: Demo) -> None:
    demo.does("comments", about_kind="workspace", about_id=demo.id, text="Bread!")


def tracked(database_url: str, schema: str, name: str = "everyevent") -> dict[str, int]:
    found = rows(database_url, f"SELECT application_name, notification_id FROM {schema}.{name}_tracking")
    return {name: number for name, number in found if not name.startswith("__")}


# --- each event once ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("whole", [False, True], ids=["one workspace", "all workspaces"])
def test_it_follows_and_after_a_kill_it_goes_on_where_it_was(demo: Demo, tmp_path: Path, *, whole: bool) -> None:
    schema = "killed_whole" if whole else "killed"
    of = [] if whole else ["--workspace", demo.id]
    arguments = ["EveryEvent", *of, "--schema", schema, "--database-url", demo.database_url]

    def work() -> None:
        for _ in range(COMMENTS // 4):
            comment(demo)

    threads = [threading.Thread(target=work) for _ in range(4)]
    with Projecting(tmp_path, *arguments) as first:
        before = len(taken(demo.database_url, schema))
        for thread in threads:
            thread.start()
        eventually(lambda: len(taken(demo.database_url, schema)) >= before + COMMENTS // 4)
        first.process.kill()
    for thread in threads:
        thread.join()
    with Projecting(tmp_path, *arguments) as second:
        assert taken(demo.database_url, schema) == once_each(demo, whole=whole)
        comment(demo)
        eventually(lambda: taken(demo.database_url, schema) == once_each(demo, whole=whole))
        assert second.end(signal.SIGTERM) == 0
    assert list(tracked(demo.database_url, schema)) == ["northing" if whole else f"northing/{demo.id}"]


def test_it_comes_back_after_a_lost_connection(demo: Demo, tmp_path: Path) -> None:
    with Projecting(
        tmp_path, "EveryEvent", "--workspace", demo.id, "--schema", "lost", "--database-url", demo.database_url
    ) as projecting:
        for times in (1, 2):
            ended = rows(
                demo.database_url,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'northing-eventsourcing' AND datname = current_database()",
            )
            assert ended
            comment(demo)
            eventually(lambda: taken(demo.database_url, "lost") == once_each(demo))
            projecting.await_caught_up(times + 1)
        assert projecting.said().count("The connection is lost") >= 2
        assert projecting.end(signal.SIGINT) == 0


def test_of_two_at_once_one_ends_and_each_event_is_taken_once(demo: Demo, tmp_path: Path) -> None:
    arguments = ["EveryEvent", "--schema", "two", "--database-url", demo.database_url]
    with Projecting(tmp_path, *arguments) as first, Projecting(tmp_path, *arguments) as second:

        def one_has_ended() -> bool:
            comment(demo)
            return {first.process.poll(), second.process.poll()} != {None}

        eventually(one_has_ended)
        eventually(lambda: taken(demo.database_url, "two") == once_each(demo, whole=True))
        assert {first.process.poll(), second.process.poll()} == {None, 1}
        for each in (first, second):
            if each.process.poll() is None:
                assert each.end(signal.SIGTERM) == 0


def test_all_workspaces_in_the_order_of_the_log_with_one_tracking_row(demo: Demo) -> None:
    arguments = ["EveryEvent", "--schema", "whole", "--database-url", demo.database_url, "--until-caught-up"]
    for name in ("Bakery", "Forge"):
        opened = demo.client.post("/v1/workspaces", json={"name": name, "timezone": "UTC"})
        comment(demo)
        assert opened.is_success
        assert project(*arguments).exit_code == 0
        assert taken(demo.database_url, "whole") == once_each(demo, whole=True)
    assert tracked(demo.database_url, "whole") == {"northing": len(once_each(demo, whole=True))}


def test_topics_choose_events_and_dispatch_finds_their_class(demo: Demo) -> None:
    ended = project(
        "CheckIns",
        "--workspace",
        "Millrace (demo)",
        "--schema",
        "chosen",
        "--database-url",
        demo.database_url,
        "--until-caught-up",
    )
    assert ended.exit_code == 0, ended.error
    topics = Counter(topic for (topic,) in rows(demo.database_url, "SELECT topic FROM chosen.taken"))
    [[expected]] = rows(demo.database_url, "SELECT count(*) FROM northing.events WHERE topic = 'CheckedIn'")
    assert topics == {"CheckedIn": expected}


def test_it_has_caught_up_also_where_the_last_events_are_not_tracked(demo: Demo) -> None:
    comment(demo)
    ended = project("OnlySome", "--schema", "few", "--database-url", demo.database_url, "--until-caught-up")
    assert (ended.exit_code, ended.error.count("has caught up")) == (0, 1)
    [[head]] = rows(demo.database_url, "SELECT max(log_position) FROM northing.events")
    assert tracked(demo.database_url, "few", "onlysome")["northing"] < head


def test_text_comes_only_where_it_is_asked_for(demo: Demo) -> None:
    demo.does(f"key-results/{demo.committed()[0]}/check-ins", value="0.5", narrative="Rye sells")
    for schema, *flags in (["sealed"], ["opened", "--open-personal-text"]):
        arguments = ["--schema", schema, "--database-url", demo.database_url, "--until-caught-up", *flags]
        assert project("CheckIns", *arguments).exit_code == 0
    assert rows(demo.database_url, "SELECT * FROM sealed.taken WHERE text IS NOT NULL") == []
    assert rows(demo.database_url, "SELECT text FROM opened.taken ORDER BY number DESC LIMIT 1") == [("Rye sells",)]


def test_its_tables_may_be_in_another_database(demo: Demo, new_database: NewDatabase) -> None:
    into = new_database()
    arguments = ["--schema", "mine", "--database-url", demo.database_url, "--into", into, "--until-caught-up"]
    for _ in range(2):
        assert project("EveryEvent", *arguments).exit_code == 0
        assert taken(into, "mine") == once_each(demo, whole=True)
        comment(demo)


# --- what is refused ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["read_models.py"], "read_models.py names no class: write ./my_read_model.py:CheckIns"),
        (["nowhere.py:CheckIns"], "nowhere.py cannot be loaded: FileNotFoundError"),
        (
            ["no_such_package.views:CheckIns"],
            "ModuleNotFoundError: No module named 'no_such_package'",
        ),
        (["CheckInz"], "has no CheckInz; its projections are: EveryEvent, CheckIns, OnlySome,"),
        (["TakenEvents"], "TakenEvents is no Projection"),
        (["Unfinished"], "Unfinished has no process_event"),
        (["Strange"], "no event has the topic 'domain.goal.check_in:CheckedIn' of Strange"),
        (["Viewless"], "Viewless names no view: write class Viewless(Projection[MyView])"),
        *(
            (["EveryEvent", "--schema", name], f"{name} is not for tables of yours")
            for name in ("northing", "read_7", "READ_me", "pg_catalog", "information_schema")
        ),
        (["EveryEvent", "--database-url", "postgresql://127.0.0.1:1/none"], "refused"),
        (["EveryEvent", "--data", "no/such/folder"], "no server runs on no/such/folder"),
    ],
)
def test_what_a_user_can_cause_is_said_in_one_line(arguments: list[str], said: str) -> None:
    ended = project(*arguments[:1], "--schema", "mine", *arguments[1:])
    assert ended.exit_code == 1
    assert ended.error.startswith("northing: ")
    assert ended.error.count("\n") == 1
    assert said in ended.error


def test_a_module_that_fails_says_so_in_one_line(tmp_path: Path) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text("import eventsourcing\n1 / 0\n")
    ended = project(f"{broken}:CheckIns", "--schema", "mine")
    assert (ended.exit_code, ended.error.count("\n")) == (1, 1)
    assert "cannot be loaded: ZeroDivisionError: division by zero" in ended.error


def test_a_folder_with_packages_of_our_names_does_no_harm(tmp_path: Path, database: str) -> None:
    """They are hidden by ours; the modules beside them are found."""
    (tmp_path / "domain").mkdir()
    (tmp_path / "domain" / "__init__.py").write_text("raise AssertionError('of the user')")
    (tmp_path / "beside.py").write_text("from tests.infra.eventsourcing_adapter.read_models import *")
    (tmp_path / "domain.py").write_text("from domain.goal.check_in import CheckedIn\nfrom beside import CheckIns\n")
    arguments = ["--schema", "mine", "--database-url", database, "--until-caught-up"]
    assert project(f"{tmp_path}/domain.py:CheckIns", *arguments).exit_code == 0


def test_a_database_without_a_log_is_refused(new_database: NewDatabase) -> None:
    ended = project("EveryEvent", "--schema", "mine", "--database-url", new_database())
    assert (ended.exit_code, ended.error.count("\n")) == (1, 1)
    assert "a log of Northing is needed" in ended.error


def test_an_unknown_workspace_is_refused_with_those_that_there_are(demo: Demo) -> None:
    for wrong in ("Bekery", str(uuid4())):
        ended = project("EveryEvent", "--schema", "m", "--workspace", wrong, "--database-url", demo.database_url)
        assert (ended.exit_code, ended.error.count("\n")) == (1, 1)
        assert f"there is no workspace '{wrong}'; there are:" in ended.error
        assert "Millrace (demo)" in ended.error


def test_a_name_that_two_workspaces_have_is_refused_with_their_ids(demo: Demo) -> None:
    twins = [demo.client.post("/v1/workspaces", json={"name": "Twin", "timezone": "UTC"}).json() for _ in range(2)]
    ended = project("EveryEvent", "--schema", "m", "--workspace", "Twin", "--database-url", demo.database_url)
    assert (ended.exit_code, ended.error.count("\n")) == (1, 1)
    assert all(twin["id"] in ended.error for twin in twins)


def test_one_schema_does_not_count_an_event_twice(demo: Demo) -> None:
    whole: list[str] = []
    one = ["--workspace", demo.id]
    for schema, first, second in (("whole_first", whole, one), ("one_first", one, whole)):
        arguments = ["CheckIns", "--schema", schema, "--database-url", demo.database_url, "--until-caught-up"]
        assert project(*arguments, *first).exit_code == 0
        refused = project(*arguments, *second)
        assert (refused.exit_code, refused.error.count("\n")) == (1, 1)
        assert "so that no event counts twice" in refused.error


def test_single_workspaces_share_a_schema(demo: Demo) -> None:
    other = demo.client.post("/v1/workspaces", json={"name": "Oven", "timezone": "UTC"}).json()["id"]
    for workspace in (demo.id, other, other):
        arguments = ["--workspace", workspace, "--schema", "shared", "--database-url", demo.database_url]
        assert project("EveryEvent", *arguments, "--until-caught-up").exit_code == 0
    expected = [*once_each(demo), *once_each(replace(demo, id=other))]
    assert sorted(taken(demo.database_url, "shared")) == sorted(expected)
    assert {*tracked(demo.database_url, "shared")} == {f"northing/{demo.id}", f"northing/{other}"}


def recorded(database_url: str, topic: str) -> None:
    with UrlDatastore(database_url, role="northing_writer") as datastore:
        WorkspaceRecorder(datastore, uuid4()).insert_events([StoredEvent(uuid4(), 1, topic, b"{}")])


def test_a_log_that_was_restored_is_not_followed(database: str) -> None:
    arguments = ["EveryEvent", "--schema", "mine", "--database-url", database, "--until-caught-up"]
    assert project(*arguments).exit_code == 0
    rows(database, "INSERT INTO mine.everyevent_tracking VALUES ('northing', 1)")
    refused = project(*arguments)
    assert (refused.exit_code, refused.error.count("\n")) == (1, 1)
    assert "EveryEvent is ahead of the log" in refused.error


def test_an_event_of_a_newer_northing_is_refused(database: str) -> None:
    recorded(database, "FromTheFuture")
    refused = project("EveryEvent", "--schema", "mine", "--database-url", database, "--until-caught-up")
    assert (refused.exit_code, refused.error.count("\n")) == (1, 1)
    assert "FromTheFuture version 1: upgrade Northing" in refused.error


def test_a_user_may_read_what_their_role_may(database: str, new_database: NewDatabase, cluster: str) -> None:
    """Of one who was granted northing_reader alone neither a schema is made nor a text opened."""
    rows(database, "CREATE ROLE visitor LOGIN IN ROLE northing_reader")
    try:
        visitor = database.replace("northing@", "visitor@", 1)
        arguments = ["EveryEvent", "--schema", "mine", "--database-url", visitor, "--until-caught-up"]
        into = ["--into", new_database()]
        assert project(*arguments, *into).exit_code == 0
        for refused in (project(*arguments), project(*arguments, *into, "--open-personal-text")):
            assert (refused.exit_code, refused.error.count("\n")) == (1, 1)
            assert "permission denied" in refused.error
    finally:
        rows(cluster, "DROP ROLE visitor")


def test_a_fault_of_the_projection_ends_it_before_the_event(demo: Demo) -> None:
    arguments = ["--schema", "failing", "--database-url", demo.database_url, "--until-caught-up"]
    with pytest.raises(ZeroDivisionError):
        project("Failing", *arguments)
    assert tracked(demo.database_url, "failing", "failing") == {"northing": 2}
    assert len(taken(demo.database_url, "failing")) == 2


def test_a_view_that_cannot_be_made_is_said_in_one_line(database: str) -> None:
    rows(database, "CREATE SCHEMA mine")
    rows(database, "CREATE TABLE mine.everyevent_tracking (x int)")
    refused = project("EveryEvent", "--schema", "mine", "--database-url", database)
    assert (refused.exit_code, refused.error.count("\n")) == (1, 1)
    assert "TakenEvents cannot be made" in refused.error
