"""The members of a workspace, their roles, and the digests of their tokens."""

from typing import Generic
from uuid import UUID

from domain.member import Member, Role, TokenIssued, TokenRevoked
from domain.personal import Personal
from services.projections.engine.read_model import Ended, FoldStep, ReadModel, Rows
from services.projections.engine.table import Table, TableRow, Text
from services.projections.read_models.columns import one_row


class MemberRow(TableRow[UUID], Generic[Text]):
    name: Text | None
    address: Text | None
    handle: Text | None
    role: Role
    placeholder: bool
    suspended: bool
    external_id: str | None
    began: int


class TokenRow(TableRow[UUID]):
    member_id: UUID
    digest: str


MEMBERS = Table("members", MemberRow[Personal], indexes=("began",))
TOKENS = Table("tokens", TokenRow)


def step(began: int | None, step: FoldStep[Member]) -> tuple[int, Rows]:
    began, rows = one_row(row, began, step)
    match step.recorded.event:
        case TokenIssued() as event:
            token = TokenRow(id=event.token_id, member_id=step.recorded.stream_id, digest=event.digest)
            return began, (*rows, token)
        case TokenRevoked() as event:
            return began, (*rows, Ended(TokenRow, event.token_id))
    return began, rows


def row(member: Member, id: UUID, began: int) -> MemberRow[Personal]:
    return MemberRow(
        id=id,
        name=member.name,
        address=member.address,
        handle=member.handle,
        role=member.role,
        placeholder=member.placeholder,
        suspended=member.suspended,
        external_id=member.external_id,
        began=began,
    )


MODEL = ReadModel("members", kinds=frozenset({"member"}), tables=(MEMBERS, TOKENS), step=step, start=None)
