"""The OpenAPI document: what the routes say of themselves, and what is true of all of them."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.routing import BaseRoute

from contracts import problems
from contracts.problems import MEDIA_TYPE, Fault, problem_responses
from domain import errors
from domain.errors import Refusal

Json = dict[str, Any]  # A part of the document.

VERSION = "1"
ABOUT = """
An event-sourced backend for OKRs. Commands are POSTs named by intention; a query may be asked as of any moment.

A command is answered with its `position`: ask with it as `min_position` to see your own write. Errors are problem
details (RFC 9457) with a stable `type`. Decimals are strings; times are RFC 3339 in UTC.
""".strip()

# What stands in the way anywhere, and of commands.
ANYWHERE = (
    problems.Unauthenticated,
    errors.NotFound,
    errors.Suspended,
    problems.InvalidRequest,
    problems.Unavailable,
    problems.Internal,
)
COMMANDS = (
    errors.Forbidden,
    problems.TooLarge,
    problems.NotJson,
    problems.KeyReused,
    problems.Busy,
    problems.Overloaded,
)


def _header(name: str, description: str, schema: Json, example: str) -> Json:
    return {
        "name": name,
        "in": "header",
        "required": False,
        "description": description,
        "schema": schema,
        "example": example,
    }


UUID = {"type": "string", "format": "uuid"}
SHARED = (
    {"name": "workspace_id", "in": "path", "required": True, "schema": UUID},
    _header(
        "X-Northing-Member",
        "In dev mode, without a token: the member who acts.",
        UUID,
        "019b0000-0000-7000-8000-000000000001",
    ),
    _header(
        "Idempotency-Key",
        "The same key and request again is answered with the first answer, for 30 days.",
        {"type": "string", "pattern": "^[\\x21-\\x7e]{1,64}$"},
        "5d1f6f2c-4c0a-4d5c-8a68-111111111111",
    ),
    _header(
        "If-Match",
        "Only if the aggregate is still at the version of this ETag.",
        {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
        '"3"',
    ),
    _header(
        "X-Correlation-Id",
        "Stored with the events: what belongs together. Without it the command's id.",
        UUID,
        "019b0000-0000-7000-8000-000000000009",
    ),
    _header(
        "traceparent",
        "W3C trace context, stored with the events.",
        {"type": "string"},
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    ),
)
HEADERS = {
    "ETag": {"description": "The version of the aggregate, for If-Match.", "schema": {"type": "string"}},
    "Idempotency-Replayed": {
        "description": "`true` where this is the first answer again.",
        "schema": {"type": "string", "enum": ["true"]},
    },
    "X-Request-Id": {"description": "Leads to this request in the log.", "schema": {"type": "string"}},
}
BEARER = {
    "type": "http",
    "scheme": "bearer",
    "description": "An API token: northing_…. In dev mode it may be left out.",
}


def describe(app: FastAPI, routes: Sequence[BaseRoute]) -> None:
    """Let the application answer /openapi.json with the whole document; it is made when it is first asked for."""
    app.openapi = cache(lambda: document(routes))  # type: ignore[method-assign]


def document(routes: Sequence[BaseRoute]) -> Json:
    """The OpenAPI document of these routes."""
    made = get_openapi(title="Northing", version=VERSION, description=ABOUT, routes=routes)
    schemas = made["components"]["schemas"]
    made["components"] |= {
        "securitySchemes": {"bearer": BEARER},
        "parameters": {parameter["name"]: parameter for parameter in SHARED},
        "headers": HEADERS,
        "responses": {},
        "examples": {},
    }
    for path, method, operation in _operations(made):
        if path.startswith("/v1/"):
            _add_who_and_where(path, operation)
            _add_problems(operation, *ANYWHERE)
        if method == "post" and not path.endswith("/imports"):
            _add_what_commands_share(path, operation)
            _show_example(operation, schemas)
        for status, response in operation["responses"].items():
            response.setdefault("headers", {}).update(_refer("headers", "X-Request-Id"))
            if int(status) >= 400:
                operation["responses"][status] = _share(response, made["components"])
    for shared in ("responses", "examples"):
        made["components"][shared] = dict(sorted(made["components"][shared].items()))
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    return made


def _refer(where: str, *names: str) -> dict[str, Json]:
    return {name: {"$ref": f"#/components/{where}/{name}"} for name in names}


def _operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def _add_who_and_where(path: str, operation: Json) -> None:
    parameters = operation.setdefault("parameters", [])
    if "{workspace_id}" in path and all(parameter["name"] != "workspace_id" for parameter in parameters):
        parameters.insert(0, *_refer("parameters", "workspace_id").values())
    parameters += _refer("parameters", "X-Northing-Member").values()
    operation["security"] = [{"bearer": []}, {}]
    invalid = operation["responses"].get("422", {})
    if MEDIA_TYPE not in invalid.get("content", {}):
        operation["responses"].pop("422", None)  # FastAPI's own, which is never answered.


def _add_what_commands_share(path: str, operation: Json) -> None:
    operation["parameters"] += _refer("parameters", "Idempotency-Key", "X-Correlation-Id", "traceparent").values()
    _add_problems(operation, *COMMANDS)
    if path.endswith("/commands"):
        return
    operation["responses"]["200"]["headers"] = _refer("headers", "ETag", "Idempotency-Replayed")
    if path != "/v1/workspaces":
        operation["parameters"] += _refer("parameters", "If-Match").values()
        _add_problems(operation, problems.PreconditionFailed)


def _add_problems(operation: Json, *kinds: type[Refusal] | type[Fault]) -> None:
    """Those that the route does not name itself."""
    for status, said in problem_responses(*kinds).items():
        response = operation["responses"].setdefault(str(status), {"description": "", "content": {}})
        examples = response["content"].setdefault(MEDIA_TYPE, {}).setdefault("examples", {})
        examples |= said["content"][MEDIA_TYPE]["examples"]


def _share(response: Json, components: Json) -> Json:
    """A reference to what says no in these ways, which many routes do."""
    examples = response["content"][MEDIA_TYPE]["examples"]
    schema = {"$ref": "#/components/schemas/ProblemDetails"}
    content = {MEDIA_TYPE: {"schema": schema, "examples": _refer("examples", *sorted(examples))}}
    name = ".".join(sorted(examples))
    titles = " ".join(example["value"]["title"] for _, example in sorted(examples.items()))
    components["examples"] |= examples
    components["responses"][name] = response | {"description": titles, "content": content}
    return {"$ref": f"#/components/responses/{name}"}


def _show_example(operation: Json, schemas: Json) -> None:
    """The example of the body's model, where tools look for it."""
    content = operation["requestBody"]["content"]["application/json"]
    schema = content["schema"]
    [name] = [part["$ref"].rsplit("/", 1)[-1] for part in (schema, *schema.get("anyOf", ())) if "$ref" in part]
    content["example"] = schemas[name].get("examples", [{}])[0]
