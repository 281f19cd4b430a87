"""When held proceeds become the merchant's to take: five policies, each data."""

import math
import re
from collections.abc import Callable

import msgspec

from holdfast.kernel.clock import DAY, Duration
from holdfast.kernel.refusal import Refusal


class BadRelease(Refusal):
    """A text names no release policy."""

    code = "bad_release_policy"
    what = "{text!r} is no release policy: {reason}"
    fix = (
        "Write full, delivery_plus(7), rolling_reserve(15%, 30d), fixed_deposit(100000) with the deposit in "
        "minor units, covered(0.99), or the name of a policy file"
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


def _whole(text: str, most: int) -> int:
    if not (text.isascii() and text.isdigit()) or int(text) > most:
        raise ValueError(f"{text!r} is no whole number up to {most}")
    return int(text)


def _days(text: str) -> Duration:
    return _whole(text.removesuffix("d").strip(), MOST_DAYS) * DAY


def _basis_points(text: str, *, percent: bool) -> int:
    scale = 100 if percent else 10_000
    number = float(text.removesuffix("%").strip())
    points = round(number * scale) if math.isfinite(number) else 0
    if not 0 < points <= 10_000 or abs(points - number * scale) > 1e-6:  # noqa: PLR2004 - 10,000 bp are the whole
        raise ValueError(f"{text!r} is no share between 0 and 1 in steps of a basis point")
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


_MAKERS: dict[str, tuple[int, Callable[..., Release]]] = {
    "full": (0, _full),
    "delivery_plus": (1, _delivery_plus),
    "rolling_reserve": (2, _rolling_reserve),
    "fixed_deposit": (1, _fixed_deposit),
    "covered": (1, _covered),
}


def parse(text: str) -> Release:
    """Read a release policy such as `covered(0.99)`.

    Raises:
        BadRelease: no such policy, or its arguments are wrong in number or kind.
    """
    match = re.fullmatch(r"\s*([a-z_]+)\s*(?:\((.*)\))?\s*", text)
    if match is None or match[1] not in _MAKERS:
        raise BadRelease("policy", text=text, reason="unknown name")
    arity, make = _MAKERS[match[1]]
    arguments = [part.strip() for part in (match[2] or "").split(",") if part.strip()]
    if len(arguments) != arity:
        raise BadRelease("policy", text=text, reason=f"it takes {arity} arguments, not {len(arguments)}")
    try:
        return make(*arguments)
    except ValueError as error:
        raise BadRelease("policy", text=text, reason=str(error)) from error
