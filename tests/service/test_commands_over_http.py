"""Commands over HTTP: what is answered, under which key, for whom."""

import asyncio
import threading
from collections.abc import Sequence
from urllib.parse import quote

from http_asking import ENGLISH, SHOP, Http, order, served

from holdfast.engine.execution import Outcome, Submission
from holdfast.kernel.actor import Role
from holdfast.orders.model import Order
from holdfast.postgres.home import Postgres


def test_an_order_is_placed_shipped_and_read(shop: Http) -> None:
    placed = shop.post("/v1/orders", order(ship_by="2026-03-02T08:00:00+08:00"))
    assert placed.status_code == 201
    assert placed.headers["location"] == "/v1/orders/shop1~1001"
    [fact] = placed.json()["facts"]
    assert fact["kind"] == fact["body"]["type"] == "OrderPlaced"
    assert fact["body"]["ship_by"] == "2026-03-02T00:00:00.000Z"
    assert fact["body"]["amount_minor"] == 12_900
    key = fact["actor"].pop("id")
    assert fact["actor"] == {"nature": "machine", "role": "marketplace", "door": "api"}
    assert shop.as_machine(Role.MARKETPLACE)["Authorization"].startswith(f"Bearer hf_live_{key}_")
    shipped = shop.post("/v1/orders/shop1~1001/ship", {"tracking": "SF1"})
    assert shipped.status_code == 200
    assert shop.get("/v1/orders/shop1~1001").json()["state"] == "shipped"


def test_an_id_in_a_path_is_percent_encoded(shop: Http) -> None:
    body = order(order_id="shop1~1/2件?")
    made = shop.post("/v1/orders", body)
    assert made.headers["location"] == "/v1/orders/shop1~1%2F2%E4%BB%B6%3F"
    assert shop.get(made.headers["location"]).json()["id"] == body["order_id"]
    assert shop.post(f"{made.headers['location']}/ship").status_code == 200
    refused = shop.post("/v1/orders/%ff/ship")
    assert (refused.status_code, refused.json()["code"]) == (400, "bad_path")


def test_a_key_is_answered_once(shop: Http) -> None:
    key = {"Idempotency-Key": "k1"}
    first, again = shop.post("/v1/orders", order(), key), shop.post("/v1/orders", order(), key)
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert (again.status_code, again.json()) == (201, first.json())
    other = shop.post("/v1/orders", order(amount_minor=1), key)
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    assert len(list(shop.home.rows(Order))) == 1
    key = {"Idempotency-Key": "k2"}
    decided, told = (shop.post("/v1/orders", order(2, amount_minor=-1), key) for _ in range(2))
    assert "idempotency-replayed" not in decided.headers
    assert told.headers["idempotency-replayed"] == "true"
    assert (told.status_code, told.json()) == (decided.status_code, decided.json())


def test_a_key_is_of_visible_characters(shop: Http) -> None:
    for key in ("", "a b", "k" * 256, "键"):
        headers = [(b"Idempotency-Key", key.encode())]
        refused = shop.run(shop.client.post("/v1/orders", json=order(), headers=headers))
        assert (refused.status_code, refused.json()["code"]) == (400, "bad_header")


class Held:
    """A lane that runs its second batch only once it is let: what is in flight stays so."""

    begun = threading.Event()
    let = threading.Event()

    def __init__(self, home: Postgres) -> None:
        self._home = home
        Held.begun, Held.let = threading.Event(), threading.Event()

    def run(self, batch: Sequence[Submission]) -> list[Outcome]:
        if batch[0].key == "slow":
            Held.begun.set()
            Held.let.wait()
        return self._home.run(batch)


def test_a_key_in_flight_conflicts_and_the_end_waits_for_it(migrated_url: str) -> None:
    async def scene(http: Http) -> None:
        key = {"Idempotency-Key": "slow", **ENGLISH}
        first = asyncio.create_task(http.client.post("/v1/merchants", json=SHOP, headers=key))
        await asyncio.to_thread(Held.begun.wait)
        second = await http.client.post("/v1/merchants", json=SHOP, headers=key)
        assert (second.status_code, second.json()["code"]) == (409, "key_in_flight")
        assert second.headers["retry-after"] == "1"
        assert (await http.client.get("/health/ready")).json()["ready"] is True
        ending = asyncio.create_task(http.entrance.end())
        await asyncio.sleep(0)
        ready = await http.client.get("/health/ready")
        assert (ready.status_code, ready.json()) == (503, {"ready": False, "why": "stopping"})
        assert (await http.client.get("/health/live")).status_code == 200
        late = await http.client.post("/v1/merchants", json=SHOP, headers=ENGLISH)
        assert (late.status_code, late.json()["code"]) == (503, "stopped")
        assert late.headers["retry-after"] == "5"
        assert not ending.done()
        Held.let.set()
        assert (await first).status_code == 201
        await ending

    with served(migrated_url, Held) as http:
        http.run(scene(http))


def test_what_a_person_decides_needs_one_that_is_signed_in(shop: Http) -> None:
    reason = {"reason": "complaints"}
    refused = shop.post("/v1/merchants/shop1/suspend", reason)
    assert (refused.status_code, refused.json()["code"]) == (403, "person_needed")
    done = shop.post("/v1/merchants/shop1/suspend", reason, shop.as_person("李伟", Role.RISK))
    assert done.json()["facts"][0]["actor"] == {
        "nature": "person",
        "id": "李伟",
        "role": "risk",
        "door": "api",
    }


def test_a_claim_is_made_and_upheld(shop: Http) -> None:
    shop.post("/v1/orders", order())
    for done in ("ship", "deliver"):
        assert shop.post(f"/v1/orders/shop1~1001/{done}").status_code == 200
    claim = {"claim_id": "shop1~c1", "order_id": "shop1~1001", "amount_minor": 900, "reason": "a dent"}
    assert shop.post("/v1/claims", claim).status_code == 201
    arbiter = shop.as_person("li", Role.ARBITER)
    assert shop.post("/v1/claims/shop1~c1/uphold", {"amount_minor": 500}, arbiter).status_code == 200
    read = shop.get("/v1/claims/shop1~c1").json()
    assert (read["state"], read["claimed_minor"]) == ("forgiven", 500)


def test_a_refusal_names_the_field_and_speaks_both_languages(shop: Http) -> None:
    wrong = order(currency="XXQ")
    zh, en = shop.post("/v1/orders", wrong), shop.post("/v1/orders", wrong, ENGLISH)
    assert zh.headers["content-type"] == "application/problem+json"
    assert (zh.headers["content-language"], en.headers["content-language"]) == ("zh", "en")
    assert zh.headers["vary"] == "Accept-Language"
    assert zh.json()["detail"] != en.json()["detail"]
    assert {"type", "title", "status", "detail", "code", "where", "fix"} <= zh.json().keys()
    assert zh.json()["type"] == f"/v1/problems/{zh.json()['code']}"


def test_a_policy_is_adopted_as_it_is_read(shop: Http) -> None:
    [version] = shop.get("/v1/policies").json()["items"]
    path = f"/v1/policies/{quote(version['id'], safe='~')}"
    read = shop.get(path).json()
    assert read == version
    assert shop.post("/v1/policies", {"policy": read["policy"]}).status_code == 201
