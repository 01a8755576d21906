"""The OpenAPI document: as published, and saying all that a caller has to know of each route."""

import json
import os
from collections.abc import Iterator

import pytest
from jsonschema import Draft202012Validator

from contracts import problems
from contracts.problems import MEDIA_TYPE, PREFIX, STATUS, Fault, type_of
from domain.errors import Refusal
from infra.app import make_app
from infra.settings import Settings
from tests.contracts.openapi_files import join, publish, published, references, split, text
from tests.json_types import Json

DOCUMENT = make_app(Settings.from_env({}), "postgresql://nowhere").openapi()
COMPONENTS = DOCUMENT["components"]


def operations() -> Iterator[tuple[str, str, Json]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


OPERATIONS = {f"{method} {path}": operation for method, path, operation in operations()}
COMMANDS = [name for name in OPERATIONS if name.startswith("post") and not name.endswith("/imports")]


def referred(value: Json) -> Json:
    """What a reference points at."""
    if "$ref" not in value:
        return value
    _, _, where, name = value["$ref"].split("/")
    found: Json = COMPONENTS[where][name]
    return found


def test_the_document_is_as_published() -> None:
    """UPDATE_GOLDEN=1 writes it anew; its diff is what frontends have to know."""
    made = {name: text(content) for name, content in split(DOCUMENT).items()}
    if os.environ.get("UPDATE_GOLDEN"):
        publish(made)
    kept = published()
    assert kept.keys() == made.keys()
    assert [name for name in made if kept[name] != made[name]] == []


def test_the_published_files_put_together_are_the_whole_document() -> None:
    """What the server answers, in the same order of its routes."""
    whole = join({name: json.loads(kept) for name, kept in published().items()})
    assert whole == DOCUMENT
    assert [*whole["paths"]] == [*DOCUMENT["paths"]]
    assert [*whole["components"]["schemas"]] == [*COMPONENTS["schemas"]]


def test_a_schema_stands_with_the_tag_that_alone_uses_it() -> None:
    def operation(tag: str, schema: str) -> Json:
        return {"tags": [tag], "responses": {"200": {"$ref": f"#/components/responses/{schema}"}}}

    schemas: dict[str, Json] = {"Goal": {"items": {"$ref": "#/components/schemas/Name"}}, "Member": {}, "Name": {}}
    schemas["Team"] = {"anyOf": [{"$ref": "#/components/schemas/Name"}, {"$ref": "#/components/schemas/Member"}]}
    document = {
        "openapi": "3.1.0",
        "paths": {
            "/teams": {"get": operation("teams", "Team")},
            "/key-results": {"get": operation("key results", "Goal")},
        },
        "components": {
            "schemas": schemas,
            "responses": {name: {"schema": {"$ref": f"#/components/schemas/{name}"}} for name in schemas},
        },
    }
    files = split(document)
    assert {name: [*of] for name, of in files.items() if "/" in name} == {
        "paths/teams.json": ["/teams"],
        "paths/key-results.json": ["/key-results"],
        "schemas/teams.json": ["Member", "Team"],
        "schemas/key-results.json": ["Goal"],
        "schemas/shared.json": ["Name"],
    }
    assert join(files) == document


def test_every_reference_leads_somewhere() -> None:
    for reference in set(references(DOCUMENT)):
        assert referred({"$ref": reference})


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_error_is_nothing_but_problem_details_with_an_example_a_type(name: str) -> None:
    for status, shared in OPERATIONS[name]["responses"].items():
        response = referred(shared)
        if int(status) >= 400:
            assert [*response["content"]] == [MEDIA_TYPE]
            for example in response["content"][MEDIA_TYPE]["examples"].values():
                problem = referred(example)["value"]
                assert problem["status"] == int(status)
                assert problem["type"] in ALL_TYPES


@pytest.mark.parametrize("name", [name for name in OPERATIONS if "/v1/" in name])
def test_a_route_says_who_asks_where_and_what_stands_in_the_way_anywhere(name: str) -> None:
    operation = OPERATIONS[name]
    assert operation["security"] == [{"bearer": []}, {}]
    assert operation["description"]
    assert {"401", "403", "404", "422", "500", "503"} <= operation["responses"].keys()
    parameters = {referred(parameter)["name"]: referred(parameter)["in"] for parameter in operation["parameters"]}
    assert parameters["X-Northing-Member"] == "header"
    in_path = {part[1:-1] for part in name.split("/") if part.startswith("{")}
    assert {parameter for parameter, where in parameters.items() if where == "path"} == in_path


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_shows_a_body_that_fits_its_schema(name: str) -> None:
    body = OPERATIONS[name]["requestBody"]["content"]["application/json"]
    schema = body["schema"] | {"components": COMPONENTS}
    Draft202012Validator(schema).validate(body["example"])


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_names_its_headers_its_answer_and_the_problems_of_all_commands(name: str) -> None:
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
