"""Every field that the contract promises of an answer is in the answer of each route, and has a value in one."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import NoneType
from typing import get_args
from uuid import UUID

import httpx
import pytest
from fastapi.routing import APIRoute
from pydantic import BaseModel

from domain.comment import Commented
from domain.cycle import CycleActivated, CyclePlanned
from domain.goal.check_in import CheckedIn, CheckInCorrected
from domain.goal.grade import KRGraded
from domain.goal.roll_up import ChildrenWeighted, RollUpChosen, Weight
from domain.ids import local_owner_id
from domain.key_result.amendment import KRAmended, KRAmendmentProposed
from domain.key_result.lifecycle import KRDropped
from domain.key_result.negotiation import KRCommitted, KRProposed
from domain.key_result.stretch import KRStretchAgreed, KRStretchOffered
from domain.member import MemberAdded
from domain.objective.agreement import ObjectiveAgreed, ObjectiveProposed
from domain.personal import Personal
from domain.purpose.mission import MissionAdopted, MissionDrafted, MissionReaffirmed
from domain.purpose.strategy import StrategyStated
from domain.purpose.theme import ThemeChampionNamed, ThemeSet
from domain.purpose.vision import VisionStated
from domain.retrospective import ActionAgreed, ActionDone, LearningRecorded, RetrospectiveConcluded, RetrospectiveOpened
from domain.team import TeamDissolved, TeamFormed, TeamJoined, TeamLeadNamed
from services.projections.http.routes import ROUTERS
from tests.json_types import Json
from tests.projections.conftest import Ask
from tests.projections.log_writer import Log

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
BO = UUID(int=0xB0)
MISSION, VISION, STRATEGY, THEME, OBJECTIVE, PROPOSED, KR, OTHER, DROPPED, CYCLE, TEAM, OLD_TEAM, RETRO, COMMENT = (
    UUID(int=n) for n in range(1, 15)
)
FIRST, SECOND, LEARNING, ACTION = (UUID(int=n) for n in range(101, 105))
IDS = {
    "members": (BO,),
    "teams": (TEAM, OLD_TEAM),
    "cycles": (CYCLE,),
    "missions": (MISSION,),
    "visions": (VISION,),
    "strategies": (STRATEGY,),
    "themes": (THEME,),
    "objectives": (OBJECTIVE, PROPOSED),
    "key-results": (KR, OTHER, DROPPED),
    "retrospectives": (RETRO,),
}
ROUTES = {
    route.path: route.response_model
    for router in ROUTERS
    for route in router.routes
    if isinstance(route, APIRoute) and route.response_model
}

# What has no value in such a workspace, and why.
NO_VALUE = {
    "stale": "the read side keeps up",
    "next": "every list fits one page",
    "source_recorded_at": "nothing was imported",
    "correlation_id": "no header named it",
    "causation_id": "no event caused another",
}


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def words(text: str) -> Personal:
    return Personal(BO, text)


@pytest.fixture
def filled(log: Log, workspace: UUID) -> int:
    """A workspace that has one of everything. Its last position."""
    ana = local_owner_id(workspace)
    parties: Json = {"owner_id": ana, "partner_id": BO, "by": ana}
    place: Json = {"cycle_id": CYCLE, "team_id": TEAM, **parties}
    where: Json = {"owner_id": ana, "team_id": TEAM, "cycle_id": CYCLE, "note": words("As printed")}
    terms: Json = {
        "title": "Fewer complaints",
        "metric": "complaints",
        "unit": "1",
        "baseline": Decimal(100),
        "commitment": "aspirational",
        "resources": "A day a week",
        "due": date(2026, 3, 1),
    }
    bo = MemberAdded(
        name=words("Bo Ek"), role="member", address=words("bo@acme.example"), handle=words("bo"), external_id="m2"
    )
    log.append(
        workspace,
        ("member", BO, bo, day(0)),
        ("team", OLD_TEAM, TeamFormed(name="Product"), day(0)),
        ("team", TEAM, TeamFormed(name="Care", parent_id=OLD_TEAM, external_id="t1"), day(0)),
        ("team", TEAM, TeamJoined(member_id=BO), day(0)),
        ("team", TEAM, TeamLeadNamed(member_id=BO), day(0)),
        ("team", OLD_TEAM, TeamDissolved(), day(1)),
        ("cycle", CYCLE, CyclePlanned(name="Q1", start=START.date(), end=day(90).date(), external_id="c1"), day(0)),
        ("cycle", CYCLE, CycleActivated(), day(0)),
        (
            "mission",
            MISSION,
            MissionDrafted(title="No waste", origin="A bin", origin_date=date(2020, 1, 1), **where),
            day(0),
        ),
        ("mission", MISSION, MissionAdopted(), day(0)),
        ("mission", MISSION, MissionReaffirmed(), day(1)),
        ("vision", VISION, VisionStated(title="Every town", parent_id=MISSION, **where), day(0)),
        ("strategy", STRATEGY, StrategyStated(title="Bakers first", parent_id=VISION, **where), day(0)),
        ("theme", THEME, ThemeSet(title="Trust", parent_id=STRATEGY, **where), day(0)),
        ("theme", THEME, ThemeChampionNamed(champion_id=BO), day(0)),
        (
            "objective",
            OBJECTIVE,
            ObjectiveProposed(
                title="Happier", parent_id=THEME, why="For them", resources="Ana", external_id="o1", **place
            ),
            day(0),
        ),
        ("objective", OBJECTIVE, ObjectiveAgreed(by=BO), day(0)),
        ("objective", PROPOSED, ObjectiveProposed(title="Calmer", **place), day(0)),
        ("objective", OBJECTIVE, RollUpChosen(mode="both"), day(0)),
        ("objective", OBJECTIVE, ChildrenWeighted(weights=(Weight(KR, Decimal(3)),)), day(0)),
        by=ana,
    )
    offer = KRProposed(objective_id=OBJECTIVE, target=Decimal(60), external_id="k1", **terms, **place)
    written = KRProposed(
        objective_id=OBJECTIVE,
        **place,
        title="In words",
        baseline_as_written="some",
        target_as_written="fewer",
        low=Decimal(1),
        high=Decimal(2),
    )
    amendment = KRAmendmentProposed(by=ana, reason=words("A quarter lost"), target=Decimal(70), **terms)
    correction = CheckInCorrected(
        check_in_id=SECOND,
        corrects=FIRST,
        reason=words("Typo"),
        value=Decimal(80),
        confidence=Decimal(7),
        health="on_track",
        narrative=words("Half way"),
        blockers=words("None"),
    )
    log.append(
        workspace,
        ("key_result", KR, offer, day(1)),
        ("key_result", KR, KRCommitted(by=BO), day(2)),
        ("key_result", KR, CheckedIn(check_in_id=FIRST, value=Decimal(90)), day(8)),
        ("key_result", KR, correction, day(9)),
        ("key_result", KR, KRStretchOffered(by=ana, stretch=Decimal(50)), day(10)),
        ("key_result", KR, KRStretchAgreed(by=BO), day(10)),
        ("key_result", KR, amendment, day(11)),
        ("key_result", KR, KRAmended(by=BO), day(11)),
        ("key_result", KR, KRGraded(score=Decimal("0.7"), as_written=words("good enough")), day(12)),
        ("key_result", KR, amendment, day(13)),
        ("key_result", DROPPED, offer, day(1)),
        ("key_result", DROPPED, KRDropped(reason=words("Lost"), because_of=OBJECTIVE), day(2)),
        ("key_result", OTHER, written, day(1)),
        ("key_result", OTHER, KRCommitted(by=BO), day(2)),
        ("key_result", OTHER, CheckedIn(check_in_id=UUID(int=106), value=Decimal(5)), day(7)),
        ("key_result", OTHER, KRStretchOffered(by=ana, stretch=Decimal(40)), day(10)),
        (
            "key_result",
            OTHER,
            CheckedIn(check_in_id=UUID(int=105), value_as_written="some", claimed=Decimal("0.5")),
            day(8),
        ),
        by=ana,
    )
    learning = LearningRecorded(learning_id=LEARNING, kind="worked", text=words("Pairing"), author_id=BO)
    action = ActionAgreed(action_id=ACTION, text=words("Ask callers"), owner_id=BO, due=date(2026, 5, 1))
    conclusion = RetrospectiveConcluded(
        next_steps=words("Fewer goals"), resources_needed=words("A day"), support_required=words("Sales")
    )
    comment = Commented(about_kind="key_result", about_id=KR, goal_id=KR, author_id=BO, text=words("Why 60?"))
    return log.append(
        workspace,
        ("retrospective", RETRO, RetrospectiveOpened(team_id=TEAM, cycle_id=CYCLE), day(14)),
        ("retrospective", RETRO, learning, day(14)),
        ("retrospective", RETRO, action, day(14)),
        ("retrospective", RETRO, ActionDone(action_id=ACTION), day(15)),
        ("retrospective", RETRO, conclusion, day(15)),
        ("comment", COMMENT, comment, day(15)),
        by=ana,
    )


def test_every_promised_field_is_filled(client: httpx.Client, ask: Ask, workspace: UUID, filled: int) -> None:
    ask("alignment-tree", min_position=filled)
    promised: set[tuple[type, str]] = set()  # Each field, by the model that names it.
    valued: set[tuple[type, str]] = set()
    for path, model in ROUTES.items():
        ids = next(IDS[part] for part in path.split("/") if part in IDS) if "{id}" in path else (None,)
        answers = [client.get(path.format(workspace_id=workspace, id=id)) for id in ids]
        assert {answer.status_code for answer in answers} == {200}, path
        for of, shown in (found for answer in answers for found in objects(model, answer.json())):
            required = {name for name, field in of.model_fields.items() if field.is_required()}
            assert required <= shown.keys() <= of.model_fields.keys(), (path, of)
            named_by = {name: each for each in reversed(of.__mro__) for name in getattr(each, "__annotations__", ())}
            promised |= {(named_by[name], name) for name in of.model_fields if name not in NO_VALUE}
            valued |= {(named_by[name], name) for name, value in shown.items() if value is not None}
    assert sorted(f"{model.__name__}.{name}" for model, name in promised - valued) == []


def objects(model: type[BaseModel], shown: Json) -> Iterator[tuple[type[BaseModel], Json]]:
    """The answer and all objects in it of which the contract promises something, each with its model."""
    yield model, shown
    for name, field in model.model_fields.items():
        for inner in models_in(field.annotation):
            value = shown.get(name)
            for each in value if isinstance(value, list) else [value] if value else []:
                yield from objects(inner, each)


def models_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        if argument is not NoneType:
            yield from models_in(argument)
