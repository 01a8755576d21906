"""What a read model is: tables, and a pure function from the facts of one stream to the rows that hold from then on.

    OFFERS = Table("offers", key={"id": "uuid"}, values={"key_result_id": "uuid", "target": "text"})

    def step(carry: None, step: Step) -> tuple[None, list[Row]]:
        match step.recorded.event:
            case KRProposed() as event:
                return None, [Row(OFFERS, (step.recorded.event_id,), (step.recorded.stream_id, str(event.target)))]
        return None, []

    OFFERS_MODEL = ReadModel("offers", kinds=frozenset({"key_result"}), tables=(OFFERS,), step=step)

Everything else is done for it (sheets.py): the columns `workspace_id, valid_from, valid_to, known_from, known_to`, rows
that end, facts that arrive late, corrections and withdrawals, the checkpoint, a poison event, another generation.
A new read model is written in one file and named in read_models.py.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from domain.goal.alignment import FOR_EVER
from services.eventlog.recorded_event import RecordedEvent

OPEN = FOR_EVER  # `valid_to` of what holds until something else does: a moment that every query can compare with.
KNOWN = 2**63 - 1  # `known_to` of what is believed now.


@dataclass(frozen=True, eq=False)
class Table:
    """A table of a read model. Types are PostgreSQL's: uuid, text, bigint, integer, boolean, date, timestamptz, arrays.

    Numbers of the domain are text columns, exact as the API gives them. A column with personal text is a text column
    with a uuid column `<name>_subject` beside it. What is only shown may be one text column of JSON.
    `indexes` are column lists, each of them behind workspace_id and only for what holds now; `past_indexes` the same
    for every row, followed by the four columns of both times.
    """

    name: str
    key: Mapping[str, str]  # Beside workspace_id. One stream alone writes the rows of a key.
    values: Mapping[str, str]
    indexes: tuple[str, ...] = ()
    past_indexes: tuple[str, ...] = ()


class Row(NamedTuple):
    """From the step's moment on these values hold under this key, until the next row of the same key; None ends it.

    `key` and `values` are in the order of the table's columns (a NamedTuple will do), of the Python types that
    psycopg takes for them. A row that says what holds already changes nothing, so a step may always give whole rows.
    A row that is never followed by another of its key is a point: valid from its moment on, for ever.
    """

    table: Table
    key: tuple[Any, ...]
    values: tuple[Any, ...] | None


class FoldStep(NamedTuple):
    """One fact at its place in the fold, and its aggregate's state before and after, by the domain's own evolve."""

    recorded: RecordedEvent
    before: Any
    after: Any


def nothing_of_replaced(_carry: Any, _step: FoldStep, _replaced_by: UUID) -> Sequence[Row]:
    """What most read models show of a check-in that was corrected."""
    return ()


@dataclass(frozen=True)
class ReadModel:
    """`step` is given the facts of one stream in the order of the fold, each once; corrected ones are not among them.

    `carry` is what it remembers of the stream beside the aggregate's state, first `start`: immutable values only.
    A correction or withdrawal, like a fact that arrives late, lets the stream be told anew from its beginning: at its
    own place, so that a step never needs to undo anything. `replaced` is called instead of `step` for a fact that was
    corrected, at its place, with the id of the entry that stands for it; before and after are the same there.
    """

    name: str
    kinds: frozenset[str]
    tables: tuple[Table, ...]
    step: Callable[[Any, FoldStep], tuple[Any, Sequence[Row]]]
    start: Any = None
    replaced: Callable[[Any, FoldStep, UUID], Sequence[Row]] = field(default=nothing_of_replaced)
