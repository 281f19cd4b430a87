"""Asking the service over HTTP within this process: a real database behind it, and no socket before it."""

import asyncio
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from random import Random
from typing import Any

import httpx

from histories import START, policy
from holdfast.engine.home import Lane
from holdfast.kernel.clock import SimulatedClock
from holdfast.kernel.ids import Ids
from holdfast.postgres.home import Postgres
from holdfast.service.application import application
from holdfast.service.entrance import Entrance
from holdfast.service.service import LIMITS, Limits, Service, opened

SHOP = {"merchant_id": "shop1", "name": "Kettles", "currency": "CNY", "owner_ids": ["zhou"]}
ANNA = {"consumer_id": "anna", "currency": "CNY"}
LISTED = {"title": "kettle", "text": "1.7 l", "price_minor": 12_900}
ENGLISH = {"Accept-Language": "en"}


def order(number: int = 1001, **more: Any) -> dict[str, Any]:
    """Return the body that places an order of Anna's at the shop."""
    return {
        "order_id": f"shop1~{number}",
        "merchant_id": "shop1",
        "consumer_id": "anna",
        "currency": "CNY",
        "amount_minor": 12_900,
        "listing": LISTED,
        **more,
    }


class Http:
    """The service, its home, its clock, and a client of it. `run` waits for what is asked of it together."""

    def __init__(
        self, runner: asyncio.Runner, home: Postgres, service: Service, clock: SimulatedClock
    ) -> None:
        self.home, self.service, self.clock = home, service, clock
        self.run = runner.run
        self.entrance: Entrance = application(service)
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.entrance), base_url="http://127.0.0.1:8080"
        )

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
        return self.run(self.client.get(path, headers=headers))

    def post(self, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> httpx.Response:
        sent: dict[str, Any] = {"content": body} if isinstance(body, bytes) else {"json": body or {}}
        return self.run(self.client.post(path, headers=headers, **sent))

    def parties(self) -> None:
        """Take in the shop and Anna."""
        for path, body in (("/v1/merchants", SHOP), ("/v1/consumers", ANNA)):
            assert self.post(path, body).status_code == 201


@contextmanager
def served(url: str, lane_over: type[Any] | None = None, limits: Limits = LIMITS) -> Generator[Http]:
    """Serve a database by a clock that stands still; `lane_over` is put around the home of commands."""
    clock = SimulatedClock(START)
    home = Postgres(url, None, Ids(Random(1)), guard=None)
    home.adopt(policy("full"), START)
    lane: Lane = home if lane_over is None else lane_over(home)
    with asyncio.Runner() as runner:
        opening = opened(lane, lambda: Postgres(url, None, Ids(Random(2)), guard=None), clock, limits)
        http = Http(runner, home, runner.run(opening.__aenter__()), clock)
        try:
            yield http
        finally:
            runner.run(http.client.aclose())
            runner.run(opening.__aexit__(None, None, None))
            home.close()
