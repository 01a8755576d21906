"""Every documented way to say no is reached."""

import json
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from infra.app import make_app
from infra.settings import Settings
from tests.command.http_workspace import HttpWorkspace, problem
from tests.contracts.openapi_files import published
from tests.json_types import Json
from tests.server import served

DOCUMENTED: dict[str, Json] = json.loads(published()["examples.json"])

REACHED: dict[str, Callable[["Bakery"], httpx.Response]] = {}

# What no request alone can bring about, and which test does.
ELSEWHERE = {
    "busy": "command/loop/test_loop.py::test_a_command_that_loses_every_race_is_busy",
    "internal": "command/loop/test_loop_broken.py"
    "::test_a_broken_command_is_answered_alone_and_its_neighbours_are_stored",
    "overloaded": "command/loop/test_loop_broken.py::test_when_too_many_wait_the_next_is_told_so",
    "unavailable": "command/loop/test_loop_broken.py::test_without_a_database_a_command_is_told_so",
    "not-ready": "command/http/test_problems.py::test_a_process_that_stops_is_not_ready",
    "not-empty": "command/imports/test_event_restore.py::test_a_workspace_that_holds_anything_else_is_refused_whole",
}


def reaches(name: str) -> Callable[[Callable[["Bakery"], httpx.Response]], Callable[["Bakery"], httpx.Response]]:
    def keep(request: Callable[["Bakery"], httpx.Response]) -> Callable[["Bakery"], httpx.Response]:
        REACHED[name] = request
        return request

    return keep


class Bakery(HttpWorkspace):
    """With Bo and Cy, a running cycle, an agreed objective, and a key result that Bo owns and Ana is the partner of."""

    def __init__(self, workspace: HttpWorkspace) -> None:
        self.__dict__.update(workspace.__dict__)
        self.bo, self.cy = (self.make("members", {"name": name}) for name in ("Bo", "Cy"))
        self.team = self.make("teams", {"name": "Oven"})
        self.cycle = self.make("cycles", {"name": "Q1", "start": "2026-01-01", "end": "2026-04-01"})
        self.make(f"cycles/{self.cycle}/activate")
        self.objective = self.make("objectives", {"title": "Fresh", "cycle_id": self.cycle})
        self.make(f"objectives/{self.objective}/agree")
        self.kr = self.key_result()

    def key_result(self, **changes: object) -> str:
        body = {"objective_id": self.objective, "title": "Sold", "owner_id": self.bo}
        return self.make("key-results", body | {"measure": {"baseline": "0", "target": "10"}} | changes)

    def committed(self) -> str:
        kr = self.key_result()
        self.make(f"key-results/{kr}/commit", by=self.bo)
        return kr

    def closed_cycle(self, name: str = "Q0") -> str:
        cycle = self.make("cycles", {"name": name})
        for step in ("activate", "start-grading", "close"):
            self.make(f"cycles/{cycle}/{step}")
        return cycle


# --- who asks, and how --------------------------------------------------------------------------------------------


@reaches("unauthenticated")
def _(at: Bakery) -> httpx.Response:
    return at.post("teams", {"name": "A"}, Authorization="Bearer northing_nonsense")


@reaches("not-found")
def _(at: Bakery) -> httpx.Response:
    return at.post(f"teams/{uuid4()}/rename", {"name": "A"})


@reaches("forbidden")
def _(at: Bakery) -> httpx.Response:
    return at.post("settings", {"week_start": 6}, by=at.bo)


@reaches("suspended")
def _(at: Bakery) -> httpx.Response:
    at.make(f"members/{at.cy}/suspend", {"reason": "Left"})
    return at.post("teams", {"name": "A"}, by=at.cy)


@reaches("unknown-route")
def _(at: Bakery) -> httpx.Response:
    return at.post("nothing-here")


@reaches("method-not-allowed")
def _(at: Bakery) -> httpx.Response:
    return at.client.delete(f"{at.url}/teams")


@reaches("too-large")
def _(at: Bakery) -> httpx.Response:
    return at.post("teams", {"name": "A" * 300_000})


@reaches("not-json")
def _(at: Bakery) -> httpx.Response:
    return at.client.post(f"{at.url}/teams", content=b"{", headers={"Content-Type": "application/json"})


@reaches("invalid-request")
def _(at: Bakery) -> httpx.Response:
    return at.post("teams", {"nam": "A"})


@reaches("key-reused")
def _(at: Bakery) -> httpx.Response:
    at.make("teams", {"name": "A"}, key="one")
    return at.post("teams", {"name": "B"}, key="one")


@reaches("precondition-failed")
def _(at: Bakery) -> httpx.Response:
    return at.post(f"teams/{at.team}/rename", {"name": "B"}, if_match='"9"')


# --- members, teams, cycles ---------------------------------------------------------------------------------------


@reaches("owners-only")
def _(at: Bakery) -> httpx.Response:
    at.make(f"members/{at.bo}/change-role", {"role": "admin"})
    return at.post("members", {"name": "Dot", "role": "owner"}, by=at.bo)


@reaches("own-membership")
def _(at: Bakery) -> httpx.Response:
    at.make(f"members/{at.bo}/change-role", {"role": "admin"})
    return at.post(f"members/{at.bo}/suspend", {"reason": "Enough"}, by=at.bo)


@reaches("no-login")
def _(at: Bakery) -> httpx.Response:
    line = {"at": "2026-01-05", "kind": "objective", "id": "o", "title": "Bread", "owner": "Eve"}
    at.client.post(f"{at.url}/imports", content=json.dumps(line))
    [(placeholder,)] = at.rows(
        "SELECT stream_id FROM northing.events WHERE workspace_id = %s AND topic = 'MemberAdded'"
        " ORDER BY position DESC LIMIT 1",
        at.id,
    )
    return at.post(f"members/{placeholder}/tokens", {"label": "x"})


@reaches("already-exists")
def _(at: Bakery) -> httpx.Response:
    return at.post("teams", {"name": "Oven"})


@reaches("dissolved-team")
def _(at: Bakery) -> httpx.Response:
    at.make(f"teams/{at.team}/dissolve", {"reason": "Merged"})
    return at.post(f"teams/{at.team}/rename", {"name": "B"})


@reaches("loop")
def _(at: Bakery) -> httpx.Response:
    below = at.make("teams", {"name": "Below", "parent_id": at.team})
    return at.post(f"teams/{at.team}/move", {"parent_id": below})


@reaches("invalid")
def _(at: Bakery) -> httpx.Response:
    return at.post("cycles", {"name": "Q9", "start": "2026-01-01"})


@reaches("wrong-phase")
def _(at: Bakery) -> httpx.Response:
    return at.post(f"cycles/{at.cycle}/close")


@reaches("closed-cycle")
def _(at: Bakery) -> httpx.Response:
    return at.post("objectives", {"title": "Late", "cycle_id": at.closed_cycle()})


# --- goals --------------------------------------------------------------------------------------------------------


@reaches("periods-apart")
def _(at: Bakery) -> httpx.Response:
    later = at.make("cycles", {"name": "Q3", "start": "2026-07-01", "end": "2026-10-01"})
    return at.post("objectives", {"title": "Later", "cycle_id": later, "parent_id": at.objective})


@reaches("wrong-kind")
def _(at: Bakery) -> httpx.Response:
    return at.post("visions", {"title": "Far", "parent_id": at.objective})


@reaches("reason-required")
def _(at: Bakery) -> httpx.Response:
    return at.post(f"objectives/{at.objective}/reword", {"title": "Fresher"})


@reaches("not-live")
def _(at: Bakery) -> httpx.Response:
    at.make(f"objectives/{at.objective}/drop", {"reason": "Enough"})
    return at.post(f"objectives/{at.objective}/reword", {"title": "Back", "reason": "Why not"})


@reaches("flat-target")
def _(at: Bakery) -> httpx.Response:
    return at.post(f"key-results/{at.kr}/counter", {"measure": {"target": "0"}}, by=at.bo)


@reaches("not-a-party")
def _(at: Bakery) -> httpx.Response:
    return at.post(f"key-results/{at.kr}/commit", by=at.cy)


@reaches("not-your-turn")
def _(at: Bakery) -> httpx.Response:
    return at.post(f"key-results/{at.kr}/commit")


@reaches("no-owner")
def _(at: Bakery) -> httpx.Response:
    line = {"at": "2026-01-05", "kind": "key_result", "id": "kr", "title": "Sold", "parent_id": "o", "target": 9}
    at.client.post(f"{at.url}/imports", content=json.dumps(line))
    [(imported,)] = at.rows(
        "SELECT stream_id FROM northing.events WHERE workspace_id = %s AND topic = 'KRProposed'"
        " ORDER BY position DESC LIMIT 1",
        at.id,
    )
    return at.post(f"key-results/{imported}/offer-stretch", {"stretch": "12"})


@reaches("already-committed")
def _(at: Bakery) -> httpx.Response:
    return at.post(f"key-results/{at.committed()}/counter", {"measure": {"target": "8"}})


@reaches("not-committed")
def _(at: Bakery) -> httpx.Response:
    return at.post(f"key-results/{at.kr}/check-ins", {"value": "3"})


@reaches("not-open")
def _(at: Bakery) -> httpx.Response:
    return at.post(f"key-results/{at.committed()}/agree-amendment")


@reaches("already-open")
def _(at: Bakery) -> httpx.Response:
    kr = at.committed()
    at.make(f"key-results/{kr}/propose-amendment", {"measure": {"target": "8"}, "reason": "Less flour"})
    return at.post(f"key-results/{kr}/propose-amendment", {"measure": {"target": "7"}, "reason": "Even less"}, by=at.bo)


@reaches("not-a-stretch")
def _(at: Bakery) -> httpx.Response:
    return at.post(f"key-results/{at.committed()}/offer-stretch", {"stretch": "9"})


@reaches("type-is-fixed")
def _(at: Bakery) -> httpx.Response:
    kr = at.committed()
    at.make(f"key-results/{kr}/check-ins", {"value": "3"})
    asked = {"measure": {"type": "binary", "baseline": None, "target": None}, "reason": "Simpler"}
    return at.post(f"key-results/{kr}/propose-amendment", asked)


@reaches("in-the-future")
def _(at: Bakery) -> httpx.Response:
    return at.post(f"key-results/{at.committed()}/check-ins", {"value": "3", "effective_at": "2226-01-01"})


@reaches("before-the-goal")
def _(at: Bakery) -> httpx.Response:
    return at.post(f"key-results/{at.committed()}/check-ins", {"value": "3", "effective_at": "2006-01-01"})


@reaches("check-in-replaced")
def _(at: Bakery) -> httpx.Response:
    kr = at.committed()
    wrong = at.make(f"key-results/{kr}/check-ins", {"value": "3"})
    at.make(f"key-results/{kr}/check-ins/{wrong}/correct", {"value": "4"})
    return at.post(f"key-results/{kr}/check-ins/{wrong}/correct", {"value": "5"})


# --- comments and retrospectives ----------------------------------------------------------------------------------


@reaches("not-the-author")
def _(at: Bakery) -> httpx.Response:
    said = at.make("comments", {"about_kind": "workspace", "about_id": str(at.id), "text": "Hm"})
    return at.post(f"comments/{said}/withdraw", by=at.bo)


@reaches("concluded")
def _(at: Bakery) -> httpx.Response:
    retro = at.make("retrospectives", {"team_id": at.team, "cycle_id": at.closed_cycle()})
    at.make(f"retrospectives/{retro}/conclude", {"next_steps": "Bake"})
    return at.post(f"retrospectives/{retro}/learnings", {"kind": "why", "text": "Late"})


# --- the table ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", REACHED)
def test_a_problem_is_reached_as_documented(name: str, workspace: HttpWorkspace) -> None:
    bakery = Bakery(workspace)
    answer = REACHED[name](bakery)
    assert problem(answer) == name
    documented = DOCUMENTED.get(name)
    if documented:
        details = answer.json()
        shown = documented["value"]
        assert {name: details[name] for name in ("type", "title", "status")}.items() <= shown.items()


def test_every_documented_problem_is_reached() -> None:
    every = {*DOCUMENTED, "unknown-route", "method-not-allowed"}
    assert REACHED.keys() | ELSEWHERE.keys() == every
    assert not REACHED.keys() & ELSEWHERE.keys()


@pytest.mark.parametrize("name", ELSEWHERE)
def test_what_no_request_can_bring_about_has_a_test(name: str) -> None:
    file, _, test = ELSEWHERE[name].partition("::")
    assert f"def {test}(" in (Path(__file__).parents[2] / file).read_text()


def test_a_process_that_stops_is_not_ready(database: str) -> None:
    app = make_app(Settings.from_env({}), database)
    with served(app) as url, httpx.Client(base_url=url, timeout=60) as client:
        assert client.get("/livez").is_success
        app.state.process.stopping.set()
        assert problem(client.get("/readyz")) == "not-ready"
