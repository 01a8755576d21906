"""One harness in three sizes: TEST_SIZE is check (under a minute), test (what CI runs) or proof (the full figures)."""

from __future__ import annotations

import os
from typing import TypeVar

from hypothesis import HealthCheck, settings

T = TypeVar("T")
SIZES = ("check", "test", "proof")
SIZE = os.environ.get("TEST_SIZE", "check")
if SIZE not in SIZES:
    raise SystemExit(f"TEST_SIZE is {SIZE!r}; it is one of {', '.join(SIZES)}")

# Elapsed time is measured where it matters and never asserted, so no deadline anywhere.
_COMMON = settings(deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("check", max_examples=20, stateful_step_count=20, parent=_COMMON)
settings.register_profile("test", max_examples=200, stateful_step_count=40, parent=_COMMON)
settings.register_profile("proof", max_examples=5_000, stateful_step_count=60, parent=_COMMON)
settings.load_profile(SIZE)


def by_size(*, check: T, test: T, proof: T) -> T:
    """The figure of this run's size: how often, how many, how long a history."""
    return {"check": check, "test": test, "proof": proof}[SIZE]
