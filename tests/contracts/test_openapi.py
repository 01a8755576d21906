"""The OpenAPI document: as published, and saying all that a caller has to know of each route."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import contracts
from contracts import problems
from contracts.problems import MEDIA_TYPE, PREFIX, STATUS, Fault, type_of
from domain.errors import Refusal
from infra.app import make_app
from infra.settings import Settings

GOLDEN = Path(contracts.__file__).parent / "golden" / "openapi.json"
DOCUMENT = make_app(Settings.from_env({}), "postgresql://nowhere").openapi()
COMPONENTS = DOCUMENT["components"]


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


OPERATIONS = {f"{method} {path}": operation for method, path, operation in operations()}
COMMANDS = [name for name in OPERATIONS if name.startswith("post") and not name.endswith("/imports")]


def referred(value: dict[str, Any]) -> dict[str, Any]:
    """What a reference points at."""
    if "$ref" not in value:
        return value
    _, _, where, name = value["$ref"].split("/")
    found: dict[str, Any] = COMPONENTS[where][name]
    return found


def test_the_document_is_as_published() -> None:
    """UPDATE_GOLDEN=1 writes it anew; its diff is what frontends have to know."""
    made = json.dumps(DOCUMENT, indent=1, ensure_ascii=False) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(made)
    assert GOLDEN.read_text() == made


def test_every_reference_leads_somewhere() -> None:
    def references(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            yield from (each for key, each in value.items() if key == "$ref")
            for each in value.values():
                yield from references(each)
        elif isinstance(value, list):
            for each in value:
                yield from references(each)

    for reference in set(references(DOCUMENT)):
        assert referred({"$ref": reference})


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_error_is_nothing_but_problem_details_with_an_example_a_type(name) -> None:
    for status, shared in OPERATIONS[name]["responses"].items():
        response = referred(shared)
        if int(status) >= 400:
            assert [*response["content"]] == [MEDIA_TYPE]
            for example in response["content"][MEDIA_TYPE]["examples"].values():
                problem = referred(example)["value"]
                assert problem["status"] == int(status)
                assert problem["type"] in ALL_TYPES


@pytest.mark.parametrize("name", [name for name in OPERATIONS if "/v1/" in name])
def test_a_route_says_who_asks_where_and_what_stands_in_the_way_anywhere(name) -> None:
    operation = OPERATIONS[name]
    assert operation["security"] == [{"bearer": []}, {}]
    assert operation["description"]
    assert {"401", "403", "404", "422", "500", "503"} <= operation["responses"].keys()
    parameters = {referred(parameter)["name"]: referred(parameter)["in"] for parameter in operation["parameters"]}
    assert parameters["X-Northing-Member"] == "header"
    in_path = {part[1:-1] for part in name.split("/") if part.startswith("{")}
    assert {parameter for parameter, where in parameters.items() if where == "path"} == in_path


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_shows_a_body_that_fits_its_schema(name) -> None:
    body = OPERATIONS[name]["requestBody"]["content"]["application/json"]
    schema = body["schema"] | {"components": COMPONENTS}
    Draft202012Validator(schema).validate(body["example"])


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_names_its_headers_its_answer_and_the_problems_of_all_commands(name) -> None:
    operation = OPERATIONS[name]
    headers = {referred(parameter)["name"] for parameter in operation["parameters"]}
    assert {"Idempotency-Key", "X-Correlation-Id", "traceparent"} <= headers
    content = [referred(response).get("content", {}) for response in operation["responses"].values()]
    named = {example for media in content for example in media.get(MEDIA_TYPE, {}).get("examples", {})}
    assert {"busy", "forbidden", "key-reused", "not-json", "overloaded", "too-large", "unavailable"} <= named
    answer = operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[-1]
    assert answer in ("Accepted", "AcceptedWithToken", "Answers")
    if not name.endswith(("/commands", "/v1/workspaces")):
        assert "If-Match" in headers
        assert "precondition-failed" in named
        assert "ETag" in operation["responses"]["200"]["headers"]


# --- the table of problems ----------------------------------------------------------------------------------------

ALL_TYPES = {type_of(kind) for kind in (*STATUS, *Fault.__subclasses__())}


def test_every_refusal_has_a_status_and_every_status_a_refusal() -> None:
    assert STATUS.keys() == set(Refusal.__subclasses__())


def test_types_are_stable_words_and_each_stands_for_one_rule() -> None:
    assert len(ALL_TYPES) == len(STATUS) + len(Fault.__subclasses__())
    assert all(name.startswith(PREFIX) for name in ALL_TYPES)


def test_every_problem_is_documented_on_some_route() -> None:
    documented = {PREFIX + name for name in COMPONENTS["examples"]}
    never_of_a_route = {type_of(problems.UnknownRoute), type_of(problems.MethodNotAllowed)}
    assert ALL_TYPES - documented == never_of_a_route
