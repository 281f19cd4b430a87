"""The table of currencies against CLDR, as Babel has it: which there are, their digits, their signs."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, cast
from unicodedata import category

from babel import numbers
from babel.core import get_global
from hypothesis import given
from hypothesis import strategies as st

from holdfast.kernel.currencies import EXPONENTS, SIGNS, WITHDRAWN
from holdfast.kernel.money import MAX_MINOR, Money
from holdfast.kernel.text import Language

FEWER_WHERE_PEOPLE_WRITE = {
    "AFN ALL COP HUF IDR IRR KPW LAK LBP MGA MMK SOS SYP YER": (2, 0),
    "IQD": (3, 0),
    "MRO SLL STD TMM ZMK": (2, 0),
}
"""ISO's digits and CLDR's: people write fewer, as the coins are gone."""

MORE_IN_CLDR = {"BEF BYB GRD PTE TPE": (0, 2)}
"""Withdrawn: ISO's last digits and those of CLDR, which has none of its own for them."""

NO_MONEY = frozenset(
    {"CNH", "XAD", "XAG", "XAU", "XBA", "XBB", "XBC", "XBD", "XDR", "XPD", "XPT", "XSU", "XTS", "XUA", "XXX"}
)
"""Metals, units of account and codes for tests; CNH is a market's, and none of ISO's."""

LANGUAGES: tuple[Language, ...] = ("zh", "en")


def test_digits_are_those_of_iso_and_differ_from_cldr_as_is_known() -> None:
    cldr = {code: numbers.get_currency_precision(code) for code in EXPONENTS}
    differ = {code: (mine, cldr[code]) for code, mine in EXPONENTS.items() if mine != cldr[code]}
    known = (FEWER_WHERE_PEOPLE_WRITE | MORE_IN_CLDR).items()
    assert differ == {code: digits for codes, digits in known for code in codes.split()}


def ends() -> dict[str, date]:
    """Until when each currency was of use anywhere, as CLDR has it."""
    found: dict[str, date] = {}
    known = cast("dict[str, list[tuple[str, Any, Any, bool]]]", get_global("territory_currencies"))
    for spans in known.values():
        for code, _, end, _ in spans:
            found[code] = max(found.get(code, date.min), date.max if end is None else date(*end))
    return found


def test_no_currency_is_forgotten() -> None:
    """SVC is in list one still, though nobody has paid with it since 2001."""
    in_use = {code for code, end in ends().items() if end == date.max}
    assert in_use - NO_MONEY == EXPONENTS.keys() - WITHDRAWN.keys() - {"SVC"}


def test_what_is_withdrawn_is_of_no_use_any_more() -> None:
    """ISO took some off its list months after they had gone, and some while their notes were still taken."""
    until = ends()
    since = {code: datetime.fromtimestamp(at / 1_000, UTC).date() for code, at in WITHDRAWN.items()}
    assert all(until[code] < date.max for code in since)
    far = {code for code, day in since.items() if abs((until[code] - day).days) > 92}
    assert far == {"AZM", "MRO", "ROL", "RUR", "VEB", "YUM"}


def test_signs_are_those_of_cldr() -> None:
    for language in LANGUAGES:
        cldr = {code: numbers.get_currency_symbol(code, locale=language) for code in EXPONENTS}
        assert {code: SIGNS[language].get(code, code) for code in EXPONENTS} == cldr


@given(st.integers(-MAX_MINOR, MAX_MINOR), st.sampled_from(sorted(EXPONENTS)), st.sampled_from(LANGUAGES))
def test_amounts_are_written_as_babel_writes_them_but_for_the_space(
    minor: int, code: str, language: Language
) -> None:
    """Babel leaves out the space of CLDR after what ends with no sign, and rounds to digits of its own."""
    digits = EXPONENTS[code]
    pattern = f"¤#,##0.{'0' * digits}" if digits else "¤#,##0"
    amount = Decimal(minor).scaleb(-digits)
    theirs = numbers.format_currency(amount, code, pattern, locale=language, currency_digits=False)
    before = numbers.get_currency_symbol(code, locale=language)
    if not category(before[-1]).startswith("S"):
        theirs = theirs.replace(before, f"{before}\N{NO-BREAK SPACE}", 1)
    assert Money(minor, code).format(language) == theirs
