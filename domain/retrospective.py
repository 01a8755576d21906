"""Retrospectives: what one team learned in one cycle. Read downwards: events, state, evolve, decisions.

The author of an anonymous learning is recorded nowhere: a learning without an author holds the digest of a token that
was shown once, and the holder of the token may withdraw it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from hmac import compare_digest
from typing import Literal
from uuid import UUID

from domain.cycle import Cycle
from domain.errors import Concluded, NotFound, NotTheAuthor, WrongPhase
from domain.history import At
from domain.personal import Personal

LearningKind = Literal["worked", "did_not", "why", "adjust"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrospectiveOpened:
    """A team began to look back on a cycle."""

    team_id: UUID
    cycle_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningRecorded:
    """Something was learned: what worked, what did not, why, or what to adjust.

    An anonymous one has no author, a text whose subject was made for it alone, and the digest of its token.
    """

    learning_id: UUID
    kind: LearningKind
    text: Personal
    author_id: UUID | None = None
    withdrawal_digest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningWithdrawn:
    """The text is shown no more; that something was said stays."""

    withdraws: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionAgreed:
    """The owner will do this, by a day or in the next cycle."""

    action_id: UUID
    text: Personal
    owner_id: UUID
    due: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionDone:
    """The action was done."""

    action_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrospectiveConcluded:
    """The team said what comes next, what it needs for it, and whose support."""

    next_steps: Personal
    resources_needed: Personal | None = None
    support_required: Personal | None = None


RetrospectiveEvent = (
    RetrospectiveOpened | LearningRecorded | LearningWithdrawn | ActionAgreed | ActionDone | RetrospectiveConcluded
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Learning:
    author_id: UUID | None
    withdrawal_digest: str | None
    withdrawn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrospective:
    team_id: UUID
    cycle_id: UUID
    learnings: Mapping[UUID, Learning] = field(default_factory=dict)
    actions: Mapping[UUID, datetime | None] = field(default_factory=dict)  # When each was done.
    concluded_at: At | None = None
    conclusion: RetrospectiveConcluded | None = None


def evolve(retrospective: Retrospective | None, event: RetrospectiveEvent, at: At) -> Retrospective | None:
    """Remember one stored fact. Never refuses: what is stored has happened."""
    if isinstance(event, RetrospectiveOpened):
        return Retrospective(team_id=event.team_id, cycle_id=event.cycle_id)
    if retrospective is None:
        return None
    learnings, actions = retrospective.learnings, retrospective.actions
    match event:
        case LearningRecorded():
            learning = Learning(author_id=event.author_id, withdrawal_digest=event.withdrawal_digest)
            return replace(retrospective, learnings={**learnings, event.learning_id: learning})
        case LearningWithdrawn(withdraws=id) if id in learnings:
            return replace(retrospective, learnings={**learnings, id: replace(learnings[id], withdrawn=True)})
        case ActionAgreed():
            return replace(retrospective, actions={**actions, event.action_id: None})
        case ActionDone():
            return replace(retrospective, actions={**actions, event.action_id: at.effective_at})
        case RetrospectiveConcluded():
            return replace(retrospective, concluded_at=at, conclusion=event)
    return retrospective


def open_(
    retrospective: Retrospective | None, *, team_id: UUID, cycle_id: UUID, cycle: Cycle
) -> list[RetrospectiveEvent]:
    """Begin to look back. One team has one retrospective a cycle, so the second to open it finds it open."""
    if retrospective:
        return []
    if cycle.state in ("planning", "active"):
        raise WrongPhase(f"{cycle.name} is in {cycle.state}: a retrospective is opened once its cycle is in grading")
    return [RetrospectiveOpened(team_id=team_id, cycle_id=cycle_id)]


def learn(
    retrospective: Retrospective, *, learning_id: UUID, kind: LearningKind, author_id: UUID, text: str
) -> list[RetrospectiveEvent]:
    """Say what was learned, under one's own name."""
    _require_running(retrospective)
    personal = Personal(author_id, text)
    return [LearningRecorded(learning_id=learning_id, kind=kind, text=personal, author_id=author_id)]


def learn_anonymously(
    retrospective: Retrospective, *, learning_id: UUID, kind: LearningKind, text: str, withdrawal_digest: str
) -> list[RetrospectiveEvent]:
    """Say what was learned, under no name: the learning itself is the subject of its text."""
    _require_running(retrospective)
    personal = Personal(learning_id, text)
    return [LearningRecorded(learning_id=learning_id, kind=kind, text=personal, withdrawal_digest=withdrawal_digest)]


def withdraw_learning(
    retrospective: Retrospective, *, learning_id: UUID, by: UUID, by_admin: bool
) -> list[RetrospectiveEvent]:
    """Take back what one said, or as an admin or owner any learning that has an author."""
    learning = _learning(retrospective, learning_id)
    if learning.author_id is None:
        raise NotTheAuthor("it was said anonymously, and is withdrawn only with its token")
    if learning.author_id != by and not by_admin:
        raise NotTheAuthor("somebody else said this")
    return [] if learning.withdrawn else [LearningWithdrawn(withdraws=learning_id)]


def withdraw_anonymous_learning(
    retrospective: Retrospective, *, learning_id: UUID, token_digest: str
) -> list[RetrospectiveEvent]:
    """Take back what was said under no name, with the token that was shown when it was said."""
    learning = _learning(retrospective, learning_id)
    if not learning.withdrawal_digest or not compare_digest(learning.withdrawal_digest, token_digest):
        raise NotTheAuthor("this is not the token that was shown when this was said")
    return [] if learning.withdrawn else [LearningWithdrawn(withdraws=learning_id)]


def agree_action(
    retrospective: Retrospective, *, action_id: UUID, by: UUID, text: str, owner_id: UUID, due: date | None
) -> list[RetrospectiveEvent]:
    """Agree who does what, and by when."""
    _require_running(retrospective)
    return [ActionAgreed(action_id=action_id, text=Personal(by, text), owner_id=owner_id, due=due)]


def do_action(retrospective: Retrospective, *, action_id: UUID) -> list[RetrospectiveEvent]:
    """Say that an action is done, also long after the retrospective was concluded."""
    if action_id not in retrospective.actions:
        raise NotFound(f"no action of this retrospective has the id {action_id}")
    return [] if retrospective.actions[action_id] else [ActionDone(action_id=action_id)]


def conclude(
    retrospective: Retrospective,
    *,
    by: UUID,
    next_steps: str,
    resources_needed: str | None = None,
    support_required: str | None = None,
) -> list[RetrospectiveEvent]:
    """End the retrospective with what comes next."""
    conclusion = RetrospectiveConcluded(
        next_steps=Personal(by, next_steps),
        resources_needed=Personal(by, resources_needed) if resources_needed else None,
        support_required=Personal(by, support_required) if support_required else None,
    )
    if conclusion == retrospective.conclusion:
        return []
    _require_running(retrospective)
    return [conclusion]


def _require_running(retrospective: Retrospective) -> None:
    if retrospective.concluded_at:
        raise Concluded(f"it was concluded by the event at position {retrospective.concluded_at.position}")


def _learning(retrospective: Retrospective, learning_id: UUID) -> Learning:
    if learning_id not in retrospective.learnings:
        raise NotFound(f"no learning of this retrospective has the id {learning_id}")
    return retrospective.learnings[learning_id]
