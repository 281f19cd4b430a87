"""Asking the service over HTTP within this process: a real database behind it, and no socket before it."""

import asyncio
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from functools import cache
from random import Random
from typing import Any

import credentials
import httpx

from histories import START, policy
from holdfast.access.model import Scope
from holdfast.access.rules import OF_KEYS, OF_PEOPLE
from holdfast.engine.home import Lane
from holdfast.kernel.actor import Role
from holdfast.kernel.clock import SimulatedClock
from holdfast.kernel.ids import Ids
from holdfast.postgres.home import Postgres
from holdfast.service.application import application
from holdfast.service.catalogue import catalogue
from holdfast.service.entrance import Entrance
from holdfast.service.permissions import line_of
from holdfast.service.reach import ROLES, Reach
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


class Elapsed:
    """Seconds that go by when a test says so."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


class Http:
    """The service, its home, its clock, and a client of it. `run` waits for what is asked of it together.

    A request that says nobody comes from the platform's shop system, where that may do what it asks, and else
    from a machine of the first role that may. `as_machine` and `as_person` are headers of other callers.
    """

    def __init__(
        self,
        runner: asyncio.Runner,
        home: Postgres,
        service: Service,
        clock: SimulatedClock,
        callers: credentials.Credentials,
    ) -> None:
        self.home, self.service, self.clock = home, service, clock
        self.run = runner.run
        self.entrance: Entrance = application(service)
        self._callers = callers
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.entrance), base_url="http://127.0.0.1:8080", auth=self.let_in
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

    def as_machine(self, role: Role, owner: str | None = None, *scopes: Scope) -> dict[str, str]:
        """Return the headers of a machine: the platform's, a merchant's, a consumer's."""
        return self._callers.of_machine(role, owner, scopes or tuple(Scope))

    def as_person(self, name: str, role: Role, owner: str | None = None) -> dict[str, str]:
        """Return the headers of a person who is signed in; one name has one role."""
        return self._callers.of_person(name, role, owner)

    def another_session(self, name: str, role: Role) -> dict[str, str]:
        """Return the headers of one more session of a person who is signed in."""
        return self._callers.of_person_again(name, role)

    def as_whoever_may(self, operation: str) -> dict[str, str]:
        """Return the headers of a person whose role may do an operation to everything."""
        role = next(role for role in ROLES if line_of(operation).reach(role) is Reach.ALL)
        return self.as_machine(role) if role not in OF_PEOPLE else self.as_person(f"some-{role}", role)

    def let_in(self, request: httpx.Request) -> httpx.Request:
        """Put the credential of whoever may into a request that has none."""
        if "authorization" not in request.headers:
            path = request.url.raw_path.partition(b"?")[0].decode("ascii")
            found = _operation(request.method, path)
            may = [role for role in (Role.MARKETPLACE, *ROLES) if line_of(found).reach(role) is Reach.ALL]
            role = next((role for role in may if role in OF_KEYS), Role.MARKETPLACE)
            request.headers.update(self.as_machine(role))
        return request


def _fits(part: str, said: str) -> bool:
    return part == said or part.startswith("{")


@cache
def _operation(method: str, path: str) -> str:
    """Return the name of the operation at a path; nothing where there is none."""
    asked = path.split("/")
    for each in catalogue():
        parts = each.path.split("/")
        if each.method == method and len(parts) == len(asked) and all(map(_fits, parts, asked)):
            return each.name
    return ""


@contextmanager
def served(
    url: str,
    lane_over: type[Any] | None = None,
    limits: Limits = LIMITS,
    elapsed: Callable[[], float] = time.monotonic,
) -> Generator[Http]:
    """Serve a database by a clock that stands still; `lane_over` is put around the home of commands."""
    clock = SimulatedClock(START)
    home = Postgres(url, None, Ids(Random(1)), guard=None)
    home.adopt(policy("full"), START)
    lane: Lane = home if lane_over is None else lane_over(home)
    with asyncio.Runner() as runner, credentials.over(url, clock) as callers:
        opening = opened(
            lane, lambda: Postgres(url, None, Ids(Random(2)), guard=None), clock, limits, elapsed
        )
        http = Http(runner, home, runner.run(opening.__aenter__()), clock, callers)
        try:
            yield http
        finally:
            runner.run(http.client.aclose())
            runner.run(opening.__aexit__(None, None, None))
            home.close()
