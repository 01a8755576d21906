"""What arrived from elsewhere, as it came: one fact a line, in the stream of its import."""

from dataclasses import dataclass
from datetime import datetime

from domain.history import At
from domain.personal import Personal


@dataclass(frozen=True, slots=True, kw_only=True)
class FactImported:
    """A line was taken. `digest` is the SHA-256 of its JSON with sorted keys; `line` the number that its sender gave.

    The domain events that follow from the line name this event as their cause.
    """

    digest: str
    line: int
    source: str | None
    text: Personal  # Under a key of the import.


@dataclass(frozen=True, slots=True)
class ImportedFacts:
    began_at: datetime
    lines: int


def evolve(state: ImportedFacts | None, _event: FactImported, at: At) -> ImportedFacts:
    """Remember one stored fact: there is nothing to decide but how many there are."""
    return ImportedFacts(state.began_at if state else at.effective_at, state.lines + 1 if state else 1)
