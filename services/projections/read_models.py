"""All read models. A generation holds the tables of all of them, and one runner feeds them all."""

from services.projections.model import ReadModel

READ_MODELS: tuple[ReadModel, ...] = ()
