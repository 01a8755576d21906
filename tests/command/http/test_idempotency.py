"""The same key and request again: the first answer again, and one set of events."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx
import pytest

from tests.command.http_workspace import HttpWorkspace, problem

JSON = {"Content-Type": "application/json"}


def first(answer: httpx.Response) -> bool:
    """Whether this is a first answer, which repetitions say that they are not."""
    assert answer.status_code == 200, answer.text
    return "idempotency-replayed" not in answer.headers


def test_the_first_answer_is_given_again(workspace: HttpWorkspace) -> None:
    one = workspace.post("teams", {"name": "Oven"}, key="k")
    again = workspace.post("teams", {"name": "Oven"}, key="k")
    assert first(one)
    assert not first(again)
    assert (again.content, again.headers["etag"]) == (one.content, one.headers["etag"])
    assert workspace.events() == 3


def test_the_first_answer_is_given_again_whatever_happened_since(workspace: HttpWorkspace) -> None:
    one = workspace.post("teams", {"name": "Oven"}, key="k")
    workspace.make(f"teams/{one.json()['id']}/dissolve", {"reason": "Enough"})
    again = workspace.post("teams", {"name": "Oven"}, key="k")
    assert again.content == one.content


def test_the_order_of_keys_and_blanks_do_not_matter(workspace: HttpWorkspace) -> None:
    bodies = [
        b'{"name":"Ana","role":"coach"}',
        b'{ "role" : "coach",\n "name" : "Ana" }',
        b'{"name":"\\u0041na","role":"coach"}',
    ]
    answers = [
        workspace.client.post(f"{workspace.url}/members", content=body, headers=JSON | {"Idempotency-Key": "k"})
        for body in bodies
    ]
    assert [first(answer) for answer in answers] == [True, False, False]
    assert len({answer.content for answer in answers}) == 1


@pytest.mark.parametrize("what", ["body", "a field more", "route", "if-match", "number"])
def test_a_key_stands_for_one_request(workspace: HttpWorkspace, what: str) -> None:
    team = workspace.make("teams", {"name": "Oven"})
    workspace.make(f"teams/{team}/rename", {"name": "Mill"}, key="k")
    before = workspace.events()
    other = {
        "body": lambda: workspace.post(f"teams/{team}/rename", {"name": "Oven"}, key="k"),
        "a field more": lambda: workspace.post("members", {"name": "Mill", "role": "coach"}, key="k"),
        "route": lambda: workspace.post("teams", {"name": "Mill"}, key="k"),
        "if-match": lambda: workspace.post(f"teams/{team}/rename", {"name": "Mill"}, key="k", if_match='"2"'),
        "number": lambda: workspace.post("settings", {"week_start": 6}, key="k"),
    }[what]()
    assert problem(other) == "key-reused"
    assert other.status_code == 422
    assert workspace.events() == before


def test_a_key_is_its_members_own(workspace: HttpWorkspace) -> None:
    bo = workspace.make("members", {"name": "Bo"})
    assert first(workspace.post("teams", {"name": "Oven"}, key="k"))
    assert first(workspace.post("teams", {"name": "Mill"}, key="k", by=bo))


def test_a_key_is_its_workspaces_own(client: httpx.Client, workspace: HttpWorkspace, log_database: str) -> None:
    assert first(workspace.post("teams", {"name": "Oven"}, key="k"))
    assert first(HttpWorkspace(client, log_database).post("teams", {"name": "Oven"}, key="k"))


def test_opening_a_workspace_twice_opens_one(client: httpx.Client, workspace: HttpWorkspace) -> None:
    key, body = uuid4().hex, {"name": "Bakers", "timezone": "UTC"}
    answers = [client.post("/v1/workspaces", json=body, headers={"Idempotency-Key": key}) for _ in range(2)]
    assert [first(answer) for answer in answers] == [True, False]
    assert answers[0].content == answers[1].content
    other = client.post("/v1/workspaces", json=body | {"name": "Others"}, headers={"Idempotency-Key": key})
    assert problem(other) == "key-reused"


def test_a_refusal_may_become_an_answer(workspace: HttpWorkspace) -> None:
    team = workspace.make("teams", {"name": "Oven"})
    workspace.make(f"teams/{team}/dissolve", {"reason": "Enough"})
    bo = workspace.make("members", {"name": "Bo", "role": "viewer"})
    assert problem(workspace.post("teams", {"name": "Mill"}, key="k", by=bo)) == "forbidden"
    workspace.make(f"members/{bo}/change-role", {"role": "member"})
    assert first(workspace.post("teams", {"name": "Mill"}, key="k", by=bo))


def test_the_same_key_at_the_same_instant_makes_one_set_of_events(workspace: HttpWorkspace) -> None:
    objective = workspace.make("objectives", {"title": "Fresh"})
    before = workspace.events()

    def propose(_: int) -> httpx.Response:
        return workspace.post("key-results", {"objective_id": objective, "title": "Sold"}, key="k")

    with ThreadPoolExecutor(16) as many:
        answers = list(many.map(propose, range(48)))
    assert sum(first(answer) for answer in answers) == 1
    assert len({answer.content for answer in answers}) == 1
    assert workspace.events() == before + 1


def test_two_processes_answer_the_same_key_once(workspace: HttpWorkspace, guarded: httpx.Client) -> None:
    """The token's process and the local owner's are two loops with two caches on one database."""
    ana = workspace.make("members", {"name": "Ana"})
    token = workspace.post(f"members/{ana}/tokens", {"label": "x"}).json()["token"]
    bearer = {"Authorization": f"Bearer {token}", "Idempotency-Key": "k"}
    before = workspace.events()

    def form(n: int) -> httpx.Response:
        client = guarded if n % 2 else workspace.client
        return client.post(f"{workspace.url}/teams", json={"name": "Oven"}, headers=bearer)

    with ThreadPoolExecutor(16) as many:
        answers = list(many.map(form, range(32)))
    assert sum(first(answer) for answer in answers) == 1
    assert len({answer.content for answer in answers}) == 1
    assert workspace.events() == before + 1


def test_what_is_shown_once_is_in_no_repetition(workspace: HttpWorkspace) -> None:
    ana = workspace.make("members", {"name": "Ana"})
    one, again = (workspace.post(f"members/{ana}/tokens", {"label": "x"}, key="k") for _ in range(2))
    assert one.json() == again.json() | {"token": one.json()["token"]}


def test_an_anonymous_learning_is_repeated_by_its_key_alone(workspace: HttpWorkspace) -> None:
    """Nobody is in the command id: so nobody can be found by trying whose it is."""
    team, cycle = workspace.make("teams", {"name": "Oven"}), workspace.make("cycles", {"name": "Q1"})
    workspace.make(f"cycles/{cycle}/activate")
    workspace.make(f"cycles/{cycle}/start-grading")
    retro = workspace.make("retrospectives", {"team_id": team, "cycle_id": cycle})
    bo = workspace.make("members", {"name": "Bo"})
    said = {"kind": "why", "text": "The oven was late", "anonymous": True}
    one = workspace.post(f"retrospectives/{retro}/learnings", said, key="k", by=bo)
    again = workspace.post(f"retrospectives/{retro}/learnings", said, key="k")
    assert first(one)
    assert not first(again)
    assert one.json() == again.json() | {"token": one.json()["token"]}


def test_each_of_several_commands_has_a_key(workspace: HttpWorkspace) -> None:
    commands = [
        {"path": "teams", "body": {"name": "A"}, "idempotency_key": "k"},
        {"path": "teams", "body": {"name": "B"}},
    ]
    first_time, again = (
        workspace.post("commands", {"commands": commands}, key="all").json()["answers"] for _ in range(2)
    )
    assert [answer["replayed"] for answer in first_time] == [False, False]
    assert [answer["replayed"] for answer in again] == [True, True]
    assert not first(workspace.post("teams", {"name": "A"}, key="k")), "a key is the same, however the command comes"
    assert workspace.events() == 4
