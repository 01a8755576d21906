"""How far the read models are, as this process knows: set by the runner's thread, awaited on the event loop."""

import asyncio
import threading
from collections.abc import Mapping
from contextlib import suppress
from uuid import UUID


class AppliedPositions:
    """Positions that were committed, by workspace. `moved` wakes the readers that wait for one of them."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._reached: dict[UUID, int] = {}
        self._waiting: dict[UUID, set[tuple[int, asyncio.Future[None]]]] = {}
        self._urgent_readers = 0
        self._pause_over = threading.Event()
        self._reader_came = asyncio.Event()

    def waited_for(self) -> list[UUID]:
        """The workspaces that readers wait for. From any thread."""
        return list(self._waiting)

    def moved(self, positions: Mapping[UUID, int]) -> None:
        """These positions have been committed. From any thread."""
        self._reached.update(positions)
        if self._waiting and self._loop is not None:  # A reader that comes now looks at `_reached` after that.
            self._loop.call_soon_threadsafe(self._wake, tuple(positions))

    def pause(self, seconds: float) -> None:
        """Let this much time pass, or less where an urgent reader waits. From the runner's thread."""
        self._pause_over.clear()
        if not self._urgent_readers:  # An urgent reader that comes now sets the event after that.
            self._pause_over.wait(seconds)

    async def wait_for(
        self, workspace_id: UUID, position: int, timeout_seconds: float, *, urgent: bool = False
    ) -> bool:
        """Whether the position was reached in time. An urgent reader ends the runner's pause."""
        self._urgent_readers += urgent
        if urgent:
            self._pause_over.set()
        try:
            return await self._wait(workspace_id, position, timeout_seconds)
        finally:
            self._urgent_readers -= urgent

    async def next_look(self, *, urgent_seconds: float, patient_seconds: float) -> list[UUID]:
        """The workspaces to look up now: those of readers that have just come; after a while, of all that wait."""
        pause = urgent_seconds if self._urgent_readers else patient_seconds if self._waiting else None
        with suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await self._reader_came.wait()
        self._reader_came.clear()
        return self.waited_for()

    async def _wait(self, workspace_id: UUID, position: int, timeout_seconds: float) -> bool:
        self._loop = asyncio.get_running_loop()
        waiter = (position, self._loop.create_future())
        waiting = self._waiting.setdefault(workspace_id, set())
        waiting.add(waiter)
        try:
            if self._reached.get(workspace_id, 0) < position:
                self._reader_came.set()
                async with asyncio.timeout(timeout_seconds):
                    await waiter[1]
        except TimeoutError:
            return False
        else:
            return True
        finally:
            waiting.discard(waiter)
            if not waiting and self._waiting.get(workspace_id) is waiting:
                del self._waiting[workspace_id]

    def _wake(self, workspace_ids: tuple[UUID, ...]) -> None:
        for workspace_id in workspace_ids:
            reached = self._reached[workspace_id]
            for position, future in self._waiting.get(workspace_id, ()):
                if position <= reached and not future.done():
                    future.set_result(None)
