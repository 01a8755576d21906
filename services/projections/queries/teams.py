"""Teams, listed and one by one, their people by name."""

from collections.abc import Sequence
from uuid import UUID

from contracts.answers.people import TeamShown
from services.projections.queries.names import names
from services.projections.queries.page_rows import read_one, read_page
from services.projections.queries.paging import PageQuery
from services.projections.queries.read_session import ReadSession
from services.projections.queries.rows import as_promised
from services.projections.read_models.teams import TEAMS, TeamRow

SELECT = f"""
    SELECT began, {TEAMS.select(TeamRow)} FROM teams
     WHERE workspace_id = %(workspace_id)s AND {{time_filter}}
"""  # noqa: S608  A constant.


async def shown(session: ReadSession, teams: Sequence[TeamRow]) -> list[dict[str, object]]:
    """Teams, and their people by name."""
    people = await names(session, "members", (id for team in teams for id in (team.lead_id, *team.members)))
    return [
        as_promised(TeamShown, team, lead=people.of(team.lead_id), members=[people.of(id) for id in team.members])
        for team in teams
    ]


async def listing(page: PageQuery) -> dict[str, object]:
    teams, following = await read_page(page, TeamRow, SELECT)
    return {"teams": await shown(page.session, teams), "next": following}


async def one(session: ReadSession, id: UUID) -> dict[str, object]:
    (team,) = await shown(session, [await read_one(session, TeamRow, SELECT, id)])
    return team
