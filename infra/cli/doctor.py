"""`northing doctor`: looks at everything that has to be well, and says what to do where it is not. Changes nothing."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

import httpx
import psycopg
import typer
from rich.markup import escape
from rich.table import Table

from infra.cli import api_client
from infra.cli.console import out
from infra.cli.options import Data, DatabaseUrl, ReadDatabaseUrl
from infra.postgres.database import Databases
from infra.postgres.embedded import server as embedded
from infra.postgres.migrate import pending
from infra.postgres.safety_checks import check_database
from infra.settings import READY_LAG_SECONDS, Settings, StartRefused
from services.projections.engine.feed import LogFeed
from services.projections.engine.generations import code_hash, connect
from services.projections.engine.progress import ReadModelProgress, read_progress
from services.projections.read_models.catalog import READ_MODELS

ROLES = ("northing_writer", "northing_reader", "northing_keys")
LITTLE_SPACE, NO_SPACE = 2 * 1024**3, 256 * 1024**2  # Bytes.
LIVE = "SELECT generation FROM northing.generations WHERE state = 'live'"
COLOURS = {"ok": "green", "warn": "yellow", "fail": "red"}


class Finding(NamedTuple):
    """What one check found, and what to do about it."""

    what: str
    state: Literal["ok", "warn", "fail"]
    detail: str
    do: str = ""


def doctor(
    data: Data = None,
    database_url: DatabaseUrl = None,
    read_database_url: ReadDatabaseUrl = None,
    url: Annotated[str, typer.Option(help="Where the server should be.")] = api_client.URL,
) -> None:
    """Check databases, schema, roles, read models, disk and server, and say what to do. Exit code 1 where one fails."""
    settings = Settings.from_env(data=data, database_url=database_url, read_database_url=read_database_url)
    found = [Finding("settings", "ok", "can be read"), *_looks(settings, url)]
    table = Table(box=None, show_header=False, pad_edge=False)
    for each in found:
        advice = f"\n-> {escape(each.do)}" if each.do else ""
        table.add_row(f"[{COLOURS[each.state]}]{each.state}[/]", each.what, escape(each.detail) + advice)
    out.print(table)
    if any(each.state == "fail" for each in found):
        raise typer.Exit(1)


def _looks(settings: Settings, url: str) -> Iterator[Finding]:
    if settings.database_url is None:
        yield from _disk(settings.data)
    database_url = settings.database_url or embedded.running(settings.data)
    if database_url is None:
        yield Finding("database", "warn", f"no process serves {settings.data}", "start it: northing serve")
    else:
        yield from _databases(Databases.of(settings, database_url))
    yield _server(url)


def _databases(databases: Databases) -> Iterator[Finding]:
    found = [*_database(databases.log, "database", "NORTHING_DATABASE_URL")]
    if databases.read != databases.log:
        found += _database(databases.read, "read database", "NORTHING_READ_DATABASE_URL")
    yield from found
    if all(each.state == "ok" or each.what == "durability" for each in found):
        yield _read_models(databases)


def _disk(data: Path) -> Iterator[Finding]:
    if not data.exists():
        yield Finding("data folder", "warn", f"{data} is not there yet", "the first `northing serve` makes it")
        return
    free = shutil.disk_usage(data).free
    state: Literal["ok", "warn", "fail"] = "fail" if free < NO_SPACE else "warn" if free < LITTLE_SPACE else "ok"
    advice = "" if state == "ok" else "make room: where the disk is full nothing more is recorded"
    yield Finding("data folder", state, f"{data.resolve()}, {free / 1024**3:.1f} GiB free", advice)


def _database(url: str, what: str, setting: str) -> Iterator[Finding]:
    try:
        with closing(psycopg.connect(url, connect_timeout=5)) as connection:
            version = connection.info.parameter_status("server_version")
    except psycopg.OperationalError as error:
        detail = str(error).strip().splitlines()[-1]
        yield Finding(what, "fail", detail, f"start PostgreSQL, or look at {setting}")
        return
    yield Finding(what, "ok", f"PostgreSQL {version} answers")
    try:
        check_database(url)
        yield Finding("durability", "ok", "what is acknowledged is on disk; UTF-8")
    except StartRefused as refused:
        yield Finding("durability", "fail", str(refused), "nothing is served on it until then")
    try:
        behind = pending(url)
    except StartRefused as refused:
        yield Finding("schema", "fail", str(refused), "run the Northing that belongs to this database")
        return
    if behind:
        yield Finding("schema", "warn", f"not applied yet: {', '.join(behind)}", "the next `northing serve` applies it")
        return
    yield Finding("schema", "ok", "all migrations are applied")
    yield _roles(url)


def _roles(url: str) -> Finding:
    for role in ROLES:
        try:
            connect(url, role).close()
        except psycopg.Error as error:
            detail = error.diag.message_primary or str(error)
            return Finding("roles", "fail", detail, f"grant {role} to the user of the database URL")
    return Finding("roles", "ok", ", ".join(ROLES))


def _read_models(databases: Databases) -> Finding:
    with closing(connect(databases.read)) as connection, closing(LogFeed(databases.log)) as feed:
        live = connection.execute(LIVE).fetchone()
        if live is None:
            return Finding("read models", "warn", "none are built yet", "the next `northing serve` builds them")
        progress = read_progress(connection, feed, code_hash(READ_MODELS))
    if progress is None:
        advice = "the next `northing serve` builds its own beside them"
        return Finding("read models", "warn", f"generation {live[0]} is of another version of the program", advice)
    return _progress(progress)


def _progress(progress: ReadModelProgress) -> Finding:
    number, (events, seconds), parked = progress
    if parked:
        advice = f"look at read_{number}.parked: each names the event and the error"
        return Finding("read models", "fail", f"{parked} streams stand still", advice)
    if events < 0:
        advice = f"drop read_{number} and its row of northing.generations: the next `northing serve` builds them anew"
        return Finding("read models", "fail", f"{-events} events ahead of the log, which was restored", advice)
    if seconds > READY_LAG_SECONDS:
        advice = "is a server running? its log says why the runner does not go on"
        return Finding("read models", "fail", f"{events} events, {seconds:.0f} s behind the log", advice)
    return Finding("read models", "ok", f"generation {number}, {events} events behind the log, nothing parked")


def _server(url: str) -> Finding:
    try:
        answer = httpx.get(f"{url}/readyz", timeout=10)
    except (httpx.HTTPError, httpx.InvalidURL):
        return Finding(
            "server", "warn", f"no server answers at {url}", "start it: northing serve, or name another with --url"
        )
    if answer.is_success:
        return Finding("server", "ok", f"{url} is ready")
    try:
        detail = str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError):
        detail = f"{url} answered {answer.status_code}"
    return Finding("server", "fail", detail, "its log says more")
