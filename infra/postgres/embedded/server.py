"""The embedded PostgreSQL: one cluster in a data folder, started by the process that serves the folder.

    with embedded.serving(data) as database_url: ...

holds the folder's lock, so two servers cannot share it. `running` gives other processes the way to the same database.
A server that died by SIGKILL leaves its PostgreSQL behind: the next one restarts it, which ends what the dead one held.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
import structlog

from infra.postgres.embedded.configuration import settings_file
from infra.postgres.embedded.data_folder import DataFolder, cluster_of, place_for
from infra.postgres.embedded.process import SOCKET_FOLDER_LINE, clear_the_way, identity, pid_file, postmaster
from infra.settings import StartRefused

MAJOR = 18
NAME = "northing"  # Of the database, and of its bootstrap superuser.
RECOVERY_SECONDS = 600  # After a crash PostgreSQL reads its log before it answers; it is not hurried.
WATCH_SECONDS = 0.5

log = structlog.get_logger()


@contextmanager
def serving(data: Path) -> Iterator[str]:
    """Start the data folder's PostgreSQL, give its database URL, and stop it at the end if it was started here.

    Raises StartRefused where another process serves the folder, or the folder cannot be used.
    """
    try:
        place = place_for(data)
        with _lock(data), _started(place) as ours:
            url = _url(place.cluster)
            _ensure_database(url)
            if not place.cluster.is_relative_to(data.resolve()):
                log.warning("postgresql.cluster_elsewhere", data=str(data), cluster=str(place.cluster))
            watch = _Watch(place) if ours else None
            try:
                yield url
            finally:
                if watch is not None:
                    watch.end()
    except PermissionError as denied:
        raise StartRefused(
            f"{denied.filename} may not be used by this user: start Northing as the user who owns {data}, "
            "or choose another --data"
        ) from denied


def running(data: Path) -> str | None:
    """The database URL of the PostgreSQL that runs on this data folder; None if none does."""
    cluster = cluster_of(data)
    return None if postmaster(cluster) is None else _url(cluster)


@contextmanager
def _lock(data: Path) -> Iterator[None]:
    """One server a data folder. The kernel frees the lock however the process ends."""
    descriptor = os.open(data / "serving.lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(descriptor, 32).decode() or "?"
        os.close(descriptor)
        raise StartRefused(
            f"{data} is being served by process {holder}: stop that one first, or choose another folder with --data"
        ) from None
    os.truncate(descriptor, 0)
    os.write(descriptor, str(os.getpid()).encode())
    try:
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _started(place: DataFolder) -> Iterator[bool]:
    """Run PostgreSQL on the cluster. Gives whether it is Northing's to stop; an operator's own stays as it is."""
    _ensure_cluster(place)
    found = postmaster(place.cluster)
    if found is not None and not _is_northings(place, found):
        yield False
        return
    if found is not None:
        _stop(place)  # Left behind by a server that was killed; the lock says that server is gone.
    _start(place)
    try:
        yield True
    finally:
        found = postmaster(place.cluster)
        if found is not None and _is_northings(place, found):
            _stop(place)
            with suppress(OSError):
                place.sockets.rmdir()


def _ensure_cluster(place: DataFolder) -> None:
    version = place.cluster / "PG_VERSION"
    if not version.exists():
        _make_cluster(place)
    found = version.read_text().strip()
    if found != str(MAJOR):
        raise StartRefused(
            f"{place.cluster} was made by PostgreSQL {found}, and this Northing runs PostgreSQL {MAJOR}: "
            "export its workspaces with the Northing that made it (`northing export`) and import them into a new "
            "folder (--data), or bring the folder up to date with pg_upgrade"
        )


def _make_cluster(place: DataFolder) -> None:
    """Made under another name first: a cluster with the right name is always whole."""
    unfinished = place.cluster.with_name("postgres.unfinished")
    if unfinished.exists():
        shutil.rmtree(unfinished)
    place.own(unfinished)
    # Text sorts by code point, on every machine alike: an order that a library's update changes would corrupt indexes.
    locale = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
    made = place.run(
        "initdb",
        f"--pgdata={unfinished}",
        f"--username={NAME}",
        *locale,
        "--auth=trust",  # For accounts that can enter the socket's folder: its owner and root.
        "--data-checksums",
        "--text-search-config=simple",
    )
    if made.returncode != 0:
        raise StartRefused(f"PostgreSQL could not make its cluster in {unfinished}: {_last_line(made.stderr)}")
    with (unfinished / "postgresql.conf").open("a") as configuration:
        configuration.write("\ninclude 'northing.conf'\n")
    unfinished.rename(place.cluster)


def _start(place: DataFolder) -> None:
    (place.cluster / "northing.conf").write_text(settings_file(place.sockets))
    clear_the_way(place.cluster, timeout_seconds=RECOVERY_SECONDS)
    output = place.cluster / "start.log"
    output.unlink(missing_ok=True)
    started = place.run(
        "pg_ctl", "start", "--wait", f"--timeout={RECOVERY_SECONDS}", f"--pgdata={place.cluster}", f"--log={output}"
    )
    now = postmaster(place.cluster)
    if started.returncode != 0 or now is None:
        said = output.read_text(errors="replace") if output.exists() else started.stderr
        raise StartRefused(f"PostgreSQL did not start on {place.cluster}: {_last_line(said)} (more in {output})")
    _record(place).write_text(identity(now))


def _stop(place: DataFolder) -> None:
    """End open sessions, write everything down, and go."""
    place.run("pg_ctl", "stop", "--wait", "--mode=fast", f"--timeout={RECOVERY_SECONDS}", f"--pgdata={place.cluster}")
    _record(place).unlink(missing_ok=True)


def _record(place: DataFolder) -> Path:
    """Names the postmaster that Northing started on this cluster."""
    return place.cluster.with_name("postgres.started")


def _is_northings(place: DataFolder, process: psutil.Process) -> bool:
    record = _record(place)
    return record.exists() and record.read_text() == identity(process)


def _url(cluster: Path) -> str:
    sockets = pid_file(cluster)[SOCKET_FOLDER_LINE]
    return f"postgresql://{NAME}@/{NAME}?host={quote(sockets, safe='')}&port=5432"


def _ensure_database(url: str) -> None:
    with closing(psycopg.connect(url, dbname="postgres", autocommit=True)) as connection:
        major = connection.info.server_version // 10_000
        if major != MAJOR:
            raise StartRefused(f"PostgreSQL {major} answers where {MAJOR} was started: {url}")
        if connection.execute("SELECT FROM pg_database WHERE datname = %s", [NAME]).fetchone() is None:
            connection.execute("CREATE DATABASE northing")


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if "FATAL" in line or "error" in line]
    return (telling or lines or ["it said nothing"])[-1]


class _Watch:
    """Starts PostgreSQL again when it has died under us; sessions reconnect by themselves."""

    def __init__(self, place: DataFolder) -> None:
        self._place = place
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="embedded-postgresql", daemon=True)
        self._thread.start()

    def end(self) -> None:
        self._ending.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ending.wait(WATCH_SECONDS):
            if postmaster(self._place.cluster) is None:
                log.error("postgresql.died")  # It is started again.
                try:
                    _start(self._place)
                except (StartRefused, OSError) as refused:
                    log.error("postgresql.start_failed", error=str(refused))  # Tried again at the next look.
