"""Where the database is: the one that the settings give, or the embedded one in the data folder."""

from collections.abc import Iterator
from contextlib import contextmanager

from infra.postgres.embedded import server as embedded
from infra.settings import Settings


@contextmanager
def serving(settings: Settings) -> Iterator[str]:
    """Its URL, for the process that serves it. The embedded one runs as long as this is open."""
    if settings.database_url is not None:
        yield settings.database_url
        return
    with embedded.serving(settings.data) as url:
        yield url


@contextmanager
def reached(settings: Settings) -> Iterator[str]:
    """Its URL, for a command that only visits. The embedded one is started for the visit where no process serves it."""
    running = None if settings.database_url else embedded.running(settings.data)
    if running:
        yield running
        return
    with serving(settings) as url:
        yield url
