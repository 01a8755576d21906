"""How the embedded PostgreSQL is set. Written at every start; an operator's ALTER SYSTEM stands over it."""

from __future__ import annotations

from pathlib import Path

import psutil

MEGABYTE = 1 << 20
CONTAINER_LIMIT = Path("/sys/fs/cgroup/memory.max")


def settings_file(sockets: Path) -> str:
    """The text of northing.conf."""
    quarter = _memory_bytes() // 4 // MEGABYTE
    quoted = str(sockets).replace("'", "''")
    return f"""\
listen_addresses = ''
port = 5432
unix_socket_directories = '{quoted}'
unix_socket_permissions = 0700

# What was acknowledged is on the disk.
fsync = on
full_page_writes = on
synchronous_commit = on

shared_buffers = {max(128, min(quarter, 1024))}MB
effective_cache_size = {max(256, 2 * quarter)}MB
max_wal_size = 2GB
max_connections = 100
jit = off

# No session holds up the others for ever.
lock_timeout = 10s
idle_in_transaction_session_timeout = 60s

# A week of logs, without statements and details: they could hold what a person wrote.
logging_collector = on
log_filename = 'postgresql-%a.log'
log_rotation_age = 1d
log_truncate_on_rotation = on
log_min_error_statement = panic
log_error_verbosity = terse
log_timezone = 'UTC'
timezone = 'UTC'
"""


def _memory_bytes() -> int:
    """What this machine has, or what the container may use of it."""
    limit = CONTAINER_LIMIT.read_text().strip() if CONTAINER_LIMIT.exists() else "max"
    machine = int(psutil.virtual_memory().total)
    return machine if limit == "max" else min(machine, int(limit))
