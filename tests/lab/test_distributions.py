"""Distributions: their means and medians are what they are written with, and impossible ones are told."""

from random import Random
from statistics import fmean, median

import pytest

from holdfast.lab.distributions import (
    FAMILIES,
    Beta,
    Constant,
    Distribution,
    Exponential,
    Gamma,
    Lognormal,
    Uniform,
    impossible,
    poisson,
    scaled,
)

SAMPLES = 40_000

EACH: list[Distribution] = [
    Constant(value=3),
    Uniform(low=1, high=5),
    Exponential(mean=3),
    Lognormal(median=2, sigma=0.7),
    Gamma(mean=3, shape=2),
    Beta(mean=0.1, strength=20),
]


@pytest.mark.parametrize("found", EACH, ids=lambda found: type(found).__name__)
def test_what_is_drawn_has_the_mean_that_is_told_in_any_unit(found: Distribution) -> None:
    rng = Random(5)
    assert fmean(found.draw(rng) for _ in range(SAMPLES)) == pytest.approx(found.average, rel=0.03)
    assert scaled(found, 7).average == pytest.approx(7 * found.average)
    assert impossible(found) is None


def test_the_median_of_a_lognormal_is_what_it_is_written_with() -> None:
    rng = Random(5)
    found = Lognormal(median=2, sigma=0.7)
    assert median(found.draw(rng) for _ in range(SAMPLES)) == pytest.approx(2, rel=0.03)


@pytest.mark.parametrize(
    "found",
    [
        Uniform(low=2, high=1),
        Exponential(mean=0),
        Exponential(mean=-1),
        Lognormal(median=0, sigma=1),
        Lognormal(median=1, sigma=6),
        Gamma(mean=1, shape=-1),
        Beta(mean=0, strength=1),
        Beta(mean=1, strength=1),
        Beta(mean=0.5, strength=0),
        Constant(value=float("nan")),
        Constant(value=float("inf")),
    ],
)
def test_what_cannot_be_is_told(found: Distribution) -> None:
    assert impossible(found)


def test_every_family_can_be_written() -> None:
    assert {type(found) for found in EACH} == set(FAMILIES.values())


@pytest.mark.parametrize("mean", [0.0, 0.3, 4.0, 19.9, 20.1, 73.0])
def test_poisson_has_its_mean_and_its_variance(mean: float) -> None:
    rng = Random(9)
    drawn = [poisson(rng, mean) for _ in range(SAMPLES // 4)]
    assert fmean(drawn) == pytest.approx(mean, rel=0.05, abs=0.01)
    assert fmean((one - mean) ** 2 for one in drawn) == pytest.approx(mean, rel=0.08, abs=0.01)
