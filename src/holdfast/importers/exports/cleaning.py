"""Cleaning a cell of an export: platforms and spreadsheets add signs around its value.

Ids stand as `="…"`, behind an apostrophe, a backtick or a tab, so that a spreadsheet leaves them alone;
digits come full-width; `-` stands for nothing; amounts carry signs and units. What a sign means, the form
says: nothing here guesses.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable

from holdfast.importers.cells import BadCell, amount_minor
from holdfast.importers.exports.form import Form
from holdfast.importers.grids.grid import Value
from holdfast.kernel.text import Text

_GUARDED = re.compile(r'="(.*)"', re.DOTALL)
SPACES = " \t\r\n\u00a0\u3000\u200b\u200e\u200f\u202a\u202c\ufeff"
_SHORTENED = re.compile(r"[0-9](\.[0-9]+)?E\+[0-9]+", re.ASCII | re.IGNORECASE)
SIGNS = ("US$", "R$", "￥", "¥", "$", "€", "£", "元")
_EXACT_FLOAT = 2**53
_SPREADSHEET_DIGITS = 15
_SURE = 3
"""So many zeros in all, and nothing else, are no chance."""
_GROUP = 3


def heading(value: Value) -> str:
    """Return a column's name as names are compared: in NFKC, nothing around it but the name.

    >>> heading("订单付款时间 "), heading('"实付款（元）"')
    ('订单付款时间', '实付款(元)')
    """
    return unicodedata.normalize("NFKC", str(value)).strip(SPACES + "\"'`")


def bare(value: Value, empty: frozenset[str]) -> str:
    r"""Return the text of a cell without guards; an empty one where the cell means none.

    >>> bare('="4289900130845734060"', frozenset()), bare("\t-", frozenset({"-"}))
    ('4289900130845734060', '')
    """
    if not isinstance(value, str):
        return as_text(value)
    text = value.strip(SPACES)
    if text and text[0] in "=`'":
        if (guarded := _GUARDED.fullmatch(text)) is not None:
            text = guarded[1].strip(SPACES)
        else:
            text = text.lstrip("`'").strip(SPACES)
    return "" if text in empty else text


def as_text(value: Value) -> str:
    """Return a number, a time or a flag as the text that stands for it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        if value.is_integer() and abs(value) < _EXACT_FLOAT:
            return str(int(value))
        return repr(value)
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)


def narrow(text: str) -> str:
    """Return a text with full-width letters, digits and signs as ordinary ones."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def rounded(ids: Iterable[str]) -> bool:
    """Tell whether a spreadsheet has rounded ids: none of them goes on after the digits that it keeps.

    One id may end in zeros by itself; all of them, beyond their 15th digit, do not.

    >>> rounded(["4289900130845730000"]), rounded(["4289900130845730000", "4289900130845730001"])
    (True, False)
    """
    tails = [text[_SPREADSHEET_DIGITS:] for text in ids if text.isdigit()]
    return sum(map(len, tails)) >= _SURE and not "".join(tails).strip("0")


def check_whole(column: str, text: str, *, rounded: bool) -> None:
    """Refuse an id of which a spreadsheet has thrown digits away; `rounded`: those of the file are rounded.

    Raises:
        BadCell: it was shortened (`4.28E+18`), or rounded to the 15 digits that a spreadsheet keeps.
    """
    tail = text[_SPREADSHEET_DIGITS:]
    if (rounded and tail and text.isdigit() and not tail.strip("0")) or (
        _SHORTENED.fullmatch(text) is not None
    ):
        raise BadCell(
            column,
            text,
            Text(
                "编号已丢失：电子表格丢掉了末几位",
                "the id is lost: a spreadsheet has thrown its last digits away",
            ),
            Text(
                "请重新导出并原样导入，不要在电子表格中打开再保存",
                "Export the file again and import it as it comes, not opened and saved in a spreadsheet",
            ),
        )


def amount(column: str, value: Value, form: Form, code: str) -> int:
    """Read an amount by the form's signs, in minor units; it may be zero or negative.

    Raises:
        BadCell: it is no amount, or not exact in the currency.
    """
    if isinstance(value, float):
        return _signed(column, value, code)
    text = narrow(str(value)).replace(" ", "")
    for sign in (*form.marks, *SIGNS):
        text = text.replace(sign, "")
    return _signed(column, _plain(column, text, str(value), form), code)


def _plain(column: str, text: str, shown: str, form: Form) -> str:
    """Return an amount with a point and nothing between its thousands."""
    whole, point, part = text.partition(form.decimal)
    if form.thousands and form.thousands in whole:
        first, *groups = whole.lstrip("-").split(form.thousands)
        if not 1 <= len(first) <= _GROUP or any(len(group) != _GROUP for group in groups):
            fix = Text(
                f"此格式以 {form.thousands!r} 分隔千位，每三位一组",
                f"Thousands are told apart by {form.thousands!r} in this form, in groups of three digits",
            )
            raise BadCell(
                column,
                shown,
                Text("千位分隔与此格式不符", "its thousands are not told apart as in this form"),
                fix,
            )
        whole = whole.replace(form.thousands, "")
    return f"{whole}.{part}" if point else whole


def _signed(column: str, number: str | float, code: str) -> int:
    if isinstance(number, str) and number.startswith("-"):
        return -amount_minor(column, number[1:], code, least=0)
    if isinstance(number, float) and number < 0:
        return -amount_minor(column, -number, code, least=0)
    return amount_minor(column, number, code, least=0)
