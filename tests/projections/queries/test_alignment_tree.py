"""The tree and the goals over HTTP, on a real log: at any moment, as known at any other."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from contracts.answers.goals import AlignmentTree, KeyResultAnswer, NodeShown, ObjectiveAnswer, PurposeAnswer
from domain.cycle import CycleActivated, CyclePlanned
from domain.goal.check_in import CheckedIn, CheckInCorrected, HealthWord
from domain.goal.grade import KRGraded
from domain.goal.roll_up import ChildrenWeighted, Weight
from domain.ids import local_owner_id
from domain.key_result.amendment import KRAmended, KRAmendmentProposed
from domain.key_result.lifecycle import KRDropped
from domain.key_result.negotiation import KRCommitted, KRProposed
from domain.key_result.stretch import KRStretchAgreed, KRStretchOffered
from domain.objective.agreement import ObjectiveAgreed, ObjectiveProposed
from domain.purpose.mission import MissionAdopted, MissionDrafted
from domain.team import TeamFormed, TeamRenamed
from services.projections.engine.supervisor import ProjectionSupervisor
from tests.json_types import Json
from tests.projections.log_writer import Log

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
MISSION, OBJECTIVE, KR, OTHER, CYCLE, TEAM, SUB_TEAM = (UUID(int=n) for n in range(1, 8))

Ask = Callable[..., Any]  # An address inside the workspace, and how it is asked for.


def day(n: float) -> datetime:
    return START + timedelta(days=n)


@pytest.fixture
def ask(client: httpx.Client, workspace: UUID) -> Ask:
    """Ask for an address inside the workspace; what it answers."""

    def get(address: str, status: int = 200, **query: object) -> Any:
        answer = client.get(f"/v1/workspaces/{workspace}/{address}", params={k: str(v) for k, v in query.items()})
        assert answer.status_code == status, answer.text
        return answer.json()

    return get


@pytest.fixture
def position(log: Log, workspace: UUID) -> int:
    """A mission, an objective with two key results, in a cycle; half of it the sub-team's. The last position."""
    owner = local_owner_id(workspace)
    terms: Json = {"baseline": Decimal(8), "target": Decimal(3), "commitment": "aspirational"}
    parties: Json = {"owner_id": owner, "partner_id": None, "by": owner}
    return log.append(
        workspace,
        ("cycle", CYCLE, CyclePlanned(name="2026-Q1", start=START.date(), end=day(90).date()), day(-1)),
        ("cycle", CYCLE, CycleActivated(), day(0)),
        ("team", TEAM, TeamFormed(name="Product"), day(-1)),
        ("team", SUB_TEAM, TeamFormed(name="Growth", parent_id=TEAM), day(-1)),
        ("mission", MISSION, MissionDrafted(title="No bread is wasted"), day(0)),
        ("mission", MISSION, MissionAdopted(), day(0)),
        (
            "objective",
            OBJECTIVE,
            ObjectiveProposed(title="Bakers trust us", parent_id=MISSION, cycle_id=CYCLE, team_id=TEAM, **parties),
            day(0),
        ),
        ("objective", OBJECTIVE, ObjectiveAgreed(by=owner), day(0)),
        (
            "key_result",
            KR,
            KRProposed(title="Churn", objective_id=OBJECTIVE, cycle_id=CYCLE, team_id=SUB_TEAM, **parties, **terms),
            day(0),
        ),
        ("key_result", KR, KRCommitted(by=owner), day(0)),
        ("key_result", OTHER, KRProposed(title="Calls", objective_id=OBJECTIVE, **parties, **terms), day(0)),
        ("key_result", OTHER, KRCommitted(by=owner), day(1)),
    )


def checked_in(
    value: int, id: UUID | None = None, *, confidence: Decimal | None = None, health: HealthWord | None = None
) -> CheckedIn:
    return CheckedIn(check_in_id=id or uuid4(), value=Decimal(value), confidence=confidence, health=health)


def nodes(answer: Any) -> Json:
    return {node["id"]: node for node in answer["nodes"]}


def test_the_answer_is_what_the_contract_promises(ask: Ask, log: Log, workspace: UUID, position: int) -> None:
    log.append(workspace, ("key_result", KR, checked_in(6, confidence=Decimal(7), health="on_track"), day(7)))
    answer = ask("alignment-tree", min_position=position + 1)
    AlignmentTree.model_validate(answer, strict=False, extra="forbid")
    assert {frozenset(node) for node in answer["nodes"]} == {frozenset(NodeShown.model_fields)}
    assert [node["title"] for node in answer["nodes"]] == ["No bread is wasted", "Bakers trust us", "Churn", "Calls"]
    assert [node["depth"] for node in answer["nodes"]] == [0, 1, 2, 2]
    assert (answer["position"], answer["age_ms"], "stale" in answer) == (position + 1, 0, False)
    assert nodes(answer)[str(KR)]["owner"] == {"id": str(local_owner_id(workspace)), "name": "Ana Lind"}


def test_a_check_in_moves_all_that_stands_above(ask: Ask, log: Log, workspace: UUID, position: int) -> None:
    seen = log.append(workspace, ("key_result", KR, checked_in(6), day(7)))
    answer = nodes(ask("alignment-tree", min_position=seen))
    assert [answer[str(id)]["progress"] for id in (KR, OTHER, OBJECTIVE, MISSION)] == [
        "0.4000",
        None,
        "0.2000",
        "0.2000",
    ]


def test_what_was_true_and_what_was_known_are_asked_apart(ask: Ask, log: Log, workspace: UUID, position: int) -> None:
    first = log.append(workspace, ("key_result", KR, checked_in(6), day(14)))
    late = log.append(workspace, ("key_result", KR, checked_in(7), day(7)))

    def progress(**moment: object) -> Any:
        return nodes(ask("alignment-tree", **moment))[str(KR)]["progress"]

    assert progress(min_position=late) == "0.4000"
    assert progress(as_of=day(10).isoformat()) == "0.2000"
    assert progress(as_of=day(10).isoformat(), known_position=first) is None
    assert progress(as_of=day(10).isoformat(), known_at=log.recorded_at(workspace, first).isoformat()) is None
    assert progress(as_of=day(14).isoformat()) == "0.4000"
    assert progress(as_of=(day(14) - timedelta(seconds=1)).isoformat()) == "0.2000"


def test_a_correction_holds_at_every_moment_from_when_it_is_known(
    ask: Ask, log: Log, workspace: UUID, position: int
) -> None:
    wrong = uuid4()
    before = log.append(workspace, ("key_result", KR, checked_in(6, wrong), day(7)))
    after = log.append(
        workspace,
        ("key_result", KR, CheckInCorrected(check_in_id=uuid4(), corrects=wrong, value=Decimal(5)), day(9)),
    )
    ask("alignment-tree", min_position=after)

    def progress(at: datetime, known: int) -> Any:
        return nodes(ask("alignment-tree", as_of=at.isoformat(), known_position=known))[str(KR)]["progress"]

    assert [progress(day(8), before), progress(day(8), after), progress(day(10), after)] == ["0.4000", None, "0.6000"]


def test_dropped_goals_leave_the_tree_unless_asked_for(ask: Ask, log: Log, workspace: UUID, position: int) -> None:
    dropped = log.append(workspace, ("key_result", KR, KRDropped(reason=None), day(20)))
    assert str(KR) not in nodes(ask("alignment-tree", min_position=dropped))
    assert nodes(ask("alignment-tree", include="dropped"))[str(KR)]["health"] == "dropped"
    assert str(KR) in nodes(ask("alignment-tree", as_of=day(19).isoformat()))


def test_a_filter_keeps_what_matches_and_what_stands_above(ask: Ask, position: int) -> None:
    ask("alignment-tree", min_position=position)

    def matched(**query: object) -> dict[str, bool]:
        return {node["title"]: node["matched"] for node in ask("alignment-tree", **query)["nodes"]}

    assert matched(team="Growth") == {"No bread is wasted": False, "Bakers trust us": False, "Churn": True}
    assert matched(team=TEAM) == {"No bread is wasted": False, "Bakers trust us": True, "Churn": True}
    assert matched(cycle="2026-Q1") == matched(team="Product")
    assert matched(cycle="current", as_of=day(5).isoformat()) == matched(cycle=CYCLE)
    assert matched(owner=uuid4()) == {}
    unfiltered, filtered = (nodes(ask("alignment-tree", **query)) for query in ({}, {"team": "Growth"}))
    assert filtered[str(MISSION)]["progress"] == unfiltered[str(MISSION)]["progress"]


def test_a_part_of_the_tree_by_root_and_depth(ask: Ask, position: int) -> None:
    answer = ask("alignment-tree", root=OBJECTIVE, min_position=position)
    assert [(node["title"], node["depth"]) for node in answer["nodes"]] == [
        ("Bakers trust us", 0),
        ("Churn", 1),
        ("Calls", 1),
    ]
    assert [node["title"] for node in ask("alignment-tree", depth=1)["nodes"]] == [
        "No bread is wasted",
        "Bakers trust us",
    ]
    assert ask("alignment-tree", status=404, root=uuid4())["type"] == "urn:northing:problem:not-found"


def test_names_are_those_of_the_moment(ask: Ask, log: Log, workspace: UUID, position: int) -> None:
    renamed = log.append(workspace, ("team", TEAM, TeamRenamed(name="Ovens"), day(30)))
    assert nodes(ask("alignment-tree", min_position=renamed))[str(OBJECTIVE)]["team"]["name"] == "Ovens"
    assert nodes(ask("alignment-tree", as_of=day(29).isoformat()))[str(OBJECTIVE)]["team"]["name"] == "Product"


def test_weights_and_grades_are_shown(ask: Ask, log: Log, workspace: UUID, position: int) -> None:
    seen = log.append(
        workspace,
        ("objective", OBJECTIVE, ChildrenWeighted(weights=(Weight(KR, Decimal(3)),)), day(2)),
        ("key_result", KR, checked_in(3), day(80)),
        ("key_result", KR, KRGraded(score=Decimal("0.8"), computed=Decimal(1)), day(90)),
    )
    answer = nodes(ask("alignment-tree", min_position=seen))
    kr, objective = answer[str(KR)], answer[str(OBJECTIVE)]
    assert (kr["weight"], kr["score"], kr["computed_score"], kr["outcome"]) == ("3", "0.8", "1.0000", "achieved")
    assert (objective["progress"], objective["computed_score"], objective["score"]) == ("0.7500", "0.6000", None)


@pytest.mark.parametrize(
    "query",
    [
        {"as_of": "2999-01-01"},
        {"as_of": "yesterday"},
        {"as_of": "2026-01-05T09:00:00"},
        {"known_at": "2999-01-01T00:00:00Z"},
        {"known_position": 10_000},
        {"min_position": 10_000},
        {"min_position": -1},
        {"cycle": "never"},
        {"depth": "x"},
        {"as_of": "9999-12-31T23:59:59-01:00"},
        {"as_of": "0001-01-01T00:00:00+14:00"},
    ],
)
def test_a_moment_that_cannot_be_asked_for_is_refused(ask: Ask, position: int, query: dict[str, str]) -> None:
    ask("alignment-tree", min_position=position)
    assert ask("alignment-tree", status=422, **query)["status"] == 422


def test_a_date_is_the_end_of_that_day_in_the_workspaces_zone(
    ask: Ask, log: Log, workspace: UUID, position: int
) -> None:
    seen = log.append(workspace, ("key_result", KR, checked_in(6), datetime(2026, 1, 20, 22, 59, tzinfo=UTC)))
    ask("alignment-tree", min_position=seen)
    answer = ask("alignment-tree", as_of="2026-01-20")
    assert answer["as_of"] == "2026-01-20T22:59:59.999999Z"
    assert nodes(answer)[str(KR)]["progress"] == "0.4000"
    assert nodes(ask("alignment-tree", as_of="2026-01-19"))[str(KR)]["progress"] is None


def test_without_as_of_known_at_is_the_moment_of_both(ask: Ask, log: Log, workspace: UUID, position: int) -> None:
    known_at = log.recorded_at(workspace, position)
    answer = ask("alignment-tree", known_at=known_at.isoformat(), min_position=position)
    assert answer["as_of"] == answer["known_at"]
    assert datetime.fromisoformat(answer["as_of"]) == known_at


def test_today_is_now(ask: Ask, position: int) -> None:
    today = datetime.now(UTC).astimezone().date()
    assert nodes(ask("alignment-tree", as_of=today, min_position=position))


def test_an_unknown_workspace_is_not_found(client: httpx.Client) -> None:
    answer = client.get(f"/v1/workspaces/{uuid4()}/alignment-tree")
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:northing:problem:not-found")


def test_the_view_of_one_says_all_that_its_kind_says(ask: Ask, log: Log, workspace: UUID, position: int) -> None:
    terms: Json = {"title": "Churn", "baseline": Decimal(8), "target": Decimal(4)}
    seen = log.append(
        workspace,
        ("key_result", KR, checked_in(6), day(7)),
        ("key_result", KR, KRAmendmentProposed(by=None, reason=None, **terms), day(8)),
        ("key_result", KR, KRAmended(by=None), day(8)),
        ("key_result", KR, KRStretchOffered(by=uuid4(), stretch=Decimal(0)), day(9)),
        ("key_result", KR, KRStretchAgreed(by=uuid4()), day(9)),
    )
    kr = ask(f"key-results/{KR}", min_position=seen)
    KeyResultAnswer.model_validate(kr, strict=False, extra="forbid")
    assert (kr["progress"], kr["terms"]["target"], kr["first_agreed"]["target"], kr["version"]) == (
        "0.5000",
        "4",
        "3",
        7,
    )
    assert (kr["stretch"], kr["stretch_progress"]) == ("0", "0.2500")
    before = ask(f"key-results/{KR}", as_of=day(7).isoformat())
    assert (before["progress"], before["terms"]["target"], before["stretch"]) == ("0.4000", "3", None)
    ObjectiveAnswer.model_validate(ask(f"objectives/{OBJECTIVE}"), strict=False, extra="forbid")
    PurposeAnswer.model_validate(ask(f"missions/{MISSION}"), strict=False, extra="forbid")
    assert ask(f"missions/{KR}", status=404)["status"] == 404


def test_lists_go_on_at_the_moment_of_their_first_page(ask: Ask, log: Log, workspace: UUID, position: int) -> None:
    first = ask("key-results", limit=1, min_position=position)
    log.append(workspace, ("key_result", KR, checked_in(6), day(7)))
    seen = log.append(workspace, ("key_result", OTHER, checked_in(6), day(7)))
    second = ask("key-results", limit=1, cursor=first["next"], min_position=seen)
    assert [goal["title"] for goal in first["key_results"] + second["key_results"]] == ["Churn", "Calls"]
    assert (second["key_results"][0]["progress"], second["next"]) == (None, None)
    assert second["known_position"] == position
    assert [goal["progress"] for goal in ask("key-results")["key_results"]] == ["0.4000", "0.4000"]


def test_what_is_not_known_here_in_time_is_answered_as_stale(
    ask: Ask, log: Log, workspace: UUID, position: int, projecting: ProjectionSupervisor
) -> None:
    ask("alignment-tree", min_position=position)
    projecting.stop()
    ahead = log.append(workspace, ("key_result", KR, checked_in(6), day(7)))
    answer = ask("alignment-tree", min_position=ahead)
    assert (answer["stale"], answer["position"]) == (True, position)
    assert answer["age_ms"] >= 2_000
