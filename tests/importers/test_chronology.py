"""Times in order: nothing is lost, every change is told, and what is in order stays as it is."""

from hypothesis import given
from hypothesis import strategies as st

from holdfast.importers.chronology import Place, in_order
from holdfast.importers.history import HistoryOrder, Repair, RepairKind
from holdfast.kernel.clock import parse

TIMES = st.integers(0, 12)
MAYBE = st.none() | TIMES


def order(placed: int = 5, **times: int | None) -> HistoryOrder:
    blank = HistoryOrder("o", "m", "c", 1, "", placed, None, None, None, None, None, None)
    return blank._replace(**times)


def place(field: str) -> Place:
    return Place("file", 7, field)


def kinds(repairs: list[Repair]) -> list[RepairKind]:
    return [repair.kind for repair in repairs]


@given(placed=TIMES, ship_by=MAYBE, shipped=MAYBE, delivered=MAYBE, cancelled=MAYBE, reviewed=MAYBE)
def test_any_times_come_into_order(
    placed: int,
    ship_by: int | None,
    shipped: int | None,
    delivered: int | None,
    cancelled: int | None,
    reviewed: int | None,
) -> None:
    before = order(
        placed,
        ship_by=ship_by,
        shipped_at=shipped,
        delivered_at=delivered,
        cancelled_at=cancelled,
        reviewed_at=reviewed,
    )
    after, repairs = in_order(before, place)
    chain = [
        at
        for at in (after.placed_at, after.shipped_at, after.delivered_at, after.cancelled_at)
        if at is not None
    ]
    assert chain == sorted(chain)
    assert all(at is None or at >= placed for at in (after.ship_by, after.reviewed_at))
    assert (after.delivered_at is None) == (delivered is None)
    assert (after.shipped_at is None) == (shipped is None and delivered is None)
    assert after.placed_at == placed
    assert (after == before) == (not repairs)
    assert {repair.column for repair in repairs} == {
        name for name, old, new in zip(before._fields, before, after, strict=True) if old != new
    }
    assert in_order(after, place) == (after, [])


def test_delivered_before_shipped() -> None:
    after, repairs = in_order(order(1, shipped_at=8_000, delivered_at=6_000), place)
    assert after.delivered_at == 8_000
    expected = Repair(
        "file",
        7,
        "delivered_at",
        "1970-01-01T00:00:06Z",
        RepairKind.DELIVERED_BEFORE_SHIPPED,
        "1970-01-01T00:00:08Z",
    )
    assert repairs == [expected]
    assert parse(expected.became) == 8_000


def test_delivered_without_shipping_was_shipped_at_the_latest_then() -> None:
    after, repairs = in_order(order(5, delivered_at=9), place)
    assert after.shipped_at == 9
    assert kinds(repairs) == [RepairKind.SHIPPED_UNKNOWN]
    assert repairs[0].value == ""


def test_everything_too_early() -> None:
    early = order(5, ship_by=1, shipped_at=2, delivered_at=1, cancelled_at=3, reviewed_at=4)
    after, repairs = in_order(early, place)
    assert (after.ship_by, after.shipped_at, after.delivered_at, after.cancelled_at, after.reviewed_at) == (
        5,
    ) * 5
    assert kinds(repairs) == [
        RepairKind.DELIVERED_BEFORE_PLACED,
        RepairKind.SHIPPED_BEFORE_PLACED,
        RepairKind.SHIP_BY_BEFORE_PLACED,
        RepairKind.CANCELLED_TOO_EARLY,
        RepairKind.REVIEWED_BEFORE_PLACED,
    ]


def test_a_review_before_the_delivery_is_no_contradiction() -> None:
    assert in_order(order(5, shipped_at=6, delivered_at=9, reviewed_at=7), place)[1] == []
