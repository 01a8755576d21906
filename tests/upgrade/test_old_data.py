"""A log that an old release wrote is read by this one: the same answers at 20 moments, and every promise held."""

import gzip
from dataclasses import replace

import psycopg
import pytest

from tests.conftest import NewDatabase
from tests.server import StartServer
from tests.upgrade.checkout import migrate_to
from tests.upgrade.old_log import HERE, load
from tests.upgrade.recording import Recording, compare, read

# By the last migration of the release, how many events and questions are kept of it. `old_log` adds a release.
RELEASES = {"0002_read_side.sql": (173, 1_974)}
EACH_RELEASE = pytest.mark.parametrize("release", RELEASES)


def recording_of(release: str) -> Recording:
    return read(HERE / f"answers-{release.partition('_')[0]}.json.gz")


@pytest.fixture
def old_database(release: str, new_database: NewDatabase) -> str:
    """The URL of a database that the release has migrated and written to, and no later one."""
    database = new_database()
    assert migrate_to(database, release)[-1] == release
    load(database, gzip.decompress((HERE / f"log-{release.partition('_')[0]}.sql.gz").read_bytes()))
    return database


@EACH_RELEASE
def test_an_old_log_is_answered_as_it_was(release: str, old_database: str, start_server: StartServer) -> None:
    recording = recording_of(release)
    [old] = recording.workspaces.values()
    assert (old.events, len(old.answers)) == RELEASES[release]
    with start_server(database_url=old_database).client() as client:  # It applies the migrations that came since.
        assert compare(client, recording) == []


@EACH_RELEASE
def test_a_fact_that_moved_and_a_promise_that_was_lost_are_seen(
    release: str, old_database: str, start_server: StartServer
) -> None:
    """The control: without it the test above could compare nothing."""
    with psycopg.connect(old_database) as connection:
        connection.execute(
            "UPDATE northing.events SET effective_at = effective_at + interval '1 us' WHERE topic = 'CommentWithdrawn'"
        )
        connection.execute("DELETE FROM northing.commands")
    recording = recording_of(release)
    [(id, old)] = recording.workspaces.items()
    few = {question: pages for question, pages in old.answers.items() if question.startswith(("events", "members?"))}
    with start_server(database_url=old_database).client() as client:
        found = compare(client, replace(recording, workspaces={id: replace(old, answers=few)}))
    questions = {line.partition(":")[0].partition("?")[0] for line in found}
    assert questions == {
        "events",
        f"{id}",
        "the first answer again",
        "the first answers again",
        "no other command under its key",
    }
