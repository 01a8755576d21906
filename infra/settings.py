"""What the environment and the command line decide. Read once, when a process starts."""

from __future__ import annotations

import difflib
import ipaddress
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, ValidationError, field_validator, model_validator

PREFIX = "NORTHING_"
READY_LAG_SECONDS = 30.0  # A process whose read models are further behind should not be asked.

ProcessRole = Literal["command", "query", "projector"]
ALL_ROLES: tuple[ProcessRole, ...] = get_args(ProcessRole)


class StartRefused(Exception):
    """The process does not start; the message says in one line why, and what to do."""


class Settings(BaseModel):
    """Every setting: NORTHING_PORT in the environment, --port on the command line, `port` here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)  # 0: any free port.
    data: Path = Path(".northing")  # Holds the embedded database; not used when database_url is given.
    database_url: str | None = None  # None: the embedded database.
    read_database_url: str | None = None  # None: the read models are in the same database as the log.
    roles: tuple[ProcessRole, ...] = ALL_ROLES
    # Dev mode lets a request without a token act as the local owner, so it exists on a loopback address only.
    dev: bool = True
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    read_pool_connections: PositiveInt = 8
    command_batch_commands: PositiveInt = Field(500, le=10_000)
    projection_batch_events: PositiveInt = Field(5_000, le=100_000)
    shutdown_timeout_seconds: PositiveInt = 20

    @field_validator("roles", mode="before")
    @classmethod
    def _known_roles(cls, given: object) -> object:
        """Roles as text, separated by commas, in any order. Names the nearest of what is none."""
        if not isinstance(given, str):
            return given
        names = [name.strip() for name in given.split(",")]
        for name in names:
            if name not in ALL_ROLES:
                near = difflib.get_close_matches(name, ALL_ROLES, n=1, cutoff=0)
                raise ValueError(f"{name[:40]!r} is not a role; the nearest is {near[0]}")
        return tuple(role for role in ALL_ROLES if role in names)

    @model_validator(mode="before")
    @classmethod
    def _dev_by_host(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Where neither is set, dev mode is on exactly when only this machine can reach the process."""
        return {"dev": _is_loopback(str(given.get("host", cls.model_fields["host"].default)))} | given

    @model_validator(mode="after")
    def _dev_on_loopback_only(self) -> Self:
        if self.dev and not _is_loopback(self.host):
            raise ValueError(
                f"dev mode lets everyone who can reach the port act as the owner, so it is refused on {self.host}: "
                "serve on 127.0.0.1, or set NORTHING_DEV=false and use tokens"
            )
        return self

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ, **flags: object) -> Self:
        """The settings of this process. A flag overrides the environment; a flag that is None was not given.

        Raises StartRefused for an unknown NORTHING_ name and for a value that cannot be.
        """
        named = {name: value for name, value in environ.items() if name.startswith(PREFIX)}
        for name in named:
            _require_known(name, cls)
        given: dict[str, object] = {name.removeprefix(PREFIX).lower(): value for name, value in named.items()}
        given |= {name: value for name, value in flags.items() if value is not None}
        try:
            return cls.model_validate(given)
        except ValidationError as invalid:
            raise StartRefused(_one_line(invalid)) from None


def _require_known(name: str, settings: type[Settings]) -> None:
    known = [f"{PREFIX}{field.upper()}" for field in settings.model_fields]
    if name in known:
        return
    near = difflib.get_close_matches(name.upper(), known, n=1, cutoff=0)
    raise StartRefused(f"{name} is not a setting of Northing; the nearest is {near[0]}")


def _one_line(invalid: ValidationError) -> str:
    """What is wrong with which setting. Values are not repeated, but for the name of a role: a database
    URL may hold a password.
    """
    return "; ".join(
        f"{PREFIX}{str(error['loc'][0]).upper()}: {error['msg'].removeprefix('Value error, ')}"
        if error["loc"]
        else error["msg"].removeprefix("Value error, ")
        for error in invalid.errors()
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
