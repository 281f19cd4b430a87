"""Time-ordered ids: UUID version 7 (RFC 9562 §5.7), as 32 hexadecimal digits."""

import random

from holdfast.kernel.clock import Instant

_COUNTER_BITS = 12
_TAIL_BITS = 62
_VERSION_AT = 12
_VARIANT_AT = 16


class Ids:
    """A source of ids that sort by time, and by order of making within a millisecond.

    The 12 bits after the version count within a millisecond (RFC 9562 §6.2, method 1); when they run out,
    the next millisecond is borrowed, so that ids of one source always ascend, even if the clock goes back.

    >>> from random import Random
    >>> ids = Ids(Random(1))
    >>> first, second, third = ids.new(5_000), ids.new(5_000), ids.new(1)
    >>> first < second < third, len(first)
    (True, 32)
    """

    __slots__ = ("_counter", "_last", "_random")

    def __init__(self, rng: random.Random) -> None:
        self._random = rng.getrandbits
        self._last: Instant = -1
        self._counter = 0

    def new(self, now: Instant) -> str:
        """Return a fresh id for `now`; every later call returns a greater one, whatever its `now`."""
        if now > self._last:
            self._last = now
            self._counter = 0
        else:
            self._counter += 1
            if self._counter >> _COUNTER_BITS:
                self._last += 1
                self._counter = 0
        return f"{self._last:012x}7{self._counter:03x}{(0b10 << _TAIL_BITS) | self._random(_TAIL_BITS):016x}"

    def follow(self, newest: str) -> None:
        """Move the sequence behind `newest`, an id of another source: from now on all ids are greater.

        An id that is no UUID of version 7 is ignored.
        """
        if newest[_VERSION_AT] != "7":
            return
        made = int(newest[:_VERSION_AT], 16), int(newest[_VERSION_AT + 1 : _VARIANT_AT], 16)
        self._last, self._counter = max((self._last, self._counter), made)

    def mark(self) -> tuple[Instant, int]:
        """Return the state of the sequence, a savepoint for `reset`."""
        return self._last, self._counter

    def reset(self, mark: tuple[Instant, int]) -> None:
        """Go back to a savepoint: the ids made since were thrown away with a rolled-back transaction."""
        self._last, self._counter = mark


def fresh_ids() -> Ids:
    """Return ids that no other process makes: of a generator of its own, seeded by the system.

    Ids are no secrets. To ask the system for each would have a thread give its turn away at every id, and
    in a busy process it gets that back milliseconds later.
    """
    return Ids(random.Random(random.SystemRandom().getrandbits(256)))  # noqa: S311 - no secrets
