"""Money: an integer of minor units and its ISO 4217 currency. Exact, bounded, never mixed."""

import re
from collections.abc import Sequence

import msgspec

from holdfast.kernel.currencies import EXPONENTS, sign
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Language, Text

_DECIMAL = re.compile(r"(-?)([0-9]{1,40})(?:\.([0-9]{1,40}))?")

MAX_MINOR = 2**63 - 1
"""The greatest amount that is kept: what a signed 64-bit column of the database holds."""


class UnknownCurrency(Refusal):
    """The currency is no code of ISO 4217."""

    code = "unknown_currency"
    sort = Sort.MALFORMED
    what = Text("{currency!r} 不是 ISO 4217 币种", "{currency!r} is not an ISO 4217 currency")
    fix = Text("请用字母代码，如 CNY", "Use an alphabetic code such as CNY")


class CurrencyWithdrawn(Refusal):
    """The currency was withdrawn before."""

    code = "currency_withdrawn"
    sort = Sort.UNMET
    what = Text("{currency} 自 {since} 起已停用", "{currency} is no currency any more since {since}")
    fix = Text(
        "请用替代它的币种；此前以它开始的照旧进行",
        "Use the one that replaced it; what began in it before goes on",
    )


class CurrencyMismatch(Refusal):
    """Two amounts of different currencies met."""

    code = "currency_mismatch"
    sort = Sort.MALFORMED
    what = Text("{left} 与 {right} 不能混用", "{left} and {right} cannot be mixed")
    fix = Text(
        "请在 Holdfast 之外兑换；一个账户、一笔订单只用一种货币",
        "Convert outside of Holdfast; an account and an order have one currency",
    )


class AmountOverflow(Refusal):
    """An amount left the range of 64-bit integers."""

    code = "amount_overflow"
    sort = Sort.MALFORMED
    what = Text("金额 {amount} 超出可记录的范围", "the amount {amount} exceeds what can be kept")
    fix = Text(
        "请核对金额：上限为 2^63 - 1 个最小货币单位", "Check the amount: the bound is 2^63 - 1 minor units"
    )


class BadAmount(Refusal):
    """A text is no amount of its currency."""

    code = "bad_amount"
    sort = Sort.MALFORMED
    what = Text("{text!r} 不是准确的 {currency} 金额", "{text!r} is not an exact amount in {currency}")
    fix = Text(
        "请写成小数，小数点后最多 {digits} 位", "Write a decimal with at most {digits} digits after the point"
    )


class Money(msgspec.Struct, frozen=True, order=False):
    """An exact amount: an integer of minor units (分), and its currency.

    >>> Money.parse("12.50", "CNY")
    Money(amount_minor=1250, currency='CNY')
    >>> (Money(1250, "CNY") + Money(50, "CNY")).decimal()
    '13.00'

    Raises:
        UnknownCurrency, AmountOverflow: when it is made.
    """

    amount_minor: int
    currency: str

    def __post_init__(self) -> None:
        """Check the currency and the range."""
        if self.currency not in EXPONENTS:
            raise UnknownCurrency("currency", currency=self.currency)
        if not -MAX_MINOR <= self.amount_minor <= MAX_MINOR:
            raise AmountOverflow("amount_minor", amount=self.amount_minor)

    def _same(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch("currency", left=self.currency, right=other.currency)

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.amount_minor + other.amount_minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.amount_minor - other.amount_minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount_minor, self.currency)

    def __mul__(self, factor: int) -> "Money":
        return Money(self.amount_minor * factor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        self._same(other)
        return self.amount_minor < other.amount_minor

    def __le__(self, other: "Money") -> bool:
        self._same(other)
        return self.amount_minor <= other.amount_minor

    @staticmethod
    def parse(text: str, currency: str) -> "Money":
        """Read a decimal such as `12.50`.

        Raises:
            UnknownCurrency: no such currency.
            BadAmount: no number, or more digits than the currency has.
            AmountOverflow: out of range.
        """
        if currency not in EXPONENTS:
            raise UnknownCurrency("currency", currency=currency)
        digits = EXPONENTS[currency]
        match = _DECIMAL.fullmatch(text)
        part = "" if match is None else (match[3] or "").rstrip("0")
        if match is None or len(part) > digits:
            raise BadAmount("amount", text=text, currency=currency, digits=digits)
        return Money(int(match[1] + match[2] + part.ljust(digits, "0")), currency)

    def decimal(self) -> str:
        """Write the plain decimal: `12.50`."""
        digits = EXPONENTS[self.currency]
        minus = "-" if self.amount_minor < 0 else ""
        whole, part = divmod(abs(self.amount_minor), 10**digits)
        return f"{minus}{whole}.{part:0{digits}d}" if digits else f"{minus}{whole}"

    def format(self, language: Language = "en") -> str:
        """Write the amount for people: `¥1,234.50` in Chinese, `CN¥1,234.50` in English for CNY."""
        minus = "-" if self.amount_minor < 0 else ""
        whole, _, part = Money(abs(self.amount_minor), self.currency).decimal().partition(".")
        return f"{minus}{sign(self.currency, language)}{int(whole):,}{'.' + part if part else ''}"


def share(amount_minor: int, bp: int) -> int:
    """Return `bp` basis points (1/10,000) of an amount, rounded down.

    >>> share(999, 60)  # 0.6% of 9.99
    5
    """
    return amount_minor * bp // 10_000


def pro_rata(total_minor: int, weights: Sequence[int]) -> list[int]:
    """Share `total_minor` in proportion to `weights`; the parts sum to it exactly.

    Each part is the difference of two rounded-down running sums, so that the sharing may be done in slices
    and still comes out the same.

    >>> pro_rata(100, [1, 1, 1])
    [33, 33, 34]

    Raises:
        ValueError: a weight is negative, or all are zero while there is something to share.
    """
    whole = sum(weights)
    if any(weight < 0 for weight in weights) or (whole == 0 and total_minor):
        raise ValueError("weights must be non-negative and not all zero")
    parts: list[int] = []
    running = given = 0
    for weight in weights:
        running += weight
        upto = total_minor * running // whole if whole else 0
        parts.append(upto - given)
        given = upto
    return parts
