"""Hostile requests: each is answered with problem details that are no 500, and nothing of it is written."""

import json
from uuid import uuid4

import httpx
import pytest

from tests.command.http.test_problems import Bakery
from tests.command.http_workspace import HttpWorkspace, problem
from tests.sizes import by_size

JSON = {"Content-Type": "application/json"}
NUMBERS = [
    "NaN",
    "Infinity",
    "-Infinity",
    "1e400",
    "-1e400",
    "1e-400",
    "9" * 40,
    "0." + "1" * 40,
    "1e15",
    "1e9999999999",
]


@pytest.fixture
def bakery(workspace: HttpWorkspace) -> Bakery:
    return Bakery(workspace)


def refused(
    workspace: HttpWorkspace, answer: httpx.Response, events: int, *, by: str = "invalid-request not-json"
) -> None:
    assert problem(answer) in by.split(), answer.text
    assert workspace.events() == events


# --- bodies -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"name"',
        b"7",
        b"{}",
        b"{",
        b'{"name":',
        b"\xff\xfe",
        b"\x00",
        b'{"name":"A","name":"B"}',
        b'{"name":"\\u0000"}',
        b'{"name":"a\\u0000b"}',
        b'{"name":"\\ud800"}',
        b'{"name":"\\udfff\\ud800"}',
        b'{"na\\u0000me":"A"}',
        b'{"\\ud800":"A"}',
        b'{"name":null}',
        b'{"name":7}',
        b'{"name":true}',
        b'{"name":["A"]}',
        b'{"name":""}',
        b'{"name":"  "}',
        b'{"name":"a\\nb"}',
        b'{"name":"a\\u202eb"}',
        b'{"name":"A","parent_id":"x"}',
        b'{"name":"A","parent_id":{}}',
        b'{"name":"A","more":1}',
        b'{"name":"A","__class__":"x"}',
        b'{"name":"' + b"a" * 501 + b'"}',
        b'{"name":' + b"[" * 100 + b"]" * 100 + b"}",
        b'{"name":' + b'{"a":' * 40_000,
    ],
)
def test_a_body_that_is_none_is_refused(workspace: HttpWorkspace, body: bytes) -> None:
    before = workspace.events()
    refused(workspace, workspace.client.post(f"{workspace.url}/teams", content=body, headers=JSON), before)


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("quoted", [False, True])
def test_a_number_that_is_none_is_refused(bakery: Bakery, number: str, quoted: bool) -> None:
    kr, before = bakery.kr, bakery.events()
    written = f'"{number}"' if quoted else number
    for address, body in [
        (f"key-results/{kr}/counter", f'{{"measure":{{"target":{written}}}}}'),
        (f"key-results/{kr}/check-ins", f'{{"value":{written}}}'),
        (f"objectives/{bakery.objective}/weigh", f'{{"weights":[{{"goal_id":"{kr}","weight":{written}}}]}}'),
        ("settings", f'{{"week_start":{written}}}'),
    ]:
        refused(bakery, bakery.client.post(f"{bakery.url}/{address}", content=body, headers=JSON), before)


def test_a_number_has_at_most_15_digits_before_the_point_and_6_after(bakery: Bakery) -> None:
    for target in ("999999999999999.999999", "-0.000001"):
        assert bakery.make(
            "key-results",
            {"objective_id": bakery.objective, "title": "T", "measure": {"baseline": 1, "target": target}},
        )


@pytest.mark.parametrize("announced", [True, False])
def test_fifty_megabytes_are_refused_whether_or_not_their_length_is_told(
    workspace: HttpWorkspace, announced: bool
) -> None:
    before, megabyte = workspace.events(), b" " * 2**20
    content = megabyte * 50 if announced else (megabyte for _ in range(50))
    refused(
        workspace,
        workspace.client.post(f"{workspace.url}/teams", content=content, headers=JSON),
        before,
        by="too-large",
    )


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", None])
def test_a_body_is_json_and_says_so(workspace: HttpWorkspace, kind: str | None) -> None:
    before = workspace.events()
    headers = {} if kind is None else {"Content-Type": kind}
    answer = workspace.client.post(f"{workspace.url}/teams", content=b'{"name":"A"}', headers=headers)
    refused(workspace, answer, before)


# --- addresses and headers ----------------------------------------------------------------------------------------

GARBAGE = [
    "x",
    "1",
    "None",
    "%00",
    "..%2f..",
    "%ff",
    "'; DROP TABLE northing.events --",
    "019b0000-0000-7000-8000",
    "{id}",
    "a" * 2000,
    "019b0000-0000-7000-8000-00000000000g",
    "🍞",
]


@pytest.mark.parametrize("id", GARBAGE)
def test_garbage_in_the_place_of_an_id_is_refused(workspace: HttpWorkspace, id: str) -> None:
    before = workspace.events()
    by = "invalid-request not-found unknown-route"
    refused(workspace, workspace.post(f"teams/{id}/rename", {"name": "A"}), before, by=by)
    refused(workspace, workspace.client.post(f"/v1/workspaces/{id}/teams", json={"name": "A"}), before, by=by)
    refused(workspace, workspace.post("members", {"name": "A"}, by="x"), before)


@pytest.mark.parametrize(
    "headers",
    [
        {"Idempotency-Key": ""},
        {"Idempotency-Key": "a" * 65},
        {"Idempotency-Key": "a b"},
        {"Idempotency-Key": "é"},
        {"If-Match": "1"},
        {"If-Match": "*"},
        {"If-Match": 'W/"1"'},
        {"If-Match": '"' + "9" * 40 + '"'},
        {"If-Match": '"1", "2"'},
        {"X-Northing-Member": "me"},
    ],
)
def test_a_header_that_cannot_be_is_refused(workspace: HttpWorkspace, headers: dict[str, str]) -> None:
    before = workspace.events()
    encoded = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    answer = workspace.client.post(f"{workspace.url}/teams", json={"name": "A"}, headers=encoded)
    refused(workspace, answer, before)


@pytest.mark.parametrize("name", ["X-Correlation-Id", "traceparent", "X-Request-Id"])
def test_a_header_that_only_follows_a_request_never_stops_it(workspace: HttpWorkspace, name: str) -> None:
    for value in (b"?", b"00-zz?", b"\xff" * 20, b"a" * 5000):
        answer = workspace.client.post(
            f"{workspace.url}/teams", json={"name": uuid4().hex}, headers=[(name.encode(), value)]
        )
        assert answer.status_code == 200
        assert answer.headers["x-request-id"].encode() != value


@pytest.mark.parametrize(
    "token",
    [
        "",
        "Bearer",
        "Bearer x",
        "Bearer northing_",
        "Bearer northing_" + "A" * 107,
        "Basic northing_AA",
        "Bearer northing_" + "A" * 1000,
        "Bearer northing_é",
        "northing_AAAA",
        "Bearer northing_" + "A" * 106,
    ],
)
def test_a_token_that_is_none_lets_nobody_in(workspace: HttpWorkspace, token: str) -> None:
    before = workspace.events()
    headers = [(b"Authorization", token.encode("latin-1"))]
    answer = workspace.client.post(f"{workspace.url}/teams", json={"name": "A"}, headers=headers)
    refused(workspace, answer, before, by="unauthenticated not-found")


# --- every route --------------------------------------------------------------------------------------------------


def test_every_command_survives_every_hostile_value_in_every_field(bakery: Bakery) -> None:
    """Of each route's example, one field after the other is replaced by what nobody would send."""
    document = bakery.client.get("/openapi.json").json()
    every: list[object] = [None, 1e300, "x" * 20_000, {"a": None}, str(uuid4()), True, -1, "", "\x7f", [], {}, [[]]]
    values = every[: by_size(check=5, test=12, proof=12)]
    paths = {path: methods["post"] for path, methods in document["paths"].items() if "post" in methods}
    for path, operation in paths.items():
        if path == "/v1/workspaces" or path.endswith("/imports"):
            continue
        example = operation["requestBody"]["content"]["application/json"]["example"]
        address = path.replace("{workspace_id}", str(bakery.id))
        for name in ("id", "check_in_id", "token_id", "learning_id", "action_id"):
            address = address.replace(f"{{{name}}}", str(uuid4()))
        for field in example or {"": 0}:
            for value in values:
                answer = bakery.client.post(address, json=example | {field: value})
                assert answer.status_code < 500, (path, field, value, answer.text)
                if answer.is_error:
                    problem(answer)


def test_the_many_in_one_request_are_as_strict(workspace: HttpWorkspace) -> None:
    before = workspace.events()
    for body in (b'{"name":1e400}', b'{"name":NaN}', b'{"name":"A","name":"B"}', b'{"name":"\\ud800"}'):
        content = b'{"commands":[{"path":"teams","body":%b}]}' % body
        answer = workspace.client.post(f"{workspace.url}/commands", content=content, headers=JSON)
        if answer.is_success:
            answer = httpx.Response(
                answer.json()["answers"][0]["status"],
                json=answer.json()["answers"][0]["body"],
            )
            assert answer.json()["type"].endswith("invalid-request")
        else:
            assert problem(answer) == "not-json"
    none_of_them: list[object] = [[], [{"path": "teams"}] * 101, [{"body": {}}], "teams", [7]]
    for commands in none_of_them:
        refused(workspace, workspace.post("commands", {"commands": commands}), before)
    assert workspace.events() == before


def test_nothing_hostile_is_kept_for_repetition(workspace: HttpWorkspace) -> None:
    [(before,)] = workspace.rows("SELECT count(*) FROM northing.commands WHERE workspace_id = %s", workspace.id)
    assert problem(workspace.post("teams", {"name": 1}, key="k")) == "invalid-request"
    assert problem(workspace.post(f"teams/{uuid4()}/rename", {"name": "A"}, key="k")) == "not-found"
    assert workspace.post("teams", {"name": "A"}, key="k").is_success, json.dumps(before)
    [(after,)] = workspace.rows("SELECT count(*) FROM northing.commands WHERE workspace_id = %s", workspace.id)
    assert after == before + 1
