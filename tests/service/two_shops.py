"""A market with two shops and two consumers, each of which trades with both of the others.

What is another's has a marker in every text that a person wrote: where it shows, somebody sees too much.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from http_asking import Http, order

from holdfast.kernel.actor import Role

MARKER = "marker-of-{owner}"


class Side(NamedTuple):
    """A caller that owns things, with an order that is its own, and one that is another's."""

    role: Role
    owner: str
    own: str
    others: str
    markers: tuple[str, ...]


SHOP = Side(Role.MERCHANT, "shop1", "shop1~a", "shop2~a", ("shop2", MARKER.format(owner="shop2")))
ANNA = Side(Role.CONSUMER, "anna", "shop1~a", "shop1~b", ("bob", "shop1~b", MARKER.format(owner="bob")))
"""Shop 1 among the shops; Anna among those who buy at shop 1."""

ORDERS = {"shop1~a": "anna", "shop1~b": "bob", "shop2~a": "anna", "shop2~b": "bob"}


def trade(http: Http) -> None:
    """Take in two shops and two consumers, and let everything happen between them that leaves a row."""
    for shop in ("shop1", "shop2"):
        name = MARKER.format(owner=shop)
        merchant = {"merchant_id": shop, "name": name, "currency": "CNY", "owner_ids": [f"owner-{shop}"]}
        _done(http, "/v1/merchants", merchant)
    for consumer in ("anna", "bob"):
        _done(http, "/v1/consumers", {"consumer_id": consumer, "currency": "CNY"})
    for order_id, consumer in ORDERS.items():
        _trade(http, order_id, consumer)
    for shop in ("shop1", "shop2"):
        _hold(http, shop)


def _trade(http: Http, order_id: str, consumer: str) -> None:
    shop = order_id.partition("~")[0]
    text = f"{MARKER.format(owner=shop)} {MARKER.format(owner=consumer)}"
    made = order(1, order_id=order_id, merchant_id=shop, consumer_id=consumer, amount_minor=2_000)
    made["listing"] = {"title": "kettle", "text": text, "price_minor": 2_000}
    _done(http, "/v1/orders", made)
    at = f"/v1/orders/{order_id}"
    _done(http, f"{at}/ship", {"tracking": text})
    _done(http, f"{at}/deliver")
    _done(http, f"{at}/ask-after-sales", {"question": text})
    _done(http, f"{at}/capture", {"amount_minor": 2_000, "debit_id": f"{order_id}-d"})
    claim = {"claim_id": f"{order_id}-c", "order_id": order_id, "amount_minor": 500, "reason": text}
    _done(http, "/v1/claims", claim)
    _done(http, "/v1/evidence", evidence(order_id, text))
    back = {"chargeback_id": f"{order_id}-b", "order_id": order_id, "amount_minor": 100, "reason": text}
    _done(http, "/v1/chargebacks", back)
    twice = {"payment_id": f"{order_id}-p", "order_id": order_id, "amount_minor": 50, "reason": text}
    _done(http, "/v1/overpayments", twice)
    _done(http, f"{at}/capture", {"amount_minor": 10, "debit_id": f"{order_id}-e"})


def _hold(http: Http, shop: str) -> None:
    text = MARKER.format(owner=shop)
    _done(http, f"/v1/merchants/{shop}/pay-deposit", {"amount_minor": 5_000})
    freeze = {"freeze_id": f"{shop}~f", "merchant_id": shop, "amount_minor": 300}
    _done(http, "/v1/freezes", {**freeze, "authority": text, "document": text})
    stands = {"guarantee_id": f"{shop}~g", "merchant_id": shop, "kind": "bank_guarantee", "issuer": text}
    term = {"starts_at": "2026-03-01T00:00:00+08:00", "ends_at": "2027-03-01T00:00:00+08:00"}
    _done(http, "/v1/guarantees", {**stands, **term, "limit_minor": 1_000, "call": "on_demand"})


def evidence(order_id: str, text: str) -> Mapping[str, Any]:
    """Return the body that records a photo for an order."""
    return {
        "order_id": order_id,
        "sha256": "a" * 64,
        "sm3": "b" * 64,
        "size_bytes": 1,
        "media_type": "image/jpeg",
        "source": text,
        "device": text,
        "captured_at": "2026-03-01T00:00:00+08:00",
        "operator": text,
    }


def _done(http: Http, path: str, body: Mapping[str, Any] | None = None) -> None:
    answer = http.post(path, dict(body or {}))
    assert answer.is_success, f"{path}: {answer.text}"
