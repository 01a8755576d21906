"""The process: what it says when it starts, that it ends when asked, and that it comes back after a crash."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import psycopg

from tests.server import PATIENCE_SECONDS, ROOT, StartServer


def northing(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a shell does, with nothing of ours in its environment."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("NORTHING_")}
    command = [sys.executable, "-m", "infra.cli", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, env=clean | environment, capture_output=True, text=True, timeout=120)


def opened(client: httpx.Client) -> str:
    return str(client.post("/v1/workspaces", json={"name": "Bakery", "timezone": "UTC"}).json()["id"])


def test_asked_to_end_it_answers_what_it_has_taken_and_exits_with_0(start_server: StartServer, database: str) -> None:
    server = start_server(database_url=database)
    with server.client() as client:
        workspace_id = opened(client)
        comment = {"about_kind": "workspace", "about_id": workspace_id, "text": "Bread!"}
        answers: list[int] = []

        def work() -> None:
            with server.client() as own:
                while True:
                    try:
                        answer = own.post(f"/v1/workspaces/{workspace_id}/comments", json=comment)
                    except httpx.TransportError:
                        return
                    answers.append(answer.status_code)

        workers = [threading.Thread(target=work) for _ in range(4)]
        for worker in workers:
            worker.start()
        while len(answers) < 50:
            time.sleep(0.01)
        assert server.stop() == 0
        for worker in workers:
            worker.join(PATIENCE_SECONDS)
    assert set(answers) == {200}
    assert "Traceback" not in server.log()
    with psycopg.connect(database) as connection:
        [(stored,)] = connection.execute("SELECT count(*) FROM northing.events WHERE stream_kind = 'comment'")
    assert stored >= len(answers)


def test_an_open_stream_does_not_hold_up_the_end(start_server: StartServer, database: str) -> None:
    server = start_server(database_url=database)
    with server.client() as client:
        workspace_id = opened(client)
        with client.stream("GET", f"/v1/workspaces/{workspace_id}/stream", params={"min_position": 2}) as stream:
            lines = stream.iter_lines()
            assert next(lines).startswith("id: 1")
            assert server.stop() == 0


def test_killed_and_started_again_it_has_what_it_acknowledged(start_server: StartServer, folder: Path) -> None:
    data = folder / "killed"
    server = start_server(data=data)
    with server.client() as client:
        workspace_id = opened(client)
    server.kill()
    again = start_server(data=data)
    with again.client() as client:
        assert (
            client.get(f"/v1/workspaces/{workspace_id}/settings", params={"min_position": 2}).json()["name"] == "Bakery"
        )
    assert again.stop() == 0


def test_the_first_start_fills_the_demo_and_the_second_finds_it(folder: Path, start_server: StartServer) -> None:
    data = folder / "demo"
    greetings = [_greeting(start_server, data) for _ in range(2)]
    assert "Millrace (demo) is filled: workspace" in greetings[0]
    assert "Millrace (demo) is there: workspace" in greetings[1]
    for greeting in greetings:
        assert "known_at starts at its import" in greeting
        assert greeting.count("curl -s") == 4


def _greeting(start_server: StartServer, data: Path) -> str:
    """What `northing serve --demo` says before it is asked to end. The curl lines that it names are run."""
    server = start_server(data=data, arguments=("--demo",))
    deadline = time.monotonic() + PATIENCE_SECONDS
    while "agree-amendment" not in server.log() and time.monotonic() < deadline:
        time.sleep(0.02)
    greeting = server.log()
    for line in (line for line in greeting.splitlines() if line.startswith("curl -s") and "POST" not in line):
        answer = subprocess.run(line, shell=True, capture_output=True, text=True, check=True).stdout
        assert '"position"' in answer, line
    assert server.stop() == 0
    return greeting


def test_an_unknown_setting_stops_the_start() -> None:
    ended = northing("serve", NORTHING_PROT="8001")
    assert ended.returncode == 1
    assert ended.stderr == "northing: NORTHING_PROT is not a setting of Northing; the nearest is NORTHING_PORT\n"


def test_dev_mode_is_refused_where_others_can_reach_it() -> None:
    ended = northing("serve", NORTHING_HOST="0.0.0.0", NORTHING_DEV="true")
    assert ended.returncode == 1
    assert "refused on 0.0.0.0" in ended.stderr


def test_a_port_that_is_taken_is_said_before_anything_starts(
    start_server: StartServer, database: str, folder: Path
) -> None:
    server = start_server(database_url=database)
    ended = northing("serve", "--port", server.port, "--data", folder / "never")
    assert ended.returncode == 1
    assert f"port {server.port}" in ended.stderr
    assert not (folder / "never").exists()


def test_readiness_says_what_is_in_the_way(start_server: StartServer, database: str, cluster: str) -> None:
    server = start_server(database_url=database)
    with server.client() as client:
        ready = client.get("/readyz").json()
        assert (ready["status"], ready["parked_streams"]) == ("ready", 0)
        name = psycopg.conninfo.conninfo_to_dict(database)["dbname"]
        with psycopg.connect(cluster, autocommit=True) as connection:
            connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
            refused = client.get("/readyz")
            assert client.get("/livez").status_code == 200
            connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        assert (refused.status_code, refused.json()["type"]) == (503, "urn:northing:problem:not-ready")
        deadline = time.monotonic() + PATIENCE_SECONDS
        while client.get("/readyz").status_code != 200 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert client.get("/readyz").status_code == 200


def test_interrupted_by_hand_it_ends_as_well(start_server: StartServer, database: str) -> None:
    server = start_server(database_url=database)
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(PATIENCE_SECONDS) == 0
