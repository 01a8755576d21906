"""The demo workspace: Millrace, which repairs what households own, from its mission to last Friday's check-ins.

story.toml tells it, a command of the API a line. The command table's handlers decide each, so that nothing in it could
not have happened. What they decide becomes lines of the event form, which enter by the import like any other file.
"""

from datetime import date
from uuid import UUID

import msgspec

from contracts.events import export_form
from infra.demo.demo_workspace import DemoWorkspace
from infra.demo.story import story_lines

SEED = 7
NAME, TIMEZONE = "Millrace (demo)", "Europe/Copenhagen"
# The key result of the running quarter to look at first, and who may answer the amendment that stands open on it.
LOOK_AT = "More members renew after their first year"
ANSWERS = OWNER = "Ada Holmgren"


def demo_lines(today: date, *, seed: int = SEED, workspace_id: UUID | None = None) -> list[bytes]:
    """The header line and a line an event. On `today` the running quarter is in its ninth week."""
    lines = [line for line in story_lines(today) if line.day < today]
    demo = DemoWorkspace(workspace_id, seed=seed, opened=lines[0].day, name=NAME, timezone=TIMEZONE, owner=OWNER)
    for line in lines:
        demo.run(line)
    header = export_form.header(id=demo.id, name=NAME, timezone=TIMEZONE, position=len(demo.lines))
    return [msgspec.json.encode(header), *demo.lines]
