"""All read models. A generation holds the tables of all of them, and one runner feeds them all."""

from services.projections.engine.read_model import AnyReadModel
from services.projections.read_models import (
    comments,
    cycles,
    goals,
    members,
    negotiations,
    retrospectives,
    teams,
    timelines,
    workspaces,
)

READ_MODELS: tuple[AnyReadModel, ...] = (
    workspaces.MODEL,
    members.MODEL,
    teams.MODEL,
    cycles.MODEL,
    goals.MODEL,
    timelines.MODEL,
    negotiations.MODEL,
    comments.MODEL,
    retrospectives.MODEL,
)
