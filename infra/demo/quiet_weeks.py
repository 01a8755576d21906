"""The check-ins of weeks in which nobody had anything to say: a number between the last one told and the next.

The tables tell the weeks with words. Where a measured key result has a gap between two of them, its owner still reads
the number every week, as people do.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

from infra.demo.step import Step

WEEK = timedelta(weeks=1)
NEARLY_A_WEEK = timedelta(days=5)


def quiet_weeks(story: list[Step]) -> Iterator[Step]:
    """The check-ins between those of one key result's story."""
    told = [step for step in story if step.verb == "said" and step.said_of is None and _has_value(step)]
    late = {step.said_of for step in story if step.said_of}
    if not told or told[0].table.get("type", "change") == "binary":
        return
    for before, after in pairwise(told):
        day = before.day + WEEK
        while day + NEARLY_A_WEEK < after.day:
            if day not in late:
                words = [str(_between(before, after, (day - before.day) / (after.day - before.day))), *before.args[1:]]
                yield replace(before, day=day, who=_owner(story, before, after), args=words, words=None)
            day += WEEK


def _between(before: Step, after: Step, share: float) -> Decimal:
    """On the line between two values, with the decimals of the finer one."""
    one, other = Decimal(before.args[0]), Decimal(after.args[0])
    finer = Decimal(1).scaleb(min(int(one.as_tuple().exponent), int(other.as_tuple().exponent)))
    return (one + (other - one) * Decimal(str(round(share, 4)))).quantize(finer)


def _owner(story: list[Step], before: Step, after: Step) -> str:
    """Who reads the number: whoever does next, once the key result has gone to somebody else."""
    handed_over = any(step.verb == "reassign" and before.day <= step.day for step in story)
    return after.who if handed_over else before.who


def _has_value(step: Step) -> bool:
    return step.args[0][0].isdigit()
