"""Who asks: by an API token, or in dev mode (loopback only) by the caller's own word.

A token names its workspace and member and carries a secret of 256 random bits; only the secret's digest is stored, in
the member's stream. So whether it opens anything is decided on the same state as everything else.
"""

import hashlib
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from contracts.problems import InvalidRequest, Unauthenticated
from domain.errors import NotFound
from domain.ids import local_owner_id

PREFIX = "northing_"
SECRET_BYTES = 32
_HOST = re.compile(r"(localhost|127(\.[0-9]{1,3}){3}|\[::1\])(:[0-9]{1,5})?", re.IGNORECASE)
TOKEN_CHARACTERS = 200
LOCAL = UUID(int=0)  # The caller in dev mode before there is a workspace.


class Caller(NamedTuple):
    """A member who asks. Without a token it is dev mode."""

    member_id: UUID
    token_id: UUID | None = None
    digest: str = ""
    workspace_id: UUID | None = None


def caller(headers: Mapping[str, str], *, dev: bool) -> Caller | None:
    """Who the headers say is asking; None for the local owner. Raises Unauthenticated, InvalidRequest."""
    authorization = headers.get("authorization")
    acting_as = headers.get("x-northing-member")
    if authorization is not None:
        return _by_token(authorization)
    if not dev:
        raise Unauthenticated("send a token: Authorization: Bearer northing_…")
    if _HOST.fullmatch(headers.get("host", "")) is None:  # A web page whose name was turned to point at this machine.
        raise Unauthenticated("dev mode answers at 127.0.0.1 and localhost only")
    if _HOST.fullmatch(headers.get("origin", "http://localhost").partition("://")[2]) is None:
        raise Unauthenticated("dev mode answers no web page from elsewhere")
    if acting_as is None:
        return None
    try:
        return Caller(UUID(acting_as))
    except ValueError:
        raise InvalidRequest([{"field": "X-Northing-Member", "reason": "a member's id"}]) from None


def in_workspace(who: Caller | None, workspace_id: UUID) -> Caller:
    """The same caller inside a workspace. To a token of another workspace there is none with this id."""
    if who is None:
        return Caller(local_owner_id(workspace_id))
    if who.workspace_id not in (None, workspace_id):
        raise NotFound("no workspace of yours has this id")
    return who


def require_live(who: Caller, tokens: Mapping[UUID, str]) -> None:
    """Refuse a token that the member does not hold (any more)."""
    if who.token_id is not None and not secrets.compare_digest(tokens.get(who.token_id, ""), who.digest):
        raise Unauthenticated("the token is unknown or revoked")


class NewToken(NamedTuple):
    """`text` is shown once, `digest` is stored."""

    text: str
    digest: str


def new_secret() -> bytes:
    return secrets.token_bytes(SECRET_BYTES)


def api_token(workspace_id: UUID, member_id: UUID, token_id: UUID, secret: bytes) -> NewToken:
    """The token with which a member's programs come in."""
    packed = workspace_id.bytes + member_id.bytes + token_id.bytes + secret
    return NewToken(PREFIX + _written(packed), _digest(secret))


def withdrawal_token(secret: bytes) -> NewToken:
    """The token with which what was said anonymously may be taken back. It names no one."""
    text = _written(secret)
    return NewToken(text, withdrawal_digest(text))


def withdrawal_digest(text: str) -> str:
    """The digest by which such a token is known again."""
    return _digest(text.encode())


def _by_token(authorization: str) -> Caller:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.startswith(PREFIX) or len(token) > TOKEN_CHARACTERS:
        raise Unauthenticated("Authorization: Bearer northing_…")
    try:
        packed = urlsafe_b64decode(token.removeprefix(PREFIX) + "==")
        workspace_id, member_id, token_id = (UUID(bytes=packed[at : at + 16]) for at in (0, 16, 32))
    except ValueError:
        raise Unauthenticated("the token cannot be read") from None
    if len(packed) != 48 + SECRET_BYTES:
        raise Unauthenticated("the token cannot be read")
    return Caller(member_id, token_id, _digest(packed[48:]), workspace_id)


def _written(packed: bytes) -> str:
    return urlsafe_b64encode(packed).decode().rstrip("=")


def _digest(secret: bytes) -> str:
    return hashlib.sha256(secret).hexdigest()
