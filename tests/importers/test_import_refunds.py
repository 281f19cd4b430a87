"""Refunds in the row of their order and in files of their own: taken, put in order and told, or rejected."""

from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.importers.bulk.gathering import Sources
from holdfast.importers.bulk.job import Targets, bring
from holdfast.importers.exports.asking import Asked
from holdfast.importers.exports.shelf import shipped
from holdfast.importers.history import History, HistoryRefund, RepairKind
from holdfast.importers.ours import is_refunds
from holdfast.importers.plain_rows import FORM
from holdfast.importers.refunds import FORM as REFUNDS
from holdfast.importers.refusals import (
    MissingColumn,
    RefundsApart,
    SourceNotFound,
    UnknownColumn,
    UnknownForm,
)
from holdfast.importers.source import read
from holdfast.kernel.clock import parse
from holdfast.kernel.refusal import Refusal
from own_form import read_plain
from thorough import examples

_pa, _pq = cast("Any", pa), cast("Any", pq)

HEADER = (
    "order_id,merchant_id,consumer_id,currency,amount,placed_at,shipped_at,delivered_at,cancelled_at,"
    "reviewed_at,score,refunded_amount,refunded_at,paid"
)
PLACED, LATER = parse("2026-10-01T09:00:00Z"), parse("2026-10-09T09:00:00Z")


def row(refunded: str = "", at: str = "", *, key: str = "o1", amount: str = "100", **changes: str) -> str:
    cells = {
        "order_id": key,
        "merchant_id": "m",
        "consumer_id": "c",
        "currency": "CNY",
        "amount": amount,
        "placed_at": "2026-10-01T09:00:00Z",
        "refunded_amount": refunded,
        "refunded_at": at,
        **changes,
    }
    return ",".join(cells.get(name, "") for name in HEADER.split(","))


def files(tmp_path: Path, rows: list[str], refunds: list[str] | None = None) -> tuple[Path, Path]:
    orders, beside = tmp_path / "orders.csv", tmp_path / "back.csv"
    orders.write_text("\n".join([HEADER, *rows, ""]), "utf-8")
    beside.write_text("\n".join(["order_id,amount,refunded_at", *(refunds or []), ""]), "utf-8")
    return orders, beside


def imported(tmp_path: Path, rows: list[str], refunds: list[str] | None = None) -> History:
    orders, beside = files(tmp_path, rows, refunds)
    return read_plain(orders, refunds=[beside])


def test_a_refund_in_the_row_of_its_order(tmp_path: Path) -> None:
    [order] = imported(tmp_path, [row("30.50", "2026-10-09T09:00:00Z")]).orders
    assert order.refunds == (HistoryRefund(3_050, LATER),)


@pytest.mark.parametrize(
    ("amount", "at"), [("", ""), ("0", ""), ("0.00", ""), ("0", "2026-10-09"), (" ", "")]
)
def test_nothing_refunded(tmp_path: Path, amount: str, at: str) -> None:
    found = imported(tmp_path, [row(amount, at)])
    assert (found.orders[0].refunds, found.rejects, found.repairs) == ((), [], [])


@pytest.mark.parametrize(
    ("amount", "at", "column", "reason"),
    [
        ("-1", "2026-10-09", "refunded_amount", "negative"),
        ("100.01", "2026-10-09", "refunded_amount", "more was refunded"),
        ("1.005", "2026-10-09", "refunded_amount", "not exact"),
        ("half", "2026-10-09", "refunded_amount", "decimal"),
        ("", "2026-10-09", "refunded_amount", "needs its amount"),
        ("1", "soon", "refunded_at", "ISO 8601"),
    ],
)
def test_a_bad_refund_rejects_its_row(tmp_path: Path, amount: str, at: str, column: str, reason: str) -> None:
    found = imported(tmp_path, [row(key="o0"), row(amount, at)])
    assert [order.id for order in found.orders] == ["o0"]
    [reject] = found.rejects
    assert (reject.file, reject.row, reject.column) == ("orders.csv", 3, column)
    assert reason in reject.reason
    assert "to be paid" not in reject.fix


def test_a_refund_before_the_order_is_moved_to_it(tmp_path: Path) -> None:
    found = imported(tmp_path, [row("1", "2026-09-01")], ["o1,2,2026-09-02"])
    assert found.orders[0].refunds == (HistoryRefund(100, PLACED), HistoryRefund(200, PLACED))
    kind, became = RepairKind.REFUNDED_BEFORE_PLACED, "2026-10-01T09:00:00Z"
    assert found.repairs == [
        ("orders.csv", 2, "refunded_at", "2026-09-01T00:00:00Z", kind, became),
        ("back.csv", 2, "refunded_at", "2026-09-02T00:00:00Z", kind, became),
    ]


@pytest.mark.parametrize(
    ("times", "last"),
    [
        ({}, "2026-10-01T09:00:00Z"),
        ({"shipped_at": "2026-10-02T01:00Z"}, "2026-10-02T01:00:00Z"),
        ({"delivered_at": "2026-10-03T01:00Z", "shipped_at": "2026-10-02T01:00Z"}, "2026-10-03T01:00:00Z"),
        ({"cancelled_at": "2026-10-04T01:00Z"}, "2026-10-04T01:00:00Z"),
        (
            {
                "shipped_at": "2026-10-02",
                "delivered_at": "2026-10-03",
                "reviewed_at": "2026-10-05T01:00Z",
                "score": "1",
            },
            "2026-10-05T01:00:00Z",
        ),
    ],
)
def test_a_refund_without_a_time_came_with_the_last_that_is_known(
    tmp_path: Path, times: dict[str, str], last: str
) -> None:
    found = imported(tmp_path, [row("1", **times)], ["o1,2,"])
    assert found.orders[0].refunds == (HistoryRefund(100, parse(last)), HistoryRefund(200, parse(last)))
    assert [(r.file, r.row, r.kind, r.value, r.became) for r in found.repairs] == [
        ("orders.csv", 2, RepairKind.REFUNDED_UNKNOWN, "", last),
        ("back.csv", 2, RepairKind.REFUNDED_UNKNOWN, "", last),
    ]


def test_rows_of_the_second_file_that_cannot_be_taken(tmp_path: Path) -> None:
    refunds = [
        "o1,30,2026-10-03",
        "o9,1,2026-10-03",  # an unknown order
        "o1,40.01,2026-10-04",  # more than is left
        "o2,1,2026-10-04",  # never paid
        "o1,0,2026-10-05",
        ",1,2026-10-05",
        "o1,1,soon",
        "o1,1",
        "o3,1,2026-10-05",  # a rejected order
        "o1,40,2026-10-02",  # the rest
        "o1,0.01,2026-10-06",
    ]
    orders = [row("30", "2026-10-09T09:00:00Z"), row(key="o2", paid="no"), row(key="o3", amount="x")]
    found = imported(tmp_path, orders, refunds)
    assert [refund.amount_minor for refund in found.orders[0].refunds] == [4_000, 3_000, 3_000]
    assert found.rejects[0].file == "orders.csv"
    told = [(r.row, r.column, r.value) for r in found.rejects[1:]]
    assert told == [
        (3, "order_id", "o9"),
        (4, "amount", "40.01"),
        (5, "order_id", "o2"),
        (6, "amount", "0"),
        (7, "order_id", ""),
        (8, "refunded_at", "soon"),
        (9, "", "o1,1"),
        (10, "order_id", "o3"),
        (12, "amount", "0.01"),
    ]
    assert {r.file for r in found.rejects[1:]} == {"back.csv"}
    assert "was never paid" in found.rejects[3].reason
    assert all(reject.fix for reject in found.rejects)


def test_a_file_of_refunds_in_parquet(tmp_path: Path) -> None:
    orders, _ = files(tmp_path, [row(key="7")])
    path = tmp_path / "back.parquet"
    columns = {
        "order_id": [7],
        "amount": [12.5],
        "refunded_at": _pa.array([LATER], _pa.timestamp("ms", "UTC")),
    }
    _pq.write_table(_pa.table(columns), path)
    assert is_refunds(path)
    assert read_plain(orders, refunds=[path]).orders[0].refunds == (HistoryRefund(1_250, LATER),)


def test_which_files_hold_refunds(tmp_path: Path) -> None:
    orders, beside = files(tmp_path, [row()])
    assert (is_refunds(orders), is_refunds(beside)) == (False, True)
    beside.write_text("amount,refunded_at,order_id\n", "utf-8")
    assert is_refunds(beside)
    for name, content in (("x.csv", b""), ("y.csv", b"\xff"), ("z.parquet", b"PAR1"), ("w.csv", b"a;b\n")):
        (tmp_path / name).write_bytes(content)
        assert not is_refunds(tmp_path / name)
    assert not is_refunds(tmp_path / "nowhere.parquet")


def refused(source: Path, *refunds: Path | str) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read(str(source), refunds=[str(each) for each in refunds])
    assert "{" not in str(caught.value)
    return caught.value


def test_refunds_that_are_refused_as_a_whole(tmp_path: Path) -> None:
    orders, beside = files(tmp_path, [row()], ["o1,1,2026-10-09"])
    assert read(str(orders), refunds=[str(beside)]).orders[0].refunds
    assert isinstance(refused(orders, tmp_path / "none.csv"), SourceNotFound)
    assert isinstance(refused(orders, orders), UnknownColumn)
    assert "it is a folder" in str(refused(orders, tmp_path))
    olist = tmp_path / "olist"
    olist.mkdir()
    (olist / "olist_orders_dataset.csv").write_text("order_id\n", "utf-8")
    assert isinstance(refused(olist, beside), RefundsApart)
    assert isinstance(refused(Path("demo"), beside), RefundsApart)
    other = beside.rename(tmp_path / "back.txt")
    assert isinstance(refused(orders, other), UnknownForm)
    beside.write_text("order_id,amount\n", "utf-8")
    assert isinstance(refused(orders, beside), MissingColumn)


@pytest.mark.parametrize("there", ["refunded_amount", "refunded_at"])
def test_the_two_columns_come_together(tmp_path: Path, there: str) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(",".join([*FORM.required, there]) + "\n", "utf-8")
    assert isinstance(refused(path), MissingColumn)


def test_times_of_refunds_are_read_in_the_zone(tmp_path: Path) -> None:
    orders, beside = files(tmp_path, [row("1", "2026-10-09T09:00")], ["o1,1,2026-10-09T10:00"])
    found = read_plain(orders, None, "Asia/Shanghai", [beside])
    assert [refund.at for refund in found.orders[0].refunds] == [
        parse("2026-10-09T01:00Z"),
        parse("2026-10-09T02:00Z"),
    ]
    assert found.assumed == 2


MINOR = st.integers(1, 8_000)


@given(own=st.none() | MINOR, further=st.lists(st.tuples(MINOR, st.integers(1, 28)), max_size=6))
@settings(max_examples=examples(40), deadline=None)
def test_no_more_goes_back_than_the_amount_and_every_row_is_taken_or_rejected(
    tmp_path_factory: pytest.TempPathFactory, own: int | None, further: list[tuple[int, int]]
) -> None:
    def written(minor: int) -> str:
        return f"{minor // 100}.{minor % 100:02}"

    rows = [f"o1,{written(minor)},2026-09-{day:02}" for minor, day in further]
    first = row("" if own is None else written(own), "" if own is None else "2026-10-02")
    found = imported(tmp_path_factory.mktemp("refunds"), [first], rows)
    [order] = found.orders
    assert sum(refund.amount_minor for refund in order.refunds) <= order.amount_minor
    assert [refund.at for refund in order.refunds] == sorted(refund.at for refund in order.refunds)
    assert all(refund.at >= order.placed_at for refund in order.refunds)
    assert len(order.refunds) + len(found.rejects) == len(further) + (own is not None)


def test_the_form_of_refunds() -> None:
    assert REFUNDS.columns == ("order_id", "amount", "refunded_at")


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_equal_refunds_of_one_moment_are_still_so_many_after_an_import(tmp_path: Path, suffix: str) -> None:
    moment = "2026-10-02T09:00:00Z"
    rows = [row(), row("5", moment, key="o2"), row(key="o3")]
    twins = [f"o1,7,{moment}", f"o1,7,{moment}", f"o3,1,{moment}", f"o3,2,{moment}"]
    orders, beside = files(tmp_path, rows, twins)
    out = tmp_path / f"out.{suffix}"
    told = bring(Sources([orders, beside], shipped()), Asked(), Targets(out))
    found = read_plain(Path(told.files[0]), refunds=[Path(told.files[1])])
    assert found.rejects == []
    assert found.orders == read_plain(orders, refunds=[beside]).orders
    assert [[each.amount_minor for each in order.refunds] for order in found.orders] == [
        [700, 700],
        [500],
        [100, 200],
    ]
