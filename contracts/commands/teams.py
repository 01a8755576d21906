"""Bodies: teams."""

from uuid import UUID

from contracts.commands.base import ANA, TEAM, CommandBody, example
from contracts.scalars import Name, Text


class FormTeam(CommandBody):
    """Begin a team, below another one or at the top."""

    model_config = example(name="Oven", parent_id=TEAM)

    name: Name
    parent_id: UUID | None = None


class RenameTeam(CommandBody):
    """Call the team otherwise."""

    model_config = example(name="Ovens")

    name: Name


class MoveTeam(CommandBody):
    """Put the team below another one; null puts it at the top."""

    model_config = example(parent_id=TEAM)

    parent_id: UUID | None


class DissolveTeam(CommandBody):
    """End the team. Its goals and its past stay."""

    model_config = example(reason="Merged into Bread")

    reason: Text


class JoinTeam(CommandBody):
    """Take a member into the team."""

    model_config = example(member_id=ANA)

    member_id: UUID


class LeaveTeam(CommandBody):
    """Let a member go. A lead who leaves leads no more."""

    model_config = example(member_id=ANA)

    member_id: UUID


class NameLead(CommandBody):
    """Say who leads the team. Who is not in it joins it."""

    model_config = example(member_id=ANA)

    member_id: UUID
