"""Settings: from the environment and from flags of the same name; what cannot be stops the start."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from infra.settings import Settings, StartRefused


def test_nothing_has_to_be_set() -> None:
    settings = Settings.from_env({"PATH": "/bin"})
    assert (settings.host, settings.port, settings.database_url, settings.dev) == ("127.0.0.1", 8000, None, True)


def test_the_environment_is_read() -> None:
    settings = Settings.from_env({"NORTHING_PORT": "9000", "NORTHING_DATA": "/srv/okr", "NORTHING_DEV": "false"})
    assert (settings.port, settings.data, settings.dev) == (9000, Path("/srv/okr"), False)


def test_a_flag_stands_over_the_environment_and_a_flag_not_given_does_not() -> None:
    settings = Settings.from_env({"NORTHING_PORT": "9000", "NORTHING_LOG_LEVEL": "debug"}, port=9001, log_level=None)
    assert (settings.port, settings.log_level) == (9001, "debug")


@pytest.mark.parametrize("name", ["NORTHING_DATBASE_URL", "NORTHING_database_url", "NORTHING_DATABASEURL"])
def test_an_unknown_name_stops_the_start_and_names_the_nearest(name: str) -> None:
    with pytest.raises(
        StartRefused, match=f"^{name} is not a setting of Northing; the nearest is NORTHING_DATABASE_URL$"
    ):
        Settings.from_env({name: "x"})


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "many"), ("PORT", "65536"), ("LOG_LEVEL", "loud"), ("READ_POOL_CONNECTIONS", "0")]
)
def test_a_value_that_cannot_be_stops_the_start_in_one_line(name: str, value: str) -> None:
    with pytest.raises(StartRefused, match=f"^NORTHING_{name}: [^\n]+$"):
        Settings.from_env({f"NORTHING_{name}": value})


def test_a_refusal_does_not_repeat_a_value() -> None:
    with pytest.raises(StartRefused) as refused:
        Settings.from_env({"NORTHING_DEV": "secret"})
    assert "secret" not in str(refused.value)


def test_a_process_has_all_roles_or_those_that_are_named() -> None:
    assert Settings.from_env({}).roles == ("command", "query", "projector")
    assert Settings.from_env({"NORTHING_ROLES": "projector, query"}).roles == ("query", "projector")
    assert Settings.from_env({"NORTHING_ROLES": "projector"}, roles="command,command").roles == ("command",)


@pytest.mark.parametrize(
    ("roles", "unknown", "nearest"), [("querry", "querry", "query"), ("command,projection", "projection", "projector")]
)
def test_an_unknown_role_stops_the_start_and_names_the_nearest(roles: str, unknown: str, nearest: str) -> None:
    with pytest.raises(StartRefused, match=f"^NORTHING_ROLES: '{unknown}' is not a role; the nearest is {nearest}$"):
        Settings.from_env({"NORTHING_ROLES": roles})


@pytest.mark.parametrize("roles", ["", ",", "query,"])
def test_a_role_without_a_name_stops_the_start(roles: str) -> None:
    with pytest.raises(StartRefused, match=r"^NORTHING_ROLES: '' is not a role"):
        Settings.from_env({"NORTHING_ROLES": roles})


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.0.1", "::1", "localhost"])
def test_dev_mode_is_the_default_on_loopback(host: str) -> None:
    assert Settings.from_env({"NORTHING_HOST": host}).dev


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.5", "example.org"])
def test_dev_mode_is_off_elsewhere_and_refused_when_asked_for(host: str) -> None:
    assert not Settings.from_env({"NORTHING_HOST": host}).dev
    with pytest.raises(StartRefused, match=f"refused on {host}: "):
        Settings.from_env({"NORTHING_HOST": host, "NORTHING_DEV": "true"})


def test_settings_do_not_change_afterwards() -> None:
    with pytest.raises(ValidationError):
        Settings().port = 1  # type: ignore[misc]
