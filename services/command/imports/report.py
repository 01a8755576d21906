"""What became of the lines of an import."""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple


class LineRemark(NamedTuple):
    line: int
    reason: str


@dataclass
class ImportReport:
    """taken + unchanged + refused are the lines that are not blank. `position` is the workspace's after the import."""

    taken: int = 0
    unchanged: int = 0
    refusals: list[LineRemark] = field(default_factory=list)
    warnings: list[LineRemark] = field(default_factory=list)
    by_kind: Counter[str] = field(default_factory=Counter)  # Of the lines that were taken.
    position: int = 0

    @property
    def refused(self) -> int:
        return len(self.refusals)

    def answer(self) -> dict[str, object]:
        """As contracts.answers.imports.Imported shows it."""
        return {
            "taken": self.taken,
            "unchanged": self.unchanged,
            "refused": self.refused,
            "refusals": [remark._asdict() for remark in sorted(self.refusals)],
            "warnings": [remark._asdict() for remark in sorted(self.warnings)],
            "by_kind": dict(self.by_kind),
            "position": self.position,
        }

    def add_refusal(self, line: int, reason: str) -> None:
        self.refusals.append(LineRemark(line, reason))

    def add_taken(self, line: int, kind: str, warnings: list[str]) -> None:
        self.taken += 1
        self.by_kind[kind] += 1
        self.warnings += [LineRemark(line, reason) for reason in warnings]
