"""Sandboxes over HTTP: which one a credential leads to, their clocks, and processes that come and go."""

import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import credentials
import httpx
import pytest
from http_asking import ANNA, ENGLISH, SHOP, Http, order, served
from test_serving_process import serving

import sandboxes
from holdfast.audit.checks import audit
from holdfast.kernel.actor import Role
from holdfast.kernel.clock import DAY
from holdfast.markets import outside, registry
from holdfast.markets.model import Market
from holdfast.orders.model import Order
from holdfast.service.admission import Rates
from holdfast.service.application import application
from holdfast.service.markets import Markets
from holdfast.service.sandboxes import Sandboxes
from sandboxes import facts_of, home_of, time_of
from waiting import wait_for

BEGAN = "2026-03-01T00:00:00.000Z"


KETTLES, OTHERS = (credentials.of_sandbox(name) for name in ("kettles", "others"))


def made(url: str, name: str) -> Market:
    """Make a sandbox to which the shop system has a key."""
    market = sandboxes.made(url, name)
    credentials.in_sandbox(market)
    return market


@pytest.fixture
def sandbox(migrated_url: str) -> Market:
    return made(migrated_url, "kettles")


class WithSandboxes:
    """A service with its sandboxes, of which two may be open."""

    def __init__(self, http: Http, url: str) -> None:
        self.run = http.run
        self.markets = Markets(http.service, Sandboxes(url, None, outside.answers), most=2)
        http.entrance = application(http.service, self.markets)
        http.client = self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(http.entrance), base_url="http://127.0.0.1:8080", auth=http.let_in
        )
        self.get, self.post = http.get, http.post
        self.live = http.as_machine(Role.MARKETPLACE)


@pytest.fixture
def both(migrated_url: str) -> Iterator[WithSandboxes]:
    """A service with two sandboxes."""
    for name in ("kettles", "others"):
        made(migrated_url, name)
    with served(migrated_url) as http:
        asking = WithSandboxes(http, migrated_url)
        yield asking
        asking.run(asking.markets.close())


def sent(http: WithSandboxes, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
    answer = http.post(path, body, headers)
    assert answer.status_code < 300, answer.text
    return answer.json()


def code(answer: httpx.Response) -> str:
    return answer.json()["code"]


def opened(http: WithSandboxes, headers: dict[str, str]) -> None:
    for path, body in (("/v1/merchants", SHOP), ("/v1/consumers", ANNA)):
        sent(http, path, body, headers)


def test_a_sandbox_has_its_own_data_and_its_own_time(both: WithSandboxes) -> None:
    opened(both, KETTLES)
    sent(both, "/v1/orders", order(), KETTLES)
    assert both.get("/v1/orders/shop1~1001", KETTLES).status_code == 200
    for headers in (None, OTHERS):
        assert code(both.get("/v1/orders/shop1~1001", headers)) == "not_found"
        assert both.get("/v1/facts?order=shop1~1001", headers).json()["items"] == []
        assert code(both.post("/v1/orders/shop1~1001/ship", {}, headers)) == "not_found"
    moved = sent(both, "/v1/test_clock/advance", {"by": "P3D"}, KETTLES)
    assert moved["done"]
    assert moved["now"] == both.get("/v1/test_clock", KETTLES).json()["now"]
    assert both.get("/v1/test_clock", OTHERS).json()["now"] == moved["since"]


def test_what_happened_is_answered(both: WithSandboxes) -> None:
    opened(both, KETTLES)
    for number in range(120):
        sent(both, "/v1/orders", order(number, amount_minor=1), KETTLES)
    moved = sent(both, "/v1/test_clock/advance", {"by": "P40D"}, {**KETTLES, "Idempotency-Key": "a"})
    assert moved["counts"]["OrderCancelled"] == 120
    assert len(moved["facts"]) == 100
    assert moved["facts"][0]["position"] + 100 == moved["next"]
    rest = moved["following"] - moved["next"]
    following = both.get(f"/v1/facts?after_position={moved['next']}&limit=200", KETTLES).json()
    assert len(following["items"]) == rest == sum(moved["counts"].values()) - 100
    again = both.post("/v1/test_clock/advance", {"by": "P40D"}, {**KETTLES, "Idempotency-Key": "a"})
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json() == moved
    other = both.post("/v1/test_clock/advance", {"by": "P41D"}, {**KETTLES, "Idempotency-Key": "a"})
    assert (other.status_code, code(other)) == (422, "key_reused")


def test_a_live_market_has_no_clock_to_move(both: WithSandboxes) -> None:
    for headers in ({}, both.live):
        answer = both.post("/v1/test_clock/advance", {"by": "P1D"}, headers)
        assert (answer.status_code, code(answer)) == (403, "clock_runs")
        assert both.get("/v1/test_clock", headers).json()["market"] == "live"


def test_no_credential_leads_where_it_is_not_for(both: WithSandboxes) -> None:
    for token in (
        "hf_live_kettles.0192_x",
        "hf_test_0192_x",
        "hf_test_nobody.0192_x",
        "hf_test_live.0192_x",
        "hf_session_nobody.0192_x",
    ):
        answer = both.get("/v1/orders", {"Authorization": f"Bearer {token}"})
        assert (answer.status_code, code(answer)) == (404, "no_such_market"), token


def test_a_key_lets_into_its_own_market_alone(both: WithSandboxes) -> None:
    token = KETTLES["Authorization"].removeprefix("Bearer hf_test_kettles.")
    live = both.live["Authorization"].removeprefix("Bearer hf_live_")
    assert both.get("/v1/orders", KETTLES).status_code == 200
    for wrong in (f"hf_test_others.{token}", f"hf_live_{token}", f"hf_test_kettles.{live}"):
        answer = both.get("/v1/orders", {"Authorization": f"Bearer {wrong}"})
        assert (answer.status_code, code(answer)) == (401, "bad_credential"), wrong


def test_names_of_markets_are_not_guessed_without_end(both: WithSandboxes) -> None:
    for known in (KETTLES, both.live):  # who came in before is not kept out by those who guess
        assert both.get("/v1/orders", known).status_code == 200
    burst = Rates().failures.burst
    found = [
        code(both.get("/v1/orders", {"Authorization": f"Bearer hf_test_name{number}.x"}))
        for number in range(burst + 100)
    ]
    assert set(found[:burst]) == {"no_such_market"}
    assert "too_many" in found[burst:]
    assert both.get("/v1/orders", KETTLES).status_code == 200, "it is open"
    assert both.get("/v1/orders", both.live).status_code == 200


def test_how_a_clock_is_moved_and_not_moved(both: WithSandboxes) -> None:
    refused: list[tuple[Any, str, str | None]] = [
        ({}, "missing_field", "/by"),
        ({"to": BEGAN, "by": "P1D"}, "bad_field", "/by"),
        *(({"by": by}, "bad_field", "/by") for by in ("P1M", "P", "PT", "-P1D", 1)),
        ({"by": "P3661D"}, "jump_too_far", None),
        ({"to": "2026-03-01"}, "bad_field", "/to"),
        ({"to": "1999-03-01T00:00:00Z"}, "clock_backwards", None),
        ({"too": BEGAN}, "unknown_field", "/too"),
        ([], "bad_json", None),
    ]
    for body, why, pointer in refused:
        answer = both.run(
            both.client.post("/v1/test_clock/advance", json=body, headers={**KETTLES, **ENGLISH})
        )
        assert code(answer) == why, body
        assert pointer is None or answer.json()["pointer"] == pointer, body
    assert both.get("/v1/test_clock", KETTLES).json()["now"] == BEGAN
    for by in ("PT0S", "P1DT2H3M4S", "PT90M", "P1W"):
        moved = sent(both, "/v1/test_clock/advance", {"by": by}, KETTLES)
        assert moved["done"]
    assert moved["now"] == "2026-03-09T03:33:04.000Z"


def test_no_more_are_open_than_may_be_and_none_for_ever(both: WithSandboxes, migrated_url: str) -> None:
    markets = both.markets
    made(migrated_url, "third")
    third = credentials.of_sandbox("third")
    for headers in (KETTLES, OTHERS, third, KETTLES):
        assert both.get("/v1/test_clock", headers).status_code == 200

    async def all_in_use() -> httpx.Response:
        async with (
            markets.using(markets_led("kettles")),
            markets.using(markets_led("third")),
        ):
            return await both.client.get("/v1/test_clock", headers=OTHERS)

    assert code(both.run(all_in_use())) == "busy"
    both.run(markets.close_idle(0))
    assert both.get("/v1/test_clock", OTHERS).status_code == 200


def markets_led(name: str) -> Any:
    from holdfast.service.markets import led_by

    return led_by({b"authorization": credentials.of_sandbox(name)["Authorization"].encode()})


def test_a_sandbox_that_was_removed_is_gone_and_another_is_another(
    both: WithSandboxes, migrated_url: str
) -> None:
    opened(both, KETTLES)
    registry.remove(migrated_url, None, "kettles", "kettles")
    assert code(both.get("/v1/merchants", KETTLES)) == "no_such_market"
    made(migrated_url, "kettles")
    assert both.get("/v1/merchants", KETTLES).json()["items"] == []
    registry.remove(migrated_url, None, "kettles", "kettles")
    made(migrated_url, "kettles")
    assert code(both.get("/v1/merchants", KETTLES)) == "no_such_market", "it was open, and is another now"
    assert both.get("/v1/merchants", KETTLES).json()["items"] == []


def fill(address: str, count: int) -> None:
    with httpx.Client(base_url=address, headers=KETTLES, timeout=60) as client:
        for path, body in (("merchants", SHOP), ("consumers", ANNA)):
            assert client.post(f"/v1/{path}", json=body).status_code == 201
        for number in range(count):
            placed = client.post("/v1/orders", json=order(number, amount_minor=1))
            assert placed.status_code == 201, placed.text
            for done in ("ship", "deliver"):
                client.post(f"/v1/orders/shop1~{number}/{done}")
            client.post("/v1/test_clock/advance", json={"by": "PT7M"})


def test_a_process_that_is_killed_while_time_passes_has_done_nothing_twice(
    migrated_url: str, sandbox: Market
) -> None:
    to, asking = {"to": "2026-06-01T00:00:00Z"}, {**KETTLES, "Idempotency-Key": "k"}
    with serving(migrated_url) as (_, address):
        fill(address, 12)
    before = len(facts_of(sandbox))
    for life in range(3):
        with serving(migrated_url) as (process, address), ThreadPoolExecutor(1) as threads:
            moving = threads.submit(
                httpx.post, f"{address}/v1/test_clock/advance", json=to, headers=asking, timeout=60
            )
            wanted = before + 4 * (life + 1)
            wait_for(lambda: len(facts_of(sandbox)) > wanted, lambda: process.poll() is None)  # noqa: B023
            process.send_signal(signal.SIGKILL)
            process.wait()
            assert moving.exception() is None or isinstance(moving.exception(), httpx.TransportError)
    with serving(migrated_url) as (_, address):
        done: dict[str, Any] = {}
        while not done.get("done"):
            done = httpx.post(f"{address}/v1/test_clock/advance", json=to, headers=asking, timeout=60).json()
        assert done["counts"]["OrderCompleted"] == 12
    assert [fact.kind for fact in facts_of(sandbox)].count("OrderCaptured") == 12
    with home_of(sandbox) as home:
        assert {order.state for order in home.rows(Order)} == {"completed"}
        assert audit(home).findings == []


def test_two_processes_move_one_clock(migrated_url: str, sandbox: Market) -> None:
    def steps(address: str, count: int) -> int:
        accepted = 0
        with httpx.Client(base_url=address, headers=KETTLES, timeout=60) as client:
            while accepted < count:
                answer = client.post("/v1/test_clock/advance", json={"by": "P2D"})
                if answer.status_code == 200:
                    assert answer.json()["done"]
                    accepted += 1
                else:
                    assert (answer.status_code, code(answer)) == (409, "clock_moving")
        return accepted

    with (
        serving(migrated_url) as (_, one),
        serving(migrated_url) as (_, two),
        ThreadPoolExecutor(2) as threads,
    ):
        fill(one, 6)
        began = time_of(sandbox)
        assert sum(threads.map(steps, (one, two), (10, 10))) == 20
        assert time_of(sandbox) == began + 40 * DAY
        for address in (one, two):
            shown = httpx.get(f"{address}/v1/test_clock", headers=KETTLES).json()["now"]
            placed = httpx.post(f"{address}/v1/orders", json=order(9_000 + len(address)), headers=KETTLES)
            if placed.status_code == 201:
                assert placed.json()["facts"][0]["at"] == shown
    with home_of(sandbox) as home:
        assert audit(home).findings == []
    ats = [fact.at for fact in facts_of(sandbox)]
    assert ats == sorted(ats)
