"""What is answered about workspaces, their settings, members, teams and cycles."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, JsonValue

from contracts.answers.base import ListAnswer, MomentAnswer, Named, example
from domain.cycle import CycleKind, CycleState
from domain.goal.grade import BAND_STARTS
from domain.member import Role
from domain.workspace import RHYTHMS


class WorkspaceShown(BaseModel):
    id: UUID
    name: str
    timezone: str


class WorkspaceList(BaseModel):
    """The workspaces in which the caller may read."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "workspaces": [
                    {"id": "01980c1e-2f6b-7c11-9d3a-5a1f0e2b7c44", "name": "Lantern", "timezone": "Europe/Berlin"}
                ],
                "next": None,
            }
        }
    )

    workspaces: list[WorkspaceShown]
    next: str | None


class SettingsShown(MomentAnswer):
    """`week_start` counts from Monday = 0; `bands` are where a score begins to be more than a miss."""

    model_config = example(
        id="01980c1e-2f6b-7c11-9d3a-5a1f0e2b7c44",
        name="Lantern",
        timezone="Europe/Berlin",
        week_start=0,
        check_in_every=RHYTHMS[0],
        bands=[*map(str, BAND_STARTS)],
    )

    id: UUID
    name: str
    timezone: str
    week_start: int
    check_in_every: str
    bands: list[str]


class MemberShown(BaseModel):
    """A placeholder stands for a name in what was imported, and has no login."""

    id: UUID
    name: str | None
    role: Role
    address: str | None
    handle: str | None
    placeholder: bool
    suspended: bool
    external_id: str | None


MEMBER: dict[str, JsonValue] = {
    "id": "01980c1e-3000-7000-8000-0000000000a1",
    "name": "Ana Lind",
    "role": "member",
    "address": "ana@lantern.example",
    "handle": None,
    "placeholder": False,
    "suspended": False,
    "external_id": None,
}


class MemberList(ListAnswer):
    model_config = example(members=[MEMBER], next=None)

    members: list[MemberShown]


class MemberAnswer(MemberShown, MomentAnswer):
    model_config = example(**MEMBER)


class TeamShown(BaseModel):
    """`parent_id` is the team above; `members` are by name, as of the moment."""

    id: UUID
    name: str
    parent_id: UUID | None
    lead: Named | None
    members: list[Named]
    dissolved_at: datetime | None
    external_id: str | None


TEAM: dict[str, JsonValue] = {
    "id": "01980c1e-3000-7000-8000-0000000000b1",
    "name": "Growth",
    "parent_id": None,
    "lead": {"id": MEMBER["id"], "name": "Ana Lind"},
    "members": [{"id": MEMBER["id"], "name": "Ana Lind"}],
    "dissolved_at": None,
    "external_id": None,
}


class TeamList(ListAnswer):
    model_config = example(teams=[TEAM], next=None)

    teams: list[TeamShown]


class TeamAnswer(TeamShown, MomentAnswer):
    model_config = example(**TEAM)


class CycleShown(BaseModel):
    """`start` is the first day and `end` the first day after it, in the workspace's time zone."""

    id: UUID
    name: str
    kind: CycleKind
    start: date | None
    end: date | None
    state: CycleState
    external_id: str | None


CYCLE: dict[str, JsonValue] = {
    "id": "01980c1e-3000-7000-8000-0000000000c1",
    "name": "2026-Q3",
    "kind": "quarter",
    "start": "2026-07-01",
    "end": "2026-10-01",
    "state": "active",
    "external_id": None,
}


class CycleList(ListAnswer):
    model_config = example(cycles=[CYCLE], next=None)

    cycles: list[CycleShown]


class CycleAnswer(CycleShown, MomentAnswer):
    model_config = example(**CYCLE)
