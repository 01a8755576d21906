"""One route a command of the table; and the two addresses that take many at once."""

from collections.abc import Awaitable, Callable
from inspect import Parameter, Signature
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from contracts.answers.accepted import Accepted, AcceptedWithToken
from contracts.commands.base import CommandBody, Nothing
from contracts.problems import problem_responses
from services.command.handlers.command import OPENING, Command
from services.command.handlers.table import TABLE
from services.command.http import batch, imports
from services.command.http.endpoint import StrictRequest, StrictRoute, open_workspace, respond

router = APIRouter()

NOTHING = Nothing()


def endpoint_of(command: Command) -> Callable[..., Awaitable[Response]]:
    """What FastAPI calls for the command: with its ids and body as pydantic has read them."""
    send = open_workspace if command.path == OPENING else respond

    async def endpoint(request: StrictRequest, body: CommandBody | None, **ids: UUID) -> Response:
        return await send(request, command, body or NOTHING, ids)

    endpoint.__signature__ = _signature(command)  # type: ignore[attr-defined]
    return endpoint


def _signature(command: Command) -> Signature:
    """The signature that a function for this command alone would have: FastAPI validates and documents by it."""
    body: Any = command.body
    default: Any = Parameter.empty if command.default is None else command.default
    if command.body is Nothing:
        body, default = Nothing | None, None
    return Signature(
        [
            *(Parameter(name, Parameter.KEYWORD_ONLY, annotation=UUID) for name in command.ids),
            Parameter("body", Parameter.KEYWORD_ONLY, annotation=body, default=default),
            Parameter("request", Parameter.KEYWORD_ONLY, annotation=Request),
        ]
    )


for _command in TABLE.commands:
    router.add_api_route(
        _command.address,
        endpoint_of(_command),
        methods=["POST"],
        tags=[_command.tag],
        name=_command.operation,
        description=_command.description,
        responses=problem_responses(*_command.refuses),
        response_model=AcceptedWithToken if _command.shows else Accepted,
        route_class_override=StrictRoute,
    )

ROUTERS = (router, batch.router, imports.router)
