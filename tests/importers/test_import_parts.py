"""Rows that are parts of an order: taken with their whole, or rejected with row, column and reason."""

from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from holdfast.importers.history import History, RepairKind
from holdfast.importers.plain_writing import write_plain
from holdfast.importers.refusals import NoOrders
from holdfast.kernel.clock import parse
from own_form import read_plain

HEADER = "order_id,merchant_id,consumer_id,currency,amount,placed_at,delivered_at,part_of,service\n"
WHOLE = "A,m,c,CNY,70,2026-03-02,2026-03-05,,\n"


def read(tmp_path: Path, *rows: str) -> History:
    file = tmp_path / "orders.csv"
    file.write_text(HEADER + "".join(rows), encoding="utf-8")
    return read_plain(file)


def test_parts_stand_after_their_whole_and_not_before_it_in_time(tmp_path: Path) -> None:
    part = "A/b,m,c,CNY,30,2026-03-01,,A,\n"
    history = read(tmp_path, part, WHOLE)
    assert [(order.id, order.part_of) for order in history.orders] == [("A", None), ("A/b", "A")]
    assert history.orders[1].placed_at == parse("2026-03-02")
    kinds = [repair.kind for repair in history.repairs]
    assert kinds == [RepairKind.PART_BEFORE_WHOLE, RepairKind.SHIPPED_UNKNOWN]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("P,m,c,CNY,30,2026-03-02,,nowhere,", "part_of"),
        ("P,m,c,CNY,30,2026-03-02,,P,", "part_of"),
        ("P,m,c,CNY,30,2026-03-02,,A/b,", "part_of"),
        ("P,n,c,CNY,30,2026-03-02,,A,", "merchant_id"),
        ("P,m,d,CNY,30,2026-03-02,,A,", "consumer_id"),
        ("P,m,c,USD,30,2026-03-02,,A,", "currency"),
        ("P,m,c,CNY,30,2026-03-02,,A,yes", "service"),
        ("P,m,c,CNY,30,2026-03-02,,A,perhaps", "service"),
        ("P,m,c,CNY,30,2026-03-02,,A B,", "part_of"),
        ("P,m,c,CNY,30,2026-03-02,,RMB,", "part_of"),
    ],
)
def test_a_part_that_is_none_is_rejected_and_the_rest_is_taken(tmp_path: Path, row: str, column: str) -> None:
    rejected = "RMB,m,c,RMB,30,2026-03-02,,,\n"
    history = read(tmp_path, WHOLE, "A/b,m,c,CNY,30,2026-03-02,,A,\n", rejected, row + "\n")
    assert [order.id for order in history.orders] == ["A", "A/b"]
    [_, reject] = history.rejects
    assert (reject.row, reject.column) == (5, column)
    assert reject.fix


def test_an_order_has_two_hundred_parts_at_most(tmp_path: Path) -> None:
    rows = [f"p{number},m,c,CNY,1,2026-03-02,,A,\n" for number in range(202)]
    history = read(tmp_path, WHOLE, *rows)
    assert len(history.orders) == 201
    assert [reject.column for reject in history.rejects] == ["part_of", "part_of"]


def test_a_file_of_parts_alone_has_no_orders(tmp_path: Path) -> None:
    with pytest.raises(NoOrders):
        read(tmp_path, "P,m,c,CNY,30,2026-03-02,,A,\n")


def test_a_service_needs_no_shipping(tmp_path: Path) -> None:
    history = read(tmp_path, "L,m,c,CNY,10,2026-03-02,2026-03-05,,yes\n")
    assert history.repairs == []
    [order] = history.orders
    assert (order.service, order.shipped_at) == (True, None)


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_parts_and_services_are_written_and_read_back(tmp_path: Path, suffix: str) -> None:
    lessons = "L,m,c,CNY,10,2026-03-02,2026-03-05,,是\n", "L/2,m,c,CNY,10,2026-03-02,,L,TRUE\n"
    history = read(tmp_path, WHOLE, "A/b,m,c,CNY,30,2026-03-02,,A,\n", *lessons)
    again = tmp_path / f"again.{suffix}"
    write_plain(history, again)
    assert read_plain(again).orders == history.orders


def test_a_flag_of_a_typed_column_is_read(tmp_path: Path) -> None:
    file = tmp_path / "typed.parquet"
    columns = {
        "order_id": ["L"],
        "merchant_id": ["m"],
        "consumer_id": ["c"],
        "currency": ["CNY"],
        "amount": ["10"],
        "placed_at": ["2026-03-02"],
        "service": [True],
    }
    table: Any = cast("Any", pa).table(columns)
    cast("Any", pq).write_table(table, file)
    assert read_plain(file).orders[0].service
