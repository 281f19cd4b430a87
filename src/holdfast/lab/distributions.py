"""Distributions that numbers of a market are drawn from: a few families, by parameters that people know.

Families and parameters follow Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions (1994).
"""

import math
from collections.abc import Callable
from random import Random
from typing import ClassVar

import msgspec


class Constant(msgspec.Struct, frozen=True, tag="constant", forbid_unknown_fields=True):
    """Always the same."""

    value: float
    bounds: ClassVar[dict[str, tuple[float, float]]] = {"value": (-math.inf, math.inf)}

    def draw(self, _rng: Random) -> float:
        """Return it."""
        return self.value

    @property
    def average(self) -> float:
        """Return the mean."""
        return self.value


class Uniform(msgspec.Struct, frozen=True, tag="uniform", forbid_unknown_fields=True):
    """Anything between two numbers, as likely as any other."""

    low: float
    high: float
    bounds: ClassVar[dict[str, tuple[float, float]]] = {
        "low": (-math.inf, math.inf),
        "high": (-math.inf, math.inf),
    }

    def draw(self, rng: Random) -> float:
        """Draw a number."""
        return self.low + (self.high - self.low) * rng.random()

    @property
    def average(self) -> float:
        """Return the mean."""
        return (self.low + self.high) / 2


class Exponential(msgspec.Struct, frozen=True, tag="exponential", forbid_unknown_fields=True):
    """The time until an event that may happen at any moment alike."""

    mean: float
    bounds: ClassVar[dict[str, tuple[float, float]]] = {"mean": (0.0, math.inf)}

    def draw(self, rng: Random) -> float:
        """Draw a number."""
        return rng.expovariate(1 / self.mean)

    @property
    def average(self) -> float:
        """Return the mean."""
        return self.mean


class Lognormal(msgspec.Struct, frozen=True, tag="lognormal", forbid_unknown_fields=True):
    """Half lies below the median; about two thirds within a factor of e^sigma of it."""

    median: float
    sigma: float
    bounds: ClassVar[dict[str, tuple[float, float]]] = {"median": (0.0, math.inf), "sigma": (0.0, 5.0)}

    def draw(self, rng: Random) -> float:
        """Draw a number."""
        return self.median * math.exp(rng.gauss(0.0, self.sigma))

    @property
    def average(self) -> float:
        """Return the mean."""
        return self.median * math.exp(self.sigma**2 / 2)


class Gamma(msgspec.Struct, frozen=True, tag="gamma", forbid_unknown_fields=True):
    """A mean, and how regular it is: shape 1 is exponential, a great one nearly constant."""

    mean: float
    shape: float
    bounds: ClassVar[dict[str, tuple[float, float]]] = {"mean": (0.0, math.inf), "shape": (0.0, 10_000.0)}

    def draw(self, rng: Random) -> float:
        """Draw a number."""
        return rng.gammavariate(self.shape, self.mean / self.shape)

    @property
    def average(self) -> float:
        """Return the mean."""
        return self.mean


class Beta(msgspec.Struct, frozen=True, tag="beta", forbid_unknown_fields=True):
    """A share between 0 and 1: its mean, and a strength, as if so many had been counted."""

    mean: float
    strength: float
    bounds: ClassVar[dict[str, tuple[float, float]]] = {"mean": (0.0, 1.0), "strength": (0.0, 1e9)}

    def draw(self, rng: Random) -> float:
        """Draw a number."""
        return rng.betavariate(self.mean * self.strength, (1 - self.mean) * self.strength)

    @property
    def average(self) -> float:
        """Return the mean."""
        return self.mean


Distribution = Constant | Uniform | Exponential | Lognormal | Gamma | Beta

FAMILIES: dict[str, type[Distribution]] = {
    "constant": Constant,
    "uniform": Uniform,
    "exponential": Exponential,
    "lognormal": Lognormal,
    "gamma": Gamma,
    "beta": Beta,
}

IN_UNITS: dict[str, tuple[str, ...]] = {
    "constant": ("value",),
    "uniform": ("low", "high"),
    "exponential": ("mean",),
    "lognormal": ("median",),
    "gamma": ("mean",),
    "beta": ("mean",),
}
"""The parameters of each family that have the unit of the draw; the others are plain numbers."""


def impossible(found: Distribution) -> str | None:
    """Return the flaw of a distribution's parameters and the allowed values, or None."""
    for name, (low, high) in found.bounds.items():
        value = getattr(found, name)
        zero = isinstance(found, Lognormal) and name == "sigma"
        if not math.isfinite(value) or value > high or value < low or (value == low and not zero):
            return f"{name} = {value:g} is impossible; allowed is more than {low:g} and at most {high:g}"
        if isinstance(found, Beta) and name == "mean" and value >= high:
            return f"{name} = {value:g} is impossible; allowed is more than {low:g} and less than {high:g}"
    if isinstance(found, Uniform) and found.low > found.high:
        return f"low = {found.low:g} is above high = {found.high:g}"
    return None


def scaled(found: Distribution, factor: float) -> Distribution:
    """Return the distribution of the drawn number times `factor`: another unit."""
    names = IN_UNITS[str(found.__struct_config__.tag)]
    return msgspec.structs.replace(found, **{name: getattr(found, name) * factor for name in names})


def draw(found: Distribution | None, rng: Random, otherwise: float) -> float:
    """Draw a number, or take the one for where nothing is said."""
    return otherwise if found is None else found.draw(rng)


def poisson(rng: Random, mean: float) -> int:
    """Draw the number of events that are `mean` on average (Knuth; in parts where the mean is great)."""
    drawn = 0
    while mean > 20.0:  # noqa: PLR2004 - e^-20 is far above the least float
        drawn += _poisson(rng.random, 20.0)
        mean -= 20.0
    return drawn + _poisson(rng.random, mean)


def _poisson(random: Callable[[], float], mean: float) -> int:
    limit = math.exp(-mean)
    drawn, product = 0, random()
    while product > limit:
        drawn += 1
        product *= random()
    return drawn
