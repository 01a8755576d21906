"""The items of one import as commands, submitted in order, some hundreds at a time; a report sums up their results."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from contracts.problems import Busy, Fault
from domain.errors import Refusal
from domain.permission import Act
from services.command.imports.dry_run import DryRun
from services.command.imports.report import ImportReport
from services.command.loop.batch import CommandResult, PendingCommand
from services.command.loop.command_loop import CommandLoop
from services.command.loop.context import Context, NewEvent
from services.command.submission import pending_command

ATTEMPTS = 20  # Other clients may be as busy; a sender who sends the file again goes on where it stopped.

ItemResult = CommandResult | BaseException


@dataclass(slots=True, eq=False)
class ImportItem:
    """A line that can be decided. `id` is that of the event that it is recorded by, and so of its command.

    `decide` gives events and warnings, or raises Refusal.
    """

    number: int
    kind: str
    id: UUID
    aggregate_id: UUID
    decide: Callable[[Context], tuple[list[NewEvent], list[str]]]
    prefetch: tuple[UUID, ...] = ()
    actor_id: UUID | None = None  # Who acted, where it is not the importer.
    correlation_id: UUID | None = None
    anonymous: bool = False
    warnings: list[str] = field(default_factory=list)


class ImporterRefused(Exception):
    """The importer may not do this. The whole import is answered with the reason, and no line."""

    def __init__(self, reason: Exception) -> None:
        self.reason = reason


@dataclass
class ImportSession:
    """One import into one workspace. `admit` refuses an actor who may not do `act` here, as the workspace stands."""

    loop: CommandLoop
    workspace_id: UUID
    actor_id: UUID
    import_id: UUID
    admit: Callable[[Context, Act], None]
    is_dry_run: bool
    act: Act = "work"
    report: ImportReport = field(default_factory=ImportReport)

    def __post_init__(self) -> None:
        self.dry_run = DryRun(self.loop.log)
        self.dry_run_ids: set[UUID] = set()  # Of the items that a dry run has taken.

    async def require_admitted(self) -> None:
        """Raises what `admit` raises."""
        nothing = ImportItem(0, "", self.import_id, self.workspace_id, lambda _: ([], []))
        [outcome] = await self.dry_run.decide([self._pending(nothing)])
        if outcome.refusal:
            raise _reason(outcome.refusal)

    async def record(self, items: Sequence[ImportItem]) -> None:
        """Decide these items in order, and record their events unless this is a dry run. Raises what `admit` raises."""
        for part in _without_repeats(items):
            known = await self.loop.log.recorded(self.workspace_id, [item.id for item in part]) | self.dry_run_ids
            self.report.unchanged += sum(item.id in known for item in part)
            new = [item for item in part if item.id not in known]
            results = await (self._decide_only(new) if self.is_dry_run else self._submit(new))
            for item, result in zip(new, results, strict=True):
                self._add_to_report(item, result)

    def _add_to_report(self, item: ImportItem, result: ItemResult) -> None:
        if isinstance(result, Refusal):
            self.report.add_refusal(item.number, str(result))
        elif isinstance(result, BaseException):
            raise _reason(result)
        elif result.replayed and result.id != self.import_id:
            self.report.unchanged += 1  # Another import of the same line was a little faster.
        else:
            self.report.add_taken(item.number, item.kind, item.warnings)

    async def _decide_only(self, items: Sequence[ImportItem]) -> list[ItemResult]:
        outcomes = await self.dry_run.decide([self._pending(item) for item in items])
        self.dry_run_ids.update(item.id for item, outcome in zip(items, outcomes, strict=True) if not outcome.refusal)
        taken = CommandResult(self.import_id, self.workspace_id, 0, 0)
        return [outcome.refusal or taken for outcome in outcomes]

    async def _submit(self, items: Sequence[ImportItem]) -> list[ItemResult]:
        """What the loop answers to each. Those that lost to other writers are submitted again, in the same order."""
        results: dict[ImportItem, ItemResult] = {}
        waiting = [*items]
        for _ in range(ATTEMPTS):
            futures = [self.loop.submit(self._pending(item)) for item in waiting]
            results |= zip(waiting, await asyncio.gather(*futures, return_exceptions=True), strict=True)
            waiting = [item for item in items if isinstance(results[item], Busy)]
            if not waiting:
                break
        return [results[item] for item in items]

    def _pending(self, item: ImportItem) -> PendingCommand:
        def decide(ctx: Context) -> list[NewEvent]:
            try:
                self.admit(ctx, self.act)
            except (Refusal, Fault) as refusal:
                raise ImporterRefused(refusal) from None
            new_events, item.warnings = item.decide(ctx)
            return new_events

        return pending_command(
            workspace_id=self.workspace_id,
            aggregate_id=item.aggregate_id,
            id=self.import_id,
            decide=decide,
            actor_id=item.actor_id or self.actor_id,
            command_id=item.id,
            prefetch=(self.workspace_id, self.actor_id, *item.prefetch),
            correlation_id=item.correlation_id,
            anonymous=item.anonymous,
        )


def _reason(refusal: BaseException) -> BaseException:
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
