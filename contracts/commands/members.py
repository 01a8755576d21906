"""Bodies: members and their tokens."""

from contracts.commands.base import CommandBody, example
from contracts.scalars import Name, Text
from domain.member import Role


class AddMember(CommandBody):
    """Take somebody in."""

    model_config = example(name="Bo Berg", role="member", address="bo@bakers.example", handle="@bo")

    name: Name
    role: Role = "member"
    address: Name | None = None
    handle: Name | None = None


class ChangeRole(CommandBody):
    """Give another role. A suspended member comes back with it."""

    model_config = example(role="coach")

    role: Role


class SuspendMember(CommandBody):
    """Take every right away, until a role is given again."""

    model_config = example(reason="Left the bakery")

    reason: Text


class IssueToken(CommandBody):
    """Let the member's programs in. The token is in the answer, and shown once."""

    model_config = example(label="weekly report")

    label: Name
