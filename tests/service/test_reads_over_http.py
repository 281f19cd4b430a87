"""Reads over HTTP: rows with their tags, pages with their links, facts, the feed, tasks."""

import re
from typing import Any
from urllib.parse import quote

import pytest
from http_asking import ENGLISH, Http, order, served

from holdfast.kernel.actor import Role
from holdfast.service.resources import resources
from holdfast.service.service import Limits

ORDERS = [f"shop1~{number}" for number in range(7)]


@pytest.fixture
def busy(shop: Http) -> Http:
    """A shop with seven orders."""
    for number in range(7):
        assert shop.post("/v1/orders", order(number)).status_code == 201
    return shop


def turned(http: Http, path: str) -> list[list[Any]]:
    """Return the items of all pages, as their links lead from one to the next."""
    pages: list[list[Any]] = []
    following: str | None = path
    while following is not None:
        answer = http.get(following)
        assert answer.status_code == 200, answer.text
        pages.append(answer.json()["items"])
        link = re.fullmatch(r'<(.*)>; rel="next"', answer.headers.get("link", ""))
        assert (link is None) == (answer.json()["next"] is None)
        following = None if link is None else link[1]
    return pages


def test_pages_of_rows_lead_to_one_another(busy: Http) -> None:
    for query in ("", "&order=shop1~3", "&merchant=shop1", "&consumer=anna"):
        pages = turned(busy, f"/v1/orders?limit=3{query}")
        found = [row["id"] for page in pages for row in page]
        assert found == (["shop1~3"] if "order" in query else ORDERS)
        assert all(len(page) <= 3 for page in pages)
        newest = turned(busy, f"/v1/orders?limit=3&newest_first=true{query}")
        assert [row["id"] for page in newest for row in page] == found[::-1]


def test_every_resource_is_read(busy: Http) -> None:
    for resource in resources():
        page = busy.get(f"{resource.path}?limit=2")
        assert page.status_code == 200, page.text
        for row in page.json()["items"]:
            assert busy.get(f"{resource.path}/{quote(row['id'], safe='~')}").json() == row
        lacking = busy.get(f"{resource.path}/nobody", ENGLISH)
        assert (lacking.status_code, lacking.json()["code"]) == (404, "not_found")


def test_a_row_that_is_as_it_was_is_not_sent_again(busy: Http) -> None:
    path = "/v1/orders/shop1~3"
    tag = busy.get(path).headers["etag"]
    for known in (tag, f'"x", W/{tag}', "*"):
        same = busy.get(path, {"If-None-Match": known})
        assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    assert busy.post("/v1/orders/shop1~3/ship").status_code == 200
    other = busy.get(path, {"If-None-Match": tag})
    assert other.status_code == 200
    assert other.headers["etag"] != tag


def test_facts_are_found_by_subject_kind_and_time(busy: Http) -> None:
    of_order = [fact["kind"] for page in turned(busy, "/v1/facts?order=shop1~3&limit=1") for fact in page]
    assert of_order == ["OrderPlaced"]
    kinds = "kind=MerchantRegistered&kind=PayLaterOpened"
    assert [len(page) for page in turned(busy, f"/v1/facts?{kinds}&limit=1")] == [1, 1]
    [everything] = turned(busy, "/v1/facts")
    at = everything[0]["at"]
    assert turned(busy, f"/v1/facts?since={at}") == [everything]
    assert turned(busy, f"/v1/facts?until={at}") == [[]]
    assert busy.get(f"/v1/facts/{everything[3]['id']}").json() == everything[3]
    assert busy.get("/v1/facts/none").json()["code"] == "not_found"


def test_the_feed_is_followed_by_position(busy: Http) -> None:
    found: list[Any] = []
    position = 0
    regulator = busy.as_machine(Role.REGULATOR)
    while items := (answer := busy.get(f"/v1/facts?after_position={position}&limit=4", regulator).json())[
        "items"
    ]:
        found += items
        position = answer["next"]
    assert [fact["position"] for fact in found] == list(range(len(found)))
    everything = busy.get("/v1/facts?limit=200", regulator).json()["items"]
    assert sorted(fact["id"] for fact in found) == [fact["id"] for fact in everything]


def test_the_feed_passes_over_what_a_caller_is_not_told_of(busy: Http) -> None:
    finance = busy.as_person("yu", Role.FINANCE)
    assert busy.post("/v1/fund", {"currency": "CNY", "amount_minor": 1}).status_code == 201
    answer = busy.get("/v1/facts?after_position=0&limit=1", busy.as_machine(Role.PROVIDER)).json()
    [policy] = answer["items"]
    assert policy["kind"] == "PolicyAdopted"
    rest = busy.get(f"/v1/facts?after_position={answer['next']}&limit=1", busy.as_machine(Role.PROVIDER))
    assert rest.json()["items"] == []
    found = busy.get("/v1/facts?kind=FundCapitalised&limit=1", finance).json()["items"]
    assert [fact["kind"] for fact in found] == ["FundCapitalised"]


def test_tasks_wait_with_their_words(busy: Http) -> None:
    for done in ("ship", "deliver"):
        busy.post(f"/v1/orders/shop1~3/{done}")
    claim = {"claim_id": "shop1~c1", "order_id": "shop1~3", "amount_minor": 900, "reason": "a dent"}
    busy.post("/v1/claims", claim)
    [task] = busy.get("/v1/tasks?role=staff", busy.as_person("li", Role.ARBITER)).json()["items"]
    assert (task["row_id"], task["overdue"]) == ("shop1~c1", False)
    assert task["what"]["zh"]
    assert {may["command"] for may in task["may"]} == {"UpholdClaim", "RejectClaim"}
    assert busy.get("/v1/tasks?role=consumer").json() == {"items": [], "next": None}
    assert busy.get("/v1/tasks", busy.as_machine(Role.FINANCE)).json()["items"] == []


BAD_QUERIES = {
    "/v1/orders?limit=0": "bad_limit",
    "/v1/orders?limit=201": "bad_limit",
    "/v1/orders?limit=many": "bad_query",
    "/v1/orders?colour=red": "bad_query",
    "/v1/orders?limit=1&limit=2": "bad_query",
    "/v1/orders?after=": "bad_query",
    "/v1/orders?after=x": "bad_cursor",
    "/v1/orders?order=a&merchant=b": "bad_query",
    "/v1/orders?newest_first=yes": "bad_query",
    "/v1/orders?order=%ff": "bad_query",
    "/v1/orders/o1?order=a": "bad_query",
    "/v1/merchants?consumer=anna": "bad_query",
    "/v1/facts?since=yesterday": "bad_query",
    "/v1/facts?after_position=-1": "bad_query",
    "/v1/facts?after_position=1&order=a": "bad_query",
    "/v1/tasks?role=king": "bad_query",
}


def test_a_query_that_says_nothing_is_refused(shop: Http) -> None:
    found = {path: shop.get(path) for path in BAD_QUERIES}
    assert {path: told.json()["code"] for path, told in found.items()} == BAD_QUERIES
    assert {told.status_code for told in found.values()} == {400}


def test_readiness_is_gone_with_the_database(migrated_url: str) -> None:
    with served(migrated_url) as http:
        assert http.get("/health/ready").json()["ready"] is True
        assert http.get("/health/live").json() == {"live": True}
    with served(migrated_url, limits=Limits(ready_seconds=0)) as http:
        ready = http.get("/health/ready")
        assert (ready.status_code, ready.json()) == (503, {"ready": False, "why": "database"})
