"""The audit: every invariant that a room declares (`Room.checks`), checked on a home.

Nothing may write to the home meanwhile: a check reads it several times.
"""

import inspect
from collections.abc import Iterable, Iterator
from typing import TypeVar

import msgspec

from holdfast.audit.astray import Astray, astray
from holdfast.engine.home import Home
from holdfast.house import CHECKS
from holdfast.kernel.check import Check, Finding
from holdfast.kernel.clock import Instant
from holdfast.kernel.rows import Fact, Row
from holdfast.ledger.model import Transfer

R = TypeVar("R", bound=Row)
T = TypeVar("T")


class Checked(msgspec.Struct, frozen=True):
    """One invariant: its name, its sentence, how many rows were read, and the findings."""

    name: str
    what: str
    rows: int
    findings: list[Finding]


class Audit(msgspec.Struct, frozen=True):
    """All checks, by room, the lowest first; and money that is with the wrong person, as the books tell."""

    checks: list[Checked]
    astray: list[Astray]

    @property
    def findings(self) -> list[Finding]:
        """Return the findings of all checks."""
        return [finding for check in self.checks for finding in check.findings]


class _Counted:
    """The books, counting the rows and facts that are read."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self.read = 0

    def _count(self, things: Iterable[T]) -> Iterator[T]:
        for thing in things:
            self.read += 1
            yield thing

    def rows(self, kind: type[R]) -> Iterator[R]:
        return self._count(self._home.rows(kind))

    def facts(self) -> Iterator[Fact]:
        return self._count(self._home.facts())

    def positions(self) -> Iterator[tuple[int, str]]:
        return self._count(self._home.positions())

    def entries(self, account_id: str, until: Instant | None = None) -> Iterator[Transfer]:
        return self._count(self._home.entries(account_id, until))


def audit(home: Home) -> Audit:
    """Check every invariant of the home; return the checks with their findings."""
    return Audit([_checked(home, check) for check in CHECKS], astray(home))


def _checked(home: Home, check: Check) -> Checked:
    counted = _Counted(home)
    findings = check(counted)
    sentence = (inspect.getdoc(check) or "").partition("\n\n")[0]
    return Checked(check.__name__, " ".join(sentence.split()), counted.read, findings)
