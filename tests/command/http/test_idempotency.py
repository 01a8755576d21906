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


def test_the_first_answer_is_given_again(office: HttpWorkspace) -> None:
    one = office.post("teams", {"name": "Oven"}, key="k")
    again = office.post("teams", {"name": "Oven"}, key="k")
    assert first(one)
    assert not first(again)
    assert (again.content, again.headers["etag"]) == (one.content, one.headers["etag"])
    assert office.events() == 3


def test_the_first_answer_is_given_again_whatever_happened_since(office: HttpWorkspace) -> None:
    one = office.post("teams", {"name": "Oven"}, key="k")
    office.make(f"teams/{one.json()['id']}/dissolve", {"reason": "Enough"})
    again = office.post("teams", {"name": "Oven"}, key="k")
    assert again.content == one.content


def test_the_order_of_keys_and_blanks_do_not_matter(office: HttpWorkspace) -> None:
    bodies = [
        b'{"name":"Ana","role":"coach"}',
        b'{ "role" : "coach",\n "name" : "Ana" }',
        b'{"name":"\\u0041na","role":"coach"}',
    ]
    answers = [
        office.client.post(f"{office.url}/members", content=body, headers=JSON | {"Idempotency-Key": "k"})
        for body in bodies
    ]
    assert [first(answer) for answer in answers] == [True, False, False]
    assert len({answer.content for answer in answers}) == 1


@pytest.mark.parametrize("what", ["body", "a field more", "route", "if-match", "number"])
def test_a_key_stands_for_one_request(office: HttpWorkspace, what: str) -> None:
    team = office.make("teams", {"name": "Oven"})
    office.make(f"teams/{team}/rename", {"name": "Mill"}, key="k")
    before = office.events()
    other = {
        "body": lambda: office.post(f"teams/{team}/rename", {"name": "Oven"}, key="k"),
        "a field more": lambda: office.post("members", {"name": "Mill", "role": "coach"}, key="k"),
        "route": lambda: office.post("teams", {"name": "Mill"}, key="k"),
        "if-match": lambda: office.post(f"teams/{team}/rename", {"name": "Mill"}, key="k", if_match='"2"'),
        "number": lambda: office.post("settings", {"week_start": 6}, key="k"),
    }[what]()
    assert problem(other) == "key-reused"
    assert other.status_code == 422
    assert office.events() == before


def test_a_key_is_its_members_own(office: HttpWorkspace) -> None:
    bo = office.make("members", {"name": "Bo"})
    assert first(office.post("teams", {"name": "Oven"}, key="k"))
    assert first(office.post("teams", {"name": "Mill"}, key="k", by=bo))


def test_a_key_is_its_workspaces_own(client: httpx.Client, office: HttpWorkspace, log_database: str) -> None:
    assert first(office.post("teams", {"name": "Oven"}, key="k"))
    assert first(HttpWorkspace(client, log_database).post("teams", {"name": "Oven"}, key="k"))


def test_opening_a_workspace_twice_opens_one(client: httpx.Client, office: HttpWorkspace) -> None:
    key, body = uuid4().hex, {"name": "Bakers", "timezone": "UTC"}
    answers = [client.post("/v1/workspaces", json=body, headers={"Idempotency-Key": key}) for _ in range(2)]
    assert [first(answer) for answer in answers] == [True, False]
    assert answers[0].content == answers[1].content
    other = client.post("/v1/workspaces", json=body | {"name": "Others"}, headers={"Idempotency-Key": key})
    assert problem(other) == "key-reused"


def test_a_refusal_may_become_an_answer(office: HttpWorkspace) -> None:
    team = office.make("teams", {"name": "Oven"})
    office.make(f"teams/{team}/dissolve", {"reason": "Enough"})
    bo = office.make("members", {"name": "Bo", "role": "viewer"})
    assert problem(office.post("teams", {"name": "Mill"}, key="k", by=bo)) == "forbidden"
    office.make(f"members/{bo}/change-role", {"role": "member"})
    assert first(office.post("teams", {"name": "Mill"}, key="k", by=bo))


def test_the_same_key_at_the_same_instant_makes_one_set_of_events(office: HttpWorkspace) -> None:
    objective = office.make("objectives", {"title": "Fresh"})
    before = office.events()

    def propose(_: int) -> httpx.Response:
        return office.post("key-results", {"objective_id": objective, "title": "Sold"}, key="k")

    with ThreadPoolExecutor(16) as many:
        answers = list(many.map(propose, range(48)))
    assert sum(first(answer) for answer in answers) == 1
    assert len({answer.content for answer in answers}) == 1
    assert office.events() == before + 1


def test_two_processes_answer_the_same_key_once(office: HttpWorkspace, guarded: httpx.Client) -> None:
    """The token's process and the local owner's are two loops with two caches on one database."""
    ana = office.make("members", {"name": "Ana"})
    token = office.post(f"members/{ana}/tokens", {"label": "x"}).json()["token"]
    bearer = {"Authorization": f"Bearer {token}", "Idempotency-Key": "k"}
    before = office.events()

    def form(n: int) -> httpx.Response:
        client = guarded if n % 2 else office.client
        return client.post(f"{office.url}/teams", json={"name": "Oven"}, headers=bearer)

    with ThreadPoolExecutor(16) as many:
        answers = list(many.map(form, range(32)))
    assert sum(first(answer) for answer in answers) == 1
    assert len({answer.content for answer in answers}) == 1
    assert office.events() == before + 1


def test_what_is_shown_once_is_in_no_repetition(office: HttpWorkspace) -> None:
    ana = office.make("members", {"name": "Ana"})
    one, again = (office.post(f"members/{ana}/tokens", {"label": "x"}, key="k") for _ in range(2))
    assert one.json() == again.json() | {"token": one.json()["token"]}


def test_an_anonymous_learning_is_repeated_by_its_key_alone(office: HttpWorkspace) -> None:
    """Nobody is in the command id: so nobody can be found by trying whose it is."""
    team, cycle = office.make("teams", {"name": "Oven"}), office.make("cycles", {"name": "Q1"})
    office.make(f"cycles/{cycle}/activate")
    office.make(f"cycles/{cycle}/start-grading")
    retro = office.make("retrospectives", {"team_id": team, "cycle_id": cycle})
    bo = office.make("members", {"name": "Bo"})
    said = {"kind": "why", "text": "The oven was late", "anonymous": True}
    one = office.post(f"retrospectives/{retro}/learnings", said, key="k", by=bo)
    again = office.post(f"retrospectives/{retro}/learnings", said, key="k")
    assert first(one)
    assert not first(again)
    assert one.json() == again.json() | {"token": one.json()["token"]}


def test_each_of_several_commands_has_a_key(office: HttpWorkspace) -> None:
    commands = [
        {"path": "teams", "body": {"name": "A"}, "idempotency_key": "k"},
        {"path": "teams", "body": {"name": "B"}},
    ]
    first_time, again = (office.post("commands", {"commands": commands}, key="all").json()["answers"] for _ in range(2))
    assert [answer["replayed"] for answer in first_time] == [False, False]
    assert [answer["replayed"] for answer in again] == [True, True]
    assert not first(office.post("teams", {"name": "A"}, key="k")), "a key is the same, however the command comes"
    assert office.events() == 4
