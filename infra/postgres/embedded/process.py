"""Which processes belong to a cluster. Only PostgreSQL works in a cluster's folder, and that tells them from others."""

from __future__ import annotations

import time
from pathlib import Path

import psutil

from infra.settings import StartRefused

SOCKET_FOLDER_LINE = 4  # Of postmaster.pid; the process id is line 0.


def postmaster(cluster: Path) -> psutil.Process | None:
    """The process that runs this cluster. After a crash its id in the file may by now be another process's."""
    lines = pid_file(cluster)
    if not lines or not lines[0].isdigit():
        return None
    try:
        process = psutil.Process(int(lines[0]))
        return process if _works_in(process, cluster) else None
    except psutil.NoSuchProcess:
        return None


def pid_file(cluster: Path) -> list[str]:
    try:
        return (cluster / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


def clear_the_way(cluster: Path, *, timeout_seconds: float) -> None:
    """Before a start: let the backends of a killed postmaster end, which they do by themselves.

    Then, if the file that it left names a process of another program today, remove the file: PostgreSQL could
    not tell. In every other case it clears the file itself, and better.
    """
    deadline = time.monotonic() + timeout_seconds
    while orphans := [p.pid for p in psutil.process_iter() if _is_at_work(p, cluster)]:
        if time.monotonic() > deadline:
            raise StartRefused(f"the PostgreSQL processes {orphans} of a killed server still use {cluster}: end them")
        time.sleep(0.05)
    lines = pid_file(cluster)
    if lines and lines[0].isdigit() and psutil.pid_exists(int(lines[0])):
        (cluster / "postmaster.pid").unlink()


def identity(process: psutil.Process) -> str:
    return f"{process.pid} {process.create_time():.0f}"


def _is_at_work(process: psutil.Process, cluster: Path) -> bool:
    try:
        return process.name().startswith("postgres") and _works_in(process, cluster)
    except psutil.NoSuchProcess:
        return False


def _works_in(process: psutil.Process, cluster: Path) -> bool:
    """Raises StartRefused where the system does not tell: two servers on one cluster would destroy it."""
    try:
        return Path(process.cwd()) == cluster.resolve()
    except psutil.ZombieProcess:
        return False
    except psutil.AccessDenied:
        if process.uids().effective != cluster.stat().st_uid:
            return False
        raise StartRefused(
            f"cannot see whether process {process.pid} is the PostgreSQL of {cluster}: end it if it is, "
            "and remove postmaster.pid there"
        ) from None
