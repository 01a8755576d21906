"""The log as an application of the eventsourcing library: to read, never to write."""

from collections.abc import Iterable, Mapping
from typing import Any, NoReturn
from uuid import UUID

from eventsourcing.application import Application, Repository
from eventsourcing.persistence import NotSupportedError
from eventsourcing.utils import Environment

from domain.history import Fact, fold
from domain.registry import EVOLVE
from infra.eventsourcing_adapter.mapper import LogMapper, PlacedEvent
from infra.eventsourcing_adapter.reader import READ_ONLY, ReadOnlyRecorder, UrlDatastore
from infra.postgres.person_keys import ThreadPersonKeys
from services.eventlog.codec import Keys, Subject

DATABASE_URL = "NORTHING_DATABASE_URL"
WORKSPACE = "NORTHING_WORKSPACE"  # Its id; without it the application is of all workspaces, in the order of the log.
ALL_WORKSPACES = "northing"
PERSONAL_TEXT = "NORTHING_PERSONAL_TEXT"  # "open" reads what people wrote; without it that is None.


def application_name(env: Mapping[str, str]) -> str:
    """By which a view tracks how far it is: each workspace counts positions of its own."""
    return f"{ALL_WORKSPACES}/{env[WORKSPACE]}" if env.get(WORKSPACE) else ALL_WORKSPACES


def folded_by_time(_: object, events: Iterable[PlacedEvent]) -> Any:
    """The state after these events, as Northing folds it: by when they were true, not by version."""
    known = [event.recorded for event in events]
    return fold(EVOLVE[known[0].stream_kind], [Fact(each.event, each.at) for each in known]) if known else None


class LogRepository(Repository[UUID]):
    """States of the domain, folded anew each time: a fact that comes late changes what was before it, so a state that
    was kept could not go on from where it is.
    """

    def get(
        self, aggregate_id: UUID, *, version: int | None = None, projector_func: Any = folded_by_time, **_: Any
    ) -> Any:
        """The state, or that at one of its versions. Raises AggregateNotFoundError where there is none."""
        return super().get(aggregate_id, version=version, projector_func=projector_func)


class Northing(Application[UUID]):
    """The log of `env[DATABASE_URL]`: `repository`, `notification_log`, and what the library's runners subscribe to.

    The process's own environment is not read, so that neither cache nor snapshots can be turned on by it.
    """

    recorder: ReadOnlyRecorder

    def __init__(self, env: Mapping[str, str]) -> None:
        self.keys = ThreadPersonKeys(env[DATABASE_URL])
        self.name = application_name(env)
        super().__init__({name: env[name] for name in (DATABASE_URL, WORKSPACE, PERSONAL_TEXT) if name in env})

    @property
    def repository(self) -> LogRepository:
        return self._by_time

    def construct_env(self, name: str, env: Mapping[str, str] | None = None) -> Environment:
        return Environment(name, dict(env or {}))

    def construct_mapper(self) -> LogMapper:
        return LogMapper(self.keys.find if self.env.get(PERSONAL_TEXT) == "open" else no_keys)

    def construct_recorder(self) -> ReadOnlyRecorder:
        workspace = self.env.get(WORKSPACE)
        datastore = UrlDatastore(self.env[DATABASE_URL], role="northing_reader")
        return ReadOnlyRecorder(datastore, UUID(workspace) if workspace else None)

    def construct_repository(self) -> LogRepository:
        self._by_time = LogRepository(self.events, fastforward=False)
        return self._by_time

    def save(self, *_: object, **__: object) -> NoReturn:
        raise NotSupportedError(READ_ONLY)

    def close(self) -> None:
        super().close()
        self.recorder.datastore.close()
        self.keys.close()


def no_keys(_: set[Subject]) -> Keys:
    """So every text stays sealed."""
    return {}
