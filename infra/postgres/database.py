"""Where the databases are: those that the settings give, or the embedded one in the data folder."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import NamedTuple, Self

from infra.postgres.embedded import server as embedded
from infra.settings import ProcessRole, Settings


class Databases(NamedTuple):
    """The URLs of the two databases, which are mostly one: that of the log (and the keys), that of the read models."""

    log: str
    read: str

    @classmethod
    def of(cls, settings: Settings, database_url: str) -> Self:
        """Those of a process whose log is in this database."""
        return cls(database_url, settings.read_database_url or database_url)

    def needed_by(self, roles: Collection[ProcessRole]) -> tuple[str, ...]:
        """Those that a process of these roles uses, each once."""
        return (self.log,) if set(roles) == {"command"} or self.read == self.log else (self.log, self.read)


@contextmanager
def serving(settings: Settings) -> Iterator[str]:
    """The URL of the log's database, for the process that serves it. The embedded one runs as long as this is open."""
    if settings.database_url is not None:
        yield settings.database_url
        return
    with embedded.serving(settings.data) as url:
        yield url


@contextmanager
def reached(settings: Settings) -> Iterator[str]:
    """The URL of the log's database, for a command that only visits. The embedded one is started for the visit where
    no process serves it.
    """
    running = None if settings.database_url else embedded.running(settings.data)
    if running:
        yield running
        return
    with serving(settings) as url:
        yield url
