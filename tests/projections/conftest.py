"""A log, and runners on it that the test drives batch by batch."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, closing
from functools import partial
from typing import Protocol, TypedDict
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from pydantic import BaseModel

from domain.ids import local_owner_id
from domain.member import MemberAdded
from domain.personal import Personal
from domain.workspace import WorkspaceOpened
from infra.http.middleware import RequestLimits, add_error_handlers
from infra.postgres.person_keys import PersonKeys, ThreadPersonKeys
from services.projections.engine.applied_positions import AppliedPositions
from services.projections.engine.feed import LogFeed
from services.projections.engine.generations import code_hash, connect, create, ensure
from services.projections.engine.read_model import AnyReadModel
from services.projections.engine.runner import Runner
from services.projections.engine.supervisor import ProjectionSupervisor
from services.projections.http.routes import ROUTERS
from services.projections.queries.log_reader import LogReader, log_pool
from services.projections.queries.query_request import Queries
from services.projections.queries.read_session import ReadSessions, pool_of
from services.projections.read_models.catalog import READ_MODELS
from tests.json_types import Json, Parameter
from tests.projections.log_writer import Log
from tests.server import served


class NewRunner(Protocol):
    def __call__(
        self, *, another: bool = False, models: Sequence[AnyReadModel] = READ_MODELS, batch_events: int = 5_000
    ) -> Runner: ...


class Moment(TypedDict, total=False):
    """When something is asked for, as its query says it."""

    as_of: str
    known_at: str
    known_position: int
    min_position: int


class Ask(Protocol):
    def __call__(
        self,
        address: str,
        status: int = 200,
        *,
        promised: type[BaseModel] | None = None,
        by: UUID | None = None,
        **query: Parameter,
    ) -> Json: ...


@pytest.fixture
def log(database: str) -> Iterator[Log]:
    with closing(Log(database)) as log:
        yield log


@pytest.fixture
def workspace(log: Log) -> UUID:
    id = uuid4()
    owner_id = local_owner_id(id)
    log.append(
        id,
        ("workspace", id, WorkspaceOpened(name="Acme", timezone="Europe/Berlin")),
        ("member", owner_id, MemberAdded(name=Personal(owner_id, "Ana Lind"), role="owner")),
    )
    return id


@pytest.fixture
def new_runner(database: str) -> Iterator[NewRunner]:
    """Make a runner: on the generation of this code, or with `another=True` on a new and empty one."""
    with ExitStack() as opened:

        def make(
            *, another: bool = False, models: Sequence[AnyReadModel] = READ_MODELS, batch_events: int = 5_000
        ) -> Runner:
            connection = opened.enter_context(closing(connect(database)))
            feed = opened.enter_context(closing(LogFeed(database)))
            keys = opened.enter_context(closing(ThreadPersonKeys(database)))
            generation = (
                create(connection, models, f"another {uuid4()}")
                if another
                else ensure(connection, models, code_hash(models))
            )
            return Runner(connection, feed, keys.find, generation, models, AppliedPositions(), batch_events)

        yield make


def run(runner: Runner) -> None:
    """Apply all that the log holds."""
    while runner.run_batch():
        pass


@pytest.fixture
def projecting(database: str) -> Iterator[ProjectionSupervisor]:
    """The supervisor with its runner, as the product runs it."""
    with closing(ThreadPersonKeys(database)) as keys:
        open_feed = partial(LogFeed, database)
        projecting = ProjectionSupervisor(database, open_feed, READ_MODELS, keys.find, AppliedPositions())
        projecting.start()
        assert projecting.await_live(60)
        yield projecting
        projecting.stop()


@pytest.fixture
def client(database: str, projecting: ProjectionSupervisor) -> Iterator[httpx.Client]:
    """The query routes over HTTP, in one process with the runner."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        keys = PersonKeys(database)
        async with pool_of(database, 2) as pool, log_pool(database) as log_connections:
            sessions = ReadSessions(pool, LogReader(log_connections), projecting.applied, projecting.code_hash)
            app.state.queries = Queries(sessions, keys.find, dev=True)
            yield
        await keys.close()

    app = FastAPI(lifespan=lifespan)
    add_error_handlers(app)
    for router in ROUTERS:
        app.include_router(router)
    app.add_middleware(RequestLimits)
    with served(app) as url, httpx.Client(base_url=url, timeout=30) as client:
        yield client


@pytest.fixture
def ask(client: httpx.Client, workspace: UUID) -> Ask:
    """Ask for an address inside the workspace: what it answers, which is what the contract promises."""

    def get(
        address: str,
        status: int = 200,
        *,
        promised: type[BaseModel] | None = None,
        by: UUID | None = None,
        **query: Parameter,
    ) -> Json:
        headers = {"X-Northing-Member": str(by)} if by else {}
        found = client.get(f"/v1/workspaces/{workspace}/{address}", params=query, headers=headers)
        assert found.status_code == status, found.text
        if promised:
            promised.model_validate_json(found.content, extra="forbid")
        shown: Json = found.json()
        return shown

    return get
