"""Keeps a runner running: in a thread of its own, started again with back-off whenever it dies.

One process at a time feeds a generation: the one that holds its advisory lock. The others stand by, ready to take
over, and look up how far the rows are for those who wait in their process.
"""

import threading
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass

import psycopg
import structlog
from psycopg import Connection

from services.eventlog.codec import Keys, Subject
from services.projections.engine.applied_positions import AppliedPositions
from services.projections.engine.generations import Generation, code_hash, connect, ensure, lag, set_live
from services.projections.engine.read_model import AnyReadModel
from services.projections.engine.runner import Runner

log = structlog.get_logger()

CHANNEL = "northing_events"  # The log says there that something was appended. A hint only.
POLL_SECONDS = 0.5
GATHER_SECONDS = 0.05  # Between two batches while nobody waits: a statement costs the same for one event as for many.
STANDBY_POLL_SECONDS = 0.02  # While somebody waits in a process that does not feed the rows itself.
FIRST_BACK_OFF_SECONDS = 0.1
LONGEST_BACK_OFF_SECONDS = 5.0

TRY_LOCK = "SELECT pg_try_advisory_lock(5733010, %s)"  # The generation; freed by the server when the connection ends.
STANDING = "SELECT workspace_id, position FROM applied WHERE workspace_id = ANY (%b::uuid[])"


@dataclass(frozen=True)
class ProjectionStatus:
    """How projecting goes, for readiness and the doctor. The lag is None where it is not known."""

    state: str  # starting, building, live, standing by, failed, stopped
    generation: int | None = None
    lag_events: int | None = None
    lag_seconds: float | None = None
    parked_streams: int = 0
    error: str | None = None


class ProjectionSupervisor:
    """The supervisor. `keys_of` finds the keys of personal text, and is called on the thread alone."""

    def __init__(
        self,
        database_url: str,
        models: Sequence[AnyReadModel],
        keys_of: Callable[[set[Subject]], Keys],
        *,
        batch_events: int = 5_000,
    ) -> None:
        self.database_url = database_url
        self.models = models
        self.keys_of = keys_of
        self.batch_events = batch_events
        self.code_hash = code_hash(models)
        self.applied = AppliedPositions()
        self.status = ProjectionStatus("starting")
        self._live = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="projecting", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def await_live(self, timeout_seconds: float) -> bool:
        """Whether reads are answered: from then on they are, though what they know may be behind the log."""
        return self._live.wait(timeout_seconds)

    def stop(self) -> None:
        """End after the batch at hand."""
        self._stop.set()
        with suppress(psycopg.Error), closing(connect(self.database_url)) as connection:
            connection.execute(f"NOTIFY {CHANNEL}")  # Wakes the runner at once; else it looks within a poll.
        self._thread.join()

    def lag(self) -> ProjectionStatus:
        """The status with the lag of this moment, read from the database."""
        status = self.status
        if status.generation is None:
            return status
        with closing(connect(self.database_url)) as connection:
            events, seconds = lag(connection, Generation(status.generation, live=True))
        return ProjectionStatus(status.state, status.generation, events, seconds, status.parked_streams, status.error)

    def _run(self) -> None:
        back_off = FIRST_BACK_OFF_SECONDS
        while not self._stop.is_set():
            try:
                with closing(connect(self.database_url)) as connection:
                    generation = ensure(connection, self.models, self.code_hash)
                    self._stand_by(connection, generation)
                    back_off = FIRST_BACK_OFF_SECONDS
                    self._feed(connection, generation)
            except Exception as error:
                self.status = ProjectionStatus(
                    "failed", self.status.generation, error=f"{type(error).__name__}: {error}"
                )
                log.exception("projection.runner_failed", restart_in_seconds=round(back_off, 1))
                self._stop.wait(back_off)
                back_off = min(back_off * 2, LONGEST_BACK_OFF_SECONDS)
        self.status = ProjectionStatus("stopped", self.status.generation)

    def _stand_by(self, connection: Connection, generation: Generation) -> None:
        """Wait until no other process feeds this generation."""
        while not self._stop.is_set():
            locked = connection.execute(TRY_LOCK, [generation.number]).fetchone()
            if locked and locked[0]:
                return
            self.status = ProjectionStatus("standing by", generation.number)
            if generation.live:
                self._live.set()
            waited_for = self.applied.waited_for()
            if waited_for:
                connection.execute(f"SET search_path TO {generation.schema}")
                self.applied.moved(dict(connection.execute(STANDING, [waited_for]).fetchall()))
            self._stop.wait(STANDBY_POLL_SECONDS if waited_for else POLL_SECONDS)

    def _feed(self, connection: Connection, generation: Generation) -> None:
        if self._stop.is_set():
            return
        connection.execute(f"LISTEN {CHANNEL}")
        runner = Runner(connection, self.keys_of, generation, self.models, self.applied, self.batch_events)
        if not generation.live:
            log.warning("projection.generation_building", generation=generation.number)
        self._report(runner, generation)
        while not self._stop.is_set():
            if taken := runner.run_batch():
                self._report(runner, generation)
                if generation.live and taken < self.batch_events:
                    self.applied.pause(GATHER_SECONDS)
                continue
            if not generation.live:
                generation = set_live(connection, generation)
                log.warning("projection.generation_live", generation=generation.number)
                self._report(runner, generation)
            # Woken by whoever appends; what was appended since the last look has its notification waiting here.
            for _ in connection.notifies(timeout=POLL_SECONDS, stop_after=1):
                pass

    def _report(self, runner: Runner, generation: Generation) -> None:
        state = "live" if generation.live else "building"
        if generation.live:
            self._live.set()
        self.status = ProjectionStatus(state, generation.number, parked_streams=runner.parked)
