"""The kinds of goals, from the top of the tree downwards: what the organisation is for, then what is negotiated."""

from typing import Literal, get_args

PurposeKind = Literal["mission", "vision", "strategy", "theme"]
GoalKind = Literal[PurposeKind, "objective", "key_result"]

PURPOSE_KINDS: tuple[PurposeKind, ...] = get_args(PurposeKind)
GOAL_KINDS: tuple[GoalKind, ...] = get_args(GoalKind)
