"""The bodies of commands: their examples work, and what is not in them is refused."""

import importlib
import pkgutil
from uuid import UUID

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from contracts import commands
from contracts.commands.base import CommandBody, Nothing
from contracts.commands.members import AddMember
from contracts.commands.purpose import DraftMission, InParts, Reassign, ReviseStrategy, statement
from contracts.commands.retrospectives import RecordLearning
from contracts.commands.workspaces import ChangeSettings
from domain.purpose.base import PurposeReassigned
from domain.purpose.mission import MissionStatement
from domain.purpose.strategy import Hypothesis
from domain.workspace import RHYTHMS

MODULES = [
    importlib.import_module(f"{commands.__name__}.{module.name}") for module in pkgutil.iter_modules(commands.__path__)
]
BODIES = {
    f"{module.__name__}.{name}": body
    for module in MODULES
    for name, body in vars(module).items()
    if isinstance(body, type) and issubclass(body, CommandBody) and body.__module__ == module.__name__
}
SHOWN = {name: body for name, body in BODIES.items() if "examples" in body.model_json_schema()}


@pytest.mark.parametrize("name", SHOWN)
def test_the_example_of_a_body_works_and_fits_its_schema(name: str) -> None:
    schema = SHOWN[name].model_json_schema()
    for body in schema["examples"]:
        SHOWN[name].model_validate(body)
        Draft202012Validator(schema).validate(body)


@pytest.mark.parametrize("name", [*BODIES, "Nothing"])
def test_an_unknown_field_is_refused(name: str) -> None:
    body = BODIES.get(name, Nothing)
    with pytest.raises(ValidationError, match="extra_forbidden"):
        body.model_validate({"titel": "misspelt"})


def test_a_role_is_one_of_seven() -> None:
    with pytest.raises(ValidationError):
        AddMember(name="Bo", role="king")


@pytest.mark.parametrize("week_start", [7, -1, True, "0", 1.0])
def test_a_weekday_is_a_whole_number_from_0_to_6(week_start: object) -> None:
    with pytest.raises(ValidationError):
        ChangeSettings.model_validate({"week_start": week_start})


def test_every_rhythm_of_the_domain_can_be_asked_for() -> None:
    assert [ChangeSettings(check_in_every=rhythm).check_in_every for rhythm in RHYTHMS] == list(RHYTHMS)


def test_a_mission_is_one_sentence_or_four_parts() -> None:
    assert statement(DraftMission(statement=" Good bread ").statement) == MissionStatement(title="Good bread")
    parts = InParts(audience="bakers", outcome="no waste", approach="forecasts", impact="baking pays")
    assert statement(DraftMission(statement=dict(parts)).statement).impact == "baking pays"
    with pytest.raises(ValidationError):
        DraftMission(statement={"audience": "bakers"})


def test_a_revised_strategy_is_the_whole_hypothesis() -> None:
    revised = ReviseStrategy(title="Freshness", choices=["Bake on site"], reason="We learned")
    assert revised.hypothesis() == Hypothesis(title="Freshness", choices=("Bake on site",))


def test_anonymous_is_said_with_true_and_nothing_like_it() -> None:
    with pytest.raises(ValidationError):
        RecordLearning(kind="why", text="?", anonymous="yes")


def test_a_field_left_out_stays_and_null_clears() -> None:
    oven, ana = UUID(int=1), UUID(int=2)
    stands = PurposeReassigned(team_id=oven, owner_id=ana)
    assert Reassign(owner_id=None).over(stands, "team_id", "owner_id") == {"team_id": oven, "owner_id": None}
