"""When held proceeds become the merchant's to take: five policies, each data."""

import difflib
import math
import re
from collections.abc import Callable
from typing import NamedTuple

import msgspec

from holdfast.kernel.clock import DAY, Duration
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text, same


class BadRelease(Refusal):
    """A text names no release policy."""

    code = "bad_release_policy"
    sort = Sort.MALFORMED
    what = Text("{text!r} 不是放款规则：{reason}", "{text!r} is no release policy: {reason}")
    fix = Text(
        (
            "请写 full、delivery_plus(7)、rolling_reserve(15%, 30d)、fixed_deposit(100000)（保证金"
            "以最小货币单位计）、covered(0.99)，或规则文件名"
        ),
        (
            "Write full, delivery_plus(7), rolling_reserve(15%, 30d), fixed_deposit(100000) with "
            "the deposit in minor units, covered(0.99), or the name of a policy file"
        ),
    )


class Full(msgspec.Struct, frozen=True, tag="full"):
    """Held until the order's window closes: nothing can be lost."""

    def __str__(self) -> str:
        return "full"


class DeliveryPlus(msgspec.Struct, frozen=True, tag="delivery_plus"):
    """Released `delay` after delivery, but not before the capture."""

    delay: Duration

    def __str__(self) -> str:
        return f"delivery_plus({self.delay // DAY})"


class RollingReserve(msgspec.Struct, frozen=True, tag="rolling_reserve"):
    """Released at capture, `share_bp` of it into the reserve, for `duration`."""

    share_bp: int
    duration: Duration

    def __str__(self) -> str:
        return f"rolling_reserve({self.share_bp / 100:g}%, {self.duration // DAY} d)"


class FixedDeposit(msgspec.Struct, frozen=True, tag="fixed_deposit"):
    """Released at capture; each merchant has paid a deposit of `amount_minor` on joining."""

    amount_minor: int

    def __str__(self) -> str:
        return f"fixed_deposit({self.amount_minor})"


class Covered(msgspec.Struct, frozen=True, tag="covered"):
    """Released as early as cover stays above the `alpha_bp`-quantile of what a run-away would cost."""

    alpha_bp: int

    def __str__(self) -> str:
        return f"covered({self.alpha_bp / 10_000:g})"


Release = Full | DeliveryPlus | RollingReserve | FixedDeposit | Covered


MOST_DAYS = 3_650
MOST_MINOR = 10**15
"""What a policy file allows, too."""


_BRACKETS = Text("名称之后须是一对半角括号", "after the name comes one pair of parentheses ( )")


class _Wrong(Exception):  # noqa: N818 - what is wrong with a number
    """A number is none that may stand there, and why."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.en)
        self.why = why


def _whole(text: str, most: int) -> int:
    if not (text.isascii() and text.isdigit()) or int(text) > most:
        raise _Wrong(Text(f"{text!r} 不是不大于 {most} 的整数", f"{text!r} is no whole number up to {most}"))
    return int(text)


def _days(text: str) -> Duration:
    return _whole(text.removesuffix("d").strip(), MOST_DAYS) * DAY


def _basis_points(text: str, *, percent: bool) -> int:
    scale = 100 if percent else 10_000
    try:
        number = float(text.removesuffix("%").strip())
    except ValueError:
        number = math.nan
    points = round(number * scale) if math.isfinite(number) else 0
    if not 0 < points <= 10_000 or abs(points - number * scale) > 1e-6:  # noqa: PLR2004 - 10,000 bp are the whole
        bounds = "0 and 100" if percent else "0 and 1"
        raise _Wrong(
            Text(
                f"{text!r} 不是 {bounds.replace(' and ', ' 到 ')} 之间、以万分之一为单位的比例",
                f"{text!r} is no share between {bounds} in steps of a basis point",
            )
        )
    return points


def _full() -> Release:
    return Full()


def _delivery_plus(days: str) -> Release:
    return DeliveryPlus(_days(days))


def _rolling_reserve(share: str, days: str) -> Release:
    return RollingReserve(_basis_points(share, percent=True), _days(days))


def _fixed_deposit(amount: str) -> Release:
    return FixedDeposit(_whole(amount, MOST_MINOR))


def _covered(alpha: str) -> Release:
    return Covered(_basis_points(alpha, percent="%" in alpha))


class _Rule(NamedTuple):
    """How a release policy is written: with so many numbers, as in the example."""

    arity: int
    make: Callable[..., Release]
    example: str


_RULES: dict[str, _Rule] = {
    "full": _Rule(0, _full, "full"),
    "delivery_plus": _Rule(1, _delivery_plus, "delivery_plus(7)"),
    "rolling_reserve": _Rule(2, _rolling_reserve, "rolling_reserve(15%, 30d)"),
    "fixed_deposit": _Rule(1, _fixed_deposit, "fixed_deposit(100000)"),
    "covered": _Rule(1, _covered, "covered(0.99)"),
}


def parse(text: str) -> Release:
    """Read a release policy such as `covered(0.99)`.

    Raises:
        BadRelease: no such policy, or its arguments are wrong in number or kind.
    """
    name, rest = _parted(text)
    rule = _RULES.get(name)
    if rule is None:
        raise BadRelease("policy", text=text, reason=_unknown(name))
    inside = re.fullmatch(r"(?:\((.*)\))?", rest, re.DOTALL)
    if inside is None:
        raise _bad(text, rule, _BRACKETS)
    arguments = [part.strip() for part in (inside[1] or "").split(",") if part.strip()]
    if len(arguments) != rule.arity:
        given = len(arguments)
        zh, en = f"要有 {rule.arity} 个数，而有 {given} 个", f"it takes {rule.arity} numbers, not {given}"
        raise _bad(text, rule, Text(zh, en))
    try:
        return rule.make(*arguments)
    except _Wrong as error:
        raise _bad(text, rule, error.why) from error


def _parted(text: str) -> tuple[str, str]:
    """Return the name that a text begins with, and what comes after it."""
    match = re.match(r"\s*([A-Za-z_]*)", text)
    return ("", text) if match is None else (match[1], text[match.end() :].strip())


def _unknown(name: str) -> Text:
    close = difflib.get_close_matches(name.lower(), _RULES, n=1)
    near = Text("；是否指 {name}？", "; did you mean {name}?").fill(name=close[0]) if close else same("")
    return Text("没有名称 {name!r}{near}", "unknown name {name!r}{near}").fill(name=name, near=near)


def _bad(text: str, rule: _Rule, reason: Text) -> BadRelease:
    told = Text("{reason}；应写作 {example}", "{reason}; as in {example}")
    return BadRelease("policy", text=text, reason=told.fill(reason=reason, example=rule.example))
