"""Finds a route by the shape of its path. FastAPI tries one route after the other, twice; with a hundred routes that
costs more than deciding and storing a command.
"""

from collections import defaultdict
from collections.abc import Iterable

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

Shape = tuple[object, ...]


class RouteIndex(BaseRoute):
    """Routes of which every path is `/literal/literal/{parameter}/literal/{parameter}/…`, parameters at even places."""

    def __init__(self, routers: Iterable[APIRouter]) -> None:
        self.routes = [route for router in routers for route in _leaves(router)]
        self.by_shape: dict[Shape, list[APIRoute]] = defaultdict(list)
        for route in self.routes:
            self.by_shape[shape(route.path)].append(route)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """The route whose method fits too, else one to say which methods do."""
        best: tuple[Match, Scope] = Match.NONE, {}
        if scope["type"] != "http":
            return best
        for route in self.by_shape.get(shape(scope["path"]), ()):
            match, child_scope = route.matches(scope)
            if match == Match.FULL:
                return match, child_scope
            if match == Match.PARTIAL:
                best = match, child_scope
        return best

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await scope["route"].handle(scope, receive, send)


def shape(path: str) -> Shape:
    """How long a path is, and what stands where no parameter does.

    >>> shape("/v1/workspaces/{workspace_id}/teams/{id}/rename") == shape("/v1/workspaces/019b/teams/019c/rename")
    True
    """
    parts = path.split("/")
    return len(parts), *parts[1:3], *parts[4::2]


def _leaves(router: APIRouter) -> Iterable[APIRoute]:
    for route in router.routes:
        if not isinstance(route, APIRoute):
            raise TypeError(f"{route} is no route of its own: name its router in the directory")
        yield route
