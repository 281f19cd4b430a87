"""Checks: the books that a check reads, the findings that it returns, and sums that compare two multisets.

Each room declares the checks of its rows (`Room.checks`); `holdfast.audit` runs them all. A check is a pure
function of the books that returns its findings. Its docstring begins with the invariant, which is printed.
Rows are streamed: the memory holds a sum for each account, merchant or consumer, never the transfers, so that
a large database can be audited.
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
"""Sums by their subject; `Sums(int)` has none yet."""


class Books(Protocol):
    """The part of a home that checks read, see `engine.home.Home`; the ledger's read entries, too."""

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
    """One row that breaks an invariant: where it is, and the fault, with the figures."""

    where: str
    what: str


Check = Callable[[Any], list[Finding]]
"""An invariant: a function of the books (`Books`, or more that its room reads), named after the invariant."""


class Tally:
    """A sum of fingerprints: two multisets are the same, in whatever order, when their tallies are.

    A multiset hash by addition (Clarke et al., ASIACRYPT 2003, MSet-Add-Hash) over BLAKE2b-128.
    """

    __slots__ = ("total",)

    def __init__(self) -> None:
        self.total = 0

    def add(self, *parts: object) -> None:
        """Put a thing into the multiset."""
        self.total = (self.total + _print(parts)) % _MODULUS

    def remove(self, *parts: object) -> None:
        """Take a thing out of the multiset, or owe it."""
        self.total = (self.total - _print(parts)) % _MODULUS


def _print(parts: Iterable[object]) -> int:
    text = "\0".join(map(str, parts))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=16).digest())


def unequal(where: str, thing: str, kept: int | None, worked_out: int) -> list[Finding]:
    """Return a finding where a figure that is kept differs from the one that is worked out."""
    if (kept or 0) == worked_out:
        return []
    return [Finding(where, f"{thing} is {kept or 0}, and should be {worked_out}")]
