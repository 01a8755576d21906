"""Members, listed and one by one."""

from uuid import UUID

from contracts.answers.people import MemberShown
from services.projections.queries.page_rows import read_one, read_page
from services.projections.queries.paging import PageQuery
from services.projections.queries.read_session import ReadSession
from services.projections.queries.rows import as_promised
from services.projections.read_models.members import MEMBERS, MemberRow

SELECT = f"""
    SELECT began, {MEMBERS.select(MemberRow[str])} FROM members
     WHERE workspace_id = %(workspace_id)s AND {{time_filter}}
"""  # noqa: S608  A constant.


async def listing(page: PageQuery) -> dict[str, object]:
    members, following = await read_page(page, MemberRow[str], SELECT)
    return {"members": [as_promised(MemberShown, member) for member in members], "next": following}


async def one(session: ReadSession, id: UUID) -> dict[str, object]:
    return as_promised(MemberShown, await read_one(session, MemberRow[str], SELECT, id))
