"""`Prefer: dry-run`: what would happen is said, and nothing of it is done."""

from http_asking import ENGLISH, Http, order

from holdfast.kernel.actor import Role
from whole_database import everything

DRY = {"Prefer": "dry-run"}


def test_what_would_happen_is_said_and_does_not_happen(shop: Http, migrated_url: str) -> None:
    before = everything(migrated_url)
    told = shop.post("/v1/orders", order(), DRY | {"Idempotency-Key": "k1"})
    assert (told.status_code, told.headers["preference-applied"]) == (200, "dry-run")
    assert "location" not in told.headers
    assert [fact["kind"] for fact in told.json()["facts"]] == ["OrderPlaced"]
    assert (told.json()["transfers"], told.json()["holds"]) == ([], [])
    assert everything(migrated_url) == before
    placed = shop.post("/v1/orders", order(), {"Idempotency-Key": "k1"})
    assert placed.status_code == 201
    assert "preference-applied" not in placed.headers
    assert "idempotency-replayed" not in placed.headers
    bodies = [each.json()["facts"][0]["body"] for each in (told, placed)]
    assert bodies[0] == bodies[1]


def test_money_that_would_move_is_said(shop: Http, migrated_url: str) -> None:
    li = shop.as_person("li", Role.FINANCE)
    before = everything(migrated_url)
    told = shop.post("/v1/fund", {"currency": "CNY", "amount_minor": 100_000}, li | DRY).json()
    assert everything(migrated_url) == before
    [would] = told["transfers"]
    assert shop.post("/v1/fund", {"currency": "CNY", "amount_minor": 100_000}, li).status_code == 201
    [moved] = shop.get("/v1/transfers").json()["items"]
    assert would == {name: moved[name] for name in would}
    assert (would["to_id"], would["amount_minor"]) == ("fund/CNY", 100_000)


def test_a_refusal_is_as_it_would_be(shop: Http) -> None:
    wrong = order(amount_minor=10**9)
    told, done = (shop.post("/v1/orders", wrong, ENGLISH | more) for more in (DRY, {}))
    assert (told.status_code, told.json()) == (done.status_code, done.json())
    assert told.headers["preference-applied"] == "dry-run"
    unread = shop.post("/v1/orders", order() | {"colour": "red"}, DRY)
    assert (unread.status_code, unread.json()["code"]) == (400, "unknown_field")


def test_a_person_is_needed_as_it_would_be(shop: Http) -> None:
    reason = {"reason": "complaints"}
    refused = shop.post("/v1/merchants/shop1/suspend", reason, DRY)
    assert (refused.status_code, refused.json()["code"]) == (403, "person_needed")
    told = shop.post("/v1/merchants/shop1/suspend", reason, DRY | shop.as_person("li", Role.RISK))
    assert told.json()["facts"][0]["actor"]["id"] == "li"
    assert told.json()["facts"][0]["kind"] == "MerchantSuspended"
    assert shop.get("/v1/merchants/shop1").json()["status"] == "active"


def test_a_key_that_was_answered_says_so(shop: Http) -> None:
    key = {"Idempotency-Key": "k1"}
    placed = shop.post("/v1/orders", order(), key)
    told = shop.post("/v1/orders", order(), key | DRY)
    assert told.headers["idempotency-replayed"] == "true"
    assert told.json()["facts"] == placed.json()["facts"]
    other = shop.post("/v1/orders", order(2), key | DRY)
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")


def test_a_whole_batch_is_rehearsed_in_order(shop: Http, migrated_url: str) -> None:
    commands = [
        {"operation": "PlaceOrder", "body": order(), "idempotency_key": "k1"},
        {"operation": "PlaceOrder", "body": order(), "idempotency_key": "k1"},
        {"operation": "ShipOrder", "body": {"order_id": "shop1~1001"}, "idempotency_key": "k2"},
        {"operation": "ShipOrder", "body": {"order_id": "shop1~2"}, "idempotency_key": "k3"},
    ]
    before = everything(migrated_url)
    told = shop.post("/v1/batch", {"commands": commands}, DRY)
    assert everything(migrated_url) == before
    assert told.headers["preference-applied"] == "dry-run"
    answers = told.json()["answers"]
    assert [each["status"] for each in answers] == [200, 200, 200, 404]
    assert answers[1]["headers"] == {"Idempotency-Replayed": "true"}
    assert answers[1]["body"]["facts"] == answers[0]["body"]["facts"]
    assert answers[2]["body"].keys() == {"facts", "transfers", "holds"}


def test_preferences_are_read_as_they_are_written(shop: Http) -> None:
    for said in (
        "respond-async, dry-run",
        "DRY-RUN",
        "dry-run; foo=1",
        'dry-run=""',
        "handling=strict,dry-run",
    ):
        assert shop.post("/v1/orders", order(), {"Prefer": said}).status_code == 200, said
    twice = shop.run(
        shop.client.post("/v1/orders", json=order(), headers=[("Prefer", "dry-run"), ("Prefer", "wait=1")])
    )
    assert twice.status_code == 200
    for said in ("dry-run=true", "dry-run=false", "wait=1, dry-run=0"):
        refused = shop.post("/v1/orders", order(), {"Prefer": said})
        assert (refused.status_code, refused.json()["code"]) == (400, "bad_header"), said
    assert shop.get("/v1/orders").json()["items"] == []
    assert shop.post("/v1/orders", order(), {"Prefer": "wait=10, handling=lenient"}).status_code == 201
