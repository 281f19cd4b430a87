"""Olist's form, one fault at a time: what is refused, what is rejected and where, and what stays."""

from pathlib import Path

import pytest

from holdfast.importers.history import History, RepairKind
from holdfast.importers.olist import read_olist
from holdfast.importers.olist_files import (
    CATEGORIES,
    CUSTOMERS,
    FORMS,
    ITEMS,
    ORDERS,
    PRODUCTS,
    REVIEWS,
    SELLERS,
)
from holdfast.importers.refusals import (
    BrokenCsv,
    EmptyFile,
    MissingColumn,
    MissingFile,
    NoOrders,
    NotOlist,
    UnknownColumn,
)
from holdfast.kernel.clock import DAY, parse
from holdfast.kernel.refusal import Refusal

DAYS = (
    "2018-01-01 10:00:00",
    "2018-01-01 11:00:00",
    "2018-01-03 09:00:00",
    "2018-01-08 15:00:00",
    "2018-01-20 00:00:00",
)
WHOLE: dict[str, list[str]] = {
    CUSTOMERS: ["c1,u1,01000,sao paulo,SP", "c2,u1,01000,sao paulo,SP"],
    SELLERS: ["s1,01000,sao paulo,SP", "s2,02000,rio,RJ"],
    PRODUCTS: ["p1,bebes,1,1,1,1,1,1,1", "p2,pc_gamer,1,1,1,1,1,1,1", "p3,,1,1,1,1,1,1,1"],
    CATEGORIES: ["bebes,baby_goods"],
    ORDERS: [f"o1,c1,delivered,{','.join(DAYS)}", f"o2,c2,shipped,{','.join(DAYS[:3])},,{DAYS[4]}"],
    REVIEWS: [
        'r1,o1,5,,"bom,\nmas ""lento""",2018-01-09 00:00:00,2018-01-10 00:00:00',
        "r2,o1,1,,,2018-01-09 00:00:00,2018-01-12 00:00:00",
        "r1,o2,2,,,2018-01-09 00:00:00,2018-01-10 00:00:00",
    ],
    ITEMS: [
        "o1,1,p1,s1,2018-01-04 00:00:00,99.9,0.1",
        "o1,2,p2,s2,2018-01-05 00:00:00,10.00,0.00",
        "o1,3,p1,s1,2018-01-06 00:00:00,0.29,0.05",
        "o2,1,p3,s2,2018-01-05 00:00:00,7,1.5",
    ],
}


def written(folder: Path, changed: dict[str, list[str]]) -> Path:
    for name, lines in (WHOLE | changed).items():
        text = "\n".join([",".join(FORMS[name].columns), *lines]) + "\n"
        (folder / name).write_text(text, "utf-8")
    return folder


def with_line(name: str, place: int, line: str) -> dict[str, list[str]]:
    lines = list(WHOLE[name])
    lines[place] = line
    return {name: lines}


def ids(history: History) -> list[str]:
    return [order.id for order in history.orders]


def test_whole(tmp_path: Path) -> None:
    history = read_olist(written(tmp_path, {}))
    assert history.rejects == []
    assert history.repairs == []
    assert ids(history) == ["o1/s1", "o1/s2", "o2/s2"]
    first, second, third = history.orders
    assert (first.amount_minor, second.amount_minor, third.amount_minor) == (10_034, 1_000, 850)
    assert (first.title, second.title, third.title) == ("baby goods p1 +1", "pc gamer p2", "uncategorised p3")
    assert first.ship_by == parse("2018-01-06")
    assert (first.score, first.reviewed_at) == (1, parse("2018-01-12"))
    assert third.score == 2
    assert {order.consumer_id for order in history.orders} == {"u1"}
    assert history.currency == "BRL"
    assert history.source == str(tmp_path)


ORDER_2 = f"o2,c2,shipped,{DAYS[0]}"
BAD_ROWS = [
    (ORDERS, 1, "o2,c2,shipped", (3, "", "3 columns"), ["o1/s1", "o1/s2"]),
    (ORDERS, 1, f"{ORDER_2},,,,", (3, "order_estimated_delivery_date", "missing"), ["o1/s1", "o1/s2"]),
    (
        ORDERS,
        1,
        f"{ORDER_2},,31.1.2018,,{DAYS[4]}",
        (3, "order_delivered_carrier_date", "ISO 8601"),
        ["o1/s1", "o1/s2"],
    ),
    (ORDERS, 1, f"o2,c2,lost,{','.join(DAYS)}", (3, "order_status", "no such status"), ["o1/s1", "o1/s2"]),
    (ORDERS, 1, f"o2,c9,shipped,{','.join(DAYS)}", (3, "customer_id", CUSTOMERS), ["o1/s1", "o1/s2"]),
    (ORDERS, 1, f"a/b,c2,shipped,{','.join(DAYS)}", (3, "order_id", "slash"), ["o1/s1", "o1/s2"]),
    (ITEMS, 3, "o2,1,p3,s2,2018-01-05 00:00:00,0,1.5", (5, "price", "zero"), ["o1/s1", "o1/s2"]),
    (ITEMS, 3, "o2,1,p3,s2,2018-01-05 00:00:00,-7,1.5", (5, "price", "negative"), ["o1/s1", "o1/s2"]),
    (
        ITEMS,
        3,
        "o2,1,p3,s2,2018-01-05 00:00:00,7,-0.01",
        (5, "freight_value", "negative"),
        ["o1/s1", "o1/s2"],
    ),
    (ITEMS, 3, "o2,1,p3,s2,2018-01-05 00:00:00,7.125,1", (5, "price", "not exact"), ["o1/s1", "o1/s2"]),
    (ITEMS, 3, "o2,1,p3,s2,2018-01-05 00:00:00,R$7,1", (5, "price", "decimal"), ["o1/s1", "o1/s2"]),
    (ITEMS, 3, "o2,1,p3,s2,2018-13-05 00:00:00,7,1", (5, "shipping_limit_date", "ISO"), ["o1/s1", "o1/s2"]),
    (ITEMS, 3, "o2,one,p3,s2,2018-01-05 00:00:00,7,1", (5, "order_item_id", "whole"), ["o1/s1", "o1/s2"]),
    (ITEMS, 3, "o2,1,p3,s9,2018-01-05 00:00:00,7,1", (5, "seller_id", SELLERS), ["o1/s1", "o1/s2"]),
    (ITEMS, 3, "o2,1,p9,s2,2018-01-05 00:00:00,7,1", (5, "product_id", PRODUCTS), ["o1/s1", "o1/s2"]),
    (ITEMS, 3, "o2,1,p3,s2", (5, "", "4 columns"), ["o1/s1", "o1/s2"]),
    (ITEMS, 2, "o1,3,p1,s1,2018-01-06 00:00:00,x,0.05", (4, "price", "decimal"), ["o1/s2", "o2/s2"]),
    (ITEMS, 2, "o1,3,p1", (4, "", "3 columns"), ["o2/s2"]),
    (
        ITEMS,
        2,
        "o1,1,p1,s1,2018-01-06 00:00:00,1,0",
        (4, "order_item_id", "second"),
        ["o1/s1", "o1/s2", "o2/s2"],
    ),
    (REVIEWS, 1, "r2,o1,6,,,,2018-01-12 00:00:00", (4, "review_score", "score"), ["o1/s1", "o1/s2", "o2/s2"]),
    (REVIEWS, 1, "r2,o1,1,,,,soon", (4, "review_answer_timestamp", "ISO"), ["o1/s1", "o1/s2", "o2/s2"]),
    (REVIEWS, 1, "r2,o9,1,,,,2018-01-12 00:00:00", (4, "order_id", ORDERS), ["o1/s1", "o1/s2", "o2/s2"]),
    (REVIEWS, 1, "r1,o1,1,,,,2018-01-12 00:00:00", (4, "review_id", "second"), ["o1/s1", "o1/s2", "o2/s2"]),
    (SELLERS, 1, "s1,,,", (3, "seller_id", "second"), ["o1/s1"]),
]


@pytest.mark.parametrize(("name", "place", "line", "expected", "kept"), BAD_ROWS)
def test_a_bad_row_is_rejected_in_its_place(
    tmp_path: Path, name: str, place: int, line: str, expected: tuple[int, str, str], kept: list[str]
) -> None:
    history = read_olist(written(tmp_path, with_line(name, place, line)))
    rejects = [reject for reject in history.rejects if reject.file == name]
    row, column, reason = expected
    assert (rejects[0].row, rejects[0].column) == (row, column)
    assert reason in rejects[0].reason
    assert rejects[0].fix
    assert ids(history) == kept


def test_the_second_row_of_an_order_is_rejected_and_the_first_stays(tmp_path: Path) -> None:
    again = {ORDERS: [*WHOLE[ORDERS], f"o1,c2,delivered,{','.join(DAYS)}"]}
    history = read_olist(written(tmp_path, again))
    assert [(r.row, r.column, r.value) for r in history.rejects] == [(4, "order_id", "o1")]
    assert ids(history) == ["o1/s1", "o1/s2", "o2/s2"]


def test_an_order_without_items(tmp_path: Path) -> None:
    history = read_olist(written(tmp_path, {ITEMS: WHOLE[ITEMS][:3]}))
    assert len(history.rejects) == 1
    reject = history.rejects[0]
    assert (reject.file, reject.row, reject.column, reject.value) == (ORDERS, 3, "order_id", "o2")
    assert "no items" in reject.reason


def test_an_order_whose_item_was_rejected_is_not_rejected_twice(tmp_path: Path) -> None:
    history = read_olist(written(tmp_path, with_line(ITEMS, 3, "o2,1,p3,s9,2018-01-05 00:00:00,7,1")))
    assert [(r.file, r.row) for r in history.rejects] == [(ITEMS, 5)]


def test_two_sellers_share_an_orders_repair(tmp_path: Path) -> None:
    late = f"o1,c1,delivered,{DAYS[2]},,{DAYS[0]},{DAYS[3]},{DAYS[4]}"
    history = read_olist(written(tmp_path, with_line(ORDERS, 0, late)))
    assert history.repair_counts() == {RepairKind.SHIPPED_BEFORE_PLACED: 1}
    assert (history.repairs[0].file, history.repairs[0].row) == (ORDERS, 2)
    assert history.repairs[0].column == "order_delivered_carrier_date"
    assert [order.shipped_at for order in history.orders if order.id.startswith("o1")] == [parse(DAYS[2])] * 2


def test_delivered_without_a_date_is_delivered_when_estimated(tmp_path: Path) -> None:
    line = f"o1,c1,delivered,{DAYS[0]},,{DAYS[2]},,{DAYS[4]}"
    history = read_olist(written(tmp_path, with_line(ORDERS, 0, line)))
    assert history.repair_counts() == {RepairKind.DELIVERED_WITHOUT_DATE: 1}
    assert history.orders[0].delivered_at == parse(DAYS[4])


CANCELLED = [
    ("canceled", "", "", parse("2018-01-05")),
    ("unavailable", "", "", parse("2018-01-05")),
    ("canceled", DAYS[2], "", parse(DAYS[4])),
    ("canceled", DAYS[2], DAYS[3], parse(DAYS[3])),
    ("canceled", "2018-02-01", "", parse("2018-02-01")),
]


@pytest.mark.parametrize(("status", "shipped", "delivered", "cancelled"), CANCELLED)
def test_when_an_order_was_cancelled(
    tmp_path: Path, status: str, shipped: str, delivered: str, cancelled: int
) -> None:
    line = f"o2,c2,{status},{DAYS[0]},,{shipped},{delivered},{DAYS[4]}"
    history = read_olist(written(tmp_path, with_line(ORDERS, 1, line)))
    assert history.orders[-1].cancelled_at == cancelled
    assert history.repairs == []


def test_a_promise_far_beyond_the_estimate_does_not_put_off_the_cancellation(tmp_path: Path) -> None:
    changed = with_line(ORDERS, 1, f"o2,c2,canceled,{DAYS[0]},,,,{DAYS[4]}")
    changed |= with_line(ITEMS, 3, "o2,1,p3,s2,2020-02-05 00:00:00,7,1.5")
    order = read_olist(written(tmp_path, changed)).orders[-1]
    assert order.cancelled_at == parse(DAYS[4])
    assert order.ship_by is not None
    assert order.ship_by > parse(DAYS[4]) + 365 * DAY


def test_every_order_is_taken_or_rejected(tmp_path: Path) -> None:
    """No row vanishes without a word: what is not in the orders is in the rejects."""
    faults = {ORDERS: [WHOLE[ORDERS][0], "o2,c2"], ITEMS: [*WHOLE[ITEMS][:3], " o2 ,1,p3,s2,x,7,1"]}
    history = read_olist(written(tmp_path, faults))
    assert ids(history) == ["o1/s1", "o1/s2"]
    assert [(r.file, r.row) for r in history.rejects] == [(ITEMS, 5), (ORDERS, 3)]


def test_spaces_around_ids_do_not_part_what_belongs_together(tmp_path: Path) -> None:
    history = read_olist(written(tmp_path, with_line(ITEMS, 3, " o2,1, p3 ,s2 ,2018-01-05 00:00:00,7,1.5")))
    assert ids(history) == ["o1/s1", "o1/s2", "o2/s2"]


def refused(folder: Path) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read_olist(folder)
    return caught.value


@pytest.mark.parametrize("name", FORMS)
def test_a_missing_file(tmp_path: Path, name: str) -> None:
    (written(tmp_path, {}) / name).unlink()
    refusal = refused(tmp_path)
    assert isinstance(refusal, MissingFile)
    assert f"the file {name} is missing" in str(refusal)
    assert all(other in refusal.record().fix for other in FORMS)


@pytest.mark.parametrize("name", FORMS)
def test_a_missing_column(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, {}) / name
    gone = FORMS[name].columns[-1]
    path.write_text(path.read_text("utf-8").replace(f",{gone}", "", 1), "utf-8")
    refusal = refused(tmp_path)
    assert isinstance(refusal, MissingColumn)
    assert refusal.where == f"{path}:1"
    assert gone in refusal.record().what
    assert gone in refusal.record().fix


def test_an_unknown_column(tmp_path: Path) -> None:
    path = written(tmp_path, {}) / PRODUCTS
    path.write_text(path.read_text("utf-8").replace("product_name_lenght", "product_name_length"), "utf-8")
    refusal = refused(tmp_path)
    assert isinstance(refusal, UnknownColumn)
    assert "Did you mean product_name_lenght?" in str(refusal)


def test_no_olist(tmp_path: Path) -> None:
    (tmp_path / "holiday.csv").write_text("a,b\n", "utf-8")
    assert isinstance(refused(tmp_path), NotOlist)


def test_an_empty_file(tmp_path: Path) -> None:
    (written(tmp_path, {}) / REVIEWS).write_bytes(b"")
    refusal = refused(tmp_path)
    assert isinstance(refusal, EmptyFile)
    assert refusal.where.endswith(REVIEWS)


def test_a_quote_that_is_never_closed(tmp_path: Path) -> None:
    path = written(tmp_path, {}) / REVIEWS
    path.write_text(path.read_text("utf-8") + 'r9,o1,5,,"bom\nmas\n', "utf-8")
    refusal = refused(tmp_path)
    assert isinstance(refusal, BrokenCsv)
    assert refusal.where == f"{path}:6"


def test_no_orders(tmp_path: Path) -> None:
    refusal = refused(written(tmp_path, {ITEMS: []}))
    assert isinstance(refusal, NoOrders)
    assert [reject.row for reject in refusal.rejects] == [2, 3]
