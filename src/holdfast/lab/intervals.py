"""Confidence from several runs: scipy's percentile bootstrap (Efron and Tibshirani 1993, chapter 13)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

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
    from scipy.stats import bootstrap  # noqa: PLC0415 - it takes a second, and a lab runs without it

    found = bootstrap(
        (values, [1.0] * len(values) if weights is None else weights),
        _ratio,
        paired=True,
        vectorized=True,
        n_resamples=RESAMPLES,
        method="percentile",
        confidence_level=LEVEL,
        rng=np.random.default_rng(_SEED),
    ).confidence_interval
    return float(found.low), float(found.high)


def _ratio(above: NDArray[np.float64], below: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    """Return the ratio of two sums; zero where nothing is below."""
    sums = np.asarray(below.sum(axis=axis))
    return np.divide(above.sum(axis=axis), sums, out=np.zeros_like(sums, dtype=float), where=sums > 0)
