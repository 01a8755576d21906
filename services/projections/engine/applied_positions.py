"""How far the read models of this process are: told by the runner's thread, awaited on the event loop."""

import asyncio
import threading
from collections.abc import Mapping
from uuid import UUID


class AppliedPositions:
    """Positions that were committed, by workspace. Nobody polls: the runner tells, and those who wait are woken."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._reached: dict[UUID, int] = {}
        self._waiting: dict[UUID, set[tuple[int, asyncio.Future[None]]]] = {}
        self._hurried = 0
        self._hurry = threading.Event()

    def waited_for(self) -> list[UUID]:
        """The workspaces that somebody waits for. From any thread."""
        return list(self._waiting)

    def moved(self, positions: Mapping[UUID, int]) -> None:
        """These positions have been committed. From any thread."""
        self._reached.update(positions)
        if self._waiting and self._loop is not None:  # Whoever begins to wait now looks at `_reached` after that.
            self._loop.call_soon_threadsafe(self._wake, tuple(positions))

    def pause(self, seconds: float) -> None:
        """Let this much time pass, or less if somebody begins to wait. From the runner's thread."""
        self._hurry.clear()
        if not self._hurried:  # Whoever begins to wait now sets the event after that.
            self._hurry.wait(seconds)

    async def hurry_for(self, workspace_id: UUID, position: int, timeout_seconds: float) -> bool:
        """As `wait_for`, and without a pause of the runner's: somebody wants an answer."""
        self._hurried += 1
        self._hurry.set()
        try:
            return await self.wait_for(workspace_id, position, timeout_seconds)
        finally:
            self._hurried -= 1

    async def wait_for(self, workspace_id: UUID, position: int, timeout_seconds: float) -> bool:
        """Whether the position was reached in time."""
        self._loop = asyncio.get_running_loop()
        waiter = (position, self._loop.create_future())
        waiting = self._waiting.setdefault(workspace_id, set())
        waiting.add(waiter)
        try:
            if self._reached.get(workspace_id, 0) < position:
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
