"""One log line an event: JSON for machines, coloured text in a terminal. No personal text goes in.

    log = structlog.get_logger()
    log.warning("projection.generation_live", generation=3)

The event's name is fixed; what varies goes in fields: ids, positions, counts, milliseconds, never what a person wrote
or is called. An exception is logged as its type and the places it passed through: its text may repeat what was sent.
"""

from __future__ import annotations

import logging
import sys
import traceback
from typing import TextIO

import structlog
from structlog.typing import EventDict, ExcInfo, Processor, WrappedLogger

# Log what happened once: uvicorn's own line of each request would hold paths and queries.
QUIET = ("uvicorn.access", "httpx", "httpcore")


def configure(level: str = "info", stream: TextIO = sys.stderr) -> None:
    """Send the log lines of this process, ours and the libraries', to the stream."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _exception_without_text,
        _one_line,
    ]
    show: Processor = structlog.dev.ConsoleRenderer() if stream.isatty() else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, show],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _exception_without_text(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    found: ExcInfo | BaseException | bool | None = event.pop("exc_info", None)
    error = sys.exc_info()[1] if found is True else found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        event["exception"] = type(error).__qualname__
        event["raised_at"] = [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)]
    return event


def _one_line(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Whatever a value holds, it cannot begin a line of its own or steer a terminal."""
    return {name: _printable(value) if isinstance(value, str) else value for name, value in event.items()}


def _printable(text: str) -> str:
    return text if text.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
