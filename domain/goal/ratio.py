"""Ratios of progress and scores: exact while they are reckoned with, rounded and clamped where they are shown."""

from decimal import ROUND_HALF_EVEN, Context, Decimal

EXACT = Context(prec=100)  # Rounds whatever two numbers may come to: those of an import are longer than a command's.
ZERO, ONE, FOUR_PLACES = Decimal(0), Decimal(1), Decimal("0.0001")


def rounded(ratio: Decimal) -> Decimal:
    """For showing: 4 places, half even.

    >>> str(rounded(Decimal(2) / 3))
    '0.6667'
    """
    return ratio.quantize(FOUR_PLACES, ROUND_HALF_EVEN, EXACT)


def clamped(ratio: Decimal) -> Decimal:
    """Into [0, 1]: only where ratios are averaged or drawn."""
    return ZERO if ratio < ZERO else ONE if ratio > ONE else ratio
