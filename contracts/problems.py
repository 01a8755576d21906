"""Every way to say no, as RFC 9457 problem details with a stable type and one explicit status each."""

import re
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from domain import errors
from domain.errors import Refusal

MEDIA_TYPE = "application/problem+json"
PREFIX = "urn:northing:problem:"

# A rule of the domain was in the way.
STATUS: dict[type[Refusal], int] = {
    errors.NotFound: 404,
    errors.Forbidden: 403,
    errors.Suspended: 403,
    errors.Invalid: 422,
    errors.FlatTarget: 422,
    errors.InTheFuture: 422,
    errors.BeforeTheGoal: 422,
    errors.ReasonRequired: 422,
    errors.NoOwner: 409,
    errors.NotAParty: 403,
    errors.NotYourTurn: 403,
    errors.NotOpen: 409,
    errors.AlreadyOpen: 409,
    errors.AlreadyCommitted: 409,
    errors.NotCommitted: 409,
    errors.TypeIsFixed: 409,
    errors.NotAStretch: 422,
    errors.NotLive: 409,
    errors.AlreadyExists: 409,
    errors.NotEmpty: 409,
    errors.CheckInReplaced: 409,
    errors.Loop: 409,
    errors.PeriodsApart: 409,
    errors.WrongKind: 422,
    errors.OwnMembership: 409,
    errors.OwnersOnly: 403,
    errors.NoLogin: 409,
    errors.DissolvedTeam: 409,
    errors.WrongPhase: 409,
    errors.ClosedCycle: 409,
    errors.NotTheAuthor: 403,
    errors.Concluded: 409,
}


class Fault(Exception):
    """What stands in the way is no rule of the domain. The docstring is the title, `status` the HTTP status."""

    status: ClassVar[int] = 500
    headers: ClassVar[dict[str, str]] = {}

    def more(self) -> dict[str, object]:
        """Further members of the problem."""
        return {}


class Unauthenticated(Fault):
    """The request does not say who asks, or not in a way that can be believed."""

    status = 401
    headers: ClassVar = {"WWW-Authenticate": "Bearer"}


class UnknownRoute(Fault):
    """There is nothing at this address."""

    status = 404


class MethodNotAllowed(Fault):
    """This address does not take this method."""

    status = 405


class TooLarge(Fault):
    """The body is larger than what is taken here."""

    status = 413


class NotJson(Fault):
    """The body is not strict JSON: UTF-8, no duplicate keys, no NaN or Infinity, no NUL, no lone surrogates."""

    status = 422


class InvalidRequest(Fault):
    """The request does not have the form that this address takes."""

    status = 422

    def __init__(self, errors: list[dict[str, str]]) -> None:
        super().__init__("; ".join(f"{error['field']}: {error['reason']}" for error in errors))
        self.errors = errors

    def more(self) -> dict[str, object]:
        return {"errors": self.errors}


class PreconditionFailed(Fault):
    """The aggregate has changed since the version in If-Match."""

    status = 412

    def __init__(self, version: int) -> None:
        super().__init__(f"it is at version {version}")
        self.version = version

    def more(self) -> dict[str, object]:
        return {"version": self.version}


class KeyReused(Fault):
    """This Idempotency-Key was used for another request."""

    status = 422


class Busy(Fault):
    """Others kept changing what the command depends on. Send it again."""

    status = 409
    headers: ClassVar = {"Retry-After": "1"}


class Unavailable(Fault):
    """The service cannot answer now. Whether a command was recorded is unknown: repeat it with its Idempotency-Key."""

    status = 503
    headers: ClassVar = {"Retry-After": "1"}


class Overloaded(Fault):
    """More commands wait than can be answered in time. Nothing was recorded."""

    status = 503
    headers: ClassVar = {"Retry-After": "1"}


class NotReady(Fault):
    """This process should not be sent requests now."""

    status = 503
    headers: ClassVar = {"Retry-After": "1"}


class Internal(Fault):
    """Something broke on our side. The request id leads to it in the log."""

    status = 500


class ProblemDetails(BaseModel):
    """RFC 9457. `type` is stable; `detail` says what stood against it this time; `instance` is the request id."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(examples=["urn:northing:problem:not-your-turn"])
    title: str
    status: int
    detail: str
    instance: str


def type_of(kind: type[Exception]) -> str:
    """
    >>> type_of(errors.NotYourTurn)
    'urn:northing:problem:not-your-turn'
    """
    return PREFIX + re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", kind.__name__).lower()


def status_of(kind: type[Refusal] | type[Fault]) -> int:
    return kind.status if issubclass(kind, Fault) else STATUS[kind]


def problem(error: Refusal | Fault, instance: str) -> dict[str, Any]:
    """The problem details of an error."""
    kind = type(error)
    return {
        "type": type_of(kind),
        "title": " ".join((kind.__doc__ or "").split()),
        "status": status_of(kind),
        "detail": str(error),
        "instance": instance,
    } | (error.more() if isinstance(error, Fault) else {})


def problem_responses(*kinds: type[Refusal] | type[Fault]) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may answer with these problems: one entry a status, one example a problem."""
    responses: dict[int | str, dict[str, Any]] = {}
    for kind in kinds:
        entry = responses.setdefault(status_of(kind), {"description": "", "model": ProblemDetails, "content": {}})
        title = " ".join((kind.__doc__ or "").split())
        entry["description"] = f"{entry['description']} {title}".strip()
        examples = entry["content"].setdefault(MEDIA_TYPE, {"examples": {}})["examples"]
        value = {"type": type_of(kind), "title": title, "status": status_of(kind), "detail": "…", "instance": "…"}
        examples[type_of(kind).removeprefix(PREFIX)] = {"value": value}
    return responses
