"""The members of a workspace, their roles, and the digests of their tokens."""

from collections.abc import Sequence
from typing import Any

from domain.member import Member, TokenIssued, TokenRevoked
from services.projections.engine.read_model import FoldStep, ReadModel, Row, Table
from services.projections.read_models.columns import listed, listed_table, words

MEMBERS = listed_table(
    "members",
    {
        "name": "text", "name_subject": "uuid", "address": "text", "address_subject": "uuid",
        "handle": "text", "handle_subject": "uuid", "role": "text", "placeholder": "boolean", "suspended": "boolean",
        "external_id": "text",
    },
)  # fmt: skip


TOKENS = Table("tokens", key={"id": "uuid"}, values={"member_id": "uuid", "digest": "text"})


def step(began: int | None, step: FoldStep) -> tuple[int, Sequence[Row]]:
    began, rows = listed(MEMBERS, row, began, step)
    match step.recorded.event:
        case TokenIssued() as event:
            return began, [*rows, Row(TOKENS, (event.token_id,), (step.recorded.stream_id, event.digest))]
        case TokenRevoked() as event:
            return began, [*rows, Row(TOKENS, (event.token_id,), None)]
    return began, rows


def row(member: Member) -> tuple[Any, ...]:
    return (
        *words(member.name), *words(member.address), *words(member.handle),
        member.role, member.placeholder, member.suspended, member.external_id,
    )  # fmt: skip


MODEL = ReadModel("members", kinds=frozenset({"member"}), tables=(MEMBERS, TOKENS), step=step)
