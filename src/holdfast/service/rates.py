"""Rates: how often a caller may ask, and how many requests of one are answered at the same time.

A token bucket for each caller, in this process's memory: a bucket is full at first, each request takes a
token, and tokens come back at an even rate. What one caller uses up no other one lacks. The number of buckets
is bounded: the one that was not used for longest is forgotten, which is to say full again.
"""

import math
from collections import OrderedDict
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import NamedTuple

from holdfast.kernel.text import Text
from holdfast.service.refusals import TooMany

BUCKETS = 10_000

_OFTEN = Text("每秒 {per_second} 次，累积至多 {burst} 次", "{per_second} a second, {burst} at once")
_TOGETHER = Text("同时至多 {most} 个", "{most} are answered at the same time")


class Rate(NamedTuple):
    """How many requests a second in the long run, and how many at once after a rest."""

    per_second: int
    burst: int


class Left(NamedTuple):
    """What is left of a rate: requests at once, and seconds until all of them are there again."""

    rate: Rate
    requests: int
    seconds: int

    def headers(self) -> list[tuple[bytes, bytes]]:
        """Return the headers that tell it (draft-ietf-httpapi-ratelimit-headers-10)."""
        window = math.ceil(self.rate.burst / self.rate.per_second)
        return [
            (b"ratelimit-policy", f'"requests";q={self.rate.burst};w={window}'.encode()),
            (b"ratelimit", f'"requests";r={self.requests};t={self.seconds}'.encode()),
        ]


class Buckets:
    """The buckets of callers, by their names. `elapsed` gives seconds that never go back."""

    def __init__(self, elapsed: Callable[[], float], most: int = BUCKETS) -> None:
        self._elapsed = elapsed
        self._most = most
        self._kept: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def left(self, name: str, rate: Rate) -> Left:
        """Return what is left of a rate, and take nothing."""
        return _left(rate, self._tokens(name, rate))

    def check(self, name: str, rate: Rate) -> None:
        """Require that a token is left.

        Raises:
            TooMany: there is none.
        """
        self._enough(name, rate, 1)

    def take(self, name: str, rate: Rate, cost: int = 1) -> Left:
        """Take tokens for requests, and return what is left.

        Raises:
            TooMany: there are not so many. Nothing is taken.
        """
        tokens = self._enough(name, rate, cost) - cost
        self._kept[name] = tokens, self._elapsed()
        self._kept.move_to_end(name)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return _left(rate, tokens)

    def __len__(self) -> int:
        return len(self._kept)

    def _enough(self, name: str, rate: Rate, cost: int) -> float:
        tokens = self._tokens(name, rate)
        if tokens < cost:
            raise TooMany("rate", bound=_OFTEN.fill(per_second=rate.per_second, burst=rate.burst))
        return tokens

    def _tokens(self, name: str, rate: Rate) -> float:
        tokens, since = self._kept.get(name, (float(rate.burst), 0.0))
        return min(rate.burst, tokens + (self._elapsed() - since) * rate.per_second)


def _left(rate: Rate, tokens: float) -> Left:
    return Left(rate, int(tokens), math.ceil((rate.burst - tokens) / rate.per_second))


class Together:
    """How many requests of each caller are being answered."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._going: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._going)

    @contextmanager
    def one_more(self, name: str) -> Generator[None]:
        """Count a request while it is being answered.

        Raises:
            TooMany: so many are already.
        """
        going = self._going.get(name, 0)
        if going >= self._most:
            raise TooMany("requests", bound=_TOGETHER.fill(most=self._most))
        self._going[name] = going + 1
        try:
            yield
        finally:
            left = self._going.pop(name) - 1
            if left:
                self._going[name] = left
