"""One value out of one cell: exact, within bounds, or a `BadCell` that says why and what to do."""

import datetime as dt
import re
from collections.abc import Callable

from holdfast.importers.history import Reject
from holdfast.kernel import clock
from holdfast.kernel.clock import Instant
from holdfast.kernel.currencies import EXPONENTS
from holdfast.kernel.identity import MAX_LENGTH, flaw, settled
from holdfast.kernel.money import AmountOverflow, BadAmount, Money
from holdfast.kernel.text import Text

Cell = str | int | float
"""A cell is text; where the file has types, an instant or a number. A missing one is the empty text."""

FIRST: Instant = clock.parse("1970-01-01")
END: Instant = clock.parse("2100-01-01")
"""Times lie from `FIRST` to before `END`: anything else is a slip, such as the year 0018."""

MAX_ORDER_MINOR = 10**15
"""The greatest amount of one order, so that the sums of a market stay within 64 bits."""

_DECIMAL = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,7})?", re.ASCII)  # 27 digits: decimal's context keeps 28
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_DOUBLE_DIGITS = 15
_SHOWN = 120


class BadCell(Exception):  # noqa: N818 - it becomes a Reject, not an error
    """A cell, or a row as a whole, that cannot be taken."""

    def __init__(self, column: str, value: object, reason: Text, fix: Text) -> None:
        super().__init__(reason.en)
        self.column = column
        self.value = str(value)
        self.reason = reason
        self.fix = fix

    def at(self, file: str, row: int) -> Reject:
        """Return it as the reject of that row; a long value is cut."""
        value = self.value if len(self.value) <= _SHOWN else self.value[: _SHOWN - 1] + "…"
        return Reject(
            file,
            row,
            self.column,
            value,
            self.reason.en,
            self.fix.en,
            reason_zh=self.reason.zh,
            fix_zh=self.fix.zh,
        )


def instant(
    column: str, cell: Cell, on_the_wall: Callable[[dt.datetime], Instant] = clock.instant
) -> Instant:
    """Read an ISO 8601 time, or take an instant as it is.

    Args:
        column: where it stands.
        cell: the time.
        on_the_wall: what a time without an offset is; UTC, unless another zone is meant.

    Raises:
        BadCell: it is missing, no time, or out of bounds.
    """
    if cell == "":
        raise BadCell(
            column,
            cell,
            Text("缺少时间", "the time is missing"),
            Text("请写时间，如 2026-10-31T09:30:00Z", "Write a time such as 2026-10-31T09:30:00Z"),
        )
    try:
        if isinstance(cell, int):
            at = cell
        else:
            moment = dt.datetime.fromisoformat(str(cell).strip())
            at = on_the_wall(moment) if moment.tzinfo is None else clock.instant(moment)
    except ValueError as error:
        fix = Text(
            "请写作 2026-10-31T09:30:00Z 或 2026-10-31 17:30:00+08:00",
            "Write it as 2026-10-31T09:30:00Z or 2026-10-31 17:30:00+08:00",
        )
        raise BadCell(column, cell, Text("不是 ISO 8601 时间", "this is no ISO 8601 time"), fix) from error
    if not FIRST <= at < END:
        raise BadCell(
            column,
            cell,
            Text("时间不在 1970 至 2099 年之间", "the time lies outside of 1970 to 2099"),
            Text("请核对年份", "Check the year"),
        )
    return at


def identity(column: str, cell: Cell) -> str:
    """Read an id, in the form that ids have: two ways of writing one make one party. See `kernel.identity`.

    Raises:
        BadCell: it is missing, or none.
    """
    text = settled(str(cell))
    if not text:
        raise BadCell(column, cell, Text("缺少编号", "the id is missing"), Text("请填写", "Fill it in"))
    if (reason := flaw(text)) is not None:
        shown = text if text.isprintable() else ascii(text)
        fix = Text(
            f"请用最多 {MAX_LENGTH} 个可见字符，不含空格",
            f"Use at most {MAX_LENGTH} visible characters without spaces",
        )
        raise BadCell(column, shown, Text("编号{reason}", "the id {reason}").fill(reason=reason), fix)
    return text


def title(column: str, cell: Cell) -> str:
    """Read a text for people; runs of white space, line breaks too, become one space.

    Raises:
        BadCell: it holds control characters.
    """
    text = " ".join(str(cell).split())
    if _CONTROL.search(text):
        raise BadCell(
            column,
            ascii(text),
            Text("标题含有控制字符", "the title holds control characters"),
            Text("请删除", "Remove them"),
        )
    return text


def currency(column: str, cell: Cell) -> str:
    """Read an ISO 4217 code.

    Raises:
        BadCell: there is no such currency.
    """
    code = str(cell).strip()
    if code not in EXPONENTS:
        raise BadCell(
            column,
            cell,
            Text("不是 ISO 4217 币种", "this is not an ISO 4217 currency"),
            Text("请写代码，如 CNY", "Write a code such as CNY"),
        )
    return code


_OF_AN_ORDER = Text("请去掉此行，或写明应付金额", "Leave the row out, or write what was to be paid")


def amount_minor(column: str, cell: Cell, code: str, least: int = 1, fix_low: Text = _OF_AN_ORDER) -> int:
    """Read an amount in major units of the currency `code` and return its minor units, exactly.

    A binary fraction is taken as the shortest decimal that reads back as the same number, if that has at most
    15 digits: as many a double keeps (IEEE 754-2019 §5.12.2; DBL_DIG of C).

    Raises:
        BadCell: it is no plain decimal, not exact in minor units, below `least` or too great.
    """
    text = _plain(column, cell) if isinstance(cell, float) else str(cell).strip()
    if not _DECIMAL.fullmatch(text):
        fix = Text(
            "请写作 1234.50：不带币种符号、千位分隔和指数",
            "Write it as 1234.50: no currency sign, no thousands separator, no exponent",
        )
        raise BadCell(column, cell, Text("不是普通的十进制数", "this is no plain decimal"), fix)
    try:
        minor = Money.parse(text, code).amount_minor
    except AmountOverflow:
        minor = MAX_ORDER_MINOR + 1 if not text.startswith("-") else -1
    except BadAmount as error:
        fix = Text(
            f"小数点后最多写 {EXPONENTS[code]} 位", f"Write at most {EXPONENTS[code]} digits after the point"
        )
        raise BadCell(
            column, cell, Text(f"金额按 {code} 不能精确表示", f"the amount is not exact in {code}"), fix
        ) from error
    if minor < least:
        reason = (
            Text("金额为负", "the amount is negative")
            if minor < 0
            else Text("金额为零", "the amount is zero")
        )
        raise BadCell(column, cell, reason, fix_low)
    if minor > MAX_ORDER_MINOR:
        raise BadCell(
            column,
            cell,
            Text("对一笔订单而言金额过大", "the amount is too great for an order"),
            Text("请核对小数点", "Check the decimal point"),
        )
    return minor


def _plain(column: str, number: float) -> str:
    text = repr(number)
    digits = text.lstrip("-").replace(".", "").strip("0")
    if len(digits) > _DOUBLE_DIGITS or not (digits or "0").isdigit():
        fix = Text(
            "请将此列写成十进制数或文本：二进制小数存不下此金额",
            "Write the column as decimal or text: a binary fraction cannot hold this amount",
        )
        raise BadCell(
            column,
            text,
            Text("二进制小数换算成最小单位时不精确", "the binary fraction is not exact in minor units"),
            fix,
        )
    return text


def score(column: str, cell: Cell) -> int:
    """Read a score from 1 to 5.

    Raises:
        BadCell: it is missing, or something else.
    """
    stars = _SCORES.get(str(cell).strip())
    if stars is None:
        raise BadCell(
            column,
            cell,
            Text("评分为 1、2、3、4、5 之一", "a score is one of 1, 2, 3, 4, 5"),
            Text("请写其中之一", "Write one of them"),
        )
    return stars


def flag(column: str, cell: Cell) -> bool:
    """Read yes or no; nothing is no.

    Raises:
        BadCell: it is something else.
    """
    return said_yes(column, cell, empty=False)


def said_yes(column: str, cell: Cell, *, empty: bool) -> bool:
    """Read yes or no; an empty cell is `empty`.

    Raises:
        BadCell: it is something else.
    """
    text = str(cell).strip().lower()
    said = _FLAGS.get(text) if text else empty
    if said is None:
        raise BadCell(
            column,
            cell,
            Text("既不是 yes，也不是 no", "this is neither yes nor no"),
            Text("请写 yes 或 no，或留空", "Write yes or no, or leave it empty"),
        )
    return said


_FLAGS = {
    **dict.fromkeys(("yes", "true", "1", "是"), True),
    **dict.fromkeys(("no", "false", "0", "否"), False),
}

_SCORES = {str(stars) + tail: stars for stars in range(1, 6) for tail in ("", ".0")}
"""A score that was a binary fraction on its way, as spreadsheets and data frames make it, ends in `.0`."""
