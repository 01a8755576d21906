"""`northing project`: runs a projection that a user wrote for the eventsourcing library, and keeps it running."""

import re
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from time import monotonic
from typing import Annotated
from uuid import UUID

import psycopg
import typer
from psycopg.sql import SQL, Identifier
from rich.markup import escape

from infra.cli.console import NotDone, err, progress
from infra.cli.options import Data, DatabaseUrl
from infra.eventsourcing_adapter import reader
from infra.eventsourcing_adapter.application import DATABASE_URL, PERSONAL_TEXT, WORKSPACE, Northing
from infra.eventsourcing_adapter.projection import (
    VIEW_DATABASE_URL,
    VIEW_SCHEMA,
    LogProjectionRunner,
    UserProjection,
    load_projection,
)
from infra.postgres.embedded import server as embedded
from infra.settings import Settings, StartRefused
from services.eventlog.codec import UnknownEvent

LOST = (*reader.LOST, psycopg.OperationalError, psycopg.InterfaceError)
LOOK_SECONDS = 0.1
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.1, 10.0
CONNECT_SECONDS = 5
NOT_FOR_USERS = re.compile("northing|information_schema|(read|pg)_.*", re.IGNORECASE)
WORKSPACES = "SELECT workspace_id FROM northing.heads WHERE workspace_id <> %s AND position > 0"


def project(
    projection: Annotated[
        str, typer.Argument(help="The class: ./my_read_model.py:CheckIns, or my_package.module:CheckIns.")
    ],
    schema: Annotated[str, typer.Option(help="The schema of its tables, made where there is none.")],
    workspace: Annotated[
        str | None, typer.Option(help="The workspace, by its name or id. Without: all, in the order of the log.")
    ] = None,
    into: Annotated[
        str | None, typer.Option(help="The URL of the PostgreSQL for its tables. Without: the one that has the log.")
    ] = None,
    until_caught_up: Annotated[
        bool, typer.Option("--until-caught-up", help="End where the log ended at the start.")
    ] = False,
    open_personal_text: Annotated[
        bool, typer.Option("--open-personal-text", help="Show it what people wrote. Without, such text is None.")
    ] = False,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Run a projection of your own on the log: a Projection of the eventsourcing library, with its view.

    It goes on where it was, follows what is recorded, and comes back after a lost connection, until SIGTERM or SIGINT.
    """
    settings = Settings.from_env(data=data, database_url=database_url)
    user = load_projection(projection)
    if NOT_FOR_USERS.fullmatch(schema):
        raise NotDone(f"--schema: {schema} is not for tables of yours: choose another name")
    reach = partial(_reach, settings, into, schema, workspace, "open" if open_personal_text else "sealed")
    reach()  # What is wrong from the start is no lost connection.
    with _asked_to_stop() as stopping:
        pause = FIRST_PAUSE_SECONDS
        while not stopping.is_set():
            began = monotonic()
            try:
                with LogProjectionRunner(user, reach()) as runner:
                    _advance(user, runner, stopping, until_caught_up=until_caught_up)
                    return
            except (*LOST, NotDone) as lost:
                pause = FIRST_PAUSE_SECONDS if monotonic() - began > LONGEST_PAUSE_SECONDS else pause
                err.print(f"The connection is lost ({escape(_one_line(lost))}): trying again in {pause:g} s.")
                stopping.wait(pause)
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
            except UnknownEvent as newer:
                raise NotDone(str(newer)) from None


def _advance(
    user: UserProjection, runner: LogProjectionRunner, stopping: threading.Event, *, until_caught_up: bool
) -> None:
    """Run until it is asked to stop, or has caught up if that is enough. Raises what ended the runner."""
    name = user.projection_class.__name__
    if runner.processed > (runner.app.recorder.max_notification_id() or 0):
        raise StartRefused(f"{name} is ahead of the log, which was restored: begin again in another --schema")
    with progress() as bar:
        task = bar.add_task(f"{name}, position", total=runner.target)
        while runner.processed < runner.target and not stopping.is_set():
            runner.run_forever(LOOK_SECONDS)
            bar.update(task, completed=runner.processed)
    if not stopping.is_set():
        err.print(f"{name} has caught up at {runner.processed}.")
    while not until_caught_up and not stopping.is_set():
        runner.run_forever(LOOK_SECONDS)


def _reach(settings: Settings, into: str | None, schema: str, workspace: str | None, text: str) -> dict[str, str]:
    """What the runner is told, once both databases answer and the schema is there. Raises NotDone."""
    url = settings.database_url or embedded.running(settings.data)
    if url is None:
        raise NotDone(f"no server runs on {settings.data}: start one with `northing serve`, or give a --database-url")
    env = {DATABASE_URL: url, VIEW_DATABASE_URL: into or url, VIEW_SCHEMA: schema, PERSONAL_TEXT: text}
    try:
        with psycopg.connect(url, connect_timeout=CONNECT_SECONDS) as connection:
            connection.execute("SET ROLE northing_reader")
            there = [id for (id,) in connection.execute(WORKSPACES, [reader.WHOLE_LOG])]
            if text == "open":
                connection.execute("SET ROLE northing_keys")
        with psycopg.connect(into or url, connect_timeout=CONNECT_SECONDS) as connection:
            if connection.execute("SELECT FROM pg_namespace WHERE nspname = %s", [schema]).fetchone() is None:
                connection.execute(SQL("CREATE SCHEMA {}").format(Identifier(schema)))
    except LOST:
        raise
    except psycopg.Error as refused:
        raise NotDone(f"{_one_line(refused)}: a log of Northing is needed, and CREATE for the schema") from None
    return env if workspace is None else env | {WORKSPACE: str(_find(env, there, workspace))}


def _find(env: dict[str, str], there: list[UUID], name_or_id: str) -> UUID:
    """The workspace of this name or id. Raises NotDone, which names those that there are."""
    with Northing(env) as log:
        names = {id: log.repository.get(id).name for id in there}
    found = [id for id, name in names.items() if name_or_id in (name, str(id))]
    if len(found) > 1:
        raise NotDone(f"{len(found)} workspaces are named {name_or_id!r}; give an id: {', '.join(map(str, found))}")
    if not found:
        raise NotDone(f"there is no workspace {name_or_id!r}; there are: {', '.join(sorted(names.values())) or 'none'}")
    return found[0]


@contextmanager
def _asked_to_stop() -> Iterator[threading.Event]:
    """Set by SIGTERM and SIGINT."""
    stopping = threading.Event()
    before = {number: signal.signal(number, lambda *_: stopping.set()) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stopping
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
