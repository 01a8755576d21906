"""Bodies: comments."""

from uuid import UUID

from contracts.commands.base import GOAL, CommandBody, example
from contracts.scalars import Text
from domain.comment import AboutKind


class Comment(CommandBody):
    """Say something about a goal, an offer, a check-in, a retrospective or the workspace, each named by its id."""

    model_config = example(about_kind="objective", about_id=GOAL, text="How does this serve the mission?")

    about_kind: AboutKind
    about_id: UUID
    text: Text
