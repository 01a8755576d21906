"""Body: several commands in one request."""

from typing import Annotated, Any

from pydantic import Field

from contracts.commands.base import GOAL, CommandBody, example

MOST_COMMANDS = 100


class OneCommand(CommandBody):
    """The address below the workspace, the body, and what its headers would say."""

    path: Annotated[str, Field(min_length=1, max_length=500, examples=[f"objectives/{GOAL}/agree"])]
    body: dict[str, Any] | None = None
    idempotency_key: Annotated[str, Field(max_length=64)] | None = None
    if_match: Annotated[str, Field(max_length=64, examples=['"3"'])] | None = None


class SeveralCommands(CommandBody):
    """Up to 100 commands, decided one after the other. Each stands alone: one that is refused stops no other.

    One without a key of its own has one derived from the request's Idempotency-Key and its place.
    """

    model_config = example(
        commands=[
            {"path": f"objectives/{GOAL}/agree", "if_match": '"1"'},
            {"path": "teams", "body": {"name": "Oven"}, "idempotency_key": "team-oven"},
        ]
    )

    commands: Annotated[tuple[OneCommand, ...], Field(min_length=1, max_length=MOST_COMMANDS)]
