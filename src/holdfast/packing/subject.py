"""The subject of a package, and the facts about it."""

import heapq
from collections.abc import Iterable
from itertools import islice
from typing import NamedTuple, TypeVar

from holdfast.engine.home import Home
from holdfast.evidence.model import EvidenceFact
from holdfast.kernel.refusal import NotFound
from holdfast.kernel.rows import Fact, Row
from holdfast.kernel.text import Text
from holdfast.orders.facts import OrderFact
from holdfast.orders.model import Order
from holdfast.packing.refusals import BadSubject, NothingToPack, PackageTooLarge
from holdfast.parties.model import Merchant
from holdfast.settlement.facts import ClaimFact
from holdfast.settlement.model import Claim

R = TypeVar("R", bound=Row)

MAX_FACTS = 9_000
"""Facts of a package: with their receipts, and some evidence, they are as many files as are verified."""

_KINDS = ("order", "merchant", "claim")


class Subject(NamedTuple):
    """An order, a merchant or a claim."""

    kind: str
    id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


def parse(text: str) -> Subject:
    """Read order:ID, merchant:ID or claim:ID.

    Raises:
        BadSubject: it is none of them.
    """
    kind, colon, key = text.partition(":")
    if kind not in _KINDS or not colon or not key:
        raise BadSubject("subject", text=text[:200])
    return Subject(kind, key)


def facts_of(home: Home, subject: Subject) -> list[Fact]:
    """Return the facts about a subject, ascending.

    Of an order, all; of one that was split from another, all of the one that was placed, too: there is what
    was shown and agreed. Of a claim, all of its order's; of a merchant, those about itself, and all of each
    order that was claimed for or has evidence.

    Raises:
        NotFound: there is no such row.
        NothingToPack: no fact is about it.
        PackageTooLarge: they are too many for one package.
    """
    match subject.kind:
        case "order":
            found: Iterable[Fact] = _of_order(home, _need(home, Order, subject))
        case "claim":
            order = home.row(Order, _need(home, Claim, subject).order_id)
            found = [] if order is None else _of_order(home, order)
        case _:
            _need(home, Merchant, subject)
            found = _of_merchant(home, subject.id)
    facts = list(islice(found, MAX_FACTS + 1))
    if not facts:
        raise NothingToPack(str(subject))
    if len(facts) > MAX_FACTS:
        raise PackageTooLarge(str(subject), what=Text(f"{MAX_FACTS:,} 条事实", f"{MAX_FACTS:,} facts"))
    return facts


def _need(home: Home, kind: type[R], subject: Subject) -> R:
    row = home.row(kind, subject.id)
    if row is None:
        raise NotFound(str(subject), kind=kind.called)
    return row


def _of_order(home: Home, order: Order) -> Iterable[Fact]:
    own = home.facts(order_id=order.id)
    if order.first_id is None:
        return own
    return heapq.merge(home.facts(order_id=order.first_id), own, key=lambda fact: fact.id)


def _of_merchant(home: Home, merchant_id: str) -> Iterable[Fact]:
    """Yield the merchant's facts but those of orders that nobody ever had a question about."""
    asked: set[str | None] = {
        fact.body.order_id
        for fact in home.facts(merchant_id=merchant_id)
        if isinstance(fact.body, ClaimFact | EvidenceFact)
    }
    for fact in home.facts(merchant_id=merchant_id):
        if not isinstance(fact.body, OrderFact) or fact.body.order_id in asked:
            yield fact
