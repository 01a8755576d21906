"""Timelines, negotiations, comments and retrospectives over HTTP: at any moment, as known at any other."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Unpack
from uuid import UUID, uuid4

import pytest

from contracts.answers.comments import CommentList
from contracts.answers.negotiation import Negotiation
from contracts.answers.retrospective import RetrospectiveAnswer, RetrospectiveList
from contracts.answers.timeline import Timeline
from domain.comment import Commented, CommentWithdrawn
from domain.cycle import CycleActivated, CyclePlanned
from domain.goal.check_in import CheckedIn, CheckInCorrected, ConfidenceUpdated, HealthWord, ObjectiveCheckedIn
from domain.goal.grade import KRGraded
from domain.ids import anonymous_id, local_owner_id
from domain.key_result.amendment import KRAmended, KRAmendmentProposed
from domain.key_result.lifecycle import KRMoved
from domain.key_result.negotiation import KRCommitted, KRProposed
from domain.member import MemberAdded
from domain.objective.agreement import ObjectiveAgreed, ObjectiveProposed
from domain.personal import Personal
from domain.retrospective import (
    ActionAgreed,
    LearningRecorded,
    LearningWithdrawn,
    RetrospectiveConcluded,
    RetrospectiveOpened,
)
from domain.team import TeamFormed, TeamRenamed
from tests.domain.key_results import number
from tests.json_types import Json
from tests.projections.conftest import Ask, Moment
from tests.projections.goal_fields import Parties, PlacedParties, Titled
from tests.projections.log_writer import Log

START = datetime(2026, 1, 1, tzinfo=UTC)
BO = UUID(int=0xB)
OBJECTIVE, ELSEWHERE, KR, CYCLE, TEAM, SUB_TEAM, LATER, RETRO = (UUID(int=n) for n in range(1, 9))
TERMS: Titled = {"title": "Fewer complaints", "baseline": Decimal(100), "commitment": "aspirational"}


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def words(text: str, subject: UUID = BO) -> Personal:
    return Personal(subject, text)


@pytest.fixture
def position(log: Log, workspace: UUID) -> int:
    """An objective of Ana and Bo in a quarter with one key result from 100 to 60, committed. The last position."""
    ana = local_owner_id(workspace)
    parties: Parties = {"owner_id": ana, "partner_id": BO, "by": ana}
    goals: PlacedParties = {"cycle_id": CYCLE, "team_id": TEAM, **parties}
    return log.append(
        workspace,
        ("member", BO, MemberAdded(name=Personal(BO, "Bo Ek"), role="member"), day(0)),
        ("team", TEAM, TeamFormed(name="Care"), day(0)),
        ("team", SUB_TEAM, TeamFormed(name="Calls", parent_id=TEAM), day(0)),
        ("cycle", CYCLE, CyclePlanned(name="Winter", start=date(2026, 1, 1), end=date(2026, 4, 11)), day(0)),
        ("cycle", CYCLE, CycleActivated(), day(0)),
        ("objective", OBJECTIVE, ObjectiveProposed(title="Happier customers", **goals), day(0)),
        ("objective", OBJECTIVE, ObjectiveAgreed(by=BO), day(0)),
        ("objective", ELSEWHERE, ObjectiveProposed(title="Calmer team", **goals), day(0)),
        ("key_result", KR, KRProposed(**TERMS, target=Decimal(60), objective_id=OBJECTIVE, **goals), day(1)),
        ("key_result", KR, KRCommitted(by=BO), day(2)),
        by=ana,
    )


def checked_in(
    id: int,
    value: int | None = None,
    *,
    confidence: Decimal | None = None,
    health: HealthWord | None = None,
    narrative: Personal | None = None,
) -> CheckedIn:
    return CheckedIn(
        check_in_id=UUID(int=id), value=number(value), confidence=confidence, health=health, narrative=narrative
    )


# --- timelines ----------------------------------------------------------------------------------------------------


def test_a_timeline_has_every_check_in_with_the_pace_that_was_expected(
    ask: Ask, log: Log, workspace: UUID, position: int
) -> None:
    news = log.append(
        workspace,
        ("key_result", KR, checked_in(101, 80, confidence=Decimal(7), narrative=words("Half way")), day(10)),
        ("key_result", KR, ConfidenceUpdated(confidence=Decimal(3)), day(20)),
        by=BO,
    )
    answer = ask(f"key-results/{KR}/timeline", promised=Timeline, min_position=news)
    first, second = answer["points"]
    assert (first["progress"], first["narrative"], first["actor"]) == (
        "0.5000",
        "Half way",
        {"id": str(BO), "name": "Bo Ek"},
    )
    # In Berlin it is an hour into the 11th day, and a cycle of 100 days lost an hour to summer time.
    assert (first["effective_at"], first["expected"]) == ("2026-01-11T00:00:00Z", "0.1005")
    assert (second["kind"], second["confidence"], second["position"]) == ("confidence", "3", news)


def test_a_backdated_check_in_is_seen_at_its_moment_once_it_is_known(
    ask: Ask, log: Log, workspace: UUID, position: int
) -> None:
    known = log.append(workspace, ("key_result", KR, checked_in(101, 80), day(20)))
    late = log.append(workspace, ("key_result", KR, checked_in(102, 90), day(10)))

    def values(**moment: Unpack[Moment]) -> list[str]:
        return [point["value"] for point in ask(f"key-results/{KR}/timeline", **moment)["points"]]

    assert values(min_position=late) == ["90", "80"]
    assert values(known_position=known, as_of=day(30).isoformat()) == ["80"]
    assert values(as_of=day(15).isoformat()) == ["90"]
    assert values(as_of=day(15).isoformat(), known_position=known) == []


def test_a_corrected_check_in_stays_and_says_what_replaced_it_from_when_that_is_known(
    ask: Ask, log: Log, workspace: UUID, position: int
) -> None:
    known = log.append(workspace, ("key_result", KR, checked_in(101, 80), day(10)))
    correction = CheckInCorrected(
        check_in_id=UUID(int=102), corrects=UUID(int=101), value=Decimal(90), reason=words("Typo")
    )
    corrected = log.append(workspace, ("key_result", KR, correction, day(12)))

    def points(**moment: Unpack[Moment]) -> list[tuple[str, int | None, str | None, str | None]]:
        found = ask(f"key-results/{KR}/timeline", promised=Timeline, **moment)["points"]
        return [
            (p["value"], p["corrected_by"] and UUID(p["corrected_by"]).int, p["corrects"], p["reason"]) for p in found
        ]

    replaced, standing = ("80", 102, None, None), ("90", None, str(UUID(int=101)), "Typo")
    assert points(min_position=corrected) == [replaced, standing]
    assert points(as_of=day(11).isoformat()) == [replaced]
    assert points(as_of=day(20).isoformat(), known_position=known) == [("80", None, None, None)]


def test_an_objectives_timeline_shows_what_rolled_up_at_each_point(
    ask: Ask, log: Log, workspace: UUID, position: int
) -> None:
    objective = [
        ("objective", OBJECTIVE, ObjectiveCheckedIn(check_in_id=UUID(int=n), health="at_risk"), day(n))
        for n in (10, 20)
    ]
    log.append(workspace, *objective)
    news = log.append(workspace, ("key_result", KR, checked_in(101, 80), day(15)))
    points = ask(f"objectives/{OBJECTIVE}/timeline", promised=Timeline, min_position=news)["points"]
    assert [(point["progress"], point["health"]) for point in points] == [("0.0000", "at_risk"), ("0.5000", "at_risk")]


def test_there_is_no_timeline_of_what_was_not_there(ask: Ask, position: int) -> None:
    ask(f"key-results/{KR}/timeline", 404, as_of=day(0.5).isoformat())
    ask(f"key-results/{OBJECTIVE}/timeline", 404, min_position=position)
    ask(f"objectives/{uuid4()}/timeline", 404)
    ask(f"key-results/{uuid4()}/negotiation", 404)


# --- negotiations -------------------------------------------------------------------------------------------------


def test_a_negotiation_says_who_changed_what_and_why(ask: Ask, log: Log, workspace: UUID, position: int) -> None:
    ana = local_owner_id(workspace)
    asked = KRAmendmentProposed(**TERMS, target=Decimal(75), by=ana, reason=words("A quarter lost", ana))
    log.append(workspace, ("key_result", KR, asked, day(20)), by=ana)
    log.append(workspace, ("key_result", KR, KRAmended(by=BO), day(21)), by=BO)
    log.append(workspace, ("key_result", KR, KRMoved(objective_id=ELSEWHERE), day(22)), by=BO)
    news = log.append(workspace, ("key_result", KR, KRGraded(score=Decimal("0.7")), day(90)), by=BO)
    answer = ask(f"key-results/{KR}/negotiation", promised=Negotiation, min_position=news)
    acts = {entry["act"]: entry for entry in answer["entries"]}
    assert list(acts) == ["proposed", "committed", "amendment_proposed", "amended", "moved", "graded"]
    assert acts["amended"]["changed"] == {"target": {"from": "60", "to": "75"}}
    assert (acts["amended"]["reason"], acts["amended"]["by"]["name"]) == ("A quarter lost", "Bo Ek")
    assert acts["amendment_proposed"]["actor"] == {"id": str(ana), "name": "Ana Lind"}
    assert acts["moved"]["changed"] == {
        "parent": {
            "from": {"id": str(OBJECTIVE), "external_id": None, "title": "Happier customers"},
            "to": {"id": str(ELSEWHERE), "external_id": None, "title": "Calmer team"},
        }
    }
    assert [answer[name]["target"] for name in ("first_agreed", "last_agreed", "graded")] == ["60", "75", "75"]


def test_a_negotiation_is_asked_as_it_was(ask: Ask, log: Log, workspace: UUID, position: int) -> None:
    asked = KRAmendmentProposed(**TERMS, target=Decimal(75), by=BO, reason=words("A quarter lost"))
    news = log.append(workspace, ("key_result", KR, asked, day(20)), ("key_result", KR, KRAmended(by=BO), day(20)))

    def acts(**moment: Unpack[Moment]) -> list[str]:
        return [entry["act"] for entry in ask(f"key-results/{KR}/negotiation", **moment)["entries"]]

    assert len(acts(min_position=news)) == 4
    assert acts(as_of=day(1.5).isoformat()) == ["proposed"]
    assert acts(as_of=day(30).isoformat(), known_position=position) == ["proposed", "committed"]


# --- comments -----------------------------------------------------------------------------------------------------


def test_comments_are_found_by_what_they_are_about_and_by_its_goal(
    ask: Ask, log: Log, workspace: UUID, position: int
) -> None:
    on_goal, on_offer = uuid4(), uuid4()
    offer = ask(f"key-results/{KR}/negotiation", min_position=position)["entries"][0]["id"]
    about_goal = Commented(about_kind="key_result", about_id=KR, goal_id=KR, author_id=BO, text=words("Why so slow?"))
    about_offer = replace(about_goal, about_kind="offer", about_id=UUID(offer), text=words("Why 60?"))
    news = log.append(
        workspace,
        ("comment", on_goal, about_goal),
        ("comment", on_offer, about_offer),
        ("comment", uuid4(), Commented(about_kind="workspace", about_id=workspace, author_id=BO, text=words("Hello"))),
    )

    def texts(answer: Json) -> list[str]:
        return [comment["text"] for comment in answer["comments"]]

    everything = ask("comments", promised=CommentList, min_position=news)
    assert texts(everything) == ["Why so slow?", "Why 60?", "Hello"]
    assert texts(ask("comments", promised=CommentList, about=str(KR), min_position=news)) == ["Why so slow?", "Why 60?"]
    assert texts(ask("comments", promised=CommentList, about=offer, min_position=news)) == ["Why 60?"]
    page = ask("comments", about=str(KR), limit=1)
    assert texts(ask("comments", about=str(KR), cursor=page["next"])) == ["Why 60?"]
    ask("comments", 422, about=offer, cursor=page["next"])


def test_a_withdrawn_comment_keeps_the_fact_at_every_moment(ask: Ask, log: Log, workspace: UUID, position: int) -> None:
    id = uuid4()
    comment = Commented(about_kind="key_result", about_id=KR, goal_id=KR, author_id=BO, text=words("Nonsense"))
    known = log.append(workspace, ("comment", id, comment, day(5)))
    news = log.append(workspace, ("comment", id, CommentWithdrawn(withdraws=id), day(9)))

    def shown(**moment: Unpack[Moment]) -> list[tuple[str | None, bool, str]]:
        return [
            (each["text"], each["withdrawn"], each["author"]["name"]) for each in ask("comments", **moment)["comments"]
        ]

    assert shown(min_position=news) == shown(as_of=day(6).isoformat()) == [(None, True, "Bo Ek")]
    assert shown(as_of=day(6).isoformat(), known_position=known) == [("Nonsense", False, "Bo Ek")]
    assert shown(as_of=day(4).isoformat()) == []


# --- retrospectives -----------------------------------------------------------------------------------------------


@pytest.fixture
def retrospective(log: Log, workspace: UUID, position: int) -> int:
    """A graded key result of the sub-team, and the team's retrospective: a learning of Bo's and one of nobody's."""
    ana = local_owner_id(workspace)
    below: PlacedParties = {"cycle_id": CYCLE, "team_id": SUB_TEAM, "owner_id": ana, "partner_id": BO, "by": ana}
    log.append(
        workspace,
        ("key_result", LATER, KRProposed(**TERMS, target=Decimal(50), objective_id=OBJECTIVE, **below), day(1)),
        ("key_result", LATER, KRCommitted(by=BO), day(1)),
        ("key_result", LATER, checked_in(101, 60), day(80)),
        ("key_result", LATER, KRGraded(score=Decimal("0.8"), computed=Decimal("0.8")), day(95)),
        ("retrospective", RETRO, RetrospectiveOpened(team_id=TEAM, cycle_id=CYCLE), day(95)),
        (
            "retrospective",
            RETRO,
            LearningRecorded(learning_id=UUID(int=201), kind="worked", text=words("Pairing"), author_id=BO),
            day(95),
        ),
        (
            "retrospective",
            RETRO,
            ActionAgreed(action_id=UUID(int=301), text=words("Ask callers"), owner_id=BO, due=date(2026, 5, 1)),
            day(95),
        ),
    )
    anonymous = LearningRecorded(
        learning_id=UUID(int=202), kind="why", text=words("Fear", UUID(int=202)), withdrawal_digest="d"
    )
    return log.append(workspace, ("retrospective", RETRO, anonymous, day(95.5)), by=anonymous_id(workspace))


def test_a_retrospective_shows_grades_learnings_and_actions(ask: Ask, retrospective: int) -> None:
    answer = ask(f"retrospectives/{RETRO}", promised=RetrospectiveAnswer, min_position=retrospective)
    assert (answer["team"]["name"], answer["cycle"]["name"], answer["state"]) == ("Care", "Winter", "open")
    grades = {each["id"]: each for each in answer["grades"]}
    assert set(grades) == {str(id) for id in (OBJECTIVE, ELSEWHERE, KR, LATER)}
    graded = grades[str(LATER)]
    assert (graded["score"], graded["computed_score"], graded["outcome"], graded["band"]) == (
        "0.8",
        "0.8000",
        "achieved",
        "significant_achievement",
    )
    assert grades[str(KR)]["score"] is None
    assert [each["owner"]["name"] for each in answer["actions"]] == ["Bo Ek"]
    assert answer["conclusion"] is None


def test_an_anonymous_learning_shows_no_author_and_only_the_day(ask: Ask, retrospective: int) -> None:
    named, anonymous = ask(f"retrospectives/{RETRO}", min_position=retrospective)["learnings"]
    assert (named["author"]["name"], named["effective_at"]) == ("Bo Ek", "2026-04-06T00:00:00Z")
    assert (anonymous["author"], anonymous["anonymous"], anonymous["effective_at"]) == (None, True, "2026-04-06")
    assert len(anonymous["recorded_at"]) == len("2026-04-06")


def test_a_withdrawn_learning_keeps_the_fact(ask: Ask, log: Log, workspace: UUID, retrospective: int) -> None:
    withdrawn = log.append(workspace, ("retrospective", RETRO, LearningWithdrawn(withdraws=UUID(int=201))))

    def texts(**moment: Unpack[Moment]) -> list[str | None]:
        return [each["text"] for each in ask(f"retrospectives/{RETRO}", **moment)["learnings"]]

    assert texts(min_position=withdrawn) == [None, "Fear"]
    assert texts(as_of=day(96).isoformat()) == [None, "Fear"]
    assert texts(as_of=day(96).isoformat(), known_position=retrospective) == ["Pairing", "Fear"]


def test_retrospectives_are_listed_with_how_they_stand(ask: Ask, log: Log, workspace: UUID, retrospective: int) -> None:
    concluded = RetrospectiveConcluded(next_steps=words("Fewer goals"))
    news = log.append(
        workspace,
        ("retrospective", RETRO, concluded, day(97)),
        ("team", TEAM, TeamRenamed(name="Customers"), day(98)),
    )
    (now,) = ask("retrospectives", promised=RetrospectiveList, min_position=news)["retrospectives"]
    assert (now["state"], now["team"]["name"], now["concluded_at"]) == (
        "concluded",
        "Customers",
        "2026-04-08T00:00:00Z",
    )
    (then,) = ask("retrospectives", as_of=day(96).isoformat())["retrospectives"]
    assert (then["state"], then["team"]["name"]) == ("open", "Care")
    conclusion = ask(f"retrospectives/{RETRO}")["conclusion"]
    assert conclusion == {"next_steps": "Fewer goals", "resources_needed": None, "support_required": None}
