"""Confidence from several runs: the percentile bootstrap (Efron and Tibshirani 1993, chapter 13)."""

from collections.abc import Sequence

import numpy as np

RESAMPLES = 4_000
LEVEL = 0.95
_SEED = 20_260_101


def interval(values: Sequence[float], weights: Sequence[float] | None = None) -> tuple[float, float] | None:
    """Return the interval of the mean of `values`, or of their sum over that of `weights`.

    It is None with fewer than two runs: one says nothing of how far others lie. The same values give the
    same interval.
    """
    if len(values) < 2:  # noqa: PLR2004 - see above
        return None
    above = np.asarray(values, dtype=float)
    below = np.ones_like(above) if weights is None else np.asarray(weights, dtype=float)
    drawn = np.random.default_rng(_SEED).integers(0, len(above), size=(RESAMPLES, len(above)))
    sums = below[drawn].sum(axis=1)
    ratios = np.divide(above[drawn].sum(axis=1), sums, out=np.zeros(RESAMPLES), where=sums > 0)
    low, high = np.quantile(ratios, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
