"""`northing serve`: from settings to a process that answers, and back to nothing when it is asked to end."""

import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
import uvicorn

from infra.cli.banner import print_banner
from infra.cli.options import Data, DatabaseUrl, ReadDatabaseUrl, flag
from infra.logging import configure
from infra.postgres import database
from infra.postgres.migrate import migrate
from infra.postgres.safety_checks import check_database
from infra.settings import Settings, StartRefused


def serve(
    demo: Annotated[bool, typer.Option("--demo", help="Fill the demo workspace, where it is not there yet.")] = False,
    host: Annotated[str | None, flag("The address to serve on.", "host")] = None,
    port: Annotated[int | None, flag("The port to serve on; 0 takes any that is free.", "port")] = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
    read_database_url: ReadDatabaseUrl = None,
    roles: Annotated[
        str | None, flag("What this process does, separated by commas: command, query, projector.", "roles")
    ] = None,
    dev: Annotated[
        bool | None,
        flag("Let a request without a token act as the local owner: on loopback addresses only, and on there.", "dev"),
    ] = None,
    log_level: Annotated[str | None, flag("debug, info, warning or error.", "log_level")] = None,
    read_pool_connections: Annotated[
        int | None, flag("How many questions the database answers at once.", "read_pool_connections")
    ] = None,
    command_batch_commands: Annotated[
        int | None, flag("How many commands one transaction records at most.", "command_batch_commands")
    ] = None,
    projection_batch_events: Annotated[
        int | None,
        flag("How many events one transaction of the read side takes in at most.", "projection_batch_events"),
    ] = None,
    shutdown_timeout_seconds: Annotated[
        int | None,
        flag("How long requests may take to end when the process is asked to stop.", "shutdown_timeout_seconds"),
    ] = None,
) -> None:
    """Serve the HTTP API with everything behind it, or the part of it that its roles name.

    Each flag but --demo may stand in the environment: NORTHING_PORT for --port, NORTHING_LOG_LEVEL for --log-level.
    """
    flags = locals()  # Each is called like its setting.
    settings = Settings.from_env(**{name: value for name, value in flags.items() if name in Settings.model_fields})
    if demo and not settings.dev:
        raise StartRefused("the demo workspace is for dev mode: serve it on 127.0.0.1, or leave out --demo")
    if demo and not {"command", "query"} <= set(settings.roles):
        raise StartRefused("the demo is filled by commands and queries: serve the roles of both, or leave out --demo")
    configure(settings.log_level)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # Until the server listens to it itself.
    with _listening(settings) as listening, database.serving(settings) as url:
        for needed in database.Databases.of(settings, url).needed_by(settings.roles):
            check_database(needed)
            migrate(needed)
        address = _address(settings.host, listening.getsockname()[1])

        def greet(await_live: Callable[[float], bool]) -> None:
            print_banner(settings, address, with_demo=demo, await_live=await_live)

        _Server(settings, url, greet).run(sockets=[listening])


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextmanager
def _listening(settings: Settings) -> Iterator[socket.socket]:
    """The port, taken before anything else is started. Connections are refused until the server is up."""
    try:
        [(family, kind, protocol, _, address), *_] = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
    except OSError as taken:
        raise StartRefused(
            f"cannot serve on {settings.host} port {settings.port} ({taken.strerror}): choose another with --port"
        ) from None
    with listening:
        yield listening


class _Server(uvicorn.Server):
    """uvicorn, which says when it is up, and ends with exit code 0 when it is asked to."""

    def __init__(self, settings: Settings, database_url: str, greet: Callable[[Callable[[float], bool]], None]) -> None:
        from infra.app import make_app, process_of  # Here, because the other commands start much faster without it.

        self.app = make_app(settings, database_url)
        self.process_of = process_of
        self.greet = greet
        super().__init__(
            uvicorn.Config(
                self.app,
                loop="uvloop",
                http="httptools",
                ws="none",
                lifespan="on",
                server_header=False,
                log_config=None,
                log_level="warning",
                access_log=False,
                timeout_graceful_shutdown=settings.shutdown_timeout_seconds,
            )
        )

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        # In a thread: the demo is filled over HTTP, by the server that has just started.
        await_live = self.process_of(self.app).await_live
        threading.Thread(target=self.greet, args=[await_live], name="greeting", daemon=True).start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Not ready from here on; open streams end; what was asked is answered; then the lifespan ends."""
        self.process_of(self.app).stopping.set()
        await super().shutdown(sockets)

    def handle_exit(self, sig: int, frame: Any) -> None:
        """As uvicorn does, but without ending the process by the signal afterwards: asked to end, it has succeeded."""
        super().handle_exit(sig, frame)
        self._captured_signals.clear()
