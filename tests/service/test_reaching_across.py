"""Owners who try to reach across: accomplices, ids that are swapped, spelled otherwise, or of no merchant."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from http_asking import Http, order, served
from two_shops import ANNA, SHOP, evidence, trade

from holdfast.kernel.actor import Role
from holdfast.settlement.model import Claim


@pytest.fixture
def market(migrated_url: str) -> Iterator[Http]:
    """Two shops and two consumers, who trade."""
    with served(migrated_url) as http:
        trade(http)
        yield http


def shop1(http: Http) -> dict[str, str]:
    return http.as_machine(Role.MERCHANT, "shop1")


def anna(http: Http) -> dict[str, str]:
    return http.as_machine(Role.CONSUMER, "anna")


def code(http: Http, path: str, body: Any, headers: Mapping[str, str]) -> tuple[int, str]:
    answer = http.post(path, body, headers)
    return answer.status_code, answer.json().get("code", "")


SPELLED = (
    "shop2%7Ea",
    "Shop2~a",
    "SHOP2~A",
    "shop2~a%20",
    "%20shop2~a",
    "shop2~a%09",
    "ｓhop2~a",
    "shop2%EF%BD%9Ea",
    "shop1~..%2Fshop2~a",
    "shop1~a%2F..%2F..%2Fshop2~a",
    "shop2~a%3Fx",
    "shop2~a;x=1",
    "shop1~shop2~a",
    "%73hop2~a",
)


def test_no_spelling_of_anothers_id_opens_it(market: Http) -> None:
    for spelled in SPELLED:
        for asked in (f"/v1/orders/{spelled}", f"/v1/statements/{spelled}"):
            answer = market.get(asked, shop1(market))
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), asked
        refused = code(market, f"/v1/orders/{spelled}/answer-after-sales", {"answer": "x"}, shop1(market))
        assert refused == (404, "not_found"), spelled


def test_a_path_of_its_own_and_a_body_of_anothers(market: Http) -> None:
    said = {"order_id": "shop2~a", "amount_minor": 1, "reason": "x"}
    assert code(market, "/v1/orders/shop1~a/refund", said, shop1(market))[1] == "unknown_field"
    claim = {"claim_id": "shop1~a-9", "order_id": "shop1~b", "amount_minor": 1, "reason": "x"}
    assert code(market, "/v1/claims", claim, anna(market)) == (404, "not_found")
    both = {**evidence("shop1~a", "x"), "claim_id": "shop2~a-c"}
    assert code(market, "/v1/evidence", both, shop1(market)) == (404, "not_found")
    assert code(market, "/v1/evidence", {**both, "claim_id": None, "merchant_id": "shop2"}, anna(market)) == (
        404,
        "not_found",
    )
    nothing = {name: None if name.endswith("_id") else value for name, value in both.items()}
    assert code(market, "/v1/evidence", nothing, anna(market)) == (400, "missing_field")


def test_accomplices_reach_no_more_than_each(market: Http) -> None:
    """A shop and its customer who have each other's keys do what each may, and nothing that both would."""
    for headers in (shop1(market), anna(market)):
        for path, body in (
            ("/v1/claims/shop1~a-c/uphold", {}),
            ("/v1/claims/shop1~a-c/reject", {"reason": "x"}),
            ("/v1/orders/shop1~a/capture", {}),
            ("/v1/orders/shop1~a/deliver", {}),
            ("/v1/merchants/shop1/reinstate", {}),
            ("/v1/consumers/anna/set-limit", {"limit_minor": 1_000_000}),
            ("/v1/merchants/shop1/payouts/x/confirm", {}),
        ):
            assert code(market, path, body, headers) == (403, "not_permitted"), path
    placed = order(9, merchant_id="shop1", consumer_id="anna")
    assert code(market, "/v1/orders", placed, shop1(market)) == (403, "not_permitted")


def test_a_consumer_does_not_say_that_its_parcel_was_taken_back(market: Http) -> None:
    taken = {"reason": "x", "taken_back": True}
    assert code(market, "/v1/orders/shop1~a/cancel", taken, anna(market)) == (403, "not_permitted")
    assert code(market, "/v1/orders/shop1~a/cancel", taken, shop1(market))[0] == 409
    assert code(market, "/v1/orders/shop1~a/cancel", {"reason": "x"}, anna(market))[0] == 409


def test_an_owner_makes_ids_that_begin_with_its_own(market: Http) -> None:
    """So it never comes upon one that another has taken, and learns of it."""
    claim = {"order_id": "shop1~a", "amount_minor": 1, "reason": "x"}
    for taken in ("shop1~b-c", "shop2~a-c", "shop1~zzz", "shop1~a"):
        told = code(market, "/v1/claims", {**claim, "claim_id": taken}, anna(market))
        assert told == (400, "id_not_yours"), taken
    parts = [{"id": "shop2~b", "amount_minor": 1}]
    assert code(market, "/v1/orders/shop1~a/split", {"parts": parts}, shop1(market)) == (400, "id_not_yours")


def test_an_idempotency_key_of_another_caller_opens_nothing(market: Http) -> None:
    key = {"Idempotency-Key": "k1"}
    body = {"answer": "we look into it"}
    first = market.post("/v1/orders/shop1~a/answer-after-sales", body, {**shop1(market), **key})
    assert first.status_code == 200
    other = {**market.as_machine(Role.MERCHANT, "shop2"), **key}
    again = market.post("/v1/orders/shop1~a/answer-after-sales", body, other)
    assert (again.status_code, again.json()["code"]) == (404, "not_found")
    assert "idempotency-replayed" not in again.headers
    replayed = market.post("/v1/orders/shop1~a/answer-after-sales", body, {**shop1(market), **key})
    assert (replayed.status_code, replayed.headers["idempotency-replayed"]) == (200, "true")
    assert replayed.json() == first.json()


def test_a_cursor_or_a_tag_of_another_caller_opens_nothing(market: Http) -> None:
    for path in ("/v1/orders?limit=1", "/v1/facts?limit=1", "/v1/claims?limit=1"):
        theirs = market.get(path, market.as_machine(Role.MERCHANT, "shop2")).json()["next"]
        platforms = market.get(path).json()["next"]
        for cursor in (theirs, platforms):
            told = market.get(f"{path}&after={cursor}", shop1(market))
            assert (told.status_code, told.json()["code"]) == (400, "bad_cursor"), path
    tag = market.get("/v1/orders/shop2~a", market.as_machine(Role.MERCHANT, "shop2")).headers["etag"]
    for said in (tag, "*"):
        told = market.get("/v1/orders/shop2~a", {**shop1(market), "If-None-Match": said})
        assert (told.status_code, told.json()["code"]) == (404, "not_found")


def test_head_and_options_tell_no_more_than_get(market: Http) -> None:
    def head(key: str) -> tuple[int, dict[str, str]]:
        answer = market.run(market.client.head(f"/v1/orders/{key}", headers=shop1(market)))
        assert answer.content == b""
        passing = {"x-request-id", "ratelimit", "content-length"}
        return answer.status_code, {n: v for n, v in answer.headers.items() if n not in passing}

    assert head("shop2~a") == head("shop9~a")
    assert head("shop2~a")[0] == 404
    assert head("shop1~a")[0] == 200
    options = {
        market.run(market.client.options(f"/v1/orders/{key}")).headers["allow"]
        for key in ("shop1~a", "shop2~a", "shop9~a")
    }
    assert len(options) == 1


def test_each_reads_of_a_deal_what_is_its_own(market: Http) -> None:
    theirs = market.get("/v1/orders/shop1~a", anna(market)).json()
    shops = market.get("/v1/orders/shop1~a", shop1(market)).json()
    assert theirs["captured_minor"] == shops["captured_minor"]
    assert "held_minor" in shops.keys() - theirs.keys()
    assert "reminders" in theirs.keys() - shops.keys()
    coverage = market.get("/v1/coverages/shop2", anna(market)).json()
    assert coverage.keys() == {"id", "currency", "exposure_minor", "cover_minor", "short"}
    [claimed] = market.get("/v1/facts?kind=ClaimOpened&order=shop1~a", anna(market)).json()["items"]
    assert "payout_held_minor" not in claimed["body"]
    assert claimed["actor"] == {"nature": "machine", "role": "marketplace", "door": "api"}
    proceeds = "/v1/facts?kind=KeptForClaim&kind=ProceedsReleased"
    assert market.get(proceeds, anna(market)).json()["items"] == []


def test_an_owner_asks_by_its_own_side_alone(market: Http) -> None:
    for path in ("/v1/orders?consumer=bob", "/v1/facts?consumer=anna", "/v1/facts?consumer=nobody"):
        told = market.get(path, shop1(market))
        assert (told.status_code, told.json()["code"]) == (403, "not_permitted"), path
    for path in ("/v1/orders?merchant=shop2", "/v1/facts?merchant=none", "/v1/facts?order=shop2~a"):
        assert market.get(path, shop1(market)).json() == {"items": [], "next": None}, path
    assert market.get("/v1/facts?after_position=0", shop1(market)).json()["code"] == "not_permitted"
    mine = market.get("/v1/orders?limit=200", shop1(market)).json()["items"]
    assert {row["id"] for row in mine} == {SHOP.own, ANNA.others}
    assert market.get("/v1/merchants", shop1(market)).json()["items"][0]["id"] == "shop1"


def test_a_claim_of_its_own_is_made_and_seen(market: Http) -> None:
    market.post("/v1/claims/shop1~a-c/reject", {"reason": "x"}, market.as_person("li", Role.ARBITER))
    claim = {"claim_id": "shop1~a-2", "order_id": "shop1~a", "amount_minor": 100, "reason": "a dent"}
    made = market.post("/v1/claims", claim, anna(market))
    assert made.status_code == 201, made.text
    assert "payout_held_minor" not in made.text
    assert market.get("/v1/claims/shop1~a-2", shop1(market)).status_code == 200
    assert market.get("/v1/claims/shop1~a-2", market.as_machine(Role.CONSUMER, "bob")).status_code == 404
    assert market.home.row(Claim, "shop1~a-2") is not None
