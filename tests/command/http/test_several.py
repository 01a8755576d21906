"""Several commands in one request: each is answered as it would be alone."""

import json
from uuid import UUID, uuid4

import httpx
import pytest

from services.command.handlers.command import OPENING, Command
from services.command.handlers.table import TABLE
from tests.command.http.test_problems import Bakery
from tests.command.http_workspace import HttpWorkspace, problem
from tests.json_types import Json
from tests.sizes import by_size

COMMANDS = [command for command in TABLE.commands if command.path != OPENING]
ABSENT = object()  # There is no body.


@pytest.fixture(scope="module")
def bakery(client: httpx.Client, log_database: str) -> Bakery:
    return Bakery(HttpWorkspace(client, log_database))


def bodies_of(command: Command) -> list[object]:
    """The example; without a field, with one that is not there, with what no field takes; none at all."""
    [example] = command.body.model_json_schema().get("examples", [{}])[:1]
    values: list[object] = [None, {"a": []}, 7.5, ""]
    wrong = [example | {name: value} for name in example for value in values[: by_size(check=1, test=2, proof=4)]]
    return [example, {}, ABSENT, example | {"unknown": 1}, *wrong]


def alone(at: HttpWorkspace, path: str, body: object, **headers: str) -> Json:
    answer = at.post(path, None if body is ABSENT else body, **headers)
    return {
        "status": answer.status_code,
        "body": answer.json(),
        "etag": answer.headers.get("etag"),
        "replayed": "idempotency-replayed" in answer.headers,
    }


def among_others(at: HttpWorkspace, *commands: Json, **headers: str) -> list[Json]:
    answer = at.post("commands", {"commands": commands}, **headers)
    assert answer.is_success, answer.text
    answers: list[Json] = answer.json()["answers"]
    return answers


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.path)
def test_what_is_refused_is_refused_in_the_same_words(bakery: Bakery, command: Command) -> None:
    """Of ids that lead nowhere and of bodies of all kinds."""
    for id in ("nonsense", str(UUID(int=2**90))) if command.ids else ("",):
        refused_alike(bakery, command, command.path.format(**dict.fromkeys(command.ids, id)).strip("/"))


def refused_alike(bakery: Bakery, command: Command, path: str) -> None:
    bodies = bodies_of(command)
    answers = among_others(
        bakery,
        *({"path": path} | ({} if body is ABSENT else {"body": body}) for body in bodies),
        X_Request_Id="one",
    )
    for body, answer in zip(bodies, answers, strict=True):
        if answer["status"] != 200:
            assert answer == alone(bakery, path, body, X_Request_Id="one"), body


def test_a_command_among_others_is_repeated_by_the_same_command_alone(workspace: HttpWorkspace) -> None:
    """Key, address, body and If-Match make the same fingerprint, whichever way they come."""
    team = workspace.make("teams", {"name": "Oven"})
    one = {"path": f"teams/{team}/rename", "body": {"name": "Mill"}, "idempotency_key": "k", "if_match": '"1"'}
    [answer] = among_others(workspace, one)
    again = alone(workspace, f"teams/{team}/rename", {"name": "Mill"}, key="k", if_match='"1"')
    assert again == answer | {"replayed": True}
    other = workspace.post(f"teams/{team}/rename", {"name": "Mill"}, key="k")
    assert problem(other) == "key-reused"


def test_what_the_request_says_of_itself_it_does_not_say_of_its_commands(workspace: HttpWorkspace) -> None:
    team = workspace.make("teams", {"name": "Oven"})
    rename = {"path": f"teams/{team}/rename", "body": {"name": "Mill"}}
    [answer] = among_others(workspace, rename, if_match='"9"')
    assert answer["status"] == 200
    [wrong] = among_others(workspace, rename | {"if_match": "9"})
    assert wrong["body"]["errors"][0]["field"] == "If-Match"


def test_one_that_is_refused_stops_no_other(workspace: HttpWorkspace) -> None:
    teams = [{"path": "teams", "body": {"name": name}} for name in ("A", "A", "B")]
    assert [answer["status"] for answer in among_others(workspace, *teams)] == [200, 409, 200]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("nothing", 404),
        ("teams//rename", 404),
        ("teams/x/y/z", 404),
        ("teams?x", 404),
        ("/", 404),
        ("../teams", 404),
        ("commands", 404),
        ("imports", 404),
        ("alignment-tree", 405),
        ("teams/x", 405),
    ],
)
def test_at_an_address_that_takes_no_command(workspace: HttpWorkspace, path: str, status: int) -> None:
    before = workspace.events()
    [answer] = among_others(workspace, {"path": path, "body": {"name": "A"}})
    assert (answer["status"], answer["etag"]) == (status, None)
    assert workspace.events() == before


def test_the_whole_address_may_be_said_too(workspace: HttpWorkspace) -> None:
    answers = among_others(
        workspace, *({"path": path, "body": {"name": path}} for path in ("teams", f"{workspace.url}/teams"))
    )
    assert [answer["status"] for answer in answers] == [200, 200]
    [elsewhere] = among_others(workspace, {"path": f"/v1/workspaces/{uuid4()}/teams", "body": {"name": "A"}})
    assert elsewhere["status"] == 404


def test_a_number_keeps_its_digits(workspace: HttpWorkspace) -> None:
    objective = workspace.make("objectives", {"title": "Fresh"})
    body = f'{{"objective_id":"{objective}","title":"T","measure":{{"baseline":1.10,"target":0.123456}}}}'
    content = f'{{"commands":[{{"path":"key-results","body":{body}}}]}}'
    answer = workspace.client.post(
        f"{workspace.url}/commands", content=content, headers={"Content-Type": "application/json"}
    )
    assert json.loads(answer.text)["answers"][0]["status"] == 200
    [(state,)] = workspace.rows(
        "SELECT state FROM northing.events WHERE workspace_id = %s AND topic = 'KRProposed'", workspace.id
    )
    recorded = json.loads(state)
    assert (recorded["baseline"], recorded["target"]) == ("1.10", "0.123456")
