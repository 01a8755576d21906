"""What is answered about goals: the alignment tree, lists, and the view of one. Numbers are decimal strings."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, JsonValue

from contracts.answers.base import ListAnswer, MomentAnswer, Named, example
from domain.goal.grade import GoalOutcome
from domain.goal.measure import Commitment, Count, MeasureType
from domain.goal.roll_up import RollUpMode
from domain.purpose.kinds import GoalKind

ShownHealth = Literal[
    "on_track", "at_risk", "off_track", "outdated", "pending", "achieved", "partial", "missed", "dropped"
]


class GoalShown(BaseModel):
    """A goal at the moment asked for.

    `state` is what is stored, `phase` what its cycle makes of it. `progress` is the raw ratio, signed and not clamped,
    of 4 places; `progress_source` says whether it was measured, claimed or rolled up from below, and
    `progress_missing` why there is none. `score` is the final one, beside the one that the measure gives.
    `expected_progress` is the share of the cycle that has passed. `weight` is null where it was never set: it counts 1.
    """

    id: UUID
    kind: GoalKind
    external_id: str | None
    parent_id: UUID | None
    title: str
    team: Named | None
    owner: Named | None
    cycle: Named | None
    state: str
    phase: Literal["active", "closed"] | None
    commitment: Commitment | None
    progress: str | None
    progress_source: Literal["measured", "claimed", "rolled_up"] | None
    progress_missing: str | None
    expected_progress: str | None
    confidence: str | None
    confidence_in_words: Literal["High", "Medium", "Low"] | None
    health: ShownHealth | None
    score: str | None
    computed_score: str | None
    grade_as_written: str | None
    outcome: GoalOutcome | None
    band: str | None
    weight: str | None
    roll_up: RollUpMode | None
    metric: str | None
    unit: str | None
    baseline: str | None
    target: str | None
    value: str | None
    value_as_written: str | None
    claimed: str | None
    said_at: datetime | None
    check_ins: int | None


class NodeShown(GoalShown):
    """A goal in the tree. `matched` is false for one that is there only because it stands above one that matches."""

    depth: int
    matched: bool


class TermsShown(BaseModel):
    """The terms of an offer. Of stay above and stay below, `target` is the bound."""

    title: str
    type: MeasureType
    metric: str | None
    unit: str | None
    baseline: Decimal | None
    target: Decimal | None
    baseline_as_written: str | None
    target_as_written: str | None
    low: Decimal | None
    high: Decimal | None
    inclusive: bool
    count: Count
    due: date | None
    resources: str | None
    commitment: Commitment | None


GOAL: dict[str, JsonValue] = {
    "id": "01980c1e-3000-7000-8000-0000000000d1",
    "kind": "key_result",
    "external_id": None,
    "parent_id": "01980c1e-3000-7000-8000-0000000000c1",
    "title": "Churn falls from 8 % to 3 %",
    "team": {"id": "01980c1e-3000-7000-8000-0000000000b1", "name": "Onboarding"},
    "owner": {"id": "01980c1e-3000-7000-8000-0000000000a1", "name": "Ana Lind"},
    "cycle": {"id": "01980c1e-3000-7000-8000-0000000000f1", "name": "2026-Q3"},
    "state": "committed",
    "phase": "active",
    "commitment": "aspirational",
    "progress": "0.4000",
    "progress_source": "measured",
    "progress_missing": None,
    "expected_progress": "0.5435",
    "confidence": "7",
    "confidence_in_words": "High",
    "health": "on_track",
    "score": None,
    "computed_score": "0.4000",
    "grade_as_written": None,
    "outcome": None,
    "band": None,
    "weight": None,
    "roll_up": None,
    "metric": "customers who leave in a month",
    "unit": "%",
    "baseline": "8",
    "target": "3",
    "value": "6",
    "value_as_written": None,
    "claimed": None,
    "said_at": "2026-08-17T08:00:00Z",
    "check_ins": 4,
}
NODE: dict[str, JsonValue] = GOAL | {"depth": 2, "matched": True}
TERMS: dict[str, JsonValue] = {
    "title": "Churn falls from 8 % to 3 %",
    "type": "change",
    "metric": "customers who leave in a month",
    "unit": "%",
    "baseline": "8",
    "target": "3",
    "baseline_as_written": None,
    "target_as_written": None,
    "low": None,
    "high": None,
    "inclusive": True,
    "count": "latest",
    "due": None,
    "resources": None,
    "commitment": "aspirational",
}
OF_ONE: dict[str, JsonValue] = {
    "version": 6,
    "first_at": "2026-06-22T10:00:00Z",
    "partner": None,
    "note": None,
}


class AlignmentTree(MomentAnswer):
    """Depth-first, siblings in the order in which they began. A node without its parent in the answer is at depth 0."""

    model_config = example(nodes=[NODE])

    nodes: list[NodeShown]


class GoalOfOne(GoalShown, MomentAnswer):
    """What every goal's own view has. `version` is what If-Match takes."""

    version: int
    first_at: datetime
    partner: Named | None
    note: str | None


class PurposeAnswer(GoalOfOne):
    """A mission, vision, strategy or theme, with what its own kind says besides."""

    model_config = example(
        **GOAL | OF_ONE | {"kind": "mission", "state": "adopted"},
        statement={"title": "No bread is wasted"},
        horizon_years=5,
    )

    statement: dict[str, Any] | None = None
    horizon_years: int | None = None
    origin: str | None = None
    origin_date: date | None = None
    reaffirmed_at: datetime | None = None
    hypothesis: dict[str, Any] | None = None
    champion_id: UUID | None = None


class ObjectiveAnswer(GoalOfOne):
    model_config = example(
        **GOAL | OF_ONE | {"kind": "objective", "state": "agreed"},
        why="Bread that nobody eats helps nobody.",
        resources=None,
        offered_by=None,
        supports=[],
        weights={},
    )

    why: str | None
    resources: str | None
    offered_by: UUID | None
    supports: list[UUID]
    weights: dict[UUID, str]


class KeyResultAnswer(GoalOfOne):
    """The standing terms, those first agreed, an open amendment, and the stretch, which counts nowhere."""

    model_config = example(
        **GOAL | OF_ONE,
        offered_by=None,
        terms=TERMS,
        first_agreed=TERMS,
        amendment=None,
        graded_terms=None,
        stretch="1",
        stretch_offer=None,
        stretch_progress="0.2857",
        suggested_stretch="1",
        committed_at="2026-06-24T09:00:00Z",
        dropped_because_of=None,
    )

    offered_by: UUID | None
    terms: TermsShown
    first_agreed: TermsShown | None
    amendment: TermsShown | None
    graded_terms: TermsShown | None
    stretch: Decimal | None
    stretch_offer: Decimal | None
    stretch_progress: str | None
    suggested_stretch: str | None
    committed_at: datetime | None
    dropped_because_of: UUID | None


class MissionList(ListAnswer):
    model_config = example(missions=[GOAL | {"kind": "mission"}], next=None)

    missions: list[GoalShown]


class VisionList(ListAnswer):
    model_config = example(visions=[GOAL | {"kind": "vision"}], next=None)

    visions: list[GoalShown]


class StrategyList(ListAnswer):
    model_config = example(strategies=[GOAL | {"kind": "strategy"}], next=None)

    strategies: list[GoalShown]


class ThemeList(ListAnswer):
    model_config = example(themes=[GOAL | {"kind": "theme"}], next=None)

    themes: list[GoalShown]


class ObjectiveList(ListAnswer):
    model_config = example(objectives=[GOAL | {"kind": "objective"}], next=None)

    objectives: list[GoalShown]


class KeyResultList(ListAnswer):
    model_config = example(key_results=[GOAL], next=None)

    key_results: list[GoalShown]
