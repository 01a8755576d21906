"""Who negotiates a goal: its owner, and the partner who answers the owner's offers."""

from typing import NamedTuple
from uuid import UUID

from domain.goal.base import Goal, partner_of
from domain.member import MemberOf, can_answer
from domain.purpose.base import Purpose
from domain.team import Team
from domain.workspace import Workspace


class Parties(NamedTuple):
    """Without a partner the owner agrees alone."""

    owner_id: UUID
    partner_id: UUID | None


def parties_of_proposal(
    *,
    by: UUID,
    owner_id: UUID | None,
    partner_id: UUID | None,
    above: Goal | Purpose | None,
    team: Team | None,
    workspace: Workspace,
    member_of: MemberOf,
) -> Parties:
    """Owner and partner of what `by` proposes, where the two ids are what the proposal names.

    Without an owner it is the actor. Without a partner it is the actor who proposes to another member, else the owner
    of the goal above, else the team's lead, else who opened the workspace: the first of these that can answer.
    """
    owner = owner_id or by
    if partner_id is None and owner != by:
        partner_id = by
    if partner_id is None:
        owner_above, lead = above.owner_id if above else None, team.lead_id if team else None
        candidates = (owner_above, lead, workspace.owner_id)
        partner_id = partner_of(owner, *(id for id in candidates if id is not None and can_answer(member_of(id))))
    return Parties(owner, partner_id)
