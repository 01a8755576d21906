"""Imports: a body of any length, one fact or one event a line."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Query, Request, Response

from contracts.answers.imports import Imported
from contracts.problems import Busy, Overloaded, problem_responses
from domain import errors
from domain.permission import Act
from services.access.credentials import caller, in_workspace
from services.command.handlers.admission import admit
from services.command.http.endpoint import Commands, workspace_of
from services.command.imports.job import run_import
from services.command.loop.context import Context

router = APIRouter(prefix="/v1/workspaces/{workspace_id}", tags=["imports"])

LINES = {
    "requestBody": {
        "required": True,
        "description": "One JSON object a line, of at most 1 MiB: facts, or events of an export. Blank lines count.",
        "content": {
            "application/x-ndjson": {
                "schema": {"type": "string"},
                "example": '{"at":"2026-01-05","kind":"objective","id":"o1","title":"Bread that is never sold out"}\n',
            }
        },
    }
}


@router.post(
    "/imports",
    response_model=Imported,
    responses=problem_responses(errors.Forbidden, errors.NotFound, errors.NotEmpty, Busy, Overloaded),
    openapi_extra=LINES,
)
async def import_lines(
    request: Request,
    dry_run: Annotated[bool, Query(description="Report what would become of the lines, and write nothing.")] = False,
    first_line: Annotated[int, Query(ge=1, le=10**12, description="The number of the first line.")] = 1,
    source: Annotated[str | None, Query(max_length=500, description="Where the lines are from.")] = None,
) -> Response:
    """Import lines. The same line is taken once for ever, so an import that was cut is finished by sending it again."""
    workspace_id = workspace_of(request)
    commands: Commands = request.app.state.commands
    sender = in_workspace(caller(request.headers, dev=commands.dev), workspace_id)

    def admitted(ctx: Context, act: Act) -> None:
        admit(ctx, sender, act)

    summary = await run_import(
        commands.loop,
        workspace_id,
        sender.member_id,
        request.stream(),
        admit=admitted,
        dry_run=dry_run,
        first_line=first_line,
        source=source,
    )
    return Response(msgspec.json.encode(summary.answer()), media_type="application/json")
