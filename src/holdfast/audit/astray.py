"""Money that is with somebody to whom it does not belong, by acts of providers, banks and courts.

It breaks no invariant, as the books say so. Some of it comes back by itself; the rest waits for a person.
"""

from collections.abc import Iterator

import msgspec

from holdfast.guarantees.model import GuaranteeRefused
from holdfast.kernel.check import Books
from holdfast.kernel.clock import Instant
from holdfast.kernel.money import Money
from holdfast.orders.model import Order
from holdfast.orders.rules import in_flight
from holdfast.parties.model import Merchant, MerchantStatus
from holdfast.settlement.facts import LossRecovered, PayoutConfirmed
from holdfast.settlement.model import Debt
from holdfast.settlement.otherwise import (
    Doubt,
    Freeze,
    OwedBack,
    Repayment,
    Taking,
    Why,
)
from holdfast.settlement.otherwise_facts import ChargebackWon, ChargedBack, MoneySeized, PaidTwice
from holdfast.settlement.received import Receipt
from holdfast.settlement.tasks import BOUNCED_REPAYMENT, DOUBT, RECEIPT, REPAYMENT_UNANSWERED


class Astray(msgspec.Struct, frozen=True):
    """A sum: who has it, whose it is, since when (None where no fact tells), and the event it waits for."""

    amount: Money
    held_by: str
    belongs_to: str
    since: Instant | None
    waits_for: str


_REPAYMENTS = (
    (REPAYMENT_UNANSWERED, "the provider, which was asked to pay it back"),
    (BOUNCED_REPAYMENT, "another account of the consumer"),
)
"""The event that a consumer's own money waits for, by the task."""


def astray(books: Books) -> list[Astray]:
    """Return every such sum, the oldest first."""
    found = [
        *_of_consumers(books),
        *_unanswered(books),
        *_owed_back(books),
        *_doubted(books),
        *_unassigned(books),
        *_frozen(books),
        *_carried(books),
    ]
    return sorted(found, key=lambda each: (each.since or 0, each.held_by, each.belongs_to))


def _of_consumers(books: Books) -> Iterator[Astray]:
    for row in books.rows(Repayment):
        for kind, waits_for in _REPAYMENTS:
            if kind.waits(row):
                yield Astray(
                    Money(row.left_minor, row.currency),
                    "platform",
                    f"consumer:{row.consumer_id}",
                    row.since,
                    f"{waits_for} (repayment:{row.id})",
                )


def _unanswered(books: Books) -> Iterator[Astray]:
    """Yield debits asked for in one currency and made in another, while nothing else was reported of them."""
    asked = {row.order_id: row.currency for row in books.rows(Repayment) if row.why is Why.CURRENCY}
    for order in books.rows(Order) if asked else ():
        if order.id in asked and in_flight(order):
            yield Astray(
                Money(order.owed_minor, order.currency),
                f"consumer:{order.consumer_id}",
                f"merchant:{order.merchant_id}",
                order.capture_asked_at,
                f"the provider's answer: it debited {asked[order.id]} (order:{order.id})",
            )


def _owed_back(books: Books) -> Iterator[Astray]:
    """Yield sums owed back; old chargebacks got twice, from before such rows, are on the taking alone."""
    named: set[str] = set()
    for row in books.rows(OwedBack):
        if row.order_id is not None:
            named.add(row.order_id)
        if row.owed_minor:
            who = (
                f"merchant:{row.merchant_id}" if row.order_id is None else f"consumer of order:{row.order_id}"
            )
            yield Astray(
                Money(row.owed_minor, row.currency),
                who,
                "platform",
                row.since,
                f"a person: it was paid twice, or in another currency (owed_back:{row.id})",
            )
    for row in books.rows(Taking):
        if row.twice_minor and row.order_id not in named:
            yield Astray(
                Money(row.twice_minor, row.currency),
                f"consumer of order:{row.order_id}",
                "platform",
                row.at,
                "a person: it was paid back and charged back",
            )


def _doubted(books: Books) -> Iterator[Astray]:
    for row in books.rows(Doubt):
        if DOUBT.waits(row):
            yield Astray(
                Money(row.amount_minor, row.currency),
                "platform, if it moved",
                f"consumer:{row.consumer_id}",
                row.since,
                f"a person, who asks the provider if it did (doubt:{row.id})",
            )


def _unassigned(books: Books) -> Iterator[Astray]:
    for row in books.rows(Receipt):
        if RECEIPT.waits(row):
            yield Astray(
                Money(row.left_minor, row.currency),
                "platform",
                "nobody known",
                row.since,
                f"a person, who assigns it (receipt:{row.id}): {row.reference}",
            )


def _frozen(books: Books) -> Iterator[Astray]:
    for row in books.rows(Freeze):
        if row.frozen_minor:
            yield Astray(
                Money(row.frozen_minor, row.currency),
                f"platform, frozen by {row.authority}",
                f"merchant:{row.merchant_id}",
                row.since,
                f"the authority, which lifts or takes it (freeze:{row.id})",
            )


def _carried(books: Books) -> Iterator[Astray]:
    debts = {row.id: row for row in books.rows(Debt) if row.platform_minor}
    if not debts:
        return
    since = _since(books)
    ran = {
        row.id: ", ".join(f"owner:{key}" for key in row.owner_ids)
        for row in books.rows(Merchant)
        if row.status is MerchantStatus.ABSCONDED
    }
    for merchant_id, debt in debts.items():
        owners = ran.get(merchant_id)
        yield Astray(
            Money(debt.platform_minor, debt.currency),
            f"merchant:{merchant_id}",
            "platform",
            since.get(merchant_id),
            "the merchant's next sales, or a recovery"
            if owners is None
            else f"a recovery from whom is behind it, as it ran away: {owners}",
        )


def _since(books: Books) -> dict[str, Instant]:
    """Return since when each merchant has owed the platform without a break."""
    owed: dict[str, int] = {}
    since: dict[str, Instant] = {}
    for fact in books.facts():
        body = fact.body
        match body:
            case PayoutConfirmed() | ChargedBack() | PaidTwice() | MoneySeized():
                change = body.from_platform_minor
            case GuaranteeRefused():
                change = body.amount_minor
            case LossRecovered():
                change = -body.amount_minor
            case ChargebackWon():
                change = -body.to_platform_minor
            case _:
                continue
        before = owed.get(body.merchant_id, 0)
        owed[body.merchant_id] = before + change
        if change > 0 and not before:
            since[body.merchant_id] = fact.at
    return since
