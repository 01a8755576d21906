"""The form of an export: a header line, then the events of the workspace, a line each, in the order of positions.

A line of an event is what the change feed shows of it: contracts.answers.events.EventShown.
"""

from typing import Any
from uuid import UUID

FORM, VERSION = "events", 1


def header(*, id: UUID | str, name: str, timezone: str, position: int) -> dict[str, Any]:
    """The first line of an export: of which workspace, up to which position."""
    workspace = {"id": str(id), "name": name, "timezone": timezone}
    return {"northing": FORM, "version": VERSION, "workspace": workspace, "position": position}
