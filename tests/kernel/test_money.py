"""Money: exact, bounded, never mixed."""

import operator
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.kernel.currencies import EXPONENTS
from holdfast.kernel.money import (
    MAX_MINOR,
    AmountOverflow,
    BadAmount,
    CurrencyMismatch,
    Money,
    UnknownCurrency,
    pro_rata,
    share,
)

AMOUNTS = st.integers(-MAX_MINOR, MAX_MINOR)
CURRENCIES = st.sampled_from(sorted(EXPONENTS))
MONEY = st.builds(Money, AMOUNTS, CURRENCIES)


@given(MONEY)
def test_what_is_written_is_read_again(money: Money) -> None:
    assert Money.parse(money.decimal(), money.currency) == money


@given(MONEY)
def test_what_people_read_has_every_digit(money: Money) -> None:
    for language in ("zh", "en"):
        text = money.format(language)
        assert text.startswith("-") is (money.amount_minor < 0)
        assert int(re.sub(r"\D", "", text)) == abs(money.amount_minor)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("12.50", "CNY", 1_250),
        ("12.5", "CNY", 1_250),
        ("12", "CNY", 1_200),
        ("-0.01", "CNY", -1),
        ("007", "JPY", 7),
        ("1.234", "KWD", 1_234),
        ("0.0001", "CLF", 1),
    ],
)
def test_a_decimal_is_read(text: str, currency: str, minor: int) -> None:
    assert Money.parse(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "1,000.00",
        "1.234",
        "1.",
        ".5",
        "1e3",
        "+1",
        "--1",
        "¥1",
        "1 ",
        "٣",
        "NaN",
        "inf",
        "0x1",
        "1_0",
    ],
)
def test_what_is_no_exact_amount_is_refused(text: str) -> None:
    with pytest.raises(BadAmount) as refused:
        Money.parse(text, "CNY")
    assert "at most 2 digits" in str(refused.value)
    assert refused.value.code == "bad_amount"


@given(st.text(max_size=12))
def test_no_text_breaks_the_parser(text: str) -> None:
    try:
        money = Money.parse(text, "JPY")
    except BadAmount:
        return
    assert money.decimal() == re.sub(r"^(-?)0+(?=\d)", r"\1", text) or money.amount_minor == 0


def test_an_unknown_currency_is_refused() -> None:
    for make in (lambda: Money(1, "RMB"), lambda: Money.parse("1", "rmb")):
        with pytest.raises(UnknownCurrency, match=r"not an ISO 4217 currency.*\[unknown_currency\]"):
            make()


@pytest.mark.parametrize("amount", [MAX_MINOR + 1, -MAX_MINOR - 1, 10**30])
def test_what_64_bits_do_not_hold_is_refused(amount: int) -> None:
    with pytest.raises(AmountOverflow, match=r"\[amount_overflow\]"):
        Money(amount, "CNY")
    with pytest.raises(AmountOverflow):
        operator.add(Money(MAX_MINOR, "CNY"), Money(1, "CNY"))
    with pytest.raises(AmountOverflow):
        operator.mul(Money(MAX_MINOR, "CNY"), 2)


@given(st.integers(-(2**60), 2**60), st.integers(-(2**60), 2**60), CURRENCIES)
def test_sums_and_order_are_those_of_the_integers(left: int, right: int, currency: str) -> None:
    one, other = Money(left, currency), Money(right, currency)
    assert (one + other).amount_minor == left + right
    assert one - other == -(other - one)
    assert (one < other, one <= other) == (left < right, left <= right)


def test_currencies_are_never_mixed() -> None:
    yuan, yen = Money(1, "CNY"), Money(1, "JPY")
    for mix in (lambda: yuan + yen, lambda: yuan - yen, lambda: yuan < yen, lambda: yuan <= yen):
        with pytest.raises(CurrencyMismatch, match=r"CNY and JPY.*\[currency_mismatch\]"):
            mix()
    assert yuan != yen


@pytest.mark.parametrize(
    ("minor", "currency", "zh", "en"),
    [
        (123_450, "CNY", "¥1,234.50", "CN¥1,234.50"),
        (-5, "USD", "-US$0.05", "-$0.05"),
        (1_000, "JPY", "JP¥1,000", "¥1,000"),
        (1_500, "SEK", "SEK\N{NO-BREAK SPACE}15.00", "SEK\N{NO-BREAK SPACE}15.00"),
    ],
)
def test_people_read_amounts_in_their_language(minor: int, currency: str, zh: str, en: str) -> None:
    money = Money(minor, currency)
    assert (money.format("zh"), money.format()) == (zh, en)


WEIGHTS = st.lists(st.integers(0, 10**12), min_size=1, max_size=20).filter(any)


@given(st.integers(0, 10**15), WEIGHTS)
def test_a_pro_rata_sharing_is_exact_and_fair(total: int, weights: list[int]) -> None:
    parts = pro_rata(total, weights)
    whole = sum(weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * whole - total * weight) < 2 * whole
        assert part >= 0
        assert weight or not part


@given(st.integers(0, 10**15), WEIGHTS)
def test_nobody_gets_more_than_it_asks_for(pool: int, weights: list[int]) -> None:
    total = min(pool, sum(weights))
    assert all(part <= weight for part, weight in zip(pro_rata(total, weights), weights, strict=True))


def test_what_cannot_be_shared_is_refused() -> None:
    assert pro_rata(0, [0, 0]) == [0, 0]
    assert pro_rata(0, []) == []
    for total, weights in ((1, [0, 0]), (1, []), (1, [2, -1])):
        with pytest.raises(ValueError, match="non-negative and not all zero"):
            pro_rata(total, weights)


@given(st.integers(0, 10**15), st.integers(0, 10_000))
def test_a_share_is_rounded_down(amount: int, bp: int) -> None:
    assert share(amount, bp) * 10_000 <= amount * bp < (share(amount, bp) + 1) * 10_000
