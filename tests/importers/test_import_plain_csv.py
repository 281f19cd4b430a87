"""Our own form as CSV, one fault at a time."""

from pathlib import Path

import pytest

from holdfast.importers.grids.refusals import BlankFile
from holdfast.importers.history import History, HistoryOrder, RepairKind
from holdfast.importers.plain_rows import FORM
from holdfast.importers.refusals import (
    BadEncoding,
    BrokenCsv,
    DuplicateColumn,
    EmptyFile,
    MissingColumn,
    NoOrders,
    NotText,
    UnknownColumn,
    WrongDelimiter,
)
from holdfast.kernel.clock import parse
from holdfast.kernel.refusal import Refusal
from own_form import read_plain

HEADER = (
    "order_id,merchant_id,consumer_id,currency,amount,placed_at,"
    "shipped_at,delivered_at,reviewed_at,score,title"
)
GOOD = "o1,m1,c1,CNY,12.50,2026-10-01T09:00:00Z,2026-10-02,2026-10-04,2026-10-05,5,耳机"


def saved(tmp_path: Path, *lines: str, header: str = HEADER) -> Path:
    path = tmp_path / "orders.csv"
    path.write_text("\n".join([header, *lines]) + "\n", "utf-8")
    return path


def imported(tmp_path: Path, *lines: str) -> History:
    return read_plain(saved(tmp_path, *lines))


def refused(path: Path) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read_plain(path)
    return caught.value


def test_a_row(tmp_path: Path) -> None:
    history = imported(tmp_path, GOOD)
    assert history.orders == [
        HistoryOrder(
            id="o1",
            merchant_id="m1",
            consumer_id="c1",
            amount_minor=1_250,
            title="耳机",
            placed_at=parse("2026-10-01T09:00:00Z"),
            ship_by=None,
            shipped_at=parse("2026-10-02"),
            delivered_at=parse("2026-10-04"),
            cancelled_at=None,
            reviewed_at=parse("2026-10-05"),
            score=5,
        )
    ]
    assert history.currency == "CNY"
    assert history.rejects == []


BAD_ROWS = [
    (GOOD.replace("12.50", "12,50"), "", "12 columns"),
    ("o2,m1", "", "2 columns"),
    (GOOD.replace("o1", ""), "order_id", "missing"),
    (GOOD.replace("m1", " "), "merchant_id", "missing"),
    (GOOD.replace("c1", "c\x01"), "consumer_id", "do not print"),
    (GOOD.replace("CNY", "RMB"), "currency", "ISO 4217"),
    (GOOD.replace("CNY", ""), "currency", "ISO 4217"),
    (GOOD.replace("12.50", "12.505"), "amount", "not exact in CNY"),
    (GOOD.replace("12.50", "0"), "amount", "zero"),
    (GOOD.replace("12.50", "-1"), "amount", "negative"),
    (GOOD.replace("12.50", ""), "amount", "decimal"),
    (GOOD.replace("2026-10-01T09:00:00Z", ""), "placed_at", "missing"),
    (GOOD.replace("2026-10-02", "2.10.2026"), "shipped_at", "ISO 8601"),
    (GOOD.replace("2026-10-04", "3026-10-04"), "delivered_at", "1970 to 2099"),
    (GOOD.replace(",5,", ",6,"), "score", "1, 2, 3, 4, 5"),
    (GOOD.replace(",5,", ",,"), "score", "both"),
    (GOOD.replace("2026-10-05", ""), "reviewed_at", "both"),
]


@pytest.mark.parametrize(("line", "column", "reason"), BAD_ROWS)
def test_a_bad_row_is_rejected_in_its_place(tmp_path: Path, line: str, column: str, reason: str) -> None:
    history = imported(tmp_path, GOOD.replace("o1", "o0"), line, GOOD.replace("o1", "o9"))
    assert [order.id for order in history.orders] == ["o0", "o9"]
    assert len(history.rejects) == 1
    reject = history.rejects[0]
    assert (reject.file, reject.row, reject.column) == ("orders.csv", 3, column)
    assert reason in reject.reason
    assert reject.fix


def test_rows_are_lines_of_the_file_whatever_is_quoted(tmp_path: Path) -> None:
    broken = GOOD.replace("耳机", '"two\nlines, ""quoted"""')
    history = imported(tmp_path, broken, "", "x,y", GOOD.replace("o1", "o2").replace("12.50", "-1"))
    assert history.orders[0].title == 'two lines, "quoted"'
    assert [reject.row for reject in history.rejects] == [5, 6]


def test_the_second_row_of_an_id_is_rejected(tmp_path: Path) -> None:
    history = imported(tmp_path, GOOD, GOOD.replace("12.50", "99"))
    assert [order.amount_minor for order in history.orders] == [1_250]
    assert [(r.row, r.column, r.value) for r in history.rejects] == [(3, "order_id", "o1")]
    assert "already in row 2" in history.rejects[0].reason


def test_the_currency_is_that_of_most_rows(tmp_path: Path) -> None:
    usd = GOOD.replace("CNY", "USD")
    lines = [usd, *(GOOD.replace("o1", f"o{n}") for n in (2, 3)), usd.replace("o1", "o4")]
    history = imported(tmp_path, *lines, GOOD.replace("o1", "o5"))
    assert history.currency == "CNY"
    assert [(r.row, r.column, r.value) for r in history.rejects] == [
        (2, "currency", "USD"),
        (5, "currency", "USD"),
    ]
    assert "in CNY" in history.rejects[0].reason


def test_on_a_tie_the_first_currency_counts(tmp_path: Path) -> None:
    history = imported(tmp_path, GOOD.replace("CNY", "USD"), GOOD.replace("o1", "o2"))
    assert history.currency == "USD"


def test_times_out_of_order_are_repaired_and_counted(tmp_path: Path) -> None:
    history = imported(tmp_path, GOOD.replace("2026-10-04", "2026-10-01T23:00Z"))
    assert history.rejects == []
    assert history.repair_counts() == {RepairKind.DELIVERED_BEFORE_SHIPPED: 1}
    repair = history.repairs[0]
    assert (repair.file, repair.row, repair.column) == ("orders.csv", 2, "delivered_at")
    assert (repair.value, repair.became) == ("2026-10-01T23:00:00Z", "2026-10-02T00:00:00Z")
    assert history.orders[0].delivered_at == history.orders[0].shipped_at


def test_orders_ascend_by_time_then_id(tmp_path: Path) -> None:
    later = GOOD.replace("o1", "o0").replace("2026-10-01T09", "2026-10-01T10")
    history = imported(tmp_path, later, GOOD.replace("o1", "o3"), GOOD)
    assert [order.id for order in history.orders] == ["o1", "o3", "o0"]


def test_a_spreadsheets_csv(tmp_path: Path) -> None:
    path = saved(tmp_path)
    path.write_bytes(b"\xef\xbb\xbf" + f"{HEADER}\r\n{GOOD}\r\n".encode())
    assert [order.title for order in read_plain(path).orders] == ["耳机"]


def test_columns_in_any_order(tmp_path: Path) -> None:
    header = "placed_at,amount,currency,consumer_id,merchant_id,order_id"
    history = read_plain(saved(tmp_path, "2026-10-01,7,JPY,c,m,o", header=header))
    assert history.orders[0][:6] == ("o", "m", "c", 7, "", parse("2026-10-01"))


def test_an_unknown_column(tmp_path: Path) -> None:
    refusal = refused(saved(tmp_path, GOOD, header=HEADER.replace("delivered_at", "deliverd_at")))
    assert isinstance(refusal, UnknownColumn)
    assert "Did you mean delivered_at?" in str(refusal)
    assert refusal.where.endswith("orders.csv:1")
    assert all(column in refusal.record().fix for column in FORM.columns)


def test_an_unknown_column_that_is_like_no_other(tmp_path: Path) -> None:
    refusal = refused(saved(tmp_path, f"{GOOD},x", header=f"{HEADER},zzz"))
    assert isinstance(refusal, UnknownColumn)
    assert "Did you mean" not in str(refusal)


@pytest.mark.parametrize("column", FORM.required)
def test_a_missing_column(tmp_path: Path, column: str) -> None:
    header = ",".join(name for name in FORM.required if name != column)
    refusal = refused(saved(tmp_path, header=header))
    assert isinstance(refusal, MissingColumn)
    assert f"the column {column} is missing" in str(refusal)


@pytest.mark.parametrize(("there", "gone"), [("score", "reviewed_at"), ("reviewed_at", "score")])
def test_a_column_that_says_nothing_alone(tmp_path: Path, there: str, gone: str) -> None:
    refusal = refused(saved(tmp_path, header=",".join([*FORM.required, there])))
    assert isinstance(refusal, MissingColumn)
    assert f"the column {gone} is missing: {there} says nothing without it" in str(refusal)


def test_a_column_twice(tmp_path: Path) -> None:
    refusal = refused(saved(tmp_path, header=f"{HEADER},title"))
    assert isinstance(refusal, DuplicateColumn)
    assert "title occurs twice" in str(refusal)


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_another_delimiter(tmp_path: Path, delimiter: str) -> None:
    refusal = refused(saved(tmp_path, header=HEADER.replace(",", delimiter)))
    assert isinstance(refusal, WrongDelimiter)
    assert repr(delimiter) in str(refusal)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_an_empty_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(content)
    assert isinstance(refused(path), EmptyFile if not content else BlankFile)


def test_a_header_alone(tmp_path: Path) -> None:
    refusal = refused(saved(tmp_path))
    assert isinstance(refusal, NoOrders)
    assert "0 were refused" in str(refusal)


def test_not_one_good_row(tmp_path: Path) -> None:
    refusal = refused(saved(tmp_path, "x,y", "z"))
    assert isinstance(refusal, NoOrders)
    assert "the first in orders.csv:2: the row has 2 columns" in str(refusal)
    assert [reject.row for reject in refusal.rejects] == [2, 3]


def test_another_encoding_names_line_and_byte(tmp_path: Path) -> None:
    path = saved(tmp_path, GOOD)
    before = path.read_bytes()
    path.write_bytes(before + GOOD.replace("o1", "o2").encode("gb18030") + b"\n")
    refusal = refused(path)
    assert isinstance(refusal, BadEncoding)
    assert refusal.where == f"{path}:3"
    byte = len(before) + len(GOOD.encode()) - len("耳机".encode())
    assert refusal.details["byte"] == byte
    assert f"byte {byte} of the file (0x{path.read_bytes()[byte]:02x})" in str(refusal)


def test_the_byte_counts_the_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(b"\xef\xbb\xbf" + f"{HEADER}\n".encode() + b"\xff")
    assert refused(path).details["byte"] == len(HEADER) + 4


@pytest.mark.parametrize("content", [f"{HEADER}\n\0".encode(), b"PAR1\x15\x00"])
def test_a_binary_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(content)
    refusal = refused(path)
    assert isinstance(refusal, NotText)
    assert refusal.details["byte"] == content.index(0)


@pytest.mark.parametrize("line", ['o2,"m1', 'o2,"m"1,c1', "a\rb"])
def test_rows_that_cannot_be_told_apart(tmp_path: Path, line: str) -> None:
    path = saved(tmp_path, GOOD, line, GOOD.replace("o1", "o3"))
    refusal = refused(path)
    assert isinstance(refusal, BrokenCsv)
    assert refusal.where == f"{path}:3"


def test_progress_climbs_to_one(tmp_path: Path) -> None:
    told: list[float] = []
    read_plain(saved(tmp_path, *(GOOD.replace("o1", f"o{n}") for n in range(50_000))), told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert len(told) > 4
