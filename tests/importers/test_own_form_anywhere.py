"""Our own form in files of any kind: what a CSV file of the same cells gives."""

import gzip
from pathlib import Path

import pytest
from export_files import read_exports
from file_making import number_cell, saved, sheet, text_cell, workbook

from holdfast.importers.explaining import explained
from holdfast.importers.exports.asking import Asked
from holdfast.importers.exports.refusals import PayLaterUnmarked
from holdfast.importers.history import History
from holdfast.importers.refusals import UnknownColumn
from own_form import read_plain

HEADER = [
    *("order_id", "merchant_id", "consumer_id", "currency", "amount"),
    *("placed_at", "shipped_at", "title", "paid"),
]
ROWS = [
    ["o-1", "m", "c", "CNY", "12.50", "2026-10-01 09:00:00", "2026-10-02", "鞋", ""],
    ["o-2", "m", "c", "CNY", "x", "2026-10-01 09:00:00", "", "", ""],
    ["o-3", "m", "c", "CNY", "7", "2026-10-01T09:00:00+08:00", "2026-09-30T00:00:00Z", "", "yes"],
    ["o-4", "m", "c", "CNY", "7", "2026-10-01T09:00:00+08:00", "", "", "no"],
    ["o-1", "m", "c", "CNY", "7", "2026-10-01T09:00:00+08:00", "", "", ""],
]
TEXT = "".join(",".join(row) + "\n" for row in [HEADER, *ROWS])


def told(history: History) -> tuple[object, ...]:
    """What was found, its rows counted from that of the first order."""
    first = history.origin("o-1").row
    reasons = [each.reason.replace(f"row {first}", "row 2") for each in history.rejects]
    rejects = [(each.row - first, each.column) for each in history.rejects]
    repairs = [(each.row - first, each.kind) for each in history.repairs]
    return history.orders, rejects, reasons, repairs, history.unpaid, history.dates, history.assumed


def book(folder: Path, *rows: str) -> Path:
    return saved(folder, workbook({"Sheet1": sheet(*rows)}), "orders.xlsx")


def texts(number: int, row: list[str]) -> str:
    return "".join(text_cell(f"{chr(ord('A') + at)}{number}", cell) for at, cell in enumerate(row))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("orders.txt", TEXT.encode()),
        ("orders.tsv", TEXT.replace(",", "\t").encode("utf-16")),
        ("orders.csv.gz", gzip.compress(TEXT.encode())),
        ("orders.csv", TEXT.replace("\n", "\r").encode()),
        ("orders.csv", b"sep=,\n" + TEXT.encode()),
        ("orders.csv", b"\n" * 3 + TEXT.encode()),
    ],
)
def test_in_text_of_any_kind(tmp_path: Path, name: str, content: bytes) -> None:
    right = read_plain(saved(tmp_path, TEXT.encode(), "right.csv"))
    assert told(read_plain(saved(tmp_path, content, name))) == told(right)


def test_in_a_workbook(tmp_path: Path) -> None:
    rows = [texts(number, row) for number, row in enumerate([HEADER, *ROWS], start=1)]
    right = read_plain(saved(tmp_path, TEXT.encode(), "right.csv"))
    found = read_plain(book(tmp_path, *rows))
    assert told(found) == told(right)
    assert told(read_exports([tmp_path / "orders.xlsx"], Asked(), by_row=True)) == told(right)


def test_a_workbooks_own_numbers_and_times(tmp_path: Path) -> None:
    said = texts(2, ["", "m", "c", "CNY"]).partition("</c>")[2]
    row = "".join([number_cell("A2", 42), said, number_cell("E2", 12.5), number_cell("F2", 46296.375, 2)])
    lost = row.replace("42", "6.9234e18").replace('2"', '3"')
    found = read_plain(book(tmp_path, texts(1, HEADER), row, lost))
    [order] = found.orders
    assert (order.id, order.amount_minor, order.placed_at) == ("42", 1_250, 1_790_845_200_000)
    [reject] = found.rejects
    assert (reject.row, reject.column, "the id is lost" in reject.reason) == (3, "order_id", True)


def test_a_misspelt_column_is_not_overlooked(tmp_path: Path) -> None:
    with pytest.raises(UnknownColumn, match="title"):
        read_plain(book(tmp_path, texts(1, [*HEADER[:7], "titel"]), texts(2, ROWS[0][:8])))


def test_what_stands_beyond_the_header_is_a_reject(tmp_path: Path) -> None:
    found = read_plain(book(tmp_path, texts(1, HEADER), texts(2, ROWS[0]), texts(3, [*ROWS[2], "", "more"])))
    assert [(each.row, each.value) for each in found.rejects] == [(3, "more")]


def test_whether_it_is_paid_after_use_it_does_not_say(tmp_path: Path) -> None:
    path = saved(tmp_path, TEXT.encode(), "orders.txt")
    with pytest.raises(PayLaterUnmarked):
        read_exports([path], Asked(only_pay_later=True))


def test_it_is_explained(tmp_path: Path) -> None:
    [found] = explained([str(saved(tmp_path, b"\n\n" + TEXT.encode(), "orders.txt"))], [], Asked())
    assert (found.form, found.header_row, found.encoding, found.delimiter) == ("holdfast", 3, "utf-8", ",")
    by_name = {each.field: each for each in found.fields}
    assert by_name["amount"].values[0] == "12.50"
    assert by_name["consumer_id"].values == ("c***",)
    assert found.choices == ("--zone Asia/Shanghai",)
