"""Who belongs to a workspace, in which role."""

from typing import Any

from domain.member import Member
from services.projections.listed import listed, listed_table, words

MEMBERS = listed_table(
    "members",
    {
        "name": "text", "name_subject": "uuid", "address": "text", "address_subject": "uuid",
        "handle": "text", "handle_subject": "uuid", "role": "text", "placeholder": "boolean", "suspended": "boolean",
        "external_id": "text",
    },
)  # fmt: skip


def row(member: Member) -> tuple[Any, ...]:
    return (
        *words(member.name), *words(member.address), *words(member.handle),
        member.role, member.placeholder, member.suspended, member.external_id,
    )  # fmt: skip


MODEL = listed(MEMBERS, kind="member", row=row)
