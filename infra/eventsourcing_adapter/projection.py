"""A user's own projection: found by its name, and run on the log by the library's runner."""

import sys
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from inspect import isabstract
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple, cast, get_args, get_origin

from eventsourcing.persistence import BaseInfrastructureFactory, ProgrammingError
from eventsourcing.postgres import PostgresFactory, PostgresTrackingRecorder, TPostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from eventsourcing.utils import EnvType, get_topic
from psycopg.sql import SQL, Identifier

from domain.registry import TOPICS
from infra.eventsourcing_adapter.application import ALL_WORKSPACES, Northing, application_name
from infra.eventsourcing_adapter.reader import LogSubscription, UrlDatastore
from infra.settings import StartRefused

VIEW_DATABASE_URL = "NORTHING_VIEW_DATABASE_URL"  # Where the tables of the view are, and in which schema.
VIEW_SCHEMA = "NORTHING_VIEW_SCHEMA"
TRACKED = "SELECT application_name FROM {}.{} WHERE application_name LIKE 'northing%%' AND application_name <> %s"


class UserProjection(NamedTuple):
    """A projection of a user, and the class of the view that it writes."""

    projection_class: type[Projection[Any]]
    view_class: type[PostgresTrackingRecorder]


def load_projection(name: str) -> UserProjection:
    """The projection that `path/to/file.py:Class` or `package.module:Class` names. Raises StartRefused."""
    origin, _, class_name = name.rpartition(":")
    if not origin:
        raise StartRefused(f"{name} names no class: write ./my_read_model.py:CheckIns, or my_package.module:CheckIns")
    module = _module(origin)
    found = getattr(module, class_name, None)
    if found is None:
        there = ", ".join(key for key, value in vars(module).items() if _is_projection(value) and value != Projection)
        raise StartRefused(f"{origin} has no {class_name}; its projections are: {there or 'none'}")
    if not _is_projection(found):
        raise StartRefused(f"{class_name} is no Projection of the eventsourcing library")
    if isabstract(found):
        raise StartRefused(f"{class_name} has no process_event")
    if unknown := sorted(set(found.topics) - TOPICS.keys()):
        raise StartRefused(f"no event has the topic {unknown[0]!r} of {class_name}: topics are names such as CheckedIn")
    return UserProjection(found, _view_class(found))


def _module(origin: str) -> ModuleType:
    """Loaded in Northing's environment, where its own folder comes last: what is ours cannot be hidden by its names."""
    path = Path(origin)
    try:
        if path.suffix != ".py":
            sys.path.append(str(Path.cwd()))
            return import_module(origin)
        sys.path.append(str(path.resolve().parent))
        spec = spec_from_file_location(f"projected_{path.stem}", path)
        assert spec and spec.loader  # noqa: S101, PT018  There is one for every name with this suffix.
        module = sys.modules[spec.name] = module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
    except Exception as error:
        raise StartRefused(f"{origin} cannot be loaded: {type(error).__name__}: {error}") from error


def _is_projection(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, Projection)


def _view_class(projection_class: type[Projection[Any]]) -> type[PostgresTrackingRecorder]:
    """What stands in `Projection[…]`, of the class itself or of one that it inherits from."""
    for base in (base for each in projection_class.__mro__ for base in vars(each).get("__orig_bases__", ())):
        for view in get_args(base) if _is_projection(get_origin(base)) else ():
            if isinstance(view, type) and issubclass(view, PostgresTrackingRecorder):
                return view
    name = projection_class.__name__
    raise StartRefused(f"{name} names no view: write class {name}(Projection[MyView]), a PostgresTrackingRecorder")


class ViewFactory(PostgresFactory):
    """The library's, on a database URL. It refuses tables in which the same event could be counted twice."""

    def __init__(self, env: EnvType) -> None:
        BaseInfrastructureFactory.__init__(self, env)
        self.datastore = UrlDatastore(self.env[VIEW_DATABASE_URL], schema=self.env[VIEW_SCHEMA])

    def tracking_recorder(
        self, tracking_recorder_class: type[TPostgresTrackingRecorder] | None = None
    ) -> TPostgresTrackingRecorder:
        view = super().tracking_recorder(tracking_recorder_class)
        own, schema = application_name(self.env), self.datastore.schema
        with self.datastore.cursor() as cursor:
            cursor.execute(SQL(TRACKED).format(Identifier(schema), Identifier(view.tracking_table_name)), [own])
            others = [row["application_name"] for row in cursor]
        if others and ALL_WORKSPACES in (own, *others):
            raise StartRefused(
                f"the tables in {schema} are kept for {', '.join(others)}: so that no event counts twice, take one"
                " --schema for single workspaces, and another for all"
            )
        return view


class LogProjectionRunner(ProjectionRunner[Northing, PostgresTrackingRecorder]):
    """The library's runner on the log. It begins where its view has tracked to, and knows how far it has to go."""

    def __init__(self, user: UserProjection, env: dict[str, str]) -> None:
        try:
            super().__init__(
                application_class=Northing,
                projection_class=user.projection_class,
                view_class=user.view_class,
                env=env | {"PERSISTENCE_MODULE": get_topic(ViewFactory)},
            )
        except ProgrammingError as refused:
            raise StartRefused(f"{user.view_class.__name__} cannot be made: {refused}") from refused
        self.target = self.app.recorder.last_notification_id(self.projection.topics)

    @property
    def processed(self) -> int:
        """The number up to which every event has been processed."""
        return cast(LogSubscription, self._subscription.subscription).processed

    def __exit__(self, *raised: Any) -> None:
        try:
            super().__exit__(*raised)
        finally:
            self.view.datastore.close()
