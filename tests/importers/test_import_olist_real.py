"""The published data, as messy as they are: counts that were computed in another way."""

import csv
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pytest

from holdfast.importers.history import History, HistoryOrder, RepairKind
from holdfast.importers.olist import read_olist
from holdfast.importers.olist_files import (
    CARRIER,
    CUSTOMER,
    CUSTOMERS,
    ITEMS,
    LIMIT,
    ORDERS,
    PURCHASED,
    REVIEWS,
)
from holdfast.kernel.clock import parse

FOLDER = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "olist"

pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the Olist data are not beside the repository, in ../shared/data/olist"
)

_pa, _pc, _csv = cast("Any", pa), cast("Any", pc), cast("Any", pacsv)


@cache
def history() -> History:
    return read_olist(FOLDER)


def by_id() -> dict[str, HistoryOrder]:
    return {order.id: order for order in history().orders}


@cache
def columns(name: str) -> dict[str, list[str]]:
    """Read a file with Arrow's own parser, every column as text."""
    parsing = _csv.ParseOptions(newlines_in_values=True)
    path = FOLDER / name
    header = path.read_text("utf-8").split("\n", 1)[0].split(",")
    converting = _csv.ConvertOptions(
        column_types=dict.fromkeys(header, _pa.string()), strings_can_be_null=False
    )
    return _csv.read_csv(path, parse_options=parsing, convert_options=converting).to_pydict()


def rows(name: str) -> list[dict[str, str]]:
    table = columns(name)
    return [dict(zip(table, values, strict=True)) for values in zip(*table.values(), strict=True)]


def test_every_pair_and_every_order_without_items() -> None:
    pairs = {f"{item['order_id']}/{item['seller_id']}" for item in rows(ITEMS)}
    assert len(history().orders) == len(by_id()) == 7_433
    assert by_id().keys() == pairs
    assert len(history().rejects) == 775
    empty = set(columns(ORDERS)["order_id"]) - set(columns(ITEMS)["order_id"])
    assert {reject.value for reject in history().rejects} == empty
    assert {reject.file for reject in history().rejects} == {ORDERS}


def test_rejects_name_the_true_line() -> None:
    lines = (FOLDER / ORDERS).read_text("utf-8").split("\n")
    for reject in history().rejects:
        assert lines[reject.row - 1].startswith(reject.value)
        assert reject.column == "order_id"
        assert reject.reason
        assert reject.fix


def test_amounts_are_exact_to_the_centavo() -> None:
    items = columns(ITEMS)
    exact = _pa.decimal128(20, 2)
    paid = _pc.add(
        _pc.cast(_pa.array(items["price"]), exact), _pc.cast(_pa.array(items["freight_value"]), exact)
    )
    keys = [f"{order}/{seller}" for order, seller in zip(items["order_id"], items["seller_id"], strict=True)]
    sums = _pa.table({"pair": keys, "paid": paid}).group_by("pair").aggregate([("paid", "sum")])
    expected = {row["pair"]: int(row["paid_sum"] * 100) for row in sums.to_pylist()}
    assert {order.id: order.amount_minor for order in history().orders} == expected
    assert sum(expected.values()) == 126_555_274


def test_consumers_and_merchants() -> None:
    persons = dict(zip(*(columns(CUSTOMERS)[c] for c in ("customer_id", "customer_unique_id")), strict=True))
    customers = {order["order_id"]: persons[order["customer_id"]] for order in rows(ORDERS)}
    for order in history().orders:
        order_id, _, seller_id = order.id.partition("/")
        assert order.consumer_id == customers[order_id]
        assert order.merchant_id == seller_id
    assert len({order.merchant_id for order in history().orders}) == 1_610


def test_times_are_those_of_the_files_or_listed_as_repaired() -> None:
    orders = {order["order_id"]: order for order in rows(ORDERS)}
    changed: set[tuple[str, str]] = set()
    for order in history().orders:
        order_id = order.id.partition("/")[0]
        found = orders[order_id]
        assert order.placed_at == parse(found[PURCHASED])
        for at, column in ((order.shipped_at, CARRIER), (order.delivered_at, CUSTOMER)):
            if at != (parse(found[column]) if found[column] else None):
                changed.add((order_id, column))
    assert Counter(column for _, column in changed) == {CARRIER: 4, CUSTOMER: 11}


def test_repairs_by_kind() -> None:
    assert history().repair_counts() == {
        RepairKind.SHIPPED_BEFORE_PLACED: 3,
        RepairKind.SHIPPED_UNKNOWN: 1,
        RepairKind.DELIVERED_BEFORE_SHIPPED: 3,
        RepairKind.DELIVERED_WITHOUT_DATE: 8,
        RepairKind.REVIEWED_BEFORE_PLACED: 2,
    }
    for repair in history().repairs:
        if repair.file == ORDERS and repair.value:
            line = (FOLDER / ORDERS).read_text("utf-8").split("\n")[repair.row - 1]
            assert repair.value.replace("T", " ").removesuffix("Z") in line


def test_a_review_repaired_is_found_on_its_line_in_spite_of_line_breaks() -> None:
    lines = (FOLDER / REVIEWS).read_text("utf-8").splitlines(keepends=True)
    answers = [repair for repair in history().repairs if repair.file == REVIEWS]
    assert [repair.row for repair in answers] == [3_234, 6_943]
    for repair in answers:
        record = next(csv.reader(lines[repair.row - 1 :]))
        assert parse(record[-1]) == parse(repair.value)
    assert len(lines) > len(rows(REVIEWS)) + 1, "the file is to hold line breaks within its values"


def test_the_latest_review_counts() -> None:
    latest: dict[str, tuple[str, str]] = {}
    for review in rows(REVIEWS):
        found = (review["review_answer_timestamp"], review["review_score"])
        latest[review["order_id"]] = max(found, latest.get(review["order_id"], found))
    for order in history().orders:
        answered, score = latest[order.id.partition("/")[0]]
        assert order.score == int(score)
        assert order.reviewed_at == max(parse(answered), order.placed_at)


def test_ship_by_is_the_latest_limit_of_the_pair() -> None:
    latest: dict[str, str] = {}
    for item in rows(ITEMS):
        pair = f"{item['order_id']}/{item['seller_id']}"
        latest[pair] = max(item[LIMIT], latest.get(pair, ""))
    assert {order.id: order.ship_by for order in history().orders} == {
        pair: parse(limit) for pair, limit in latest.items()
    }


def test_cancelled_orders_end_after_all_else_and_by_the_estimate() -> None:
    statuses = {order["order_id"]: order for order in rows(ORDERS)}
    for order in history().orders:
        found = statuses[order.id.partition("/")[0]]
        if found["order_status"] not in {"canceled", "unavailable"}:
            assert order.cancelled_at is None
            continue
        assert order.cancelled_at is not None
        assert order.cancelled_at >= max(order.placed_at, order.shipped_at or 0, order.delivered_at or 0)
        latest = max(
            parse(found["order_estimated_delivery_date"]), order.shipped_at or 0, order.delivered_at or 0
        )
        assert order.cancelled_at <= latest
    assert sum(order.cancelled_at is not None for order in history().orders) == 468


def test_orders_ascend() -> None:
    keys = [(order.placed_at, order.id) for order in history().orders]
    assert keys == sorted(keys)


def test_titles_say_what_was_sold() -> None:
    first = history().orders[0]
    assert first.title == "furniture decor c1488892 +1"
    assert all(order.title for order in history().orders)


def test_progress_climbs_to_one() -> None:
    told: list[float] = []
    read_olist(FOLDER, told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert len(told) > 10
