"""Dates without a time of day: what they stand for, beside times that have one."""

import datetime as dt
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.importers.history import History, HistoryOrder
from holdfast.importers.plain_rows import FORM
from holdfast.kernel.clock import DAY, HOUR, Instant, iso, parse
from own_form import read_plain
from thorough import examples

_pa, _pq = cast("Any", pa), cast("Any", pq)

NOON = "2026-04-02T15:00:00Z"
TIMES = ("shipped_at", "delivered_at", "cancelled_at", "reviewed_at")


def imported(tmp_path: Path, zone: str = "UTC", **cells: str) -> History:
    bare = dict.fromkeys(FORM.columns, "")
    row = {**bare, "order_id": "o", "merchant_id": "m", "consumer_id": "c", "currency": "CNY", "amount": "9"}
    path = tmp_path / "orders.csv"
    path.write_text(",".join(FORM.columns) + "\n" + ",".join({**row, **cells}.values()) + "\n", "utf-8")
    return read_plain(path, zone=zone)


def shown(at: Instant | None) -> str:
    assert at is not None
    return iso(at)


@pytest.mark.parametrize(
    ("zone", "end"),
    [("UTC", "2026-04-02T23:59:59.999Z"), ("Asia/Shanghai", "2026-04-02T15:59:59.999Z")],
)
def test_a_promise_lasts_until_the_end_of_its_day(tmp_path: Path, zone: str, end: str) -> None:
    found = imported(tmp_path, zone, placed_at="2026-04-02T10:00:00Z", ship_by="2026-04-02")
    assert shown(found.orders[0].ship_by) == end
    assert (found.repairs, found.dates, found.assumed) == ([], 1, 1)
    timed = imported(tmp_path, zone, placed_at="2026-04-01T10:00:00Z", ship_by="2026-04-02T00:00:00Z")
    assert (shown(timed.orders[0].ship_by), timed.dates) == ("2026-04-02T00:00:00Z", 0)


def test_the_last_day_that_there_is(tmp_path: Path) -> None:
    found = imported(tmp_path, "UTC-5", placed_at="2099-12-30T10:00:00Z", ship_by="2099-12-31")
    assert shown(found.orders[0].ship_by) == "2099-12-31T23:59:59.999Z"


def test_the_days_events_follow_each_other(tmp_path: Path) -> None:
    day = dict.fromkeys([*TIMES, "refunded_at"], "2026-04-02")
    found = imported(tmp_path, placed_at=NOON, score="2", refunded_amount="1", **day)
    [order] = found.orders
    assert [shown(getattr(order, name)) for name in TIMES] == [NOON] * 4
    assert shown(order.refunds[0].at) == NOON
    assert (found.repairs, found.dates) == ([], 5)


def test_another_day_is_its_midnight_and_may_contradict(tmp_path: Path) -> None:
    found = imported(tmp_path, placed_at=NOON, shipped_at="2026-04-03", delivered_at="2026-04-01")
    assert shown(found.orders[0].shipped_at) == "2026-04-03T00:00:00Z"
    assert [repair.kind for repair in found.repairs] == [
        "delivered_before_placed",
        "delivered_before_shipped",
    ]


def test_days_are_those_of_the_zone(tmp_path: Path) -> None:
    """Placed at 23:00 in Shanghai, on the day before that of its instant in the zone of nobody."""
    placed = "2026-04-02T15:00:00Z"
    found = imported(tmp_path, "Asia/Shanghai", placed_at=placed, shipped_at="2026-04-02")
    assert (shown(found.orders[0].shipped_at), found.repairs) == (placed, [])
    night = imported(tmp_path, "Asia/Shanghai", placed_at="2026-04-02T17:00:00Z", shipped_at="2026-04-03")
    assert (shown(night.orders[0].shipped_at), night.repairs) == ("2026-04-02T17:00:00Z", [])


def test_a_part_of_the_day_of_its_whole(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    header = "order_id,merchant_id,consumer_id,currency,amount,placed_at,part_of\n"
    path.write_text(f"{header}a,m,c,CNY,1,{NOON},\nb,m,c,CNY,1,2026-04-02,a\n", "utf-8")
    found = read_plain(path)
    assert ([iso(order.placed_at) for order in found.orders], found.repairs) == ([NOON] * 2, [])


def test_dates_of_parquet_are_dates_alone_and_timestamps_are_not(tmp_path: Path) -> None:
    path = tmp_path / "orders.parquet"
    columns = {
        **{key: ["x"] for key in ("order_id", "merchant_id", "consumer_id")},
        "currency": ["CNY"],
        "amount": ["1"],
        "placed_at": [NOON],
        "shipped_at": _pa.array([dt.date(2026, 4, 2)]),
        "delivered_at": _pa.array([parse("2026-04-03")], _pa.timestamp("ms")),
    }
    _pq.write_table(_pa.table(columns), path)
    found = read_plain(path)
    assert shown(found.orders[0].shipped_at) == NOON
    assert (found.repairs, found.dates, found.assumed) == ([], 1, 2)


DAYS = st.integers(0, 3)
START = parse("2026-04-01")


@given(placed=st.integers(0, 95), days=st.lists(DAYS, min_size=4, max_size=4).map(sorted))
@settings(max_examples=examples(40), deadline=None)
def test_dates_that_do_not_contradict_make_no_repair(
    tmp_path_factory: pytest.TempPathFactory, placed: int, days: list[int]
) -> None:
    """Dates alone that ascend, from the day of placing on, are in order as they stand."""
    at = START + placed * HOUR
    first = (at - START) // DAY
    dates = [iso(START + (first + day) * DAY)[:10] for day in days]
    cells = dict(zip(TIMES, dates, strict=True)) | {"score": "5", "ship_by": dates[0]}
    found = imported(tmp_path_factory.mktemp("days"), placed_at=iso(at), **cells)
    assert (found.repairs, found.dates) == ([], 5)
    [order] = found.orders
    for name, date in zip(TIMES, dates, strict=True):
        assert shown(getattr(order, name))[:10] == date
    assert isinstance(order, HistoryOrder)
