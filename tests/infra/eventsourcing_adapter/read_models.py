"""What users of the library might write, right and wrong: loaded by `northing project` from this file."""

from typing import Any

from eventsourcing.dispatch import singledispatchmethod
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresDatastore, PostgresTrackingRecorder
from eventsourcing.projection import Projection
from eventsourcing.utils import get_topic
from psycopg.sql import SQL, Identifier

from domain.goal.check_in import CheckedIn
from domain.personal import Personal


class TakenEvents(PostgresTrackingRecorder):
    """A row an event, with how often it was taken."""

    def __init__(self, datastore: PostgresDatastore, **names: Any) -> None:
        super().__init__(datastore, **names)
        self.table = Identifier(datastore.schema, "taken")
        self.sql_create_statements.append(
            SQL(
                "CREATE TABLE IF NOT EXISTS {} (event_id uuid PRIMARY KEY, number bigint, topic text, text text,"
                " times int NOT NULL DEFAULT 1)"
            ).format(self.table)
        )

    def take(self, event: Any, tracking: Tracking, text: str | None = None) -> None:
        with self.datastore.transaction(commit=True) as cursor:
            cursor.execute(
                SQL(
                    "INSERT INTO {0} VALUES (%s, %s, %s, %s) ON CONFLICT (event_id) DO UPDATE SET times = {0}.times + 1"
                ).format(self.table),
                [event.recorded.event_id, tracking.notification_id, type(event).__name__, text],
            )
            self._insert_tracking(cursor, tracking)


class EveryEvent(Projection[TakenEvents]):
    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        self.view.take(domain_event, tracking)


class CheckIns(Projection[TakenEvents]):
    topics: tuple[str, ...] = ("CheckedIn",)

    @singledispatchmethod
    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        raise AssertionError(f"{domain_event} is of no class that is registered")

    @process_event.register
    def _(self, domain_event: CheckedIn, tracking: Tracking) -> None:
        narrative = domain_event.narrative
        self.view.take(domain_event, tracking, narrative.text if isinstance(narrative, Personal) else None)


class OnlySome(CheckIns):
    """Tracks check-ins alone, though it is given all."""

    topics = ()

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        if isinstance(domain_event, CheckedIn):
            super().process_event(domain_event, tracking)


class Failing(EveryEvent):
    """Breaks at the third event, as a fault of its own would."""

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        if tracking.notification_id == 3:
            raise ZeroDivisionError
        super().process_event(domain_event, tracking)


class Strange(EveryEvent):
    topics = (get_topic(CheckedIn),)


class Unfinished(Projection[TakenEvents]):
    pass


class Viewless(Projection):
    def process_event(self, domain_event: Any, tracking: Tracking) -> None: ...
