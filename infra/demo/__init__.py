"""The demo workspace: Millrace, which repairs what households own, from its mission to last Friday's check-ins.

The story stands in the tables beside this file, in days counted from the beginning of a year or quarter. Here it is
told: every step by the domain's own decision, so that nothing in it could not have happened, as lines of the event
form, which enter by the import like anybody's. Same seed and day, same bytes.

    script.py   tables -> steps in order of time; quiet_weeks.py adds the check-ins without words
    book.py     ids, histories and lines
    organisation.py, purposes.py, objectives.py, key_results.py, retrospectives.py   what each verb of a step decides
"""

from datetime import date
from uuid import UUID

from infra.demo import key_results, objectives, organisation, purposes, retrospectives
from infra.demo.book import Book, id_from
from infra.demo.script import days_of, read, table

SEED = 7
NAME: str = table("organisation")["workspace"]["name"]
TIMEZONE: str = table("organisation")["workspace"]["timezone"]
# The key result of the running quarter to look at first, and who may answer the amendment that stands open on it.
LOOK_AT = "More members renew after their first year"
ANSWERS: str = table("organisation")["people"]["ada"]["name"]

PLAY = {
    "workspace": organisation.workspace_step,
    "member": organisation.member_step,
    "team": organisation.team_step,
    "cycle": organisation.cycle_step,
    "mission": purposes.step,
    "vision": purposes.step,
    "strategy": purposes.step,
    "theme": purposes.step,
    "objective": objectives.step,
    "key_result": key_results.step,
    "retrospective": retrospectives.step,
}


def demo_lines(today: date, *, seed: int = SEED, workspace_id: UUID | None = None) -> list[bytes]:
    """The header line and a line an event. On `today` the running quarter is in its ninth week."""
    days = days_of(today)
    book = Book(seed, workspace_id or id_from(days["year"], seed, "workspace"), TIMEZONE)
    for step in (step for step in read(days) if step.day < today):
        book.turn_to(step.day)
        PLAY[step.kind](book, step)
    return [book.header(NAME), *book.lines]
