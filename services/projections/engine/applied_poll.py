"""Looks up how far the rows are, for readers of a process that does not feed the rows itself."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from uuid import UUID

import structlog

from services.projections.engine.applied_positions import AppliedPositions

log = structlog.get_logger()

URGENT_SECONDS = 0.02  # While a reader waits for an answer.
PATIENT_SECONDS = 0.2  # While streams wait for what happens next.

LookUp = Callable[[Sequence[UUID]], Awaitable[Mapping[UUID, int]]]


async def poll_applied(applied: AppliedPositions, look_up: LookUp, *, is_fed: Callable[[], bool]) -> None:
    """Set in `applied` what `look_up` finds, for ever: nothing is asked while no reader waits, or `is_fed` by a runner
    of this process. Where the database is away, the next look will do.
    """
    while True:
        workspaces = await applied.next_look(urgent_seconds=URGENT_SECONDS, patient_seconds=PATIENT_SECONDS)
        if workspaces and not is_fed():
            try:
                applied.moved(await look_up(workspaces))
            except Exception as error:  # Whatever it is, the readers wait on, and are answered in their time.
                log.warning("applied_positions.look_up_failed", error=type(error).__name__)
