"""The guard of the clock: a sanity check of the time that is handed in, against the time of the newest fact.

A clock that jumps ahead would close every window and ask for every debit; one that goes back would order an
effect before its cause. All processes of a home see the same newest fact, so each time is compared with it.
See docs/decisions/0023-the-clock.md.
"""

import math
from typing import NamedTuple

from holdfast.kernel.clock import HOUR, MINUTE, Duration, Instant, iso
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text

_DAY_HOURS = 24
_EVER: Duration = 2**62


class ClockAhead(Refusal):
    """The time lies so far after the newest fact that the clock has likely jumped."""

    code = "clock_ahead"
    sort = Sort.UNAVAILABLE
    what = Text(
        "当前时间将为 {at}，比最新事实 {newest} 晚 {gap}；最多 {most} 才视为正常",
        "it would be {at}, {gap} after the newest fact, {newest}; up to {most} are taken as right",
    )
    fix = Text(
        "什么也没有做。请核对本机时钟；确认无误，请运行：holdfast clock confirm --by NAME",
        (
            "Nothing was done. Compare this machine's clock; if it is right, say so: "
            "holdfast clock confirm --by NAME"
        ),
    )


class ClockBehind(Refusal):
    """The time lies so far before the newest fact that the clock is likely wrong."""

    code = "clock_behind"
    sort = Sort.UNAVAILABLE
    what = Text(
        "当前时间将为 {at}，比最新事实 {newest} 早 {gap}；最多 {most} 才视为小幅回拨",
        "it would be {at}, {gap} before the newest fact, {newest}; up to {most} are taken as a small step",
    )
    fix = Text(
        (
            "什么也没有做。请校准本机时钟；若本机无误而事实的时间有误，请运行："
            "holdfast clock confirm --by NAME"
        ),
        (
            "Nothing was done. Set this machine's clock; if it is right and the facts' was wrong, say so: "
            "holdfast clock confirm --by NAME"
        ),
    )


class Guard(NamedTuple):
    """The tolerated distance of a time from the newest fact's: `ahead` of it, and `behind` it."""

    ahead: Duration
    behind: Duration

    def forward(self) -> "Guard":
        """Return this guard without its bound to the past: an earlier time becomes the newest fact's."""
        return self._replace(behind=_EVER)

    def present(self, at: Instant, newest: Instant | None) -> Instant:
        """Return the present: the later of `at` and the newest fact's time, so that time never goes back.

        Raises:
            ClockAhead: `at` is too far after the newest fact.
            ClockBehind: `at` is too far before it.
        """
        if newest is None:
            return at
        if at - newest > self.ahead:
            raise ClockAhead(
                "clock", at=iso(at), newest=iso(newest), gap=_long(at - newest), most=_long(self.ahead)
            )
        if newest - at > self.behind:
            raise ClockBehind(
                "clock", at=iso(at), newest=iso(newest), gap=_long(newest - at), most=_long(self.behind)
            )
        return max(at, newest)


GUARD = Guard(ahead=240 * HOUR, behind=5 * MINUTE)
"""Ahead: longer than the longest public holiday (nine days), in which a small market may see nothing happen,
and shorter than the window of claims (15 days), so that no jump closes one that has just opened. Behind: more
than clocks that NTP keeps differ by, and less than anything that a deadline counts."""


def _long(gap: Duration) -> str:
    """Write how long `gap` is, in minutes, hours or days."""
    hours = gap / HOUR
    if hours < 1:
        return f"{math.ceil(gap / MINUTE)} min"
    return f"{hours:,.1f} h" if hours < 2 * _DAY_HOURS else f"{hours / _DAY_HOURS:,.1f} days"
