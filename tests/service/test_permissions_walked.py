"""Every operation is asked by every role, for its own, for another's and for nobody's things.

What is expected is not taken from the table alone: nothing of another's is ever answered, nothing of it
shows, and nobody can tell what is another's from what is not there.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from http_asking import Http, served
from two_shops import ANNA, SHOP, Side, trade

from holdfast.house import KEPT
from holdfast.journal.pages import Sort
from holdfast.kernel.actor import Role
from holdfast.service import examples
from holdfast.service.admission import Rates
from holdfast.service.catalogue import catalogue
from holdfast.service.operation import Operation
from holdfast.service.owning import whose
from holdfast.service.permissions import OPEN, line_of
from holdfast.service.rates import Rate
from holdfast.service.reach import OWNERS, ROLES, Reach
from holdfast.service.resources import resources
from holdfast.service.service import Limits

FAST = Rate(1_000_000, 1_000_000)
UNLIMITED = Limits(rates=Rates(FAST, FAST, FAST, FAST))

OPERATIONS = [each for each in catalogue() if each.name not in OPEN]
KINDS = {each.path: each.kind for each in resources()}
BEHIND = {Role.MERCHANT: SHOP, Role.CONSUMER: ANNA}


@pytest.fixture
def market(migrated_url: str) -> Iterator[Http]:
    """Two shops and two consumers, who trade."""
    with served(migrated_url, limits=UNLIMITED) as http:
        trade(http)
        yield http


def caller(http: Http, role: Role) -> dict[str, str]:
    """Return the headers of somebody in a role: a person where one may be."""
    side = BEHIND.get(role)
    if side is not None:
        return http.as_machine(role, side.owner)
    if role in {Role.MARKETPLACE, Role.PROVIDER}:
        return http.as_machine(role)
    return http.as_person(f"some-{role}", role)


NOBODYS = {"merchant_id": "shop9", "consumer_id": "carl"}


def ids(side: Side, order_id: str | None) -> dict[str, str]:
    """Return ids for fields: those around an order, its shop's and its consumer's; or nobody's."""
    if order_id is None:
        order_id, shop, consumer = "shop9~z", "shop9", "carl"
    else:
        shop = order_id.partition("~")[0]
        consumer = "anna" if order_id == side.own or side is SHOP else "bob"
    return {
        "merchant_id": shop,
        "consumer_id": consumer,
        "order_id": order_id,
        "claim_id": f"{order_id}-c",
        "guarantee_id": f"{shop}~g",
        "freeze_id": f"{shop}~f",
        "chargeback_id": f"{order_id}-b",
    }


def asked(operation: Operation, said: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """Return the path and the body of an operation about these ids."""
    assert operation.command is not None
    by_path = tuple(each.name for each in operation.parameters if each.place == "path")
    body = examples.body(operation.command, by_path)
    body = {name: said.get(name, value) for name, value in body.items()}
    path = operation.path
    for name in by_path:
        path = path.replace(f"{{{name}}}", quote(said.get(name, "none"), safe="~"))
    return path, body


def send(http: Http, headers: Mapping[str, str], path: str, body: Any = None) -> httpx.Response:
    answer = http.get(path, headers) if body is None else http.post(path, body, headers)
    assert answer.status_code < 500, f"{path}: {answer.text}"
    return answer


def told(answer: httpx.Response, said: Mapping[str, str]) -> tuple[int, str, dict[str, str]]:
    """Return all that an answer tells, with the ids that were asked for taken out of it."""
    text = answer.text
    for name, key in sorted(said.items(), key=lambda each: -len(each[1])):
        text = text.replace(key, f"<{name}>")
    passing = {"x-request-id", "ratelimit", "content-length"}
    return answer.status_code, text, {n: v for n, v in answer.headers.items() if n not in passing}


def test_every_command(market: Http) -> None:
    for role in ROLES:
        _walk_commands(market, role)


def _walk_commands(market: Http, role: Role) -> None:
    side = BEHIND.get(role, SHOP)
    headers = caller(market, role)
    for operation in OPERATIONS:
        if operation.command is None:
            continue
        reach = line_of(operation.name).reach(role)
        answers: list[tuple[int, str, dict[str, str]]] = []
        for order_id in (None, side.others, side.own):
            said = ids(side, order_id)
            before = market.home.feed(0, 100_000)
            answer = send(market, headers, *asked(operation, said))
            answers.append(told(answer, said))
            if role not in OWNERS:
                assert (answer.status_code == 403 and "not_permitted" in answer.text) == (reach is None)
                continue
            if order_id != side.own:
                assert not answer.is_success, f"{operation.name} of another's"
                assert market.home.feed(0, 100_000) == before
            assert [each for each in side.markers if each in answers[-1][1]] == [], operation.name
        if reach is None:
            assert answers[0] == answers[1] == answers[2], operation.name
        if role in OWNERS and reach is Reach.OWN:
            assert answers[0][0] in {400, 404}, f"{operation.name}: {answers[0]}"
            assert answers[0] == answers[1], operation.name
            assert answers[2] != answers[1], f"{operation.name}: {answers}"


def rows(http: Http, path: str) -> list[dict[str, Any]]:
    """Return all rows of a kind, as a regulator reads them."""
    found = http.get(f"{path}?limit=200", http.as_machine(Role.REGULATOR))
    assert found.status_code == 200
    return found.json()["items"]


def owner_of(http: Http, path: str, key: str, side: Side) -> str | None:
    kind = KINDS[path]
    row = http.home.row(kind, key)
    if KEPT[kind].named_after == "order_id":
        row = http.home.row(KINDS["/v1/orders"], key)
    return whose(row, Sort(side.role.value))


def test_every_row(market: Http) -> None:
    for role in ROLES:
        _walk_rows(market, role)


def _walk_rows(market: Http, role: Role) -> None:
    side, headers, seen = BEHIND.get(role), caller(market, role), 0
    for resource in resources():
        name = resource.name.replace("-", "_")
        reach = line_of(f"get_{name}").reach(role)
        nobodys = send(market, headers, f"{resource.path}/nobodys")
        for each in rows(market, resource.path):
            key = each["id"]
            answer = send(market, headers, f"{resource.path}/{quote(key, safe='~')}")
            if reach is None:
                assert (answer.status_code, answer.json()["code"]) == (403, "not_permitted")
            elif side is None or reach is Reach.ALL:
                assert answer.status_code == 200
            elif owner_of(market, resource.path, key, side) == side.owner:
                assert answer.status_code == 200
                assert [mark for mark in side.markers if mark in answer.text] == [], answer.text
                seen += 1
            else:
                assert told(answer, {"id": key}) == told(nobodys, {"id": "nobodys"}), resource.path
    assert side is None or seen >= 8, "something of its own was read"


def test_lists_facts_and_tasks_have_nothing_of_others(market: Http) -> None:
    for side in BEHIND.values():
        _walk_lists(market, side)


def _walk_lists(market: Http, side: Side) -> None:
    role = side.role
    headers = caller(market, role)
    paths = [f"{each.path}?limit=200" for each in resources()]
    queries = [f"{sort}={key}" for sort in ("order", "merchant", "consumer", "claim") for key in _keys(side)]
    listed = [each.path for each in resources() if each.by_subject]
    paths += [f"{path}?{query}&limit=200" for path in (*listed, "/v1/facts") for query in queries]
    paths += ["/v1/facts?limit=200", "/v1/facts?after_position=0", "/v1/tasks?limit=200"]
    found = 0
    for path in paths:
        answer = send(market, headers, path)
        assert answer.status_code in {200, 403}, path
        if "/coverages" not in path:  # whose ratio is public
            text = answer.text.replace(path, "")
            assert [mark for mark in side.markers if mark in text] == [], f"{path}: {text}"
        found += len(answer.json().get("items", ()))
    assert found > 20


def _keys(side: Side) -> tuple[str, ...]:
    return (side.owner, side.own, side.others, f"{side.others}-c", "shop1", "shop2", "anna", "bob", "nobody")


def test_each_fact_is_another_s_or_not_there_alike(market: Http) -> None:
    facts = json.loads(market.get("/v1/facts?limit=200", market.as_machine(Role.REGULATOR)).text)["items"]
    assert len(facts) > 50
    for side in (SHOP, ANNA):
        headers, field = caller(market, side.role), f"{side.role}_id"
        nobodys = told(market.get(f"/v1/facts/{'0' * 32}", headers), {"id": "0" * 32})
        for fact in facts:
            answer = market.get(f"/v1/facts/{fact['id']}", headers)
            if fact["body"].get(field) != side.owner and fact["kind"] != "PolicyAdopted":
                assert told(answer, {"id": fact["id"]}) == nobodys, fact
            assert answer.status_code in {200, 404}
