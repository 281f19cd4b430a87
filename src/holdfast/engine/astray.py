"""Money that is with somebody whose it is not: by what providers, banks and courts did, and since when.

It breaks no invariant, as the books say so. Some of it comes back by itself; the rest waits for a person.
"""

from collections.abc import Iterator

import msgspec

from holdfast.engine.finding import Books
from holdfast.guarantees.model import GuaranteeRefused
from holdfast.kernel.clock import Instant
from holdfast.kernel.money import Money
from holdfast.settlement.facts import ChargedBack, LossRecovered, MoneySeized, PayoutConfirmed
from holdfast.settlement.model import Debt
from holdfast.settlement.otherwise import Repayment, RepaymentState, Taking


class Astray(msgspec.Struct, frozen=True):
    """A sum, with whom it is, whose it is, since when (None where no fact tells), and what it waits for."""

    amount: Money
    held_by: str
    belongs_to: str
    since: Instant | None
    waits_for: str


_WAITS = {
    RepaymentState.ASKED: "the provider, which was asked to pay it back",
    RepaymentState.BOUNCED: "another account of the consumer",
}


def astray(books: Books) -> list[Astray]:
    """Return every such sum, the oldest first."""
    found = [*_of_consumers(books), *_twice(books), *_carried(books)]
    return sorted(found, key=lambda each: (each.since or 0, each.held_by, each.belongs_to))


def _of_consumers(books: Books) -> Iterator[Astray]:
    for row in books.rows(Repayment):
        if row.state is not RepaymentState.PAID:
            yield Astray(
                Money(row.amount_minor, row.currency),
                "platform",
                f"consumer:{row.consumer_id}",
                row.since,
                f"{_WAITS[row.state]} (repayment:{row.id})",
            )


def _twice(books: Books) -> Iterator[Astray]:
    for row in books.rows(Taking):
        if row.twice_minor:
            yield Astray(
                Money(row.twice_minor, row.currency),
                f"consumer of order:{row.order_id}",
                "platform",
                row.at,
                "a person: it was paid back and charged back",
            )


def _carried(books: Books) -> Iterator[Astray]:
    debts = {row.id: row for row in books.rows(Debt) if row.platform_minor}
    since = _since(books) if debts else {}
    for merchant_id, debt in debts.items():
        yield Astray(
            Money(debt.platform_minor, debt.currency),
            f"merchant:{merchant_id}",
            "platform",
            since.get(merchant_id),
            "the merchant's next sales, or a recovery",
        )


def _since(books: Books) -> dict[str, Instant]:
    """Return since when each merchant owes the platform anything, without a break."""
    owed: dict[str, int] = {}
    since: dict[str, Instant] = {}
    for fact in books.facts():
        body = fact.body
        match body:
            case PayoutConfirmed() | ChargedBack() | MoneySeized():
                change = body.from_platform_minor
            case GuaranteeRefused():
                change = body.amount_minor
            case LossRecovered():
                change = -body.amount_minor
            case _:
                continue
        before = owed.get(body.merchant_id, 0)
        owed[body.merchant_id] = before + change
        if change > 0 and not before:
            since[body.merchant_id] = fact.at
    return since
