"""One goal with all that its kind says, and goals of one kind listed in the order in which they began."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from domain.errors import NotFound
from domain.goal import measure
from domain.goal.grade import rounded
from domain.goal.measure import Terms
from services.projections.queries.alignment_tree import nodes_of
from services.projections.queries.names import names
from services.projections.queries.paging import PageQuery
from services.projections.queries.read_session import ReadSession
from services.projections.queries.tree_roll_up import TreeNode
from services.projections.read_models.columns import number

ONE = """
    SELECT note, partner_id, committed_at, weights, more,
           (SELECT max(stream_version) FROM northing.events WHERE stream_id = %(id)s AND position <= %(k)s)
      FROM goals WHERE workspace_id = %(workspace_id)s AND id = %(id)s AND kind = %(kind)s AND {time_filter}
"""
LISTED = "SELECT began, id FROM goals WHERE workspace_id = %(workspace_id)s AND kind = %(kind)s AND {time_filter}"


async def one(session: ReadSession, kind: str, id: UUID) -> dict[str, Any]:
    """The goal, if it is of that kind and was there at the moment."""
    found = await session.rows(ONE.format(time_filter=session.time_filter), id=id, kind=kind)
    if not found:
        raise NotFound(str(id))
    note, partner_id, committed_at, weights, more, version = found[0]
    nodes = await nodes_of(session, [id])
    own = msgspec.json.decode(more)
    shown: dict[str, Any] = _goal(nodes[str(id)]) | own
    shown |= {
        "version": version,
        "note": note,
        "partner": (await names(session, "members", [partner_id])).of(partner_id),
    }
    if kind == "objective":
        shown["weights"] = msgspec.json.decode(weights) if weights else {}
    if kind == "key_result":
        shown |= {"committed_at": committed_at} | _stretch(own, nodes[str(id)].value)
    return shown


async def listing(part: PageQuery, kind: str) -> tuple[list[dict[str, Any]], str | None]:
    """The goals of a kind on this page, whatever their state, and the cursor of the next."""
    rows, following = await part.rows(LISTED, kind=kind)
    nodes = await nodes_of(part.session, [id for _, id in rows])
    return [_goal(nodes[str(id)]) for _, id in rows], following


def _goal(node: TreeNode) -> dict[str, Any]:
    """A node outside of the tree has no place in it."""
    return {name: getattr(node, name) for name in TreeNode.__struct_fields__ if name not in ("depth", "matched")}


def _stretch(own: dict[str, Any], value: str | None) -> dict[str, Any]:
    """The share of the way to the stretch, and what might be one: both count nowhere."""
    terms = msgspec.convert(own["terms"], Terms, strict=False)
    progress = None
    if own["stretch"] is not None and value is not None and terms.baseline is not None:
        progress = number(rounded(measure.change(terms.baseline, Decimal(own["stretch"]), Decimal(value))))
    return {"stretch_progress": progress, "suggested_stretch": number(measure.suggested_stretch(terms))}
