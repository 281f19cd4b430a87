"""One cell at a time."""

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.importers import cells
from holdfast.importers.cells import BadCell
from holdfast.kernel.currencies import EXPONENTS
from holdfast.kernel.money import Money
from holdfast.kernel.text import Text


def reason(column: str, cell: cells.Cell, code: str = "CNY") -> str:
    with pytest.raises(BadCell) as caught:
        cells.amount_minor(column, cell, code)
    assert caught.value.column == column
    assert caught.value.fix
    return caught.value.reason.en


@given(minor=st.integers(1, cells.MAX_ORDER_MINOR), code=st.sampled_from(sorted(EXPONENTS)))
def test_an_amount_reads_back(minor: int, code: str) -> None:
    assert cells.amount_minor("amount", Money(minor, code).decimal(), code) == minor


@given(minor=st.integers(1, 10**13))
def test_a_binary_fraction_of_a_decimal_reads_back(minor: int) -> None:
    assert cells.amount_minor("amount", minor / 100, "CNY") == minor


@given(st.floats(min_value=0.001))
def test_a_binary_fraction_is_exact_or_rejected(number: float) -> None:
    try:
        minor = cells.amount_minor("amount", number, "CNY")
    except BadCell:
        digits = Decimal(repr(number)).normalize().as_tuple() if math.isfinite(number) else None
        assert (
            digits is None
            or digits.exponent not in {0, -1, -2}
            or len(digits.digits) > 15
            or number < 0.01
            or number * 100 > cells.MAX_ORDER_MINOR
        )
    else:
        assert minor / 100 == number


@given(st.text(max_size=30) | st.text("0123456789.,-+eE ", max_size=12))
def test_any_text_is_an_amount_or_rejected(text: str) -> None:
    try:
        minor = cells.amount_minor("amount", text, "CNY")
    except BadCell:
        return
    assert Decimal(text.strip()) * 100 == minor
    assert 0 < minor <= cells.MAX_ORDER_MINOR


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("", "no plain decimal"),
        ("12,50", "no plain decimal"),
        ("1_000", "no plain decimal"),
        ("１２", "no plain decimal"),
        ("1e3", "no plain decimal"),
        ("Infinity", "no plain decimal"),
        ("NaN", "no plain decimal"),
        ("¥12", "no plain decimal"),
        ("12.345", "not exact"),
        ("1.0000001", "not exact"),
        ("0.00", "zero"),
        ("-3", "negative"),
        ("-99999999999999999999", "negative"),
        ("10000000000000.01", "too great"),
        ("99999999999999999999.99", "too great"),
        (0.1 + 0.2, "binary fraction"),
        (12.345, "not exact"),
        (math.inf, "binary fraction"),
        (math.nan, "binary fraction"),
        (90071992547409.93, "binary fraction"),
        (0.0, "zero"),
        (-1.5, "negative"),
    ],
)
def test_bad_amounts(cell: cells.Cell, expected: str) -> None:
    assert expected in reason("amount", cell)


def test_digits_are_those_of_the_currency() -> None:
    assert cells.amount_minor("amount", "12.50", "CNY") == 1_250
    assert cells.amount_minor("amount", "12.5000", "CNY") == 1_250
    assert cells.amount_minor("amount", "12", "JPY") == 12
    assert cells.amount_minor("amount", "1.234", "KWD") == 1_234
    assert "not exact in JPY" in reason("amount", "12.5", "JPY")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-10-31T09:30:00Z", 1_793_439_000_000),
        ("2026-10-31 17:30:00+08:00", 1_793_439_000_000),
        ("2026-10-31 09:30", 1_793_439_000_000),
        ("2026-10-31T09:30:00.1239", 1_793_439_000_123),
        ("2026-10-31", 1_793_404_800_000),
        (5, 5),
    ],
)
def test_times(text: cells.Cell, expected: int) -> None:
    assert cells.instant("placed_at", text) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("", "missing"),
        ("yesterday", "ISO 8601"),
        ("31/10/2026", "ISO 8601"),
        ("2026-02-30", "ISO 8601"),
        ("1793439000", "ISO 8601"),
        ("0018-01-01", "1970 to 2099"),
        ("2100-01-01", "1970 to 2099"),
        ("0001-01-01T00:00:00+14:00", "1970 to 2099"),
        (-1, "1970 to 2099"),
        (10**30, "1970 to 2099"),
    ],
)
def test_bad_times(cell: cells.Cell, expected: str) -> None:
    with pytest.raises(BadCell, match=expected) as caught:
        cells.instant("placed_at", cell)
    assert caught.value.column == "placed_at"


@given(st.text(max_size=40) | st.datetimes().map(str))
def test_any_text_is_a_time_or_rejected(text: str) -> None:
    try:
        at = cells.instant("placed_at", text)
    except BadCell:
        return
    assert cells.FIRST <= at < cells.END


@pytest.mark.parametrize("cell", ["", "  ", "a\nb", "a\x00b", "\u200b", "x" * 129, "a b", "a\u3164"])
def test_bad_ids(cell: str) -> None:
    with pytest.raises(BadCell, match="the id"):
        cells.identity("order_id", cell)


def test_ids_lose_the_spaces_around_them() -> None:
    assert cells.identity("order_id", " 订单7 ") == "订单7"
    assert cells.identity("order_id", "x" * 128) == "x" * 128


def test_two_ways_of_writing_an_id_make_one() -> None:
    assert cells.identity("merchant_id", "Cafe\u0301") == cells.identity("merchant_id", "Ｃａｆé") == "Café"


def test_titles_are_one_line() -> None:
    assert cells.title("title", " 蓝牙\n耳机\t 白色 ") == "蓝牙 耳机 白色"
    with pytest.raises(BadCell, match="control"):
        cells.title("title", "a\x00b")


@pytest.mark.parametrize(("cell", "stars"), [("1", 1), ("5.0", 5), (4.0, 4), (" 3 ", 3)])
def test_scores(cell: cells.Cell, stars: int) -> None:
    assert cells.score("score", cell) == stars


@pytest.mark.parametrize("cell", ["0", "6", "4.5", "five", "", "٣"])
def test_bad_scores(cell: str) -> None:
    with pytest.raises(BadCell, match="a score is one of"):
        cells.score("score", cell)


def test_a_long_value_is_cut_in_the_report() -> None:
    reject = BadCell("title", "x" * 5_000, Text("过长", "too long"), Text("请缩短", "cut it")).at("a.csv", 3)
    assert (reject.file, reject.row, len(reject.value)) == ("a.csv", 3, 120)
