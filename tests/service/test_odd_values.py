"""Whatever stands in a command's fields, or in the path of a read, is answered by no error of ours."""

import json
from typing import Any
from urllib.parse import quote

from http_asking import Http

from holdfast.service import examples
from holdfast.service.resources import resources
from holdfast.service.routes import Route, routes

ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    2**63,
    10**40,
    1.5,
    "",
    "x" * 500,
    "\0",
    "\ud800",
    "a/b",
    " ",
    [],
    [1],
    {},
    {"type": "x"},
)


def variants(route: Route, turn: int) -> list[tuple[str, dict[str, Any]]]:
    """Return a command's path and body with an odd value in each place, one that is another in each turn."""
    body = examples.body(route.command, route.fields)
    path = route.path.format(**dict.fromkeys(route.fields, "shop1"))
    found = [
        (path, {**body, name: ODD[(turn + number) % len(ODD)]})
        for number, name in enumerate(route.command.__struct_fields__)
    ]
    odd = [each for each in ODD if isinstance(each, str) and each and each != "\ud800"]
    at = quote(odd[turn % len(odd)], safe="")
    return [*found, (route.path.format(**dict.fromkeys(route.fields, at)), body)]


def test_no_odd_value_is_an_error_of_ours(shop: Http) -> None:
    wrong: list[str] = []
    for turn, route in enumerate(routes()):
        for path, body in variants(route, turn):
            told = shop.post(path, json.dumps(body).encode(), shop.as_whoever_may(route.command.__name__))
            if told.status_code >= 500:
                wrong.append(f"{path} {body}: {told.text}")
    assert wrong == []


def test_no_odd_id_is_an_error_of_ours(shop: Http) -> None:
    wrong: list[str] = []
    for resource in resources():
        for odd in ("\0", "x" * 5_000, "a/b", "..", "%", "\U0010ffff"):
            told = shop.get(f"{resource.path}/{quote(odd, safe='')}")
            if told.status_code >= 500:
                wrong.append(f"{resource.path} {odd!r}: {told.text}")
    for query in ("order=%00", "kind=%00", "after_position=999999999999999", "since=0001-01-01T00:00:00Z"):
        told = shop.get(f"/v1/facts?{query}")
        if told.status_code >= 500:
            wrong.append(f"{query}: {told.text}")
    assert wrong == []
