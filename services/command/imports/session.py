"""The lines of an import as commands, asked in order, some hundreds at a time; what became of each is summed up."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from contracts.problems import Busy, Fault
from domain.errors import Refusal
from domain.permission import Act
from services.command.imports.dry_run import DryRun
from services.command.imports.report import ImportReport
from services.command.loop.batch import CommandResult, PendingCommand
from services.command.loop.command_loop import CommandLoop
from services.command.loop.context import Context, NewEvent

ATTEMPTS = 20  # Others may be as busy as we are; whoever sends the file again goes on where it stopped.


@dataclass(slots=True, eq=False)
class ImportItem:
    """A line that can be decided. `id` is that of the event, and so of the command, that it is recorded by."""

    number: int
    kind: str
    id: UUID
    aggregate_id: UUID
    decide: Callable[[Context], tuple[list[NewEvent], list[str]]]
    looks_at: tuple[UUID, ...] = ()
    actor_id: UUID | None = None  # Who acted, where it is not who imports.
    correlation_id: UUID | None = None
    anonymous: bool = False
    warnings: list[str] = field(default_factory=list)


class ImporterRefused(Exception):
    """Who imports may not. It is said once, and of no line."""

    def __init__(self, reason: Exception) -> None:
        self.reason = reason


@dataclass
class ImportSession:
    """One import into one workspace. `admit` refuses whoever may not do `act` here, as the workspace stands."""

    loop: CommandLoop
    workspace_id: UUID
    actor_id: UUID
    import_id: UUID
    admit: Callable[[Context, Act], None]
    dry_run: bool
    act: Act = "work"
    summary: ImportReport = field(default_factory=ImportReport)

    def __post_init__(self) -> None:
        self.rehearsal = DryRun(self.loop.log)
        self.rehearsed: set[UUID] = set()

    async def require_admitted(self) -> None:
        """Raises what `admit` raises."""
        nothing = ImportItem(0, "", self.import_id, self.workspace_id, lambda _: ([], []))
        [outcome] = await self.rehearsal.decide([self._asked(nothing)])
        if outcome.refusal:
            raise _reason(outcome.refusal)

    async def record(self, items: Sequence[ImportItem]) -> None:
        """Decide these lines in order, and record what they come to, unless it is a rehearsal."""
        for part in _without_repeats(items):
            known = await self.loop.log.recorded(self.workspace_id, [item.id for item in part]) | self.rehearsed
            self.summary.unchanged += sum(item.id in known for item in part)
            new = [item for item in part if item.id not in known]
            for item, answer in zip(new, await (self._rehearse(new) if self.dry_run else self._ask(new)), strict=True):
                self._sum_up(item, answer)

    def _sum_up(self, item: ImportItem, answer: CommandResult | Exception) -> None:
        if isinstance(answer, Refusal):
            self.summary.refuse(item.number, str(answer))
        elif isinstance(answer, Exception):
            raise _reason(answer)
        elif answer.replayed and answer.id != self.import_id:
            self.summary.unchanged += 1  # Another import of the same line was a little faster.
        else:
            self.summary.take(item.number, item.kind, item.warnings)

    async def _rehearse(self, items: Sequence[ImportItem]) -> list[CommandResult | Exception]:
        outcomes = await self.rehearsal.decide([self._asked(item) for item in items])
        self.rehearsed.update(item.id for item, outcome in zip(items, outcomes, strict=True) if not outcome.refusal)
        taken = CommandResult(self.import_id, self.workspace_id, 0, 0)
        return [outcome.refusal or taken for outcome in outcomes]

    async def _ask(self, items: Sequence[ImportItem]) -> list[CommandResult | Exception]:
        """What the loop answers to each. What was lost to others is asked again, in the same order."""
        answers: dict[ImportItem, CommandResult | Exception] = {}
        waiting = [*items]
        for _ in range(ATTEMPTS):
            pending = [self._asked(item) for item in waiting]
            futures = [self.loop.submit(each) for each in pending]
            answers |= dict(zip(waiting, await asyncio.gather(*futures, return_exceptions=True), strict=True))  # type: ignore[arg-type]
            waiting = [item for item in items if isinstance(answers[item], Busy)]
            if not waiting:
                break
        return [answers[item] for item in items]

    def _asked(self, item: ImportItem) -> PendingCommand:
        def decide(ctx: Context) -> list[NewEvent]:
            try:
                self.admit(ctx, self.act)
            except (Refusal, Fault) as refusal:
                raise ImporterRefused(refusal) from None
            news, item.warnings = item.decide(ctx)
            return news

        return PendingCommand(
            workspace_id=self.workspace_id, aggregate_id=item.aggregate_id, id=self.import_id, decide=decide,
            actor_id=item.actor_id or self.actor_id, command_id=item.id, now=datetime.now(UTC),
            prefetch=(self.workspace_id, self.actor_id, *item.looks_at), correlation_id=item.correlation_id,
            anonymous=item.anonymous, future=asyncio.get_running_loop().create_future(),
        )  # fmt: skip


def _reason(refusal: Exception) -> Exception:
    return refusal.reason if isinstance(refusal, ImporterRefused) else refusal


def _without_repeats(items: Sequence[ImportItem]) -> Iterator[list[ImportItem]]:
    """The same in parts in which no line comes twice: what became of the first decides about the second."""
    part: dict[UUID, ImportItem] = {}
    for item in items:
        if item.id in part:
            yield [*part.values()]
            part = {}
        part[item.id] = item
    if part:
        yield [*part.values()]
