"""The embedded PostgreSQL in a data folder: made, used, refused."""

from __future__ import annotations

import os
import shutil
import stat
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from infra.postgres.embedded import data_folder, server
from infra.postgres.embedded.data_folder import place_for
from infra.settings import StartRefused

AS_ROOT = os.geteuid() == 0


@pytest.fixture
def data(folder: Path) -> Path:
    return folder / f"data-{uuid.uuid4().hex[:8]}"


@pytest.fixture
def closed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that only its owner may enter, as a clone in a home folder is."""
    monkeypatch.setattr(data_folder, "SHELTER", folder / "shelter")
    made = folder / "closed"
    made.mkdir(mode=0o700)
    yield made
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    shutil.rmtree(made)


def test_it_keeps_what_it_acknowledges_and_listens_on_a_socket_alone(cluster: str) -> None:
    asked = ["fsync", "full_page_writes", "synchronous_commit", "data_checksums", "listen_addresses", "server_encoding"]
    with psycopg.connect(cluster) as connection:
        assert connection.info.server_version // 10_000 == server.MAJOR
        found = [connection.execute("SELECT current_setting(%s)", [name]).fetchone() for name in asked]
    assert found == [("on",), ("on",), ("on",), ("on",), ("",), ("UTF8",)]


def test_text_sorts_by_code_point_and_folds_case_in_every_script(cluster: str) -> None:
    with psycopg.connect(cluster) as connection:
        rows = connection.execute(
            "SELECT x, lower(x) FROM unnest(ARRAY['a', 'É', 'Z', 'Ж']) AS x ORDER BY x"
        ).fetchall()
    assert rows == [("Z", "z"), ("a", "a"), ("É", "é"), ("Ж", "ж")]


def test_a_restart_keeps_everything(data: Path) -> None:
    with server.serving(data) as url:
        _remember(url, "before")
    assert server.running(data) is None
    with server.serving(data) as url:
        assert _remembered(url) == ["before"]


def test_a_folder_is_served_once_and_others_may_connect(data: Path) -> None:
    with server.serving(data) as url:
        with pytest.raises(StartRefused, match=f"served by process {os.getpid()}"), server.serving(data):
            pass
        assert server.running(data) == url
        _remember(url, "still here")


def test_a_long_path_gets_its_socket_elsewhere(data: Path) -> None:
    long = data / ("long " * 30)
    with server.serving(long) as url:
        _remember(url, "far down")
        sockets = place_for(long).sockets
        assert not sockets.is_relative_to(data)
    assert not sockets.exists()


def test_a_folder_of_another_major_version_is_refused_with_the_way_out(data: Path) -> None:
    with server.serving(data):
        pass
    (data / "postgres" / "PG_VERSION").write_text("17\n")
    with (
        pytest.raises(StartRefused, match=r"made by PostgreSQL 17.*northing export.*pg_upgrade"),
        server.serving(data),
    ):
        pass


def test_a_cluster_that_was_not_finished_is_made_anew(data: Path) -> None:
    unfinished = data / "postgres.unfinished"
    unfinished.mkdir(parents=True)
    data.chmod(0o711)
    (unfinished / "PG_VERSION").write_text("18\n")
    with server.serving(data) as url:
        _remember(url, "whole")
    assert not unfinished.exists()


def test_an_operators_own_postgresql_is_used_and_left_running(data: Path) -> None:
    with server.serving(data):
        pass
    place = place_for(data)
    cluster = f"--pgdata={place.cluster}"
    assert place.run("pg_ctl", "start", "--wait", cluster, f"--log={place.cluster}/by-hand.log").returncode == 0
    try:
        with server.serving(data) as url:
            _remember(url, "by hand")
        assert server.running(data) == url
    finally:
        assert place.run("pg_ctl", "stop", "--wait", cluster).returncode == 0


def test_a_folder_that_others_cannot_enter_works_and_stays_closed(closed: Path) -> None:
    for _ in range(2):
        with server.serving(closed / "data") as url:
            _remember(url, "inside")
    assert (closed / "data" / "postgres-is-at").exists() == AS_ROOT
    with server.serving(closed / "data") as url:
        assert _remembered(url) == ["inside", "inside"]


def test_programs_that_the_account_cannot_reach_are_copied(
    closed: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = place_for(data).programs.parents[2]
    for part in (data_folder.WHEEL, f"{data_folder.WHEEL}.libs"):
        shutil.copytree(installed / part, closed / part, symlinks=True)
    monkeypatch.syspath_prepend(closed)
    with server.serving(data) as url:
        _remember(url, "copied")
    assert place_for(data).programs.is_relative_to(data_folder.SHELTER) == AS_ROOT


def test_a_socket_folder_of_somebody_else_is_refused(data: Path) -> None:
    place = place_for(data)
    place.sockets.chmod(0o777)
    with pytest.raises(StartRefused, match="is not a folder of user"):
        place_for(data)


def _remember(url: str, text: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS remembered (text text)")
        connection.execute("INSERT INTO remembered VALUES (%s)", [text])


def _remembered(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return [text for (text,) in connection.execute("SELECT text FROM remembered")]
