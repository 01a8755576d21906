"""The settings as flags. A flag stands over the setting of the same name in the environment."""

from pathlib import Path
from typing import Annotated, Any

import typer

from infra.settings import Settings


def flag(help_: str, name: str) -> Any:
    """The option for a setting. Its default is that of the setting, which is read where the settings are."""
    default = Settings.model_fields[name].get_default()
    said = "" if default is None or name == "dev" else f" [dim]\\[default: {default}][/]"
    return typer.Option(help=f"{help_}{said}", show_default=False)


Data = Annotated[Path | None, flag("The folder of the embedded database.", "data")]
DatabaseUrl = Annotated[
    str | None, flag("A PostgreSQL of your own, version 18 or later, in place of the embedded one.", "database_url")
]
