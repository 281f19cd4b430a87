"""A page of facts, told as any story is."""

from collections.abc import Iterable
from typing import Any

import msgspec

from holdfast.engine.home import Home
from holdfast.kernel import zones
from holdfast.kernel.rows import Fact
from holdfast.ledger.model import Hold, Transfer
from holdfast.orders.model import Order
from holdfast.parties.model import Consumer, Merchant
from holdfast.telling.lives import Event, event

NO_AMOUNTS = "CNY"
"""The currency for facts without amounts: a fact with amounts names its currency, or a row that has one."""


class Told(msgspec.Struct, frozen=True):
    """A page: its facts in their order, each with its id, and the cursor of the next one; None at the end."""

    facts: list[tuple[str, Event]]
    next: str | None

    def document(self) -> dict[str, Any]:
        """Return the page as a document for programs, with every text in both languages."""
        return {
            "facts": [
                {"id": key, **msgspec.structs.asdict(each), "text": each.text.en, "text_zh": each.text.zh}
                for key, each in self.facts
            ],
            "next": self.next,
        }


def told(home: Home, facts: Iterable[Fact], following: str | None, zone: str) -> Told:
    """Tell facts, with their times in a time zone.

    Raises:
        UnknownZone: there is no such time zone.
    """
    place = zones.zone(zone)
    known: dict[tuple[type[Any], str], str] = {}
    return Told([(fact.id, event(fact, _currency(home, fact, known), place)) for fact in facts], following)


_OWNERS: tuple[tuple[type[Any], str], ...] = (
    (Order, "order_id"),
    (Merchant, "merchant_id"),
    (Consumer, "consumer_id"),
    (Hold, "hold_id"),
    (Transfer, "transfer_id"),
)


def _currency(home: Home, fact: Fact, known: dict[tuple[type[Any], str], str]) -> str:
    """Return the currency of the amounts of a fact that names none: that of the row that it is about."""
    for kind, name in _OWNERS:
        key: str | None = getattr(fact.body, name, None)
        if key is None:
            continue
        if (kind, key) not in known and (row := home.row(kind, key)) is not None:
            known[kind, key] = row.currency
        if (kind, key) in known:
            return known[kind, key]
    return NO_AMOUNTS
