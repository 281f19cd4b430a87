"""An order of a consumer, a log that takes its facts, and what opens them."""

from typing import Any

import pytest
from sequencing import code_of, take_all

from histories import CONSUMERS, START
from holdfast.engine.execution import Submission
from holdfast.journal.model import KeysDestroyed
from holdfast.kernel.rows import Fact
from holdfast.orders.model import CancelOrder, Listing, PlaceOrder
from holdfast.parties.model import Merchant, SetConsumerLimit
from holdfast.postgres.home import Postgres
from holdfast.postgres.writing import Connection
from holdfast.publishing.place import Place
from holdfast.publishing.publisher import Publisher
from holdfast.publishing.receipts import Published, openings_of
from holdfast.publishing.witnesses import Witnesses

CONSUMER = CONSUMERS[0]
SUBJECT = f"consumer:{CONSUMER}"


def sequence(log: Place, url: str) -> Published:
    publisher = Publisher(
        log.store(), log.head(), log.signer, log.trust, Witnesses(log.trust, log.urls, pause=0)
    )
    take_all(url, publisher)
    return Published(log.store(), log.trust)


def order(home: Postgres, order_id: str, at: int = START) -> None:
    """An order that was placed and cancelled: a deal that has ended."""
    [merchant, *_] = home.rows(Merchant)
    placing = PlaceOrder(
        order_id=order_id,
        merchant_id=merchant.id,
        consumer_id=CONSUMER,
        currency="CNY",
        amount_minor=1_000,
        listing=Listing(title="tea", text="green tea", price_minor=1_000),
    )
    for outcome in home.run([Submission(placing, at)]):
        assert outcome.refusal is None, outcome.refusal


def cancel(home: Postgres, order_id: str, at: int = START) -> None:
    [outcome] = home.run([Submission(CancelOrder(order_id=order_id, reason="changed mind"), at)])
    assert outcome.refusal is None, outcome.refusal


def refused(code: str, refusal: pytest.ExceptionInfo[Any]) -> None:
    assert code_of(refusal.value) == code


def limit(minor: int) -> SetConsumerLimit:
    return SetConsumerLimit(consumer_id=CONSUMER, limit_minor=minor)


def opened_facts(connection: Connection, published: Published) -> list[dict[str, Any]]:
    return [one.fact for one in openings_of(connection, published.size)]


def was_whole(fact: Fact) -> bool:
    """Tell whether an erasure took the subject's own key, too."""
    assert isinstance(fact.body, KeysDestroyed)
    return fact.body.whole
