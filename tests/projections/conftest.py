"""A log, and runners on it that the test drives batch by batch."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from uuid import UUID, uuid4

import pytest

from domain.workspace import WorkspaceOpened
from infra.person_keys import PersonKeysOfThread
from services.projections.applied import Applied
from services.projections.generations import code_hash, connect, create, ensure
from services.projections.read_models import READ_MODELS
from services.projections.runner import Runner
from tests.projections.log import Log


@pytest.fixture
def log(database: str) -> Iterator[Log]:
    with closing(Log(database)) as log:
        yield log


@pytest.fixture
def workspace(log: Log) -> UUID:
    id = uuid4()
    log.append(id, ("workspace", id, WorkspaceOpened(name="Acme", timezone="Europe/Berlin")))
    return id


@pytest.fixture
def new_runner(database: str) -> Iterator[Callable[..., Runner]]:
    """Make a runner: on the generation of this code, or with `another=True` on a new and empty one."""
    with ExitStack() as opened:

        def make(*, another: bool = False, models=READ_MODELS, batch_events: int = 5_000) -> Runner:
            connection = opened.enter_context(closing(connect(database)))
            keys = opened.enter_context(closing(PersonKeysOfThread(database)))
            generation = (
                create(connection, models, f"another {uuid4()}")
                if another
                else ensure(connection, models, code_hash(models))
            )
            return Runner(connection, keys.find, generation, models, Applied(), batch_events)

        yield make


def run(runner: Runner) -> None:
    """Take in all that the log holds."""
    while runner.run_batch():
        pass
