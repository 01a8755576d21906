"""The query routes, one file a resource. None decides anything: each opens a read and says what it found."""

from services.projections.http import comments, events, goals, histories, organisation, retrospectives

ROUTERS = (
    organisation.router,
    organisation.in_workspace,
    goals.router,
    histories.router,
    comments.router,
    retrospectives.router,
    events.router,
)
