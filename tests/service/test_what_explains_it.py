"""What explains the service: the codes, the OpenAPI document, the page, ids of requests and the log."""

import html
import json
import logging
import re
from collections.abc import Iterator
from typing import Any, cast

import pytest
from http_asking import ENGLISH, SHOP, Http, order

from holdfast.kernel.refusal import Refusal
from holdfast.service import languages, openapi, page
from holdfast.service.catalogue import catalogue
from holdfast.service.logs import REQUESTS
from holdfast.service.resources import resources
from holdfast.service.routes import routes

DOCUMENT = openapi.document(catalogue())


def test_every_code_is_explained_in_both_languages(http: Http) -> None:
    codes = [code for code, kind in Refusal.registry.items() if kind.__module__.startswith("holdfast.")]
    for code in codes:
        told = http.get(f"/v1/problems/{code}").json()
        assert told["code"] == code
        assert all(told[text][language] for text in ("title", "what", "fix") for language in ("zh", "en"))
    assert http.get("/v1/problems/none").json()["code"] == "not_found"


def test_a_problem_leads_to_what_explains_it(http: Http) -> None:
    problem = http.post("/v1/orders/shop1~9/ship", headers=ENGLISH).json()
    assert problem["detail"] == "there is no order with this id"
    explained = http.get(problem["type"]).json()
    assert (explained["code"], explained["status"]) == (problem["code"], problem["status"])


def test_a_path_and_a_method_that_are_none(http: Http) -> None:
    assert http.get("/v1/nothing", ENGLISH).json()["code"] == "no_such_path"
    wrong = http.run(http.client.delete("/v1/orders/shop1~1"))
    assert (wrong.status_code, wrong.json()["code"]) == (405, "bad_method")
    assert wrong.headers["allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("path", sorted({each.path for each in catalogue()}))
def test_every_path_tells_its_methods(http: Http, path: str) -> None:
    wanted = {each.method for each in catalogue() if each.path == path}
    told = http.run(http.client.options(path))
    assert (told.status_code, told.content) == (204, b"")
    assert set(told.headers["allow"].split(", ")) == wanted | {"OPTIONS"} | (
        {"HEAD"} if "GET" in wanted else set()
    )


def test_a_head_is_a_get_without_its_body(shop: Http) -> None:
    got, head = shop.get("/v1/consumers/anna"), shop.run(shop.client.head("/v1/consumers/anna"))
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == got.headers["etag"]
    assert head.headers["content-length"] == str(len(got.content))
    assert shop.run(shop.client.head("/v1/consumers/nobody")).status_code == 404


def test_the_document_has_every_operation(http: Http) -> None:
    assert http.get("/v1/openapi.json").json() == json.loads(json.dumps(DOCUMENT))
    ids = [said["operationId"] for methods in DOCUMENT["paths"].values() for said in methods.values()]
    assert len(set(ids)) == len(ids)
    assert {route.command.__name__ for route in routes()} <= set(ids)
    assert {f"list_{each.name.replace('-', '_')}" for each in resources()} <= set(ids)


def references(value: Any) -> Iterator[str]:
    """Yield what a document refers to within itself."""
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for part in cast("dict[str, Any]", value).values():
            yield from references(part)
    elif isinstance(value, list):
        for part in cast("list[Any]", value):
            yield from references(part)


def test_the_document_refers_to_what_is_there() -> None:
    known = {f"#/components/schemas/{name}" for name in DOCUMENT["components"]["schemas"]}
    assert set(references(DOCUMENT)) <= known


def test_times_are_dates_in_the_document() -> None:
    sent = DOCUMENT["paths"]["/v1/orders"]["post"]["requestBody"]["content"]["application/json"]
    assert sent["schema"]["properties"]["ship_by"]["anyOf"][0] == {"type": "string", "format": "date-time"}
    assert "type" not in sent["schema"]["properties"]
    assert sent["example"]["order_id"] == "shop1~1001"


def test_the_page_lists_every_operation_and_asks_nobody_else(http: Http) -> None:
    answer = http.get("/v1/docs")
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    text = html.unescape(answer.text)
    assert answer.text == page.page(DOCUMENT)
    for path, methods in DOCUMENT["paths"].items():
        for method in methods:
            assert f"{method.upper()} {path}<" in text
    assert not re.search(r"<script|https?://|src=|@import", answer.text)
    assert '<html lang="zh">' in answer.text


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "zh"),
        ("", "zh"),
        ("en", "en"),
        ("EN-us", "en"),
        ("fr, en;q=0.2", "en"),
        ("zh-CN,en;q=0.9", "zh"),
        ("en;q=0.1, zh-Hans;q=0.2", "zh"),
        ("*", "zh"),
        ("en;q=0", "zh"),
        ("en;q=much", "zh"),
    ],
)
def test_the_language_that_is_wanted_most(header: str | None, language: str) -> None:
    assert languages.preferred(header) == language


def test_a_request_has_an_id_and_a_line_that_names_nobody(
    shop: Http, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger=REQUESTS):
        named = shop.get("/v1/consumers/anna", {"X-Request-Id": "r-1"})
        made = shop.post("/v1/orders", order(), {"X-Request-Id": "no id\n"})
        refused = shop.post("/v1/orders", order())
    assert named.headers["x-request-id"] == "r-1"
    assert re.fullmatch("[0-9a-f]{32}", made.headers["x-request-id"])
    lines = [json.loads(record.getMessage()) for record in caplog.records if record.name == REQUESTS]
    assert [(each["request_id"], each["operation"], each["status"], each["code"]) for each in lines] == [
        ("r-1", "get_consumers", 200, None),
        (made.headers["x-request-id"], "PlaceOrder", 201, None),
        (refused.headers["x-request-id"], "PlaceOrder", 409, "order_exists"),
    ]
    assert not re.search("anna|shop1", caplog.text)


def test_an_error_of_ours_is_told_as_one(shop: Http, caplog: pytest.LogCaptureFixture) -> None:
    """Readers that are closed under the service's feet stand for any error that nobody foresaw."""
    shop.service.readers.close()
    failed = shop.get("/v1/orders", ENGLISH)
    assert (failed.status_code, failed.json()["code"]) == (500, "service_failed")
    assert "an operation failed" in caplog.text


def test_what_cannot_be_answered_soon_is_refused_at_once(shop: Http) -> None:
    shop.service.readers._bound = 0  # pyright: ignore[reportPrivateUsage]
    busy = shop.get("/v1/orders", ENGLISH)
    assert (busy.status_code, busy.json()["code"]) == (429, "busy")
    assert busy.headers["retry-after"] == "1"


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "holdfast.example"},
        {"Host": "127.0.0.1.example"},
        {"Host": "10.0.0.1:8080"},
        {"Origin": "http://holdfast.example"},
        {"Origin": "null"},
    ],
)
def test_what_another_site_has_a_browser_send_is_not_obeyed(http: Http, headers: dict[str, str]) -> None:
    refused = http.post("/v1/merchants", SHOP, headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "foreign_request")


def test_a_page_of_our_own_may_ask(http: Http) -> None:
    for host in ("localhost:8080", "[::1]:8080", "127.0.0.1"):
        headers = {"Host": host, "Origin": f"http://{host}"}
        assert http.post("/v1/merchants/shop9/pay-deposit", {"amount_minor": 1}, headers).status_code == 404
