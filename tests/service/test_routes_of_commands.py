"""Every command that a client may send has one route, which no other has, and an example that is one."""

from collections import Counter

import msgspec
import pytest

from holdfast.house import HANDLERS, KEPT
from holdfast.service import bodies, examples
from holdfast.service.resources import HIDDEN, resources
from holdfast.service.routes import NOT_SENT, SHAPED, Route, derived, routes

ROUTES = routes()


def test_every_command_has_a_route_or_is_not_sent() -> None:
    routed = [route.command for route in ROUTES]
    assert Counter([*routed, *NOT_SENT]) == Counter(list(HANDLERS))


def test_no_two_commands_share_a_route() -> None:
    """Nor do they where the names of the fields in them are all that differs."""
    shapes = Counter("/".join("{}" if "{" in part else part for part in r.path.split("/")) for r in ROUTES)
    assert [shape for shape, times in shapes.items() if times > 1] == []


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.command.__name__)
def test_what_a_path_says_is_a_text_that_the_command_needs(route: Route) -> None:
    fields = {field.name: field for field in msgspec.structs.fields(route.command)}
    assert [name for name in route.fields if name not in fields] == []
    assert all(fields[name].required and fields[name].type is str for name in route.fields)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.command.__name__)
def test_the_example_of_a_command_is_one(route: Route) -> None:
    by_path = dict.fromkeys(route.fields, "x")
    made = bodies.command(route.command, examples.body(route.command, route.fields), by_path)
    assert isinstance(made, route.command)


def test_what_is_shaped_by_hand_needs_it() -> None:
    assert [command for command, path in SHAPED.items() if derived(command) == path] == []
    assert not NOT_SENT & SHAPED.keys()


def test_every_kind_of_rows_is_read_or_hidden() -> None:
    read = [each.kind for each in resources()]
    assert Counter([*read, *HIDDEN]) == Counter(list(KEPT))
    assert len({each.path for each in resources()}) == len(read)


def test_some_routes_are_as_people_expect_them() -> None:
    found = {route.command.__name__: route.path for route in ROUTES}
    assert found["PlaceOrder"] == "/v1/orders"
    assert found["ShipOrder"] == "/v1/orders/{order_id}/ship"
    assert found["UpholdClaim"] == "/v1/claims/{claim_id}/uphold"
    assert found["SuspendMerchant"] == "/v1/merchants/{merchant_id}/suspend"
    assert found["RecordGuarantee"] == "/v1/guarantees"
    assert found["RecordEvidence"] == "/v1/evidence"
