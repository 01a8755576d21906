"""Keeps a runner running: in a thread of its own, started again with back-off whenever it dies.

One process at a time feeds a generation: the one that holds its advisory lock in the read database. The others stand
by, ready to take over.
"""

import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

import structlog
from psycopg import Connection

from services.eventlog.codec import Keys, Subject
from services.projections.engine.applied_positions import AppliedPositions
from services.projections.engine.feed import Feed
from services.projections.engine.generations import Generation, code_hash, connect, ensure, set_live
from services.projections.engine.progress import read_lag
from services.projections.engine.read_model import AnyReadModel
from services.projections.engine.runner import Runner

log = structlog.get_logger()

POLL_SECONDS = 0.5
GATHER_SECONDS = 0.05  # Between two batches while no reader waits: a statement for many events costs as for one.
FIRST_BACK_OFF_SECONDS = 0.1
LONGEST_BACK_OFF_SECONDS = 5.0

TRY_LOCK = "SELECT pg_try_advisory_lock(5733010, %s)"  # The generation; freed by the server when the connection ends.


class AheadOfTheLog(Exception):
    """The read models hold more events than the log: it was restored, or they were made from another log."""


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
    """Runs the runner of `models`. `open_feed` and `keys_of`, which finds the keys of personal text, may be called on
    its thread. The runner sets in `applied` what it commits.
    """

    def __init__(
        self,
        read_database_url: str,
        open_feed: Callable[[], Feed],
        models: Sequence[AnyReadModel],
        keys_of: Callable[[set[Subject]], Keys],
        applied: AppliedPositions,
        *,
        batch_events: int = 5_000,
    ) -> None:
        self.read_database_url = read_database_url
        self.open_feed = open_feed
        self.models = models
        self.keys_of = keys_of
        self.applied = applied
        self.batch_events = batch_events
        self.code_hash = code_hash(models)
        self.status = ProjectionStatus("starting")
        self._feed: Feed | None = None
        self._live = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="projecting", daemon=True)

    @property
    def feeds(self) -> bool:
        """Whether `applied` holds all that is committed: the runner of this process feeds the rows."""
        return self.status.state == "live"

    def start(self) -> None:
        self._thread.start()

    def await_live(self, timeout_seconds: float) -> bool:
        """Whether reads are answered: from then on they are, though what they know may be behind the log."""
        return self._live.wait(timeout_seconds)

    def stop(self) -> None:
        """End after the batch at hand."""
        self._stop.set()
        if (feed := self._feed) is not None:
            feed.wake()  # The runner stops at once; else it looks within a poll.
        self._thread.join()

    def lag(self) -> ProjectionStatus:
        """The status with the lag of this moment, read from both databases. From any thread."""
        status = self.status
        if status.generation is None:
            return status
        with closing(connect(self.read_database_url)) as connection, closing(self.open_feed()) as feed:
            events, seconds = read_lag(connection, feed, Generation(status.generation, live=True))
        return replace(status, lag_events=events, lag_seconds=seconds)

    def _run(self) -> None:
        back_off = FIRST_BACK_OFF_SECONDS
        while not self._stop.is_set():
            try:
                with closing(connect(self.read_database_url)) as connection:
                    generation = ensure(connection, self.models, self.code_hash)
                    self._stand_by(connection, generation)
                    # Not before: a feed that listens and is not read would hold up the log's server.
                    with closing(self.open_feed()) as feed:
                        self._feed = feed
                        back_off = FIRST_BACK_OFF_SECONDS
                        self._project(connection, feed, generation)
            except Exception as error:
                self.status = ProjectionStatus(
                    "failed", self.status.generation, error=f"{type(error).__name__}: {error}"
                )
                log.exception("projection.runner_failed", restart_in_seconds=round(back_off, 1))
                self._stop.wait(back_off)
                back_off = min(back_off * 2, LONGEST_BACK_OFF_SECONDS)
        self.status = ProjectionStatus("stopped", self.status.generation)

    def _stand_by(self, connection: Connection[tuple[Any, ...]], generation: Generation) -> None:
        """Wait until no other process feeds this generation."""
        while not self._stop.is_set():
            locked = connection.execute(TRY_LOCK, [generation.number]).fetchone()
            if locked and locked[0]:
                return
            self.status = ProjectionStatus("standing by", generation.number)
            if generation.live:
                self._live.set()
            self._stop.wait(POLL_SECONDS)

    def _project(self, connection: Connection[tuple[Any, ...]], feed: Feed, generation: Generation) -> None:
        if self._stop.is_set():
            return
        runner = Runner(connection, feed, self.keys_of, generation, self.models, self.applied, self.batch_events)
        if feed.lag(runner.checkpoint).events < 0:
            raise AheadOfTheLog(f"drop {generation.schema} and its row of northing.generations: it is then built anew")
        if not generation.live:
            log.warning("projection.generation_building", generation=generation.number)
        self._report(runner, generation)
        while not self._stop.is_set():
            if applied := runner.run_batch():
                self._report(runner, generation)
                if generation.live and applied < self.batch_events:
                    self.applied.pause(GATHER_SECONDS)
                continue
            if not generation.live:
                generation = set_live(connection, generation)
                log.warning("projection.generation_live", generation=generation.number)
                self._report(runner, generation)
            feed.wait(POLL_SECONDS)

    def _report(self, runner: Runner, generation: Generation) -> None:
        state = "live" if generation.live else "building"
        if generation.live:
            self._live.set()
        self.status = ProjectionStatus(state, generation.number, parked_streams=runner.parked)
