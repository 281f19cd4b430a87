"""What is asked of the service, as bytes on a connection."""

from collections.abc import Iterable
from random import Random
from typing import NamedTuple

import msgspec

from holdfast.bench.api.letting_in import AUTHORIZATION
from holdfast.bench.market import Orders
from holdfast.orders.model import PlaceOrder

CONTENT_TYPE = b"Content-Type: application/json\r\n"

_TAG = b'{"type":"PlaceOrder",'


class Asked(NamedTuple):
    """A request as it is sent, and the id of the order that it is about."""

    sent: bytes
    order_id: str


def get(path: str) -> bytes:
    """Return a request that reads."""
    return b"GET %b HTTP/1.1\r\nHost: 127.0.0.1\r\n%b\r\n" % (path.encode(), AUTHORIZATION)


def post(path: str, body: bytes, key: str | None = None) -> bytes:
    """Return a request that commands, under an idempotency key."""
    said = b"" if key is None else b"Idempotency-Key: %b\r\n" % key.encode()
    return b"POST %b HTTP/1.1\r\nHost: 127.0.0.1\r\n%b%b%bContent-Length: %d\r\n\r\n%b" % (
        path.encode(),
        AUTHORIZATION,
        CONTENT_TYPE,
        said,
        len(body),
        body,
    )


class Placing:
    """Orders of the market of `bench.market`, one in a request or many."""

    def __init__(self, rng: Random, first: str = "") -> None:
        """Begin; orders have ids that start with `first`, so that several loads have each their own."""
        self._orders = Orders(rng)
        self._first = first

    def next(self) -> Asked:
        """Return the next order, by itself."""
        body, order_id, key = self._drawn()
        return Asked(post("/v1/orders", body, key), order_id)

    def batch(self, size: int) -> Asked:
        """Return so many orders in one request, each under a key of its own."""
        drawn = [self._drawn() for _ in range(size)]
        commands = b",".join(
            b'{"operation":"PlaceOrder","idempotency_key":"%b","body":%b}' % (key.encode(), body)
            for body, _, key in drawn
        )
        return Asked(post("/v1/batch", b'{"commands":[%b]}' % commands), drawn[0][1])

    def _drawn(self) -> tuple[bytes, str, str]:
        command, key = self._orders.next()
        assert isinstance(command, PlaceOrder), "the load places orders"
        assert key is not None, "and each has a key"
        order_id = self._first + command.order_id
        body = msgspec.json.encode(msgspec.structs.replace(command, order_id=order_id))
        assert body.startswith(_TAG), "a command says what it is before all else"
        return b"{" + body[len(_TAG) :], order_id, key


class Reading:
    """Orders that are read, each drawn from those that are there."""

    def __init__(self, rng: Random, order_ids: Iterable[str]) -> None:
        self._rng = rng
        self._requests = [Asked(get(f"/v1/orders/{each}"), each) for each in order_ids]

    def next(self) -> Asked:
        """Return the next request."""
        return self._rng.choice(self._requests)
