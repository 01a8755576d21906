"""A workspace and its settings."""

from decimal import Decimal
from functools import partial

from domain.errors import Invalid
from domain.goal.grade import BAND_STARTS
from domain.workspace import SettingsChanged, WorkspaceOpened, change_settings, evolve, open_
from tests.domain import scenario as spec
from tests.domain.scenario import beginning

WORKSPACE = spec.Specification(evolve)
scenario, state = WORKSPACE.scenario, WORKSPACE.state

OPENED = WorkspaceOpened(name="Bakers", timezone="Europe/Berlin")


def test_a_workspace_has_a_name_and_a_time_zone() -> None:
    beginning(when=lambda: open_(name="Bakers", timezone="Europe/Berlin"), then=[OPENED])


def test_a_time_zone_is_one_that_the_world_knows() -> None:
    beginning(when=lambda: open_(name="Bakers", timezone="Europe/Bern"), then=Invalid, says="Europe/Bern")
    scenario(given=[OPENED], when=lambda w: change_settings(w, timezone="Mars/North"), then=Invalid, says="timezone")


def test_only_what_differs_is_recorded() -> None:
    scenario(
        given=[OPENED],
        when=lambda w: change_settings(w, name="Bakers", timezone="Asia/Tokyo", week_start=6),
        then=[SettingsChanged(timezone="Asia/Tokyo", week_start=6)],
    )


def test_the_same_settings_again_change_nothing() -> None:
    scenario(
        given=[OPENED, SettingsChanged(check_in_every="2 weeks")],
        when=lambda w: change_settings(w, check_in_every="2 weeks", bands=BAND_STARTS, week_start=0),
        then=[],
    )


def test_settings_that_were_not_named_stay() -> None:
    workspace = state([OPENED, SettingsChanged(week_start=6), SettingsChanged(name="Millers")])
    assert (workspace.name, workspace.week_start, workspace.check_in_every) == ("Millers", 6, "1 week")


def test_a_week_starts_on_one_of_seven_days() -> None:
    scenario(given=[OPENED], when=lambda w: change_settings(w, week_start=7), then=Invalid, says="week_start")


def test_a_check_in_is_due_every_one_to_three_weeks_or_every_month() -> None:
    scenario(given=[OPENED], when=lambda w: change_settings(w, check_in_every="4 weeks"), then=Invalid, says="month")


def test_bands_rise() -> None:
    flat = (Decimal("0.3"), Decimal("0.3"), Decimal("0.7"), Decimal(1))
    from_zero = (Decimal(0), Decimal("0.5"), Decimal("0.7"), Decimal(1))
    for bands in (flat, from_zero):
        scenario(given=[OPENED], when=partial(change_settings, bands=bands), then=Invalid, says="bands")
    rising = (Decimal("0.2"), Decimal("0.5"), Decimal("0.7"), Decimal(1))
    scenario(given=[OPENED], when=lambda w: change_settings(w, bands=rising), then=[SettingsChanged(bands=rising)])
