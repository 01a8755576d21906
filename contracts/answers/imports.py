"""What an import answers."""

from pydantic import BaseModel, ConfigDict


class Remark(BaseModel):
    """About one line, by the number that its sender gave it."""

    line: int
    reason: str


class Imported(BaseModel):
    """taken + unchanged + refused are the lines that are not blank; `by_kind` counts those that were taken."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "taken": 118,
                "unchanged": 2,
                "refused": 1,
                "refusals": [{"line": 31, "reason": "unknown goal id: o9"}],
                "warnings": [{"line": 7, "reason": "unknown parent: o4; aligned when it comes"}],
                "by_kind": {"objective": 18, "key_result": 60, "checkin": 40},
                "position": 412,
            }
        }
    )

    taken: int
    unchanged: int
    refused: int
    refusals: list[Remark]
    warnings: list[Remark]
    by_kind: dict[str, int]
    position: int
