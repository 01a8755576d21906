"""The commands as a shell meets them: what they say of themselves, what they do, and how they say no."""

import io
import json
import re
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
import typer

from infra.cli.main import app, main
from infra.settings import Settings
from tests.conftest import NewDatabase
from tests.server import StartServer, free_port

COMMANDS = typer.main.get_group(app).commands
FACTS = [
    {"at": "2026-01-05", "kind": "objective", "id": "o1", "title": "Bread that is never sold out", "owner": "Rosa"},
    {
        "at": "2026-01-05",
        "kind": "key_result",
        "id": "k1",
        "title": "Waste below 4 %",
        "parent_id": "o1",
        "baseline": 9,
        "target": 4,
    },
    {"at": "2026-01-12", "kind": "checkin", "id": "k1", "current": 7, "confidence": 6, "note": "The forecast helps."},
]


Address = tuple[str, str]


class Ended(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


def northing(*arguments: object) -> Ended:
    """Run a command to its end: all that a shell would run, without a new process."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return Ended(int(ended.value.code or 0), out.getvalue(), err.getvalue())


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    file = tmp_path / "facts.jsonl"
    file.write_text("".join(json.dumps(fact) + "\n" for fact in FACTS))
    return file


@pytest.fixture
def at(server: httpx.Client) -> Address:
    """How a command is told of the server."""
    return "--url", str(server.base_url)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_every_flag_says_what_it_is_for(name: str) -> None:
    command = COMMANDS[name]
    assert command.help
    for flag in command.params:
        assert getattr(flag, "help", None) or flag.name == "help", f"northing {name} {flag.opts}"
    shown = northing(name, "--help")
    assert shown.returncode == 0
    assert all(option in shown.stdout for flag in command.params for option in flag.opts if option.startswith("--"))


def test_help_names_every_command() -> None:
    shown = northing("--help").stdout
    assert [name for name in COMMANDS if not re.search(rf"^│ {name} ", shown, re.MULTILINE)] == []


def test_every_setting_has_its_flag() -> None:
    flags = {flag.name for flag in COMMANDS["serve"].params}
    assert set(Settings.model_fields) <= flags


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["import", "nowhere.jsonl", "--workspace", "A"], "nowhere.jsonl cannot be read: No such file or directory"),
        (["export", "--workspace", "A", "--url", "localhost:8000"], "localhost:8000 is no address of a server"),
        (["serve", "--host", "0.0.0.0", "--dev"], "dev mode"),
        (["serve", "--port", "70000"], "NORTHING_PORT"),
        (["serve", "--log-level", "loud"], "NORTHING_LOG_LEVEL"),
        (["serve", "--host", "0.0.0.0", "--demo"], "the demo workspace is for dev mode"),
        (["serve", "--roles", "querry"], "NORTHING_ROLES: 'querry' is not a role; the nearest is query"),
        (["serve", "--roles", "query,projector", "--demo"], "serve the roles of both, or leave out --demo"),
        (["token", "--workspace", "A", "--database-url", "postgresql://127.0.0.1:1/none"], "refused"),
        (["demo", "--output", "/nowhere/at/all"], "cannot be written"),
    ],
)
def test_what_a_user_can_cause_is_said_in_one_line(arguments: list[str], message: str) -> None:
    ended = northing(*arguments)
    assert ended.returncode == 1
    assert message in ended.stderr
    assert ended.stderr.startswith("northing: ")
    assert ended.stderr.count("\n") == 1


def test_without_a_server_it_says_how_to_start_one(facts: Path) -> None:
    ended = northing("import", facts, "--workspace", "Bakery", "--url", f"http://127.0.0.1:{free_port()}")
    assert ended.returncode == 1
    assert "no server answers" in ended.stderr
    assert "northing serve" in ended.stderr


def test_an_import_makes_the_workspace_and_the_second_takes_nothing(
    facts: Path, at: Address, server: httpx.Client
) -> None:
    first = northing("import", facts, "--workspace", "Bakery", "--timezone", "Europe/Lisbon", *at)
    assert (first.returncode, first.stderr.count("Made the workspace Bakery")) == (0, 1)
    assert re.search(r"taken\s+│\s+3 │", first.stdout)
    again = northing("import", facts, "--workspace", "Bakery", *at)
    assert again.returncode == 0
    assert re.search(r"unchanged\s+│\s+3 │", again.stdout)
    [found] = server.get("/v1/workspaces").json()["workspaces"]
    assert (found["name"], found["timezone"]) == ("Bakery", "Europe/Lisbon")


def test_refused_lines_are_listed_with_number_and_reason(facts: Path, at: Address) -> None:
    facts.write_text(facts.read_text() + '\n{"at":"2026-01-13","kind":"grade","id":"o9"}\nnot JSON\n')
    ended = northing("import", facts, "--workspace", "Bakery", *at)
    assert ended.returncode == 1
    assert "refused, line 5: unknown goal id: o9" in ended.stdout
    assert "refused, line 6: not JSON" in ended.stdout


def test_a_rehearsal_records_nothing(facts: Path, at: Address, server: httpx.Client) -> None:
    assert "rehearsal" in northing("import", facts, "--workspace", "Bakery", "--dry-run", *at).stderr
    server.post("/v1/workspaces", json={"name": "Bakery", "timezone": "UTC"})
    rehearsed = northing("import", facts, "--workspace", "Bakery", "--dry-run", *at)
    assert rehearsed.returncode == 0
    assert re.search(r"taken\s+│\s+3 │", rehearsed.stdout)
    assert re.search(r"taken\s+│\s+3 │", northing("import", facts, "--workspace", "Bakery", *at).stdout)


def test_an_export_is_imported_again_whole(facts: Path, at: Address, tmp_path: Path) -> None:
    northing("import", facts, "--workspace", "Bakery", *at)
    file = tmp_path / "bakery.jsonl"
    assert northing("export", "--workspace", "Bakery", "--output", file, *at).returncode == 0
    header, *events = map(json.loads, file.read_text().splitlines())
    assert (header["workspace"]["name"], header["position"]) == ("Bakery", len(events))
    copied = northing("import", file, "--workspace", "Copy", *at)
    assert copied.returncode == 0
    assert "The workspace is named Bakery now" in copied.stderr


def test_the_tree_of_any_day_stands_in_the_terminal(facts: Path, at: Address) -> None:
    northing("import", facts, "--workspace", "Bakery", *at)
    before = northing("tree", "--workspace", "Bakery", "--as-of", "2026-01-10", *at)
    after = northing("tree", "--workspace", "Bakery", "--as-of", "2026-01-20", *at)
    assert "KR: Waste below 4 %" in before.stdout
    assert "40 %" not in before.stdout
    assert "████░░░░░░ 40 %  confidence 6 (Medium)" in after.stdout
    assert "\x1b" not in after.stdout
    assert (
        "no workspace 'Bekery' that you may read; there are: Bakery"
        in northing("tree", "--workspace", "Bekery", *at).stderr
    )


def test_a_token_opens_a_server_that_is_not_in_dev_mode(start_server: StartServer, database: str) -> None:
    made = northing("token", "--workspace", "Bakery", "--create", "--database-url", database)
    assert made.returncode == 0
    again = northing("token", "--workspace", "Bakery", "--member", "Owner", "--database-url", database)
    server = start_server(database_url=database, dev=False)
    with server.client() as client:
        assert client.get("/v1/workspaces").status_code == 401
        for token in (made.stdout.strip(), again.stdout.strip()):
            found = client.get("/v1/workspaces", headers={"Authorization": f"Bearer {token}"}).json()["workspaces"]
            assert [workspace["name"] for workspace in found] == ["Bakery"]
    assert "with --create it is made" in northing("token", "--workspace", "Bekery", "--database-url", database).stderr
    missing = northing("token", "--workspace", "Bakery", "--member", "Rosa", "--database-url", database)
    assert "no member 'Rosa'" in missing.stderr


def test_the_doctor_finds_a_healthy_database_and_server(database: str, at: Address, server: httpx.Client) -> None:
    found = northing("doctor", "--database-url", database, *at)
    assert found.returncode == 0, found.stdout
    assert set(re.findall(r"^(\w+) ", found.stdout, re.MULTILINE)) == {"ok"}


def test_the_doctor_looks_at_the_database_of_the_read_models_too(
    database: str, new_database: NewDatabase, start_server: StartServer
) -> None:
    read_database = new_database()
    databases = ("--database-url", database, "--read-database-url", read_database)
    before = northing("doctor", *databases, "--url", f"http://127.0.0.1:{free_port()}")
    assert (before.returncode, before.stdout.count("not applied yet: 0000_roles.sql")) == (0, 1)
    with start_server(database_url=database, read_database_url=read_database) as server:
        found = northing("doctor", *databases, "--url", server.url)
        assert found.returncode == 0, found.stdout
        assert set(re.findall(r"^(\w+) ", found.stdout, re.MULTILINE)) == {"ok"}
        assert re.findall(r"^ok +((?:read )?database|read models) ", found.stdout, re.MULTILINE) == [
            "database",
            "read database",
            "read models",
        ]
        assert "generation 1, 0 events behind the log" in found.stdout
    gone = northing("doctor", "--database-url", database, "--read-database-url", "postgresql://127.0.0.1:1/none")
    assert gone.returncode == 1
    assert re.search(r"^fail\s+read database", gone.stdout, re.MULTILINE)


def test_the_doctor_says_what_to_do(new_database: NewDatabase) -> None:
    empty = northing("doctor", "--database-url", new_database(), "--url", f"http://127.0.0.1:{free_port()}")
    assert (empty.returncode, empty.stdout.count("northing serve")) == (0, 2)
    gone = northing("doctor", "--database-url", "postgresql://127.0.0.1:1/none")
    assert gone.returncode == 1
    assert re.search(r"^fail\s+database", gone.stdout, re.MULTILINE)
