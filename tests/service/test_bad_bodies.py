"""Bodies that are no command: each has its problem, with a pointer where a field is at fault."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from http_asking import ENGLISH, Http, order, served

from holdfast.kernel.actor import Role
from holdfast.service.service import Limits

BODIES = {
    "no JSON": (b"{", 400, "bad_json"),
    "nothing but a space": (b" ", 400, "bad_json"),
    "a list": (b"[]", 400, "bad_json"),
    "bad UTF-8": (b'{"order_id": "\xff"}', 400, "bad_json"),
    "a byte order mark": (b"\xef\xbb\xbf{}", 400, "bad_json"),
    "two names": (b'{"order_id": "a", "order_id": "b"}', 400, "bad_json"),
    "two names within": (b'{"listing": {"title": "a", "title": "b"}}', 400, "bad_json"),
    "no number": (b'{"amount_minor": NaN}', 400, "bad_json"),
    "too many digits": (b'{"amount_minor": ' + b"1" * 5_000 + b"}", 400, "bad_json"),
    "deep": (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, 400, "bad_json"),
    "deep lists": (b"[" * 100_000, 400, "bad_json"),
    "a lone surrogate": (b'{"what": "\\ud800"}', 400, "bad_json"),
    "one in a name": (b'{"\\uDFFF": 1}', 400, "bad_json"),
    "large": (b'{"what": "' + b"x" * (1 << 20) + b'"}', 413, "body_too_large"),
}

FIELDS: dict[str, tuple[dict[str, Any], str, str]] = {
    "unknown": ({"colour": "red"}, "unknown_field", "/colour"),
    "the tag": ({"type": "PlaceOrder"}, "unknown_field", "/type"),
    "to be escaped": ({"a/b~c": 1}, "unknown_field", "/a~1b~0c"),
    "a text": ({"amount_minor": "12900"}, "bad_field", "/amount_minor"),
    "a fraction": ({"amount_minor": 1.5}, "bad_field", "/amount_minor"),
    "a truth": ({"amount_minor": True}, "bad_field", "/amount_minor"),
    "a number": ({"order_id": 1}, "bad_field", "/order_id"),
    "nothing": ({"order_id": None}, "bad_field", "/order_id"),
    "no object": ({"listing": "kettle"}, "bad_field", "/listing"),
    "one of a list": (
        {"listing": {"title": "k", "text": "", "price_minor": 1, "promises": ["a", 2]}},
        "bad_field",
        "/listing/promises/1",
    ),
    "missing within": ({"listing": {"title": "k", "text": ""}}, "missing_field", "/listing/price_minor"),
    "unknown within": (
        {"listing": {"title": "k", "text": "", "price_minor": 1, "colour": ""}},
        "unknown_field",
        "/listing/colour",
    ),
    "no time": ({"ship_by": "tomorrow"}, "bad_field", "/ship_by"),
    "a day": ({"ship_by": "2026-03-01"}, "bad_field", "/ship_by"),
    "no offset": ({"ship_by": "2026-03-01T10:00:00"}, "bad_field", "/ship_by"),
    "no such day": ({"ship_by": "2026-02-30T10:00:00Z"}, "bad_field", "/ship_by"),
    "milliseconds": ({"ship_by": 1_000}, "bad_field", "/ship_by"),
    "no date any more": ({"ship_by": "0001-01-01T00:00:00+23:00"}, "bad_field", "/ship_by"),
    "before dates": ({"ship_by": "0001-01-01T00:00:00Z"}, "bad_field", "/ship_by"),
    "no year that is kept": ({"ship_by": "9999-12-31T00:00:00Z"}, "bad_field", "/ship_by"),
    "U+0000": ({"what": "a\0"}, "bad_text", "/what"),
}


def test_what_is_no_object_is_refused(shop: Http) -> None:
    found: dict[str, tuple[int, str, str | None]] = {}
    for name, (raw, _, _) in BODIES.items():
        told = shop.post("/v1/orders", raw, ENGLISH)
        found[name] = (told.status_code, told.json()["code"], told.json().get("pointer"))
    assert found == {name: (status, code, None) for name, (_, status, code) in BODIES.items()}


def test_every_field_that_is_wrong_is_pointed_at(shop: Http) -> None:
    found: dict[str, tuple[int, str, str]] = {}
    for name, (changed, _, _) in FIELDS.items():
        said = order(**changed)
        for language in ({}, ENGLISH):
            told = shop.post("/v1/orders", said, language)
            found[name] = (told.status_code, told.json()["code"], told.json().get("pointer", ""))
    assert found == {name: (400, code, pointer) for name, (_, code, pointer) in FIELDS.items()}


def test_a_missing_field_is_named(shop: Http) -> None:
    refused = shop.post("/v1/orders", {}, ENGLISH).json()
    assert (refused["code"], refused["pointer"]) == ("missing_field", "/order_id")
    assert "order_id" in refused["detail"]


def test_what_the_path_says_does_not_stand_in_the_body(shop: Http) -> None:
    refused = shop.post("/v1/orders/o1/ship", {"order_id": "o2"})
    assert (refused.json()["code"], refused.json()["pointer"]) == ("unknown_field", "/order_id")


def test_an_enum_has_its_values(shop: Http) -> None:
    body = {"to": "nowhere", "target_id": "x"}
    refused = shop.post("/v1/receipts/r1/assign", body, {**ENGLISH, **shop.as_person("li", Role.FINANCE)})
    assert (refused.json()["code"], refused.json()["pointer"]) == ("bad_field", "/to")


def test_another_type_of_body_is_refused(shop: Http) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    refused = shop.post("/v1/orders", b"a=1", form)
    assert (refused.status_code, refused.json()["code"]) == (415, "not_json")


def test_a_body_without_a_length_is_bounded_too(shop: Http) -> None:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b" " * (1 << 16)

    refused = shop.run(shop.client.post("/v1/orders", content=parts()))
    assert (refused.status_code, refused.json()["code"]) == (413, "body_too_large")


def shop_system(http: Http) -> list[tuple[bytes, bytes]]:
    """Return the headers of the platform's shop system, as they come in."""
    said = http.as_machine(Role.MARKETPLACE)
    return [(name.lower().encode(), value.encode()) for name, value in said.items()]


def answered_raw(http: Http, receive: Any) -> tuple[int, str]:
    """Return the status and the code that a request is answered with whose body comes as `receive` says."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)
        await asyncio.sleep(0)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/orders",
        "raw_path": b"/v1/orders",
        "query_string": b"",
        "headers": [(b"host", b"localhost"), *shop_system(http)],
        "http_version": "1.1",
        "scheme": "http",
        "client": None,
        "server": None,
    }
    http.run(http.entrance(scope, receive, send))
    return sent[0]["status"], json.loads(sent[1]["body"])["code"]


def test_a_body_that_does_not_come_is_not_waited_for(migrated_url: str) -> None:
    async def never() -> Any:
        return await asyncio.Event().wait()

    with served(migrated_url, limits=Limits(body_seconds=0)) as http:
        assert answered_raw(http, never) == (408, "body_too_slow")


def test_a_body_that_breaks_off_is_no_command(http: Http) -> None:
    messages = iter([{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}])

    async def breaks_off() -> Any:
        await asyncio.sleep(0)
        return next(messages)

    assert answered_raw(http, breaks_off) == (400, "bad_request")
