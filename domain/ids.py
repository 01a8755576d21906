"""Ids of what there must be only one of: the same name in the same workspace is the same stream."""

from functools import lru_cache
from uuid import UUID, uuid5


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
