"""The audit: every invariant of the books, checked on a home as it stands.

Each check is a pure function of the books and returns what it finds wrong; its docstring begins with
what must hold, which is printed. Rows are streamed: what is kept is a sum an account, a merchant or a
consumer, never the transfers, so that a large database can be audited. The home must stand still meanwhile.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

import msgspec

from holdfast.engine import (
    audit_guarantees,
    audit_journal,
    audit_ledger,
    audit_orders,
    audit_otherwise,
    audit_recoveries,
)
from holdfast.engine.astray import Astray, astray
from holdfast.engine.finding import Books, Finding
from holdfast.engine.home import Home
from holdfast.kernel.clock import Instant
from holdfast.kernel.rows import Fact, Row
from holdfast.ledger.model import Transfer

R = TypeVar("R", bound=Row)
T = TypeVar("T")

Validation = Callable[[Books], list[Finding]]

CHECKS: tuple[Validation, ...] = (
    audit_ledger.sums_to_zero,
    audit_ledger.never_negative,
    audit_ledger.entries_chain,
    audit_ledger.pending_equals_holds,
    audit_ledger.holds_posted,
    audit_orders.held_is_of_orders,
    audit_orders.coverage_is_current,
    audit_orders.lines_are_earned,
    audit_orders.orders_add_up,
    audit_orders.parts_are_counted,
    audit_orders.consumers_owe,
    audit_orders.advances_are_out,
    audit_orders.claims_add_up,
    audit_orders.claims_and_orders_meet,
    audit_orders.debts_are_missing_sums,
    audit_orders.owners_owe,
    audit_otherwise.credit_is_returned,
    audit_otherwise.repayments_add_up,
    audit_otherwise.owed_back_by_name,
    audit_otherwise.receipts_are_unassigned,
    audit_otherwise.freezes_stand_still,
    audit_otherwise.chargebacks_add_up,
    audit_recoveries.recoveries_are_set_aside,
    audit_guarantees.guarantees_add_up,
    audit_guarantees.guarantees_are_cover,
    audit_guarantees.issuers_are_asked,
    audit_journal.journal_ascends,
    audit_journal.times_are_plausible,
    audit_journal.beginnings_are_told,
    audit_journal.policy_in_force_is_told,
    audit_journal.requests_have_their_facts,
    audit_journal.deadlines_stand,
    audit_journal.no_deadline_is_put_aside,
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
