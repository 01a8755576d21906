"""One goal with all that its kind says, and goals of one kind listed in the order in which they began."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from domain.errors import NotFound
from domain.goal import measure
from domain.goal.measure import Terms
from domain.goal.ratio import rounded
from services.projections.queries.alignment_tree import nodes_of
from services.projections.queries.goal_node import shown_goal
from services.projections.queries.log_reader import while_asking
from services.projections.queries.names import names
from services.projections.queries.paging import PageQuery
from services.projections.queries.read_session import ReadSession
from services.projections.queries.rows import read
from services.projections.read_models.columns import number
from services.projections.read_models.goals import GOALS


class GoalDetails(Struct, frozen=True):
    """What only the view of one goal reads."""

    note: str | None
    partner_id: UUID | None
    committed_at: datetime | None
    weights: str | None
    details: str


ONE = f"""
    SELECT {GOALS.select(GoalDetails)} FROM goals
     WHERE workspace_id = %(workspace_id)s AND id = %(id)s AND kind = %(kind)s AND {{time_filter}}
"""  # noqa: S608  A constant.
LISTED = "SELECT began, id FROM goals WHERE workspace_id = %(workspace_id)s AND kind = %(kind)s AND {time_filter}"


async def one(session: ReadSession, kind: str, id: UUID) -> dict[str, object]:
    """The goal, if it is of that kind and was there at the moment."""
    read_details = read(session, GoalDetails, ONE, id=id, kind=kind)
    found, version = await while_asking(session.stream_version(id), read_details)
    if not found:
        raise NotFound(str(id))
    goal = found[0]
    node = (await nodes_of(session, [id]))[str(id)]
    details = msgspec.json.decode(goal.details)
    people = await names(session, "members", [goal.partner_id])
    shown: dict[str, object] = shown_goal(node) | details
    shown |= {"version": version, "note": goal.note, "partner": people.of(goal.partner_id)}
    if kind == "objective":
        shown["weights"] = msgspec.json.decode(goal.weights) if goal.weights else {}
    if kind == "key_result":
        shown |= {"committed_at": goal.committed_at} | _stretch(details, node.statement.value)
    return shown


async def listing(part: PageQuery, kind: str) -> tuple[list[dict[str, object]], str | None]:
    """The goals of a kind on this page, whatever their state, and the cursor of the next."""
    rows, following = await part.rows(LISTED, kind=kind)
    nodes = await nodes_of(part.session, [id for _, id in rows])
    return [shown_goal(nodes[str(id)]) for _, id in rows], following


def _stretch(details: dict[str, Any], value: str | None) -> dict[str, object]:
    """The share of the way to the stretch, and what might be one: both count nowhere."""
    terms = msgspec.convert(details["terms"], Terms, strict=False)
    progress = None
    if details["stretch"] is not None and value is not None and terms.baseline is not None:
        progress = number(rounded(measure.change(terms.baseline, Decimal(details["stretch"]), Decimal(value))))
    return {"stretch_progress": progress, "suggested_stretch": number(measure.suggested_stretch(terms))}
