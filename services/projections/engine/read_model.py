"""What a read model is: tables, and a pure function from the facts of one stream to the rows that hold from then on.

    class OfferRow(TableRow[UUID]):
        key_result_id: UUID
        target: str

    OFFERS = Table("offers", OfferRow)

    def step(carry: None, step: FoldStep[KeyResult]) -> tuple[None, Rows]:
        match step.recorded.event:
            case KRProposed() as event:
                offer = OfferRow(id=step.recorded.event_id, key_result_id=step.recorded.stream_id, target=event.target)
                return None, [offer]
        return None, ()

    OFFERS_MODEL = ReadModel("offers", kinds=frozenset({"key_result"}), tables=(OFFERS,), step=step, start=None)

The engine does everything else (bitemporal_fold.py): the columns `workspace_id, valid_from, valid_to, known_from,
known_to`, rows that end, facts that arrive late, corrections and withdrawals, the checkpoint, a poison event, another
generation. A new read model is written in one file and named in catalog.py.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar, get_origin
from uuid import UUID

from domain.goal.alignment import FOR_EVER
from services.eventlog.recorded_event import RecordedEvent
from services.projections.engine.table import Table, TableRow

OPEN = FOR_EVER  # `valid_to` of what holds until something else does: a moment that every query can compare with.
KNOWN = 2**63 - 1  # `known_to` of what is believed now.

State = TypeVar("State")
Carry = TypeVar("Carry")


class Ended(NamedTuple):
    """From the step's moment on no row of this struct holds under this id."""

    row: type[TableRow[UUID]]
    id: UUID


# From the step's moment on each of these rows holds under its id, until the next row of the same struct and id. A row
# that is equal to the one that holds changes nothing, so a step may always give whole rows. A row that no other of its
# id follows is a point: valid from its moment on, for ever. Of two rows of one id the last one holds.
Rows = Sequence[TableRow[UUID] | Ended]


class FoldStep(NamedTuple, Generic[State]):
    """One fact at its place in the fold, and its aggregate's state before and after, by the domain's own evolve."""

    recorded: RecordedEvent
    before: State | None
    after: State | None


def nothing_of_replaced(_carry: object, _step: FoldStep[State], _replaced_by: UUID) -> Rows:
    """What most read models show of a check-in that was corrected."""
    return ()


@dataclass(frozen=True)
class ReadModel(Generic[State, Carry]):
    """`step` is given the facts of one stream in the order of the fold, each once; corrected ones are not among them.

    `carry` is what it remembers of the stream beside the aggregate's state, first `start`: immutable values only.
    A correction or withdrawal, like a fact that arrives late, lets the stream be folded anew from its beginning: at its
    own place, so that a step never needs to undo anything. `replaced` is called instead of `step` for a fact that was
    corrected, at its place, with the id of the entry that stands for it; before and after are the same there.
    """

    name: str
    kinds: frozenset[str]
    tables: tuple[Table, ...]
    step: Callable[[Carry, FoldStep[State]], tuple[Carry, Rows]]
    start: Carry
    replaced: Callable[[Carry, FoldStep[State], UUID], Rows] = field(default=nothing_of_replaced)
    table_of: Mapping[type, Table] = field(init=False)  # By the struct of its rows.

    def __post_init__(self) -> None:
        object.__setattr__(self, "table_of", {get_origin(table.row) or table.row: table for table in self.tables})


AnyReadModel = ReadModel[Any, Any]  # Of any aggregate: the engine only carries what the steps give.
