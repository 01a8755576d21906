"""The settings as flags. A flag stands over the setting of the same name in the environment."""

from pathlib import Path
from typing import Annotated, Any

import typer

from infra.settings import Settings


def flag(help_: str, name: str) -> Any:
    """The option for a setting. Its default is that of the setting, which is read where the settings are."""
    default = default_of(name)
    shown = f" [dim]\\[default: {default}][/]" if default else ""
    return typer.Option(help=f"{help_}{shown}", show_default=False)


def default_of(name: str) -> str:
    """The default of a setting as it is written in the environment; empty where there is none, or it depends."""
    default = Settings.model_fields[name].get_default()
    if default is None or name == "dev":
        return ""
    return ",".join(default) if isinstance(default, tuple) else str(default)


Data = Annotated[Path | None, flag("The folder of the embedded database.", "data")]
ReadDatabaseUrl = Annotated[
    str | None,
    flag("A PostgreSQL of your own for the read models. Without: the database of the log.", "read_database_url"),
]
DatabaseUrl = Annotated[
    str | None, flag("A PostgreSQL of your own, version 18 or later, in place of the embedded one.", "database_url")
]
