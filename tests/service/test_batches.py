"""Many commands in one request: their order, their keys, their answers, and their bounds."""

import asyncio
import json
import threading
from collections.abc import Sequence
from typing import Any

import psycopg
import pytest
from http_asking import ANNA, ENGLISH, SHOP, Http, order, served

from holdfast.engine.execution import Outcome, Submission
from holdfast.engine.front import BATCH
from holdfast.kernel.actor import Role
from holdfast.orders.model import Order
from holdfast.parties.model import OpenPayLater
from holdfast.postgres.home import Postgres
from holdfast.service.service import LIMITS


def one(operation: str, body: dict[str, Any], key: str | None = None) -> dict[str, Any]:
    """Return a command of a batch."""
    return {"operation": operation, "body": body, **({} if key is None else {"idempotency_key": key})}


def placing(number: int, key: str | None = None, **more: Any) -> dict[str, Any]:
    """Return the command that places an order of Anna's."""
    return one("PlaceOrder", order(number, **more), f"k{number}" if key is None else key)


def batch(http: Http, *commands: Any, **headers: str) -> list[dict[str, Any]]:
    """Send a batch, and return its answers."""
    said = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = http.post("/v1/batch", {"commands": list(commands)}, said)
    assert answer.status_code == 200, answer.text
    return answer.json()["answers"]


def test_commands_are_run_in_their_order_and_each_is_answered(http: Http) -> None:
    shipping = one("ShipOrder", {"order_id": "shop1~1", "tracking": "SF1"}, "s1")
    answers = batch(
        http,
        one("RegisterMerchant", SHOP, "m1"),
        one("OpenPayLater", ANNA, "c1"),
        placing(1),
        placing(2, amount_minor=-1),
        shipping,
        placing(3),
    )
    assert [each["status"] for each in answers] == [201, 201, 201, 400, 200, 201]
    assert [fact["kind"] for each in answers for fact in each.get("body", {"facts": []})["facts"]][-3:] == [
        "OrderPlaced",
        "OrderShipped",
        "OrderPlaced",
    ]
    assert answers[2]["headers"] == {"Location": "/v1/orders/shop1~1"}
    assert answers[3]["problem"]["status"] == 400
    assert "body" not in answers[3]
    assert http.get("/v1/orders/shop1~1").json()["state"] == "shipped"


def test_an_answer_is_what_the_command_has_by_itself(shop: Http) -> None:
    wrong = order(5, amount_minor=1.5)
    alone = shop.post("/v1/orders", wrong, ENGLISH)
    [within] = batch(shop, one("PlaceOrder", wrong, "k"), **ENGLISH)
    assert (within["status"], within["problem"]) == (alone.status_code, alone.json())
    assert within["problem"]["pointer"] == "/amount_minor"
    placed = shop.post("/v1/orders", order(6), {"Idempotency-Key": "k6"})
    [within] = batch(shop, placing(6))
    assert (within["status"], within["body"]) == (placed.status_code, placed.json())
    assert within["headers"] == {"Idempotency-Replayed": "true", "Location": placed.headers["location"]}


def test_keys_are_those_of_the_commands(shop: Http) -> None:
    first = batch(shop, placing(1), placing(2))
    again = batch(shop, placing(2), placing(1, amount_minor=5), placing(3))
    assert again[0]["body"] == first[1]["body"]
    assert again[0]["headers"]["Idempotency-Replayed"] == "true"
    assert (again[1]["status"], again[1]["problem"]["code"]) == (422, "key_reused")
    assert again[2]["headers"] == {"Location": "/v1/orders/shop1~3"}
    twice = batch(shop, placing(4), placing(4))
    assert twice[0]["body"] == twice[1]["body"]
    assert "Idempotency-Replayed" in twice[1]["headers"]
    assert len(list(shop.home.rows(Order))) == 4


def test_commands_without_a_key_have_one_of_the_requests(shop: Http) -> None:
    commands = [one("PlaceOrder", order(number)) for number in (1, 2)]
    first = batch(shop, *commands, Idempotency_Key="b1")
    again = batch(shop, *commands, Idempotency_Key="b1")
    assert [each["body"] for each in first] == [each["body"] for each in again]
    assert all(each["headers"]["Idempotency-Replayed"] == "true" for each in again)


def test_what_one_says_wrongly_hinders_no_other(shop: Http) -> None:
    answers = batch(
        shop,
        one("Nothing", {}, "a"),
        one("DestroyKeys", {}, "b"),
        one("PlaceOrder", {}, "c"),
        one("PlaceOrder", order(2) | {"colour": "red"}, "d"),
        one("PlaceOrder", order(2, ship_by="soon"), "e"),
        placing(3, key="two words"),
        one("SuspendMerchant", {"merchant_id": "shop1", "reason": "complaints"}, "f"),
        placing(1),
    )
    told = [(each["status"], each.get("problem", {}).get("code")) for each in answers]
    assert told == [
        (404, "no_such_operation"),
        (404, "no_such_operation"),
        (400, "missing_field"),
        (400, "unknown_field"),
        (400, "bad_field"),
        (400, "bad_field"),
        (403, "not_permitted"),
        (201, None),
    ]


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        (b"", "bad_json", None),
        (b"{}", "missing_field", "/commands"),
        (b"[]", "bad_json", None),
        (b'{"commands": {}}', "bad_field", "/commands"),
        (b'{"commands": [1]}', "bad_field", "/commands/0"),
        (b'{"commands": [], "atomic": true}', "unknown_field", "/atomic"),
        (b'{"commands": [], "commands": []}', "bad_json", None),
        (b'{"commands": [{"operation": "PlaceOrder"}]}', "missing_field", "/commands/0/body"),
        (b'{"commands": [{"operation": "A", "body": 1}]}', "bad_field", "/commands/0/body"),
        (b'{"commands": [{"operation": "A", "body": {}, "x": 1}]}', "unknown_field", "/commands/0/x"),
        (b'{"commands": [{"operation": "A", "body": {"a": 1, "a": 1}}]}', "bad_json", None),
        (b'{"commands": [{"operation": "A", "body": {"a": 1, "\\u0061": 1}}]}', "bad_json", None),
        (b'{"commands": [{"operation": "A", "body": {"a": "\\ud800"}}]}', "bad_json", None),
        (
            b'{"commands": [{"operation": "A", "body": {"a": ' + b"[" * 25 + b"]" * 25 + b"}}]}",
            "bad_json",
            None,
        ),
        (b'{"commands": [{"operation": "A", "body": {"a": ' + b"[" * 5_000 + b"}}]}", "bad_json", None),
    ],
)
def test_a_body_that_is_no_batch_is_refused_as_a_whole(
    shop: Http, body: bytes, code: str, pointer: str | None
) -> None:
    refused = shop.post("/v1/batch", body, {"Content-Type": "application/json"})
    assert (refused.status_code, refused.json()["code"]) == (400, code)
    assert refused.json().get("pointer") == pointer


def test_nothing_is_a_batch_too(shop: Http) -> None:
    assert batch(shop) == []


def test_a_batch_has_bounds(migrated_url: str) -> None:
    with served(migrated_url, limits=LIMITS._replace(batch=2, batch_bytes=400)) as http:
        some = [one("OpenPayLater", ANNA, "c")] * 3
        long = http.post("/v1/batch", {"commands": some})
        assert (long.status_code, long.json()["code"]) == (413, "batch_too_long")
        assert long.json()["pointer"] == "/commands"
        large = http.post("/v1/batch", {"commands": [one("OpenPayLater", ANNA, "k" * 400)]})
        assert (large.status_code, large.json()["code"]) == (413, "body_too_large")


class Counted:
    """A lane that counts its batches, and loses those with an order that is to be lost."""

    sizes: list[int] = []  # noqa: RUF012 - begun anew with each lane

    def __init__(self, home: Postgres) -> None:
        self._home = home
        Counted.sizes = []

    def run(self, batch: Sequence[Submission]) -> list[Outcome]:
        Counted.sizes.append(len(batch))
        if any(each.key == "lost" for each in batch):
            raise psycopg.OperationalError
        return self._home.run(batch)


def test_a_batch_makes_few_transactions(migrated_url: str) -> None:
    with served(migrated_url, Counted) as http:
        http.parties()
        before = len(Counted.sizes)
        answers = batch(http, *(placing(number, amount_minor=1) for number in range(BATCH + 10)))
        assert {each["status"] for each in answers} == {201}
        assert sorted(Counted.sizes[before:]) == [10, BATCH]


def test_where_a_transaction_is_lost_its_commands_are_told_so_and_the_others_as_they_were(
    migrated_url: str,
) -> None:
    with served(migrated_url, Counted) as http:
        http.parties()
        placed = [placing(number, amount_minor=1) for number in range(BATCH)]
        answers = batch(http, *placed, placing(BATCH, key="lost"))
        assert {each["status"] for each in answers[:BATCH]} == {201}
        last = answers[BATCH]
        assert (last["status"], last["problem"]["code"]) == (503, "server_unreachable")
        assert last["headers"] == {"Retry-After": "5"}


class Gated:
    """A lane that runs nothing until it is let."""

    begun = threading.Event()
    let = threading.Event()

    def __init__(self, home: Postgres) -> None:
        self._home = home
        Gated.begun, Gated.let = threading.Event(), threading.Event()

    def run(self, batch: Sequence[Submission]) -> list[Outcome]:
        Gated.begun.set()
        Gated.let.wait()
        return self._home.run(batch)


def test_where_too_many_wait_none_of_a_batch_is_taken(migrated_url: str) -> None:
    anna = OpenPayLater(consumer_id="anna", currency="CNY")

    async def scene(http: Http) -> None:
        first = asyncio.create_task(http.client.post("/v1/merchants", json=SHOP))
        await asyncio.to_thread(Gated.begun.wait)
        commands = [one("OpenPayLater", ANNA, f"c{number}") for number in range(3)]
        refused = await http.client.post("/v1/batch", json={"commands": commands})
        assert (refused.status_code, refused.json()["code"]) == (429, "busy")
        assert refused.headers["retry-after"] == "1"
        waiting = [asyncio.create_task(http.service.front.submit(each)) for each in (anna, anna)]
        await asyncio.sleep(0)
        single = await http.client.post("/v1/consumers", json=ANNA)
        assert (single.status_code, single.json()["code"]) == (429, "busy")
        Gated.let.set()
        assert (await first).status_code == 201
        assert sorted(each.accepted for each in await asyncio.gather(*waiting)) == [False, True]

    with served(migrated_url, Gated, LIMITS._replace(waiting=2)) as http:
        http.run(scene(http))


def test_a_key_that_another_request_has_in_flight_conflicts_alone(migrated_url: str) -> None:
    async def scene(http: Http) -> None:
        first = asyncio.create_task(
            http.client.post("/v1/merchants", json=SHOP, headers={"Idempotency-Key": "m"})
        )
        await asyncio.to_thread(Gated.begun.wait)
        commands = [one("RegisterMerchant", SHOP, "m"), one("Nothing", {}, "n")]
        second = await http.client.post("/v1/batch", json={"commands": commands})
        conflict, unknown = second.json()["answers"]
        assert (conflict["status"], conflict["problem"]["code"]) == (409, "key_in_flight")
        assert conflict["headers"] == {"Retry-After": "1"}
        assert unknown["status"] == 404
        Gated.let.set()
        assert (await first).status_code == 201

    with served(migrated_url, Gated) as http:
        http.run(scene(http))


def test_a_batch_of_a_person_has_it_as_its_actor(shop: Http) -> None:
    suspend = one("SuspendMerchant", {"merchant_id": "shop1", "reason": "complaints"}, "s")
    [answer] = batch(shop, suspend, **shop.as_person("li", Role.RISK))
    assert answer["body"]["facts"][0]["actor"]["id"] == "li"


def test_escapes_in_a_body_change_nothing(shop: Http) -> None:
    """Whatever may be read quickly is read as what must be looked at closely."""
    plain = json.dumps({"commands": [placing(1)]}).encode()
    escaped = plain.replace(b"shop1~1", b"shop1\\u007e1").replace(b"1.7 l", b"\\u0031\\u003a7 l")
    first = shop.post("/v1/batch", escaped, {"Content-Type": "application/json"}).json()["answers"]
    assert first[0]["status"] == 201
    assert shop.get("/v1/listings").json()["items"][0]["listing"]["text"] == "1:7 l"
