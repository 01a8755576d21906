"""A workspace in which an event of each kind happened, by commands over HTTP."""

from datetime import date, timedelta
from pathlib import Path

import httpx

from tests.json_types import Json
from tests.upgrade.promises import learning_is_its_authors, token_opens, token_opens_nothing, version_stays
from tests.upgrade.workspace import Member, Workspace

FACTS = Path(__file__).with_name("rye.jsonl")


def fill(client: httpx.Client) -> Workspace:
    """Open a workspace, and let each kind of event happen in it."""
    workspace = Workspace(client)
    owner = Member(workspace)
    ana = Member(workspace, owner.makes("members", name="Ana Lind", role="admin", handle="@ana"))
    bo = Member(workspace, ana.makes("members", key="bo", name="Bo Berg", address="bo@bakers.example"))
    team = _organise(ana, bo)
    _import(workspace)
    cycles = _plan(ana)
    theme = _state_purpose(ana, bo, cycles[0])
    objective = _agree(ana, bo, team, cycles, theme)
    key_results = _negotiate(ana, bo, objective, cycles)
    _check_in(ana, bo, objective, key_results)
    _change_imported(ana, bo)
    _look_back(ana, bo, team, cycles[0], objective, key_results)
    return workspace


def _organise(ana: Member, bo: Member) -> str:
    """Gives the team whose goals the later events are of."""
    ana.does("settings", week_start=6, check_in_every="2 weeks", bands=["0.2", "0.4", "0.7", "1"])
    cy = ana.makes("members", name="Cy", role="viewer")
    ana.does(f"members/{cy}/change-role", role="coach")
    ana.does(f"members/{cy}/suspend", reason="Left the bakery")
    kept, lost = (ana.does(f"members/{bo.id}/tokens", label=label) for label in ("weekly report", "lost"))
    ana.does(f"tokens/{lost['id']}/revoke")
    ana.workspace.promises += [token_opens(kept["token"]), token_opens_nothing(lost["token"])]
    bakery, night = ana.makes("teams", name="Bakery"), ana.makes("teams", name="Night")
    team = ana.makes("teams", name="Oven", key="team-oven")
    ana.does(f"teams/{team}/rename", name="Ovens")
    ana.does(f"teams/{team}/move", parent_id=bakery)
    ana.does(f"teams/{team}/name-lead", member_id=bo.id)
    for step in ("join", "leave"):
        ana.does(f"teams/{team}/{step}", member_id=ana.id)
    ana.does(f"teams/{night}/dissolve", reason="Merged into Ovens")
    return team


def _import(workspace: Workspace) -> None:
    lines = FACTS.read_text()
    query, headers = {"source": "rye"}, {"Content-Type": "application/x-ndjson"}
    report = workspace.client.post(f"{workspace.url}/imports", params=query, content=lines, headers=headers)
    assert report.json()["taken"] == len(lines.splitlines()), report.text


def _plan(ana: Member) -> tuple[str, str]:
    """A quarter, and a longer cycle around it."""
    begin, middle, end = (str(date.today() + timedelta(days)) for days in (-40, 50, 140))  # noqa: DTZ011
    first = ana.makes("cycles", name="This quarter", kind="quarter")
    ana.does(f"cycles/{first}/date", start=begin, end=middle)
    second = ana.makes("cycles", name="This season", start=begin, end=end)
    return first, second


def _state_purpose(ana: Member, bo: Member, cycle: str) -> str:
    """Gives the theme that the objectives stand under."""
    parts = {"audience": "bakeries", "outcome": "no bread is wasted", "approach": "a forecast", "impact": "it pays"}
    mission = ana.makes(
        "missions", statement=parts, origin="The day we threw away 300 loaves", origin_date="2019-05-04"
    )
    ana.does(f"missions/{mission}/adopt")
    ana.does(f"missions/{mission}/revise", statement="No baker throws bread away", reason="Large bakeries, too")
    ana.does(f"missions/{mission}/reaffirm", note="Read aloud in January")
    vision = ana.makes("visions", title="A bakery in every street", parent_id=mission)
    ana.does(f"visions/{vision}/revise", title="A bakery in every village", reason="Streets are served")
    hypothesis: Json = {"choices": ["Bake on site"], "rules_out": ["Frozen dough"]}
    strategy = ana.makes(
        "strategies", title="We win by freshness", cycle_id=cycle, drop_signs=["Rents double"], **hypothesis
    )
    ana.does(f"strategies/{strategy}/align", parent_id=vision)
    ana.does(f"strategies/{strategy}/revise", title="We win by freshness", choices=["Bake twice"], reason="Noon sells")
    theme = ana.makes("themes", title="Morning", parent_id=strategy)
    ana.does(f"themes/{theme}/reword", title="Before seven", reason="Clearer")
    ana.does(f"themes/{theme}/name-champion", champion_id=bo.id)
    ana.does(f"themes/{theme}/reassign", owner_id=bo.id, reason="Bo runs the ovens")
    for plural, body in {
        "missions": {"statement": "Cheap bread"},
        "visions": {"title": "One large oven"},
        "strategies": {"title": "We win by price"},
        "themes": {"title": "Frozen"},
    }.items():
        ana.does(f"{plural}/{ana.makes(plural, **body)}/retire", reason="We thought better of it")
    return theme


def _agree(ana: Member, bo: Member, team: str, cycles: tuple[str, str], theme: str) -> str:
    """Gives the objective that all key results stand under."""
    asks = {"partner_id": ana.id, "cycle_id": cycles[0], "team_id": team}
    objective = bo.makes("objectives", title="Bread is fresh", why="Freshness wins", commitment="aspirational", **asks)
    ana.does(f"objectives/{objective}/agree", key="agreed")
    below = bo.makes("objectives", title="The ovens are hot", parent_id=objective, **asks)
    ana.does(f"objectives/{below}/agree")
    bo.does(f"objectives/{objective}/reword", title="Bread is fresh at seven", reason="Clearer")
    bo.does(f"objectives/{objective}/align", parent_id=theme)
    bo.does(f"objectives/{below}/align", parent_id=theme, link="support")
    bo.does(f"objectives/{below}/unalign", parent_id=theme, link="support", reason="It is said above")
    bo.does(f"objectives/{objective}/weigh", weights=[{"goal_id": below, "weight": "0.5"}])
    bo.does(f"objectives/{objective}/choose-roll-up", mode="both")
    bo.does(f"objectives/{below}/reassign", owner_id=ana.id, partner_id=bo.id, reason="Ana knows the ovens")
    bo.does(f"objectives/{below}/reschedule", cycle_id=None, reason="It never ends")
    withdrawn, dropped = (bo.makes("objectives", title=title, **asks) for title in ("Cakes", "Rolls"))
    bo.does(f"objectives/{withdrawn}/withdraw", reason="Not now")
    ana.does(f"objectives/{dropped}/agree")
    bo.does("key-results", objective_id=dropped, title="Rolls sold", measure={"target": "10", "baseline": "0"})
    bo.does(f"objectives/{dropped}/drop", reason="Nobody asks for them")
    bo.does(f"objectives/{dropped}/reinstate", reason="A hotel does")
    bo.does(f"objectives/{dropped}/drop", reason="It closed")
    return objective


def _negotiate(ana: Member, bo: Member, objective: str, cycles: tuple[str, str]) -> list[str]:
    """Gives the two that are committed to in the active cycle."""

    def propose(title: str, **measure: object) -> str:
        return bo.makes("key-results", objective_id=objective, title=title, partner_id=ana.id, measure=measure)

    loaves = propose("Loaves before noon", metric="sold", unit="loaves", baseline="40", target="50")
    left = propose("Little is left", type="stay_below", unit="loaves", target="10", count="share")
    warm = propose("The ovens are warm", type="range", low="210", high="240", inclusive=False)
    rated, tidy = propose("Rated", type="baseline"), propose("Tidy", type="binary")
    spelt = propose("Spelt", baseline="10.25", target="7")
    ana.does(f"key-results/{loaves}/counter", measure={"target": "60"}, reason="The second oven comes")
    bo.does(f"key-results/{loaves}/commit", key="committed")
    ana.does("commands", key="several", commands=[{"path": f"key-results/{id}/commit"} for id in (left, warm, spelt)])
    ana.does(f"key-results/{rated}/decline", reason="Ratings are bought")
    bo.does(f"key-results/{tidy}/withdraw", reason="It goes without saying")
    bo.does(f"key-results/{loaves}/propose-amendment", measure={"target": "56"}, reason="It comes in February")
    ana.does(f"key-results/{loaves}/agree-amendment")
    bo.does(f"key-results/{left}/propose-amendment", measure={"target": "20"}, reason="It is hard")
    ana.does(f"key-results/{left}/refuse-amendment", reason="It was easy once")
    for value, answer in (("70", "decline-stretch"), ("66", "counter-stretch")):
        bo.does(f"key-results/{loaves}/offer-stretch", stretch=value)
        ana.does(f"key-results/{loaves}/{answer}", **({"stretch": "72"} if answer.startswith("counter") else {}))
    bo.does(f"key-results/{loaves}/agree-stretch")
    bo.does(f"key-results/{left}/reassign", owner_id=ana.id, partner_id=bo.id, reason="Ana counts them")
    bo.does(f"key-results/{left}/choose-roll-up", mode="children")
    other = ana.makes("objectives", title="Guests are happy", partner_id=bo.id, cycle_id=cycles[1])
    bo.does(f"objectives/{other}/agree")
    bo.does(f"key-results/{spelt}/reschedule", cycle_id=cycles[1], reason="The field is late")
    bo.does(f"key-results/{spelt}/move", objective_id=other, reason="It is for guests")
    bo.does(f"key-results/{warm}/drop", reason="The sensor broke")
    bo.does(f"key-results/{warm}/reinstate", reason="It was mended")
    for cycle in cycles:
        ana.does(f"cycles/{cycle}/activate")
    last = bo.does(f"key-results/{spelt}/propose-amendment", title="Spelt sold", reason="Clearer")
    bo.workspace.promises += version_stays(f"key-results/{spelt}/check-ins", last["version"], {"value": "9"}, bo.id)
    return [loaves, left]


def _check_in(ana: Member, bo: Member, objective: str, key_results: list[str]) -> None:
    loaves, left = key_results
    asks = {"narrative": "The mill was closed", "blockers": "No flour", "health": "at_risk"}
    first = bo.does(f"key-results/{loaves}/check-ins", key="first", value="44", confidence="6", **asks)
    wrong = bo.makes(f"key-results/{loaves}/check-ins", value="64.5", confidence="7")
    [now] = [event["effective_at"] for event in bo.workspace.events() if event["position"] == first["position"]]
    bo.does(f"key-results/{loaves}/check-ins", value="41", effective_at=now, narrative="Said late")
    bo.does(f"key-results/{loaves}/check-ins/{wrong}/correct", value="46", confidence="7", reason="Digits swapped")
    bo.does(f"key-results/{loaves}/confidence", confidence="8", reason="A good week")
    ana.does(f"key-results/{left}/check-ins", claimed="0.4")
    stands = ana.makes(f"objectives/{objective}/check-ins", confidence="5", health="on_track", narrative="It goes")
    ana.does(f"objectives/{objective}/check-ins/{stands}/correct", confidence="4", reason="It goes slowly")
    ana.does("comments", about_kind="key_result", about_id=loaves, text="Do returns count?")
    regretted = bo.makes("comments", about_kind="check_in", about_id=first["id"], text="A pity!")
    bo.does(f"comments/{regretted}/withdraw")
    ana.does("comments", about_kind="workspace", about_id=ana.workspace.id, text="A good start")


def _change_imported(ana: Member, bo: Member) -> None:
    """What was imported goes on by commands: a check-in of long ago, and another owner."""
    [rye] = [event["aggregate_id"] for event in ana.workspace.events() if event["data"].get("external_id") == "k3"]
    ana.does(f"key-results/{rye}/check-ins", value="9", effective_at="2024-02-12")
    ana.does(f"key-results/{rye}/reassign", owner_id=ana.id, partner_id=bo.id)


def _look_back(ana: Member, bo: Member, team: str, cycle: str, objective: str, key_results: list[str]) -> None:
    ana.does(f"cycles/{cycle}/start-grading")
    bo.does(f"key-results/{key_results[0]}/grade", score="0.7", reason="The oven came late")
    ana.does(f"key-results/{key_results[1]}/grade")
    bo.does(f"objectives/{objective}/grade")
    retrospective = bo.makes("retrospectives", team_id=team, cycle_id=cycle)
    address = f"retrospectives/{retrospective}"
    own = bo.makes(f"{address}/learnings", kind="worked", text="Two batches before six")
    bo.does(f"{address}/learnings", kind="why", text="The timer")
    bo.does(f"learnings/{own}/withdraw")
    anonymous = bo.does(f"{address}/learnings", kind="did_not", text="The oven was never ready", anonymous=True)
    bo.workspace.promises += learning_is_its_authors(anonymous["id"], anonymous["token"])
    action = bo.makes(f"{address}/actions", text="Put a timer on it", owner_id=bo.id, due="2030-04-15")
    ana.does(f"{address}/conclude", next_steps="Bake at night", resources_needed="A baker", support_required="The mill")
    bo.does(f"actions/{action}/done")
    ana.does(f"cycles/{cycle}/close")
    ana.does(f"cycles/{cycle}/reopen", reason="A wrong month")
