"""Bodies: workspaces and their settings."""

from typing import Annotated, Literal

from pydantic import Field

from contracts.commands.base import CommandBody, example
from contracts.scalars import DecimalText, Name, WholeNumber
from domain.goal.grade import BAND_STARTS

Zone = Annotated[Name, Field(description="The IANA name of a time zone", examples=["Europe/Berlin"])]
Weekday = Annotated[WholeNumber, Field(ge=0, le=6, description="0 is Monday, 6 is Sunday")]


class OpenWorkspace(CommandBody):
    """Begin to work here. The caller becomes the workspace's owner."""

    model_config = example(name="Northern Bakers", timezone="Europe/Berlin")

    name: Name
    timezone: Zone


class ChangeSettings(CommandBody):
    """Change the settings that are given. Four bands: where a score is no longer missed, and so on upwards."""

    model_config = example(week_start=6, check_in_every="2 weeks", bands=[*map(str, BAND_STARTS)])

    name: Name | None = None
    timezone: Zone | None = None
    week_start: Weekday | None = None
    check_in_every: Literal["1 week", "2 weeks", "3 weeks", "month"] | None = None
    bands: tuple[DecimalText, DecimalText, DecimalText, DecimalText] | None = None
