"""What a command is answered."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict, JsonValue

from contracts.commands.base import GOAL

ACCEPTED: dict[str, JsonValue] = {"id": GOAL, "aggregate_id": GOAL, "version": 3, "position": 412}


class Accepted(BaseModel):
    """`id` is the thing made or changed, `aggregate_id` and `version` its stream, also as ETag.

    `position` is the last event's: ask with it as `min_position` to see your own command. Where there was nothing to
    record, it is the stream's last.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [ACCEPTED]})

    id: UUID
    aggregate_id: UUID
    version: int
    position: int


class AcceptedWithToken(Accepted):
    """`token` is shown once: it is in the first answer, and in no repetition of it."""

    model_config = ConfigDict(json_schema_extra={"examples": [ACCEPTED | {"token": "northing_AZsAAAAA…"}]})

    token: str | None = None


class Answer(BaseModel):
    """What one command of several was answered: the body of its answer, or of its problem."""

    status: int
    body: Accepted | dict[str, object]
    etag: str | None
    replayed: bool


class Answers(BaseModel):
    """An answer each, in the order of the commands."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"answers": [{"status": 200, "body": ACCEPTED, "etag": '"3"', "replayed": False}]}]
        }
    )

    answers: list[Answer]
