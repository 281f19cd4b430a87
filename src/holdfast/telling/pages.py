"""A page of facts, and a page of rows, told as any story is."""

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
"""For facts that have none: all that have amounts name their currency, or one of these."""


class Told(msgspec.Struct, frozen=True):
    """A page: its facts in their order, each with its id, and the cursor of the next one; None at the end."""

    facts: list[tuple[str, Event]]
    next: str | None

    def document(self) -> dict[str, Any]:
        """Return what programs are given of it: every text in both languages."""
        return {
            "facts": [
                {"id": key, **msgspec.structs.asdict(each), "text": each.text.en, "text_zh": each.text.zh}
                for key, each in self.facts
            ],
            "next": self.next,
        }


def told(home: Home, facts: Iterable[Fact], following: str | None, zone: str) -> Told:
    """Tell facts, with their times on the clocks of a zone.

    Raises:
        UnknownZone: there is no such zone.
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
    """Return the currency of the amounts of a fact that names none: that of what it is about."""
    for kind, name in _OWNERS:
        key: str | None = getattr(fact.body, name, None)
        if key is None:
            continue
        if (kind, key) not in known and (row := home.row(kind, key)) is not None:
            known[kind, key] = row.currency
        if (kind, key) in known:
            return known[kind, key]
    return NO_AMOUNTS
