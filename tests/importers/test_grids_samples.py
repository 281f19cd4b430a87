"""The samples of real exports beside this repository: each is read whole, row for row."""

import csv
from pathlib import Path

import pytest
from file_making import numbers_of, of, refused_of, rows_of

EXPORTS = Path(__file__).parents[3] / "shared" / "data" / "exports"
DELIMITERS = (",", "\t", ";", "|", ",`")

pytestmark = pytest.mark.skipif(
    not EXPORTS.is_dir(), reason=f"the samples of exports are not beside this repository: {EXPORTS}"
)

TEXTS = [
    ("ExportOrderList202604301015.csv", "gb18030", ",", 70, 15),
    ("ExportOrderList_resaved_in_excel.csv", "gb18030", ",", 70, 7),
    ("doudian_orders.csv", "utf-8", ",", 62, 15),
    ("ebay_orders_report.csv", "utf-8", ",", 48, 10),
    ("jd_orders.csv", "gb18030", ",", 30, 15),
    ("pdd_orders_export.csv", "utf-8", ",", 29, 15),
    ("shopify_orders_export_1.csv", "utf-8", ",", 71, 15),
    ("stripe_balance_history.csv", "utf-8", ",", 16, 15),
    ("wechatpay_tradebill_ALL.csv", "utf-8", ",`", 27, 14),
]


@pytest.mark.parametrize(("name", "encoding", "delimiter", "columns", "rows"), TEXTS)
def test_a_text(name: str, encoding: str, delimiter: str, columns: int, rows: int) -> None:
    found = of(EXPORTS / name, "cp1252", "cp932", delimiters=DELIMITERS)
    assert found[0].encoding == encoding
    grid = next(one for one in found if one.delimiter == delimiter)
    assert refused_of(grid) == []
    assert len(grid.head()[0][1]) == columns
    assert len(numbers_of(grid)) == rows


WORKBOOKS = [
    ("jushuitan_orders.xlsx", "原始数据", 20, 16),
    ("kuaishou_orders.xlsx", "订单", 61, 13),
    ("wechat_shop_orders.xlsx", "sheet1", 57, 13),
]


@pytest.mark.parametrize(("name", "sheet", "columns", "rows"), WORKBOOKS)
def test_a_workbook(name: str, sheet: str, columns: int, rows: int) -> None:
    (grid,) = of(EXPORTS / name)
    assert grid.name == f"{name} › {sheet}"
    assert [len(cells) for _, cells in rows_of(grid)] == [columns] * rows


def test_an_archive() -> None:
    found = of(EXPORTS / "alipay_20260429.zip", delimiters=(",",))
    assert [grid.name.rpartition("_")[2] for grid in found[:2]] == ["业务明细.csv", "业务明细(汇总).csv"]
    entries = [cells for _, cells in rows_of(found[0]) if len(cells) > 1]
    with (EXPORTS / "expected" / "alipay_20260429.csv").open(encoding="utf-8", newline="") as file:
        expected = list(csv.DictReader(file))
    assert len(entries) == len(expected) + 1
