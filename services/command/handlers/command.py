"""What a command of the API is, said once, where its handler stands.

@commands.post("/key-results/{id}/commit", refuses=(*NEGOTIATION, AlreadyCommitted))
def commit(ctx: Context, id: UUID, body: Nothing) -> Events:
    ...

A handler is a function (ctx, id, body) -> events, pure and without I/O; it may run several times (see Context). What is
made for it beforehand comes in by name: the further ids of its path, `made_id` where it makes something inside its
aggregate, `digest` where its answer has a token, `inside` where its body names what is inside another stream.
"""

import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar
from uuid import UUID

from contracts.commands.base import CommandBody, Nothing
from domain.errors import Refusal
from domain.ids import DerivedIds
from domain.permission import Act
from domain.registry import KINDS
from services.access.credentials import Caller
from services.command.handlers.admission import admit
from services.command.loop.context import Context, NewEvent

WORKSPACES = "/v1/workspaces"
OF_A_WORKSPACE = f"{WORKSPACES}/{{workspace_id}}"
OPENING = ""  # The path of the command that opens a workspace: there is nothing below which it could stand.

Events = Sequence[object]  # Of the command's own aggregate, true when recorded; NewEvent says another stream or moment.
Of = TypeVar("Of")
OfBody = Callable[[Any], Of]  # Asked of the body of the command, which is of the class that its handler takes.
NamedBy = Callable[[DerivedIds, Any], UUID]  # The aggregate's id, where it follows from a name in the body.
Handler = Callable[..., Events]
HandlerOf = TypeVar("HandlerOf", bound=Handler)

# A token that the first answer shows: an API token of the member named, one of the new workspace's owner, or one with
# which what was said anonymously may be taken back.
ShownOnce = Literal["member token", "owner token", "withdrawal token"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """An entry of the command table. All but `handler` is known before a request comes."""

    path: str  # Below OF_A_WORKSPACE: "/key-results/{id}/commit".
    ids: tuple[str, ...]  # The names of those in the path.
    kind: str  # Of the aggregate's stream.
    tag: str
    operation: str  # The route's name in OpenAPI.
    description: str
    handler: Handler
    body: type[CommandBody]
    default: CommandBody | None  # What a request without a body says; None where it must have one.
    refuses: tuple[type[Refusal], ...]
    act: Act | None  # What the caller must be allowed; None where there is no workspace yet.
    makes_id: bool  # Whether it makes, or changes, something inside the aggregate under a new id.
    shows: ShownOnce | None
    anonymous: OfBody[bool] | None  # Whether this body is recorded without its sender.
    id_from: NamedBy | None  # The aggregate's id, where it follows from a name in the body.
    found_by: str | None  # The id in the path of what is inside the aggregate, where the aggregate's is not in it.
    looks_inside: OfBody[UUID | None] | None  # The id in the body of what is inside another stream.
    answers_with: str  # By which of the ids the answer names what was made or changed.

    @property
    def address(self) -> str:
        return f"{OF_A_WORKSPACE}{self.path}" if self.path != OPENING else WORKSPACES

    def is_anonymous(self, body: CommandBody) -> bool:
        return self.anonymous is not None and self.anonymous(body)

    def arguments(
        self, ids: Mapping[str, UUID], *, made_id: UUID, digest: str = "", inside: UUID | None = None
    ) -> dict[str, object]:
        """What the handler takes by name, of the `ids` in the path and of what was made and found beforehand."""
        given: dict[str, object] = {name: id for name, id in ids.items() if name != "id"}
        if self.makes_id:
            given["made_id"] = made_id
        if self.shows is not None:
            given["digest"] = digest
        if self.looks_inside is not None:
            given["inside"] = inside
        return given

    def decide(
        self, ctx: Context, id: UUID, body: CommandBody, caller: Caller | None, arguments: Mapping[str, object]
    ) -> list[NewEvent]:
        """The events of the command by this caller. Without one it is by who has the database itself, and may do all.

        Raises Refusal, or Unauthenticated for a token that does not hold.
        """
        if caller is not None and self.act is not None:
            admit(ctx, caller, self.act)
        events = self.handler(ctx, id, body, **arguments)
        return [event if isinstance(event, NewEvent) else NewEvent(self.kind, id, event) for event in events]


class AggregateCommands:
    """The commands of one aggregate, in the order in which they are documented."""

    def __init__(self, aggregate: type, *, tag: str) -> None:
        self.kind, self.tag = KINDS[aggregate], tag
        self.commands: list[Command] = []

    def __iter__(self) -> Iterator[Command]:
        return iter(self.commands)

    def post(
        self,
        path: str,
        *,
        refuses: tuple[type[Refusal], ...] = (),
        act: Act | None = "work",
        makes_id: bool = False,
        shows: ShownOnce | None = None,
        anonymous: OfBody[bool] | None = None,
        id_from: NamedBy | None = None,
        looks_inside: OfBody[UUID | None] | None = None,
        answers_with: str | None = None,
        operation: str | None = None,
        description: str | None = None,
    ) -> Callable[[HandlerOf], HandlerOf]:
        """Enter a handler into the table. Body and default are those of its signature, the description its docstring.

        The answer names what was made inside the aggregate, else the last id of the path.
        """

        def enter(handler: HandlerOf) -> HandlerOf:
            body = inspect.signature(handler).parameters["body"]
            default = Nothing() if body.annotation is Nothing else body.default
            ids = tuple(re.findall(r"{(\w+)}", path))
            self.commands.append(
                Command(
                    path=path,
                    ids=ids,
                    kind=self.kind,
                    tag=self.tag,
                    operation=operation or handler.__name__,
                    description=description or inspect.cleandoc(handler.__doc__ or ""),
                    handler=handler,
                    body=body.annotation,
                    default=None if default is inspect.Parameter.empty else default,
                    refuses=refuses,
                    act=act,
                    makes_id=makes_id,
                    shows=shows,
                    anonymous=anonymous,
                    id_from=id_from,
                    found_by=ids[-1] if ids and "id" not in ids else None,
                    looks_inside=looks_inside,
                    answers_with=answers_with or ("made_id" if makes_id else (ids or ("id",))[-1]),
                )
            )
            return handler

        return enter
