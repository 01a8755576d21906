"""One goal with all that its kind says, and goals of one kind listed in the order in which they began."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from domain import measure
from domain.errors import NotFound
from domain.grade import rounded
from domain.measure import Terms
from services.projections.columns import number
from services.projections.names import names
from services.projections.pages import Page
from services.projections.reading import View
from services.projections.tree import some
from services.projections.weave import Node

ONE = """
    SELECT note, partner_id, committed_at, weights, more,
           (SELECT max(stream_version) FROM northing.events WHERE stream_id = %(id)s AND position <= %(k)s)
      FROM goals WHERE workspace_id = %(workspace_id)s AND id = %(id)s AND kind = %(kind)s AND {holds}
"""
LISTED = "SELECT began, id FROM goals WHERE workspace_id = %(workspace_id)s AND kind = %(kind)s AND {holds}"


async def one(view: View, kind: str, id: UUID) -> dict[str, Any]:
    """The goal, if it is of that kind and was there at the moment."""
    found = await view.rows(ONE.format(holds=view.holds), id=id, kind=kind)
    if not found:
        raise NotFound(str(id))
    note, partner_id, committed_at, weights, more, version = found[0]
    nodes = await some(view, [id])
    own = msgspec.json.decode(more)
    shown: dict[str, Any] = _goal(nodes[str(id)]) | own
    shown |= {"version": version, "note": note, "partner": (await names(view, "members", [partner_id])).of(partner_id)}
    if kind == "objective":
        shown["weights"] = msgspec.json.decode(weights) if weights else {}
    if kind == "key_result":
        shown |= {"committed_at": committed_at} | _stretch(own, nodes[str(id)].value)
    return shown


async def listing(part: Page, kind: str) -> tuple[list[dict[str, Any]], str | None]:
    """The goals of a kind on this page, whatever their state, and the cursor of the next."""
    rows, following = await part.rows(LISTED, kind=kind)
    nodes = await some(part.view, [id for _, id in rows])
    return [_goal(nodes[str(id)]) for _, id in rows], following


def _goal(node: Node) -> dict[str, Any]:
    """A node outside of the tree has no place in it."""
    return {name: getattr(node, name) for name in Node.__struct_fields__ if name not in ("depth", "matched")}


def _stretch(own: dict[str, Any], value: str | None) -> dict[str, Any]:
    """The share of the way to the stretch, and what might be one: both count nowhere."""
    terms = msgspec.convert(own["terms"], Terms, strict=False)
    progress = None
    if own["stretch"] is not None and value is not None and terms.baseline is not None:
        progress = number(rounded(measure.change(terms.baseline, Decimal(own["stretch"]), Decimal(value))))
    return {"stretch_progress": progress, "suggested_stretch": number(measure.suggested_stretch(terms))}
