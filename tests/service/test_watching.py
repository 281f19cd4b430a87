"""What people of the platform and regulators read of others is on record, before it is answered."""

from collections.abc import Sequence
from typing import Any

import pytest
from http_asking import Http, order, served

from holdfast.access.refusals import BadOperation
from holdfast.access.ways import RecordRead, RecordsRead
from holdfast.engine.execution import Outcome, Submission
from holdfast.journal.pages import Asked
from holdfast.kernel.actor import Role
from holdfast.postgres.home import Postgres


@pytest.fixture
def sold(shop: Http) -> Http:
    """A shop with two orders."""
    for number in (1, 2):
        assert shop.post("/v1/orders", order(number)).status_code == 201
    return shop


def records(http: Http) -> list[tuple[str, dict[str, Any]]]:
    """Return who read what, in order."""
    found = http.home.fact_page(Asked(kinds=("RecordsRead",)), limit=100).items
    told: list[tuple[str, dict[str, Any]]] = []
    for fact in found:
        assert fact.actor is not None
        assert isinstance(fact.body, RecordsRead)
        names = ("operation", "merchant_id", "consumer_id", "order_id", "rows")
        said = {name: getattr(fact.body, name) for name in names}
        told.append((fact.actor.id, {name: value for name, value in said.items() if value is not None}))
    return told


def test_who_read_about_whom_is_on_record(sold: Http) -> None:
    li, wu = sold.as_person("li", Role.RISK), sold.as_person("wu", Role.FINANCE)
    about = {"merchant_id": "shop1", "consumer_id": "anna", "order_id": "shop1~1"}
    assert sold.get("/v1/orders/shop1~1", li).status_code == 200
    tag = sold.get("/v1/consumers/anna", wu).headers["etag"]
    assert sold.get("/v1/consumers/anna", {**wu, "If-None-Match": tag}).status_code == 304
    sold.get("/v1/orders?consumer=anna", li)
    sold.get("/v1/facts?order=shop1~1", li)
    assert records(sold) == [
        ("li", {"operation": "get_orders", "rows": 1, **about}),
        ("wu", {"operation": "get_consumers", "rows": 1, "consumer_id": "anna"}),
        ("wu", {"operation": "get_consumers", "rows": 1, "consumer_id": "anna"}),
        ("li", {"operation": "list_orders", "rows": 2, "consumer_id": "anna"}),
        ("li", {"operation": "list_facts", "rows": 1, "order_id": "shop1~1"}),
    ]


def test_a_regulator_is_on_record_by_whatever_it_comes(sold: Http) -> None:
    machine, person = sold.as_machine(Role.REGULATOR), sold.as_person("sun", Role.REGULATOR)
    for headers in (machine, person):
        assert sold.get("/v1/orders/shop1~1", headers).status_code == 200
    assert [who == "sun" for who, _ in records(sold)] == [False, True]


def test_what_is_nobody_s_or_not_found_or_ones_own_is_not_on_record(sold: Http) -> None:
    li = sold.as_person("li", Role.RISK)
    for path in ("/v1/policies", "/v1/coverages/shop1", "/v1/orders/none", "/v1/orders?order=none"):
        sold.get(path, li)
    assert sold.get("/v1/transfers", li).status_code == 403
    for headers in (
        sold.as_machine(Role.MARKETPLACE),
        sold.as_machine(Role.RISK),
        sold.as_machine(Role.MERCHANT, "shop1"),
        sold.as_person("anna-herself", Role.CONSUMER, "anna"),
    ):
        assert sold.get("/v1/orders/shop1~1", headers).status_code == 200
    assert records(sold) == []


def test_a_consumer_learns_who_read_about_it_by_role(sold: Http) -> None:
    sold.get("/v1/consumers/anna", sold.as_person("li", Role.RISK))
    anna = sold.as_machine(Role.CONSUMER, "anna")
    [read] = sold.get("/v1/facts?kind=RecordsRead", anna).json()["items"]
    assert read["actor"] == {"nature": "person", "role": "risk", "door": "api"}
    assert read["body"]["operation"] == "get_consumers"


class Unrecorded:
    """A lane that records no reading."""

    def __init__(self, home: Postgres) -> None:
        self._home = home

    def run(self, batch: Sequence[Submission]) -> list[Outcome]:
        if any(isinstance(each.command, RecordRead) for each in batch):
            return [Outcome((), BadOperation("operation", most=100).record()) for _ in batch]
        return self._home.run(batch)


def test_nothing_is_answered_that_is_not_on_record(migrated_url: str) -> None:
    with served(migrated_url, Unrecorded) as http:
        http.parties()
        answer = http.get("/v1/consumers/anna", http.as_person("li", Role.RISK))
        assert not answer.is_success
        assert "anna" not in answer.text
        assert http.get("/v1/consumers/anna").status_code == 200
