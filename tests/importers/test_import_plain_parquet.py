"""Our own form as Parquet: types, exactness, and files that are not whole."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from holdfast.importers.history import History
from holdfast.importers.refusals import (
    BrokenParquet,
    DuplicateColumn,
    EmptyFile,
    MissingColumn,
    NoOrders,
    UnknownColumn,
    WrongColumnType,
)
from holdfast.kernel.clock import parse
from holdfast.kernel.refusal import Refusal
from own_form import read_plain

_pa, _pq = cast("Any", pa), cast("Any", pq)

PLACED = dt.datetime(2026, 10, 1, 9, 0, tzinfo=dt.UTC)
ROWS = 3


def columns(**changed: Any) -> dict[str, Any]:
    whole: dict[str, Any] = {
        "order_id": ["o1", "o2", "o3"],
        "merchant_id": ["m1"] * ROWS,
        "consumer_id": ["c1"] * ROWS,
        "currency": ["CNY"] * ROWS,
        "amount": [Decimal("12.50"), Decimal("0.01"), Decimal("1500.00")],
        "placed_at": [PLACED] * ROWS,
    }
    return whole | changed


def saved(tmp_path: Path, table: Any) -> Path:
    path = tmp_path / "orders.parquet"
    _pq.write_table(table, path)
    return path


def imported(tmp_path: Path, **changed: Any) -> History:
    return read_plain(saved(tmp_path, _pa.table(columns(**changed))))


def refused(path: Path) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read_plain(path)
    return caught.value


def amounts(history: History) -> list[int]:
    return [order.amount_minor for order in history.orders]


def test_typed_columns(tmp_path: Path) -> None:
    history = imported(
        tmp_path,
        order_id=_pa.array([1, 2, 3]),
        merchant_id=_pa.array(["m1", "m2", "m1"]).dictionary_encode(),
        ship_by=_pa.array([dt.date(2026, 10, 3)] * ROWS),
        shipped_at=_pa.array(["2026-10-02T10:00:00+08:00", None, ""]),
        delivered_at=_pa.array([parse("2026-10-04") * 1_000_000 + 999_999, None, None], _pa.timestamp("ns")),
        cancelled_at=_pa.nulls(ROWS),
        reviewed_at=_pa.array([PLACED, None, None], _pa.timestamp("s", tz="Asia/Shanghai")),
        score=_pa.array([4.0, None, None]),
        title=_pa.array(["耳机", None, ""], _pa.large_string()),
    )
    assert history.rejects == []
    assert history.repairs == []
    first, second, third = history.orders
    assert first == (
        "1",
        "m1",
        "c1",
        1_250,
        "耳机",
        parse("2026-10-01T09:00Z"),
        parse("2026-10-04") - 1,  # a promise of a day lasts until its end
        parse("2026-10-02T02:00Z"),
        parse("2026-10-04"),
        None,
        parse("2026-10-01T09:00Z"),
        4,
        None,
        False,
        (),
    )
    assert second[7:12] == third[7:12] == (None, None, None, None, None)
    assert second.merchant_id == "m2"


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_timestamps_of_any_unit(tmp_path: Path, unit: str) -> None:
    history = imported(tmp_path, placed_at=_pa.array([PLACED] * ROWS, _pa.timestamp(unit)))
    assert [order.placed_at for order in history.orders] == [parse("2026-10-01T09:00Z")] * ROWS


@pytest.mark.parametrize(
    "amount",
    [
        ["12.50", "0.01", "1500"],
        _pa.array([12.5, 0.01, 1500.0]),
        _pa.array([Decimal("12.5000"), Decimal("0.0100"), Decimal(1500)], _pa.decimal256(40, 4)),
    ],
)
def test_exact_amounts(tmp_path: Path, amount: Any) -> None:
    assert amounts(imported(tmp_path, amount=amount)) == [1_250, 1, 150_000]


def test_whole_amounts_are_major_units(tmp_path: Path) -> None:
    assert amounts(imported(tmp_path, amount=_pa.array([12, 1, 1500]))) == [1_200, 100, 150_000]


def test_binary_fractions_that_are_not_exact_are_rejected(tmp_path: Path) -> None:
    history = imported(tmp_path, amount=_pa.array([0.1 + 0.2, 12.34, 12.345]))
    assert amounts(history) == [1_234]
    assert [(r.row, r.column, r.value) for r in history.rejects] == [
        (1, "amount", "0.30000000000000004"),
        (3, "amount", "12.345"),
    ]
    assert "binary fraction" in history.rejects[0].reason
    assert "decimal or text" in history.rejects[0].fix


def test_most_single_precision_amounts_are_rejected(tmp_path: Path) -> None:
    history = imported(tmp_path, amount=_pa.array([12.5, 12.34, 0.01], _pa.float32()))
    assert amounts(history) == [1_250]
    assert [reject.row for reject in history.rejects] == [2, 3]


def test_rows_count_from_one_across_batches(tmp_path: Path) -> None:
    many = 60_000
    table = _pa.table(
        columns(
            order_id=[f"o{n}" for n in range(many)],
            merchant_id=["m"] * many,
            consumer_id=["c"] * many,
            currency=["CNY"] * many,
            amount=["1"] * (many - 1) + ["0"],
            placed_at=[PLACED] * many,
        )
    )
    told: list[float] = []
    history = read_plain(saved(tmp_path, table), told.append)
    assert [(r.file, r.row, r.reason) for r in history.rejects] == [
        ("orders.parquet", many, "the amount is zero")
    ]
    assert len(history.orders) == many - 1
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert len(told) > 3


def test_nulls_where_a_value_is_needed_are_rejected(tmp_path: Path) -> None:
    history = imported(tmp_path, merchant_id=["m1", None, "m1"], placed_at=[PLACED, PLACED, None])
    assert [(r.row, r.column) for r in history.rejects] == [(2, "merchant_id"), (3, "placed_at")]


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("order_id", _pa.array([1.0, 2.0, 3.0]), "text or whole number"),
        ("placed_at", _pa.array([1, 2, 3]), "timestamp, date or text"),
        ("amount", _pa.array([True, True, False]), "decimal or text"),
        ("currency", _pa.array([b"CNY"] * ROWS), "text"),
        ("title", _pa.array([["a"], ["b"], []]), "text"),
    ],
)
def test_a_type_that_cannot_hold_it(tmp_path: Path, name: str, values: Any, expected: str) -> None:
    refusal = refused(saved(tmp_path, _pa.table(columns(**{name: values}))))
    assert isinstance(refusal, WrongColumnType)
    assert refusal.details["column"] == name
    assert refusal.record().fix == f"Write it as {expected}"


def test_an_unknown_column(tmp_path: Path) -> None:
    refusal = refused(saved(tmp_path, _pa.table(columns(amout=["1"] * ROWS))))
    assert isinstance(refusal, UnknownColumn)
    assert "Did you mean amount?" in str(refusal)


def test_a_missing_column(tmp_path: Path) -> None:
    refusal = refused(saved(tmp_path, _pa.table(columns()).drop_columns(["currency"])))
    assert isinstance(refusal, MissingColumn)
    assert "currency" in str(refusal)


def test_a_column_twice(tmp_path: Path) -> None:
    table = _pa.table(columns())
    twice = table.append_column("amount", table.column("amount"))
    assert isinstance(refused(saved(tmp_path, twice)), DuplicateColumn)


def test_no_rows(tmp_path: Path) -> None:
    assert isinstance(refused(saved(tmp_path, _pa.table(columns()).slice(0, 0))), NoOrders)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_file_that_was_cut_off(tmp_path: Path, share: float) -> None:
    path = saved(tmp_path, _pa.table(columns()))
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    refusal = refused(path)
    assert isinstance(refusal, BrokenParquet)
    assert "its end, which holds the index, is missing" in str(refusal)


def test_a_file_whose_middle_was_lost(tmp_path: Path) -> None:
    path = saved(tmp_path, _pa.table(columns()))
    content = path.read_bytes()
    path.write_bytes(content[:4] + content[-4:])
    assert isinstance(refused(path), BrokenParquet)
    path.write_bytes(content[:40] + content[-60:])
    assert isinstance(refused(path), BrokenParquet)


def test_pages_that_were_overwritten(tmp_path: Path) -> None:
    path = saved(tmp_path, _pa.table(columns()))
    content = bytearray(path.read_bytes())
    content[4:60] = b"\xff" * 56
    path.write_bytes(content)
    refusal = refused(path)
    assert isinstance(refusal, BrokenParquet)
    assert refusal.where.startswith(str(path))


def test_text_that_is_not_utf_8(tmp_path: Path) -> None:
    raw = _pa.array([b"o\xff", b"o2", b"o3"]).view(_pa.string())
    refusal = refused(saved(tmp_path, _pa.table(columns(order_id=raw))))
    assert isinstance(refusal, BrokenParquet)
    assert "UTF-8" in str(refusal)


@pytest.mark.parametrize("content", [b"order_id,merchant_id\n", b"\x00" * 64, b"PK\x03\x04"])
def test_something_else(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "orders.parquet"
    path.write_bytes(content)
    refusal = refused(path)
    assert isinstance(refusal, BrokenParquet)
    assert "does not begin with PAR1" in str(refusal)


def test_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "orders.parquet"
    path.write_bytes(b"")
    assert isinstance(refused(path), EmptyFile)
