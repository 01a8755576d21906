"""One quarter of a bakery, from an empty workspace to its retrospective: what two say, and what they are shown."""

import os
import subprocess
import sys
from uuid import uuid4

import httpx

from tests.journeys.conftest import Deployment
from tests.journeys.person import Person, workspaces
from tests.json_types import Json
from tests.server import ROOT


def test_a_quarter_from_an_empty_workspace_to_its_retrospective(server: httpx.Client) -> None:
    opened = server.post("/v1/workspaces", json={"name": "Northern Bakers", "timezone": "Europe/Berlin"}).json()
    Person.position = opened["position"]
    ana = Person(server, opened["id"])  # Without a token one is the local owner.
    bo_id = ana.does("members", name="Bo Berg")
    bo = Person(server, opened["id"], X_Northing_Member=bo_id)
    ana_id = next(m["id"] for m in ana.sees("members")["members"] if m["id"] != bo_id)

    # Why the bakery is there, and what it tries this year.
    team = ana.does("teams", name="Ovens")
    ana.does(f"teams/{team}/name-lead", member_id=bo_id)
    mission = ana.does("missions", statement="No bread is wasted", origin="The day we threw away 300 loaves")
    ana.does(f"missions/{mission}/adopt")
    strategy = ana.does("strategies", title="We win by freshness", parent_id=mission, rules_out=["Frozen dough"])
    theme = ana.does("themes", title="Bake on site", parent_id=strategy)
    cycle = ana.does("cycles", name="2026-Q1", kind="quarter", start="2026-01-01", end="2026-04-01")

    # What the ovens want to reach; the one proposes, the other answers.
    objective = bo.does(
        "objectives",
        title="Bread is fresh at seven",
        why="Freshness is how we win",
        parent_id=theme,
        team_id=team,
        cycle_id=cycle,
        partner_id=ana_id,
    )
    assert bo.may_not(f"objectives/{objective}/agree") == "not-your-turn"
    ana.does(f"objectives/{objective}/agree")
    kr = bo.does(
        "key-results",
        objective_id=objective,
        title="Fresh loaves",
        partner_id=ana_id,
        measure={"metric": "sold by nine", "unit": "%", "baseline": "40", "target": "60"},
    )
    ana.does(f"key-results/{kr}/counter", measure={"target": "80"}, reason="The mill delivers earlier now")
    assert ana.may_not(f"key-results/{kr}/commit") == "not-your-turn"
    bo.does(f"key-results/{kr}/commit")
    ana.does(f"cycles/{cycle}/activate")
    assert bo.may_not(f"key-results/{kr}/counter", measure={"target": "50"}) == "already-committed"
    ana.does(f"key-results/{kr}/offer-stretch", stretch="97")
    bo.does(f"key-results/{kr}/decline-stretch", reason="One oven is old")

    # The quarter: it is said how it stands, corrected, and what is committed is changed by both together.
    bo.does(f"key-results/{kr}/check-ins", value="44", confidence="6", narrative="The mill was closed for a week")
    wrong = bo.does(f"key-results/{kr}/check-ins", value="99", confidence="8")
    bo.does(f"key-results/{kr}/check-ins/{wrong}/correct", value="55", confidence="7", reason="A digit slipped")
    ana.does("comments", about_kind="check_in", about_id=wrong, text="I wondered!")
    before = Person.position
    bo.does(f"key-results/{kr}/propose-amendment", measure={"target": "70"}, reason="The old oven broke")
    assert bo.may_not(f"key-results/{kr}/agree-amendment") == "not-your-turn"
    ana.does(f"key-results/{kr}/agree-amendment")
    bo.does(f"key-results/{kr}/check-ins", value="64", confidence="9")

    # What is shown now, and what was known before the amendment.
    tree = {node["id"]: node for node in ana.sees("alignment-tree")["nodes"]}
    assert [tree[id]["depth"] for id in (mission, strategy, theme, objective, kr)] == [0, 1, 2, 3, 4]
    assert tree[kr]["progress"] == "0.8000"
    assert tree[objective]["team"] == {"id": team, "name": "Ovens"}
    then = {node["id"]: node for node in bo.sees("alignment-tree", known_position=before)["nodes"]}
    assert then[kr]["progress"] == "0.3750", "55 on the way from 40 to 80"
    entries = ana.sees(f"key-results/{kr}/negotiation")["entries"]
    assert [entry["act"] for entry in entries] == [
        "proposed",
        "countered",
        "committed",
        "stretch_offered",
        "stretch_declined",
        "amendment_proposed",
        "amended",
    ]
    assert entries[1]["changed"]["target"] == {"from": "60", "to": "80"}
    assert entries[6]["changed"]["target"] == {"from": "80", "to": "70"}
    assert (entries[6]["actor"]["id"], entries[6]["reason"]) == (ana_id, "The old oven broke")
    points = bo.sees(f"key-results/{kr}/timeline")["points"]
    assert [point["value"] for point in points] == ["44", "99", "55", "64"]
    assert points[1]["corrected_by"] == points[2]["id"]
    [comment] = bo.sees("comments", about=kr)["comments"]
    assert comment["text"] == "I wondered!"

    # It ends: graded, looked back on, closed.
    assert bo.may_not(f"objectives/{objective}/grade") == "wrong-phase"
    ana.does(f"cycles/{cycle}/start-grading")
    bo.does(f"key-results/{kr}/grade")
    assert bo.may_not(f"objectives/{objective}/grade", score="0.9") == "reason-required"
    bo.does(f"objectives/{objective}/grade", score="0.9", reason="Guests say so, too")
    retro = ana.does("retrospectives", team_id=team, cycle_id=cycle)
    bo.does(f"retrospectives/{retro}/learnings", kind="worked", text="Two batches before six")
    ana.does(f"retrospectives/{retro}/learnings", kind="did_not", text="Nobody dared to stop the mill", anonymous=True)
    action = ana.does(f"retrospectives/{retro}/actions", text="A timer on the second oven", owner_id=bo_id)
    bo.does(f"actions/{action}/done")
    ana.does(f"retrospectives/{retro}/conclude", next_steps="Bake at night", support_required="The mill")
    ana.does(f"cycles/{cycle}/close")
    assert bo.may_not(f"key-results/{kr}/check-ins", value="70") == "closed-cycle"

    shown = bo.sees(f"retrospectives/{retro}")
    assert {learning["kind"]: (learning["author"] or {}).get("name") for learning in shown["learnings"]} == {
        "worked": "Bo Berg",
        "did_not": None,
    }
    assert shown["actions"][0]["done_at"]
    final = {node["id"]: node for node in ana.sees("alignment-tree")["nodes"]}
    assert (final[kr]["state"], final[kr]["score"], final[kr]["computed_score"]) == ("graded", "0.8000", "0.8000")
    assert (final[objective]["score"], final[objective]["computed_score"]) == ("0.9", "0.8000")


# --- with tokens only ---------------------------------------------------------------------------------------------


def northing_token(database: str, *arguments: str) -> str:
    """The first token of a workspace, as its operator makes it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NORTHING_")}
    command = [sys.executable, "-m", "infra.cli", "token", "--database-url", database, *arguments]
    made = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    return made.stdout.strip()


def test_who_may_come_in_and_do_what(guarded: Deployment) -> None:
    client, database = guarded
    first = northing_token(database, "--workspace", "Bakers", "--create")
    bearer = {"Authorization": f"Bearer {first}"}
    assert client.get("/v1/workspaces").status_code == 401, "dev mode is off"
    own = workspaces(client, first)[0]["id"]
    Person.position = 0
    ana = Person(client, own, **bearer)

    def admitted(name: str, role: str) -> tuple[str, Person]:
        member_id = ana.does("members", name=name, role=role)
        token = ana.tries(f"members/{member_id}/tokens", label="journey").json()["token"]
        return member_id, Person(client, own, Authorization=f"Bearer {token}")

    bo_id, bo = admitted("Bo", "member")
    _, vic = admitted("Vic", "viewer")
    bo.does("objectives", title="Fresh at seven")

    # A viewer reads and comments.
    assert vic.may_not("objectives", title="Mine") == "forbidden"
    said = vic.does("comments", about_kind="workspace", about_id=own, text="Nice")
    vic.does(f"comments/{said}/withdraw")
    assert vic.sees("objectives")["objectives"]

    # A member works, and administers nothing.
    administrative: list[tuple[str, Json]] = [
        ("settings", {"week_start": 6}),
        ("members", {"name": "Eve"}),
        (f"members/{bo_id}/tokens", {"label": "more"}),
        (f"members/{bo_id}/change-role", {"role": "owner"}),
    ]
    for address, body in administrative:
        assert bo.may_not(address, **body) == "forbidden"
    cycle = bo.does("cycles", name="Q1")
    for step in ("activate", "start-grading", "close"):
        bo.does(f"cycles/{cycle}/{step}")
    assert bo.may_not(f"cycles/{cycle}/reopen", reason="Oh") == "forbidden"
    ana.does(f"cycles/{cycle}/reopen", reason="The uptime was read from the wrong month")

    # A token stands for its member, whatever else is claimed.
    as_ana = Person(client, own, **bo.headers, X_Northing_Member=ana.does("members", name="Dot", role="admin"))
    assert as_ana.may_not("settings", week_start=6) == "forbidden"

    # A suspended member does nothing, until a role is given again.
    ana.does(f"members/{bo_id}/suspend", reason="On leave")
    assert bo.may_not("objectives", title="Secret") == "suspended"
    assert ana.sees("members")["members"], "from here on it is shown that Bo is suspended"
    assert client.get(f"/v1/workspaces/{own}/objectives", headers=bo.headers).status_code == 403
    ana.does(f"members/{bo_id}/change-role", role="member")
    bo.does("objectives", title="Back")

    # A revoked token opens nothing.
    issued = ana.tries(f"members/{bo_id}/tokens", label="lost").json()
    lost = Person(client, own, Authorization=f"Bearer {issued['token']}")
    lost.does("objectives", title="Before")
    ana.does(f"tokens/{issued['id']}/revoke")
    assert lost.may_not("objectives", title="After") == "unauthenticated"


def test_another_workspace_is_as_if_there_were_none(guarded: Deployment) -> None:
    client, database = guarded
    tokens = [northing_token(database, "--workspace", name, "--create") for name in ("Bakers", "Millers")]
    ours, theirs = (workspaces(client, token) for token in tokens)
    assert [len(ours), len(theirs)] == [1, 1], "a token knows its own workspace only"
    other, nobody, bearer = theirs[0]["id"], str(uuid4()), {"Authorization": f"Bearer {tokens[0]}"}

    def answer(method: str, workspace: str, path: str, body: object = None) -> tuple[int, dict[str, object], set[str]]:
        address = f"/v1/workspaces/{workspace}/{path}"
        given = client.request(method, address, json=body, headers=bearer)
        return given.status_code, given.json() | {"instance": ""}, {*given.headers} - {"content-length"}

    for method, path, body in [
        ("POST", "teams", {"name": "A"}),
        ("POST", "settings", {"week_start": 6}),
        ("POST", "members", {"name": "Eve"}),
        ("POST", "commands", {"commands": [{"path": "teams", "body": {"name": "A"}}]}),
        ("POST", f"objectives/{other}/agree", {}),
        ("POST", f"learnings/{other}/withdraw", {}),
        ("GET", "alignment-tree", None),
        ("GET", "members", None),
        ("GET", "events", None),
        ("GET", "comments", None),
    ]:
        existing = answer(method, other, path, body)
        assert existing == answer(method, nobody, path, body)
        assert existing[0] == 404
