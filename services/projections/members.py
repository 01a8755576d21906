"""Who belongs to a workspace, in which role, and with which tokens."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from domain.member import Member, TokenIssued, TokenRevoked
from services.projections import pages
from services.projections.columns import listed, listed_table, words
from services.projections.model import ReadModel, Row, Step, Table
from services.projections.pages import Page
from services.projections.reading import View

MEMBERS = listed_table(
    "members",
    {
        "name": "text", "name_subject": "uuid", "address": "text", "address_subject": "uuid",
        "handle": "text", "handle_subject": "uuid", "role": "text", "placeholder": "boolean", "suspended": "boolean",
        "external_id": "text",
    },
)  # fmt: skip
TOKENS = Table("tokens", key={"id": "uuid"}, values={"member_id": "uuid", "digest": "text"})

# --- facts -> rows ------------------------------------------------------------------------------------------------


def step(began: int | None, step: Step) -> tuple[int, Sequence[Row]]:
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

# --- questions ----------------------------------------------------------------------------------------------------

SELECT = """
    SELECT began, id, name, role, address, handle, placeholder, suspended, external_id FROM members
     WHERE workspace_id = %(workspace_id)s AND {holds}
"""


def shown(row: tuple[Any, ...]) -> dict[str, Any]:
    names = ("id", "name", "role", "address", "handle", "placeholder", "suspended", "external_id")
    return dict(zip(names, row[1:], strict=True))


async def listing(page: Page) -> dict[str, Any]:
    rows, following = await page.rows(SELECT)
    return {"members": [shown(row) for row in rows], "next": following}


async def one(view: View, id: UUID) -> dict[str, Any]:
    return shown(await pages.one(view, SELECT, id))
