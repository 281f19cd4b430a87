"""What an audit finds, and sums that compare two heaps of things in any order without keeping them."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

import msgspec

from holdfast.kernel.clock import Instant
from holdfast.kernel.rows import Fact, Row
from holdfast.ledger.model import Transfer

R = TypeVar("R", bound=Row)

_MODULUS = 2**128


class Books(Protocol):
    """What an audit reads of a home: see `engine.home.Home`."""

    def rows(self, kind: type[R]) -> Iterator[R]:
        """Return all rows of a kind, ascending by id."""
        ...

    def facts(self) -> Iterator[Fact]:
        """Return the journal, ascending by id."""
        ...

    def positions(self) -> Iterator[tuple[int, str]]:
        """Return the position and id of every fact in the feed, ascending by position."""
        ...

    def entries(self, account_id: str, until: Instant | None = None) -> Iterator[Transfer]:
        """Return the transfers of an account, ascending by the account's version."""
        ...


class Finding(msgspec.Struct, frozen=True):
    """One row that is not as it must be: where it is, and what is wrong, with the figures."""

    where: str
    what: str


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
