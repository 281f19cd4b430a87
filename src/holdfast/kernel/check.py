"""Checks: what a check of the books reads and returns, and heaps of things compared by sums, in any order.

Each room declares the checks of its rows (`Room.checks`); `holdfast.audit` runs them all. A check is a pure
function of the books that returns what it finds wrong. Its docstring begins with what must hold, which is
printed. Rows are streamed: what is kept is a sum an account, a merchant or a consumer, never the transfers,
so that a large database can be audited.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol, TypeVar

import msgspec

from holdfast.kernel.rows import Fact, Row

R = TypeVar("R", bound=Row)

_MODULUS = 2**128

Sums = defaultdict[str, int]
"""Sums by what they are of; `Sums(int)` has none yet."""


class Books(Protocol):
    """What checks read of a home: see `engine.home.Home`. The ledger's read an account's entries, too."""

    def rows(self, kind: type[R]) -> Iterator[R]:
        """Return all rows of a kind, ascending by id."""
        ...

    def facts(self) -> Iterator[Fact]:
        """Return the journal, ascending by id."""
        ...

    def positions(self) -> Iterator[tuple[int, str]]:
        """Return the position and id of every fact in the feed, ascending by position."""
        ...


class Finding(msgspec.Struct, frozen=True):
    """One row that is not as it must be: where it is, and what is wrong, with the figures."""

    where: str
    what: str


Check = Callable[[Any], list[Finding]]
"""An invariant: a function of the books (`Books`, or what its room reads beyond them), named as it is."""


class Tally:
    """A sum of fingerprints: two heaps are the same, in whatever order, when their tallies are.

    A multiset hash by addition (Clarke et al., ASIACRYPT 2003, MSet-Add-Hash) over BLAKE2b-128.
    """

    __slots__ = ("total",)

    def __init__(self) -> None:
        self.total = 0

    def add(self, *parts: object) -> None:
        """Put a thing on the heap."""
        self.total = (self.total + _print(parts)) % _MODULUS

    def remove(self, *parts: object) -> None:
        """Take a thing off the heap, or owe it."""
        self.total = (self.total - _print(parts)) % _MODULUS


def _print(parts: Iterable[object]) -> int:
    text = "\0".join(map(str, parts))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=16).digest())


def unequal(where: str, thing: str, kept: int | None, worked_out: int) -> list[Finding]:
    """Return a finding where a figure that is kept is not the one that is worked out."""
    if (kept or 0) == worked_out:
        return []
    return [Finding(where, f"{thing} is {kept or 0}, and should be {worked_out}")]
