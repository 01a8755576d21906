"""Ids of what there must be only one of: the same name in the same workspace is the same stream.

A workspace that was filled from an export goes on with the ids of the workspace that it came from, so that an import
which ran there goes on here. Where ids were mapped, as (workspaces[0], name) was once, they are mapped here too.
"""

from functools import lru_cache
from typing import NamedTuple
from uuid import UUID, uuid5

from domain.purpose.kinds import GOAL_KINDS


def named(workspace_id: UUID, kind: str, name: str) -> UUID:
    """The id of an imported goal by its external id, of a cycle, team or placeholder by its first name.

    >>> named(UUID(int=1), "team", "Sales") == named(UUID(int=1), "team", "Sales")
    True
    """
    return uuid5(workspace_id, kind + name)


def mapped_id(workspace_id: UUID, id: UUID) -> UUID:
    """The id in this workspace for an id of another one's export, where it could not be kept.

    >>> mapped_id(UUID(int=1), UUID(int=7)) == mapped_id(UUID(int=2), UUID(int=7))
    False
    """
    return uuid5(workspace_id, str(id))


def retrospective_id(workspace_id: UUID, team_id: UUID, cycle_id: UUID) -> UUID:
    """One team has one retrospective a cycle."""
    return uuid5(workspace_id, f"{team_id}{cycle_id}")


@lru_cache(maxsize=1024)
def local_owner_id(workspace_id: UUID) -> UUID:
    """The member that a request without a token is in dev mode."""
    return uuid5(workspace_id, "local-owner")


def anonymous_id(workspace_id: UUID) -> UUID:
    """The actor of an anonymous learning."""
    return uuid5(workspace_id, "anonymous")


def importer_id(workspace_id: UUID) -> UUID:
    """The actor of facts that arrive from elsewhere, where no member of the workspace acted."""
    return uuid5(workspace_id, "importer")


class DerivedIds(NamedTuple):
    """`workspaces`: the one whose ids follow from names, then those into which they were mapped since."""

    workspaces: tuple[UUID, ...]

    def id(self, kind: str, name: str) -> UUID:
        """The stream of an imported goal by its external id; of a cycle, team or placeholder by its first name."""
        return _derived(self.workspaces, kind, name)

    def goals(self, external_id: str) -> list[UUID]:
        """The streams in which the goal with this external id may be: one for each kind."""
        return [_derived(self.workspaces, kind, external_id) for kind in GOAL_KINDS]

    def fact(self, digest: str) -> UUID:
        """The id of a line's FactImported, and of its command: the same line is always the same command."""
        return _derived(self.workspaces, "", digest)


@lru_cache(maxsize=100_000)
def _derived(workspaces: tuple[UUID, ...], kind: str, name: str) -> UUID:
    root, *mapped_in = workspaces
    made = named(root, kind, name)
    for workspace_id in mapped_in:
        made = mapped_id(workspace_id, made)
    return made
