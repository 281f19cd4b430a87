"""The audit: every invariant of the books, checked on a home as it stands.

Each check is a pure function of the books and returns what it finds wrong; its docstring begins with
what must hold, which is printed. Rows are streamed: what is kept is a sum an account, a merchant or a
consumer, never the transfers, so that a large database can be audited. The home must stand still meanwhile.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

import msgspec

from holdfast.audit import (
    guarantees,
    journal,
    ledger,
    orders,
    otherwise,
    recoveries,
)
from holdfast.audit.astray import Astray, astray
from holdfast.audit.finding import Books, Finding
from holdfast.engine.home import Home
from holdfast.kernel.clock import Instant
from holdfast.kernel.rows import Fact, Row
from holdfast.ledger.model import Transfer

R = TypeVar("R", bound=Row)
T = TypeVar("T")

Validation = Callable[[Books], list[Finding]]

CHECKS: tuple[Validation, ...] = (
    ledger.sums_to_zero,
    ledger.never_negative,
    ledger.entries_chain,
    ledger.pending_equals_holds,
    ledger.holds_posted,
    orders.held_is_of_orders,
    orders.coverage_is_current,
    orders.lines_are_earned,
    orders.orders_add_up,
    orders.parts_are_counted,
    orders.consumers_owe,
    orders.advances_are_out,
    orders.claims_add_up,
    orders.claims_and_orders_meet,
    orders.debts_are_missing_sums,
    orders.owners_owe,
    otherwise.credit_is_returned,
    otherwise.repayments_add_up,
    otherwise.owed_back_by_name,
    otherwise.receipts_are_unassigned,
    otherwise.freezes_stand_still,
    otherwise.chargebacks_add_up,
    recoveries.recoveries_are_set_aside,
    guarantees.guarantees_add_up,
    guarantees.guarantees_are_cover,
    guarantees.issuers_are_asked,
    journal.journal_ascends,
    journal.feed_is_whole,
    journal.times_are_plausible,
    journal.beginnings_are_told,
    journal.policy_in_force_is_told,
    journal.requests_have_their_facts,
    journal.deadlines_stand,
    journal.no_deadline_is_put_aside,
)


class Check(msgspec.Struct, frozen=True):
    """One invariant: its name, what must hold in one sentence, how many rows were read, what is wrong."""

    name: str
    what: str
    rows: int
    findings: list[Finding]


class Audit(msgspec.Struct, frozen=True):
    """All checks, in their order; and money that is with the wrong person, as the books themselves tell."""

    checks: list[Check]
    astray: list[Astray]

    @property
    def findings(self) -> list[Finding]:
        """Return everything that is wrong."""
        return [finding for check in self.checks for finding in check.findings]


class _Counted:
    """The books, counting what is read of them."""

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
    """Check every invariant of the home, and say what was checked and what was found."""
    return Audit([_checked(home, validate) for validate in CHECKS], astray(home))


def _checked(home: Home, validate: Validation) -> Check:
    counted = _Counted(home)
    findings = validate(counted)
    sentence = (inspect.getdoc(validate) or "").partition("\n\n")[0]
    return Check(validate.__name__, " ".join(sentence.split()), counted.read, findings)
