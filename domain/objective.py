"""Objective: proposed and agreed, aligned, checked in on, graded. Read downwards: events, state, evolve, decisions.

    proposed --agree--> agreed --grade--> graded        proposed --withdraw--> withdrawn
    any live state --drop--> dropped --reinstate--> the state before
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from domain import check_in, grade, roll_up
from domain.alignment import GoalRescheduled, Links, linked
from domain.check_in import CheckIns, Confidence, ObjectiveCheckedIn, ObjectiveCheckInCorrected, Said
from domain.errors import Invalid, NoOwner, NotAParty, NotLive, NotYourTurn, ReasonRequired
from domain.grade import Grade, ObjectiveGraded, require_gradable, rounded
from domain.history import At
from domain.measure import Commitment
from domain.personal import Personal
from domain.roll_up import ChildrenWeighted, RollUpChosen, RollUpMode

LinkKind = Literal["contribute", "support"]

# --- events -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveProposed:
    """One of owner and partner offered an objective to the other. `why` is how it manifests the strategy."""

    title: str
    owner_id: UUID | None
    partner_id: UUID | None
    by: UUID | None
    why: str | None = None
    resources: str | None = None
    commitment: Commitment | None = None
    parent_id: UUID | None = None
    team_id: UUID | None = None
    cycle_id: UUID | None = None
    note: Personal | None = None
    external_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveAgreed:
    """The other party agreed."""

    by: UUID | None
    self_agreed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveWithdrawn:
    """The party who proposed the objective took it back."""

    by: UUID
    reason: Personal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveReworded:
    """Title, why, resources and commitment from now on, all four."""

    title: str
    why: str | None
    resources: str | None
    commitment: Commitment | None
    reason: Personal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveAligned:
    """The objective contributes to a goal (and stands under it), or supports one (which places nothing)."""

    parent_id: UUID
    link: LinkKind = "contribute"
    reason: Personal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveUnaligned:
    """The link was taken away."""

    parent_id: UUID
    link: LinkKind = "contribute"
    reason: Personal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveReassigned:
    """Owner, partner and team from now on, all three."""

    owner_id: UUID | None
    partner_id: UUID | None
    team_id: UUID | None
    reason: Personal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveDropped:
    """The objective was given up."""

    reason: Personal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveReinstated:
    """The objective came back to the state before it was dropped."""

    reason: Personal | None = None


ObjectiveEvent = (
    ObjectiveProposed | ObjectiveAgreed | ObjectiveWithdrawn | ObjectiveReworded | ObjectiveAligned | ObjectiveUnaligned
    | ObjectiveReassigned | GoalRescheduled | ChildrenWeighted | RollUpChosen | ObjectiveCheckedIn
    | ObjectiveCheckInCorrected | ObjectiveGraded | ObjectiveDropped | ObjectiveReinstated
)  # fmt: skip

# --- state --------------------------------------------------------------------------------------------------------

ObjectiveState = Literal["proposed", "agreed", "graded", "withdrawn", "dropped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    state: ObjectiveState
    title: str
    why: str | None
    resources: str | None
    commitment: Commitment | None
    owner_id: UUID | None
    partner_id: UUID | None
    team_id: UUID | None
    cycle_id: UUID | None
    proposed_by: UUID | None
    links: Links
    first_at: datetime
    external_id: str | None = None
    closed_by: UUID | None = None  # Who agreed or withdrew.
    state_before_drop: ObjectiveState | None = None
    supports: tuple[UUID, ...] = ()
    weights: dict[UUID, Decimal] = field(default_factory=dict)
    roll_up: RollUpMode | None = None
    check_ins: CheckIns = ()
    replaced_check_ins: frozenset[UUID] = frozenset()
    confidence: Confidence | None = None
    grade: Grade | None = None

    @property
    def parent_id(self) -> UUID | None:
        return self.links[-1].parent_id


# --- evolve -------------------------------------------------------------------------------------------------------


def evolve(objective: Objective | None, event: ObjectiveEvent, at: At) -> Objective:
    """Remember one stored fact. Never refuses: what is stored has happened."""
    match event:
        case ObjectiveProposed():
            return Objective(
                state="proposed", title=event.title, why=event.why, resources=event.resources,
                commitment=event.commitment, owner_id=event.owner_id, partner_id=event.partner_id,
                team_id=event.team_id, cycle_id=event.cycle_id, proposed_by=event.by,
                links=linked((), at, event.parent_id), first_at=at.effective_at, external_id=event.external_id,
            )  # fmt: skip
        case ObjectiveAgreed():
            return replace(objective, state="agreed", closed_by=event.by)
        case ObjectiveWithdrawn():
            return replace(objective, state="withdrawn", closed_by=event.by)
        case ObjectiveReworded():
            return replace(
                objective, title=event.title, why=event.why, resources=event.resources, commitment=event.commitment
            )
        case ObjectiveAligned(link="contribute"):
            return replace(objective, links=linked(objective.links, at, event.parent_id))
        case ObjectiveAligned():
            return replace(objective, supports=(*objective.supports, event.parent_id))
        case ObjectiveUnaligned(link="contribute"):
            return replace(objective, links=linked(objective.links, at, None))
        case ObjectiveUnaligned():
            return replace(objective, supports=tuple(goal for goal in objective.supports if goal != event.parent_id))
        case ObjectiveReassigned():
            return replace(objective, owner_id=event.owner_id, partner_id=event.partner_id, team_id=event.team_id)
        case GoalRescheduled():
            return replace(objective, cycle_id=event.cycle_id)
        case _:
            return _evolve_quarter(objective, event, at)


def _evolve_quarter(objective: Objective, event: ObjectiveEvent, at: At) -> Objective:
    """What happens to an objective once it is agreed."""
    match event:
        case ChildrenWeighted():
            return replace(objective, weights=objective.weights | {w.goal_id: w.weight for w in event.weights})
        case RollUpChosen():
            return replace(objective, roll_up=event.mode)
        case ObjectiveCheckedIn() | ObjectiveCheckInCorrected():
            replaced = objective.replaced_check_ins
            corrects = isinstance(event, ObjectiveCheckInCorrected)
            return replace(
                objective,
                check_ins=check_in.recorded(objective.check_ins, event, at),
                confidence=check_in.stated(objective.confidence, event, at),
                replaced_check_ins=replaced | {event.corrects} if corrects else replaced,
            )
        case ObjectiveGraded():
            graded = replace(objective, grade=grade.regraded(objective.grade, event))
            if objective.state == "dropped":
                return replace(graded, state_before_drop="graded")
            return replace(graded, state="graded")
        case ObjectiveDropped():
            return replace(objective, state="dropped", state_before_drop=objective.state_before_drop or objective.state)
        case ObjectiveReinstated():
            return replace(objective, state=objective.state_before_drop or objective.state, state_before_drop=None)


# --- decisions ----------------------------------------------------------------------------------------------------


def propose(
    *, by: UUID, owner_id: UUID, partner_id: UUID | None, title: str, why: str | None = None,
    resources: str | None = None, commitment: Commitment | None = None, parent_id: UUID | None = None,
    team_id: UUID | None = None, cycle_id: UUID | None = None,
) -> list[ObjectiveEvent]:  # fmt: skip
    """Offer an objective. The other of owner and partner agrees; without a partner the owner agrees alone."""
    if by not in (owner_id, partner_id):
        raise NotAParty(f"{by} is neither the owner {owner_id} nor the partner {partner_id}")
    return [
        ObjectiveProposed(
            title=_titled(title), why=why, resources=resources, commitment=commitment, parent_id=parent_id,
            owner_id=owner_id, partner_id=partner_id, by=by, team_id=team_id, cycle_id=cycle_id,
        )
    ]  # fmt: skip


def agree(objective: Objective, *, by: UUID) -> list[ObjectiveEvent]:
    """Agree to what the other party proposed."""
    if (objective.state, objective.closed_by) == ("agreed", by):
        return []
    _require_state(objective, "proposed")
    if objective.owner_id is None:
        raise NoOwner("the objective has no owner")
    if by not in (objective.owner_id, objective.partner_id):
        raise NotAParty(f"{by} is neither the owner {objective.owner_id} nor the partner {objective.partner_id}")
    if by == objective.proposed_by and objective.partner_id is not None:
        raise NotYourTurn(f"{by} may not agree to the objective that {by} proposed")
    return [ObjectiveAgreed(by=by, self_agreed=objective.partner_id is None)]


def withdraw(objective: Objective, *, by: UUID, reason: Personal | None = None) -> list[ObjectiveEvent]:
    """Take one's own proposal back."""
    if (objective.state, objective.closed_by) == ("withdrawn", by):
        return []
    _require_state(objective, "proposed")
    if by != objective.proposed_by:
        raise NotYourTurn(f"{by} may not withdraw the objective proposed by {objective.proposed_by}")
    return [ObjectiveWithdrawn(by=by, reason=reason)]


def reword(
    objective: Objective, *, title: str, why: str | None, resources: str | None, commitment: Commitment | None,
    reason: Personal | None,
) -> list[ObjectiveEvent]:  # fmt: skip
    """Say the same objective in other words; once it is agreed, with a reason."""
    _require_live(objective)
    if (title, why, resources, commitment) == (
        objective.title, objective.why, objective.resources, objective.commitment
    ):  # fmt: skip
        return []
    if objective.state != "proposed" and reason is None:
        raise ReasonRequired("the objective is agreed")
    return [
        ObjectiveReworded(title=_titled(title), why=why, resources=resources, commitment=commitment, reason=reason)
    ]


def align(
    objective: Objective, *, parent_id: UUID, link: LinkKind, reason: Personal | None
) -> list[ObjectiveEvent]:
    """Let the objective contribute to (and stand under) or support a goal. Loops are refused by domain.alignment."""
    _require_live(objective)
    if parent_id == objective.parent_id if link == "contribute" else parent_id in objective.supports:
        return []
    if link == "contribute" and objective.parent_id is not None and reason is None:
        raise ReasonRequired(f"the objective contributes to {objective.parent_id} now")
    return [ObjectiveAligned(parent_id=parent_id, link=link, reason=reason)]


def unalign(
    objective: Objective, *, parent_id: UUID | None, link: LinkKind, reason: Personal | None
) -> list[ObjectiveEvent]:
    """Take a link away: the contributing one, or the support of `parent_id`."""
    _require_live(objective)
    target = objective.parent_id if link == "contribute" else parent_id
    if target is None or (link == "support" and target not in objective.supports):
        return []
    if link == "contribute" and reason is None:
        raise ReasonRequired(f"the objective contributes to {target} now")
    return [ObjectiveUnaligned(parent_id=target, link=link, reason=reason)]


def reassign(
    objective: Objective, *, owner_id: UUID | None, partner_id: UUID | None, team_id: UUID | None,
    reason: Personal | None,
) -> list[ObjectiveEvent]:  # fmt: skip
    """Give the objective another owner, partner or team."""
    _require_live(objective)
    if (owner_id, partner_id, team_id) == (objective.owner_id, objective.partner_id, objective.team_id):
        return []
    return [ObjectiveReassigned(owner_id=owner_id, partner_id=partner_id, team_id=team_id, reason=reason)]


def reschedule(objective: Objective, *, cycle_id: UUID | None, reason: Personal | None) -> list[ObjectiveEvent]:
    """Put the objective into another cycle, or out of cycles."""
    _require_live(objective)
    return [] if objective.cycle_id == cycle_id else [GoalRescheduled(cycle_id=cycle_id, reason=reason)]


def weigh(objective: Objective, *, weights: dict[UUID, Decimal]) -> list[ObjectiveEvent]:
    """Set the weights of key results and contributing goals."""
    _require_live(objective)
    return roll_up.weigh(objective.weights, weights)


def choose_roll_up(objective: Objective, *, mode: RollUpMode | None) -> list[ObjectiveEvent]:
    """What moves the objective's progress: its key results, the contributing goals, or both."""
    _require_live(objective)
    return [] if objective.roll_up == mode else [RollUpChosen(mode=mode)]


def say(
    objective: Objective, *, check_in_id: UUID, said: Said, effective_at: datetime | None
) -> list[ObjectiveEvent]:
    """Check in: confidence, narrative, blockers, health. An objective has no value of its own."""
    _require_state(objective, "agreed")
    _require_without_value(said)
    check_in.require_not_before(objective, effective_at)
    if check_in.already_said(objective.check_ins, said, effective_at):
        return []
    return [ObjectiveCheckedIn(**_fields(said), check_in_id=check_in_id)]


def correct(
    objective: Objective, *, corrects: UUID, check_in_id: UUID, said: Said, effective_at: datetime,
    reason: Personal | None,
) -> list[ObjectiveEvent]:  # fmt: skip
    """Replace a check-in that was wrong, its moment too."""
    _require_state(objective, "agreed", "graded")
    wrong = check_in.require_standing(objective.check_ins, corrects, objective.replaced_check_ins)
    _require_without_value(said)
    check_in.require_not_before(objective, effective_at)
    if (wrong.said, wrong.at.effective_at) == (said, effective_at):
        return []
    return [ObjectiveCheckInCorrected(**_fields(said), check_in_id=check_in_id, corrects=corrects, reason=reason)]


def give_grade(
    objective: Objective, *, score: Decimal | None, computed: Decimal | None, reason: Personal | None
) -> list[ObjectiveEvent]:
    """Give the final score; without one the computed score, the weighted mean of its key results, is taken."""
    _require_state(objective, "agreed", "graded")
    if score is None and computed is not None:
        score = max(rounded(computed), Decimal(0))
    if objective.grade is not None and objective.grade.score == score:
        return []
    graded = ObjectiveGraded(score=score, computed=computed, reason=reason)
    require_gradable(objective.grade, graded)
    return [graded]


def drop(objective: Objective, *, reason: Personal) -> list[ObjectiveEvent]:
    """Give the objective up. Its open key results are dropped in the same command; child objectives stay."""
    if objective.state == "dropped":
        return []
    _require_live(objective)
    return [ObjectiveDropped(reason=reason)]


def reinstate(objective: Objective, *, reason: Personal | None) -> list[ObjectiveEvent]:
    """Bring a dropped objective back to the state before, with grade and alignment."""
    return [ObjectiveReinstated(reason=reason)] if objective.state == "dropped" else []


def partner_of(owner_id: UUID | None, *candidates: UUID | None) -> UUID | None:
    """The default partner: the first candidate who is another person than the owner, else nobody.

    The candidates come in this order: the owner above, the team's lead, an owner of the workspace.
    """
    return next((candidate for candidate in candidates if candidate not in (None, owner_id)), None)


# --- guards -------------------------------------------------------------------------------------------------------


def _titled(title: str) -> str:
    if not title.strip():
        raise Invalid("title: an objective needs one")
    return title


def _require_state(objective: Objective, *states: ObjectiveState) -> None:
    if objective.state not in states:
        raise NotLive(f"the objective is {objective.state}, not {' or '.join(states)}")


def _require_live(objective: Objective) -> None:
    _require_state(objective, "proposed", "agreed", "graded")


def _require_without_value(said: Said) -> None:
    check_in.require_sayable(said)
    if said.value is not None or said.claimed is not None:
        raise Invalid("value, claimed: an objective's progress follows from what stands under it")


def _fields(said: Said) -> dict:
    return {name: getattr(said, name) for name in Said.__dataclass_fields__}
