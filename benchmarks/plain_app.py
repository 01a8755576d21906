"""What Northing is measured against: a plain route that stores nothing, and one on the library's default recorder."""

import os
from uuid import UUID, uuid4

import uvicorn
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from fastapi import FastAPI

from contracts.commands.goals import CheckInKeyResult


class KeyResult(Aggregate):
    """The least that can be checked in on."""

    def __init__(self) -> None:
        self.value = ""

    @event("CheckedIn")
    def check_in(self, value: str, narrative: str) -> None:
        self.value = value
        self.narrative = narrative


def make_app() -> FastAPI:
    app = FastAPI()
    stock: Application[UUID] | None = Application(env=dict(os.environ)) if "POSTGRES_DBNAME" in os.environ else None
    ids = [uuid4()]

    @app.post("/plain/{id}/check-ins")
    async def plain(id: UUID, body: CheckInKeyResult) -> dict[str, object]:  # noqa: ARG001  What is measured is that it is read.
        return {"id": uuid4(), "aggregate_id": id, "version": 1, "position": 1}

    if stock is not None:
        known = [KeyResult() for _ in range(500)]
        stock.save(*known)
        ids = [aggregate.id for aggregate in known]
        free = list(ids)

        @app.post("/stock/check-ins")
        def on_the_library(body: CheckInKeyResult) -> dict[str, object]:
            id = free.pop()  # No other request has it: no conflicts, which would only slow it down.
            try:
                found: KeyResult = stock.repository.get(id)
                found.check_in(str(body.value), body.narrative or "")
                recordings = stock.save(found)
            finally:
                free.insert(0, id)
            return {"id": uuid4(), "aggregate_id": id, "version": 1, "position": recordings[-1].notification.id}

    return app


if __name__ == "__main__":
    uvicorn.run(
        make_app(), port=int(os.environ["PORT"]), loop="uvloop", http="httptools", log_level="warning", access_log=False
    )
