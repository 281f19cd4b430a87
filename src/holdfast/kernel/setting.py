"""What a setting of a policy is: where it stands in a file, what it measures, its bounds, and what it means.

The room that reads a setting declares it (`Room.settings`).
"""

from typing import NamedTuple

from holdfast.kernel.clock import DAY
from holdfast.kernel.text import Named, Text


class Dimension(Named):
    """What a setting measures; it fixes the units in which it may be written."""

    TIME = "time", "时长"
    SHARE = "share", "比例"
    MONEY = "money", "金额"
    COUNT = "count", "数量"
    FLAG = "flag", "是否"
    ZONE = "zone", "时区"


class Setting(NamedTuple):
    """Where a setting stands in the file, what it measures, its bounds (canonical units), and its meaning."""

    group: str
    dimension: Dimension
    low: int
    high: int
    meaning: Text


def time(group: str, zh: str, en: str) -> Setting:
    """Say what a length of time means."""
    return Setting(group, Dimension.TIME, 0, 3650 * DAY, Text(zh, en))


def share(group: str, zh: str, en: str) -> Setting:
    """Say what a share means, in basis points."""
    return Setting(group, Dimension.SHARE, 0, 10_000, Text(zh, en))


def money(group: str, zh: str, en: str) -> Setting:
    """Say what an amount means, in minor units."""
    return Setting(group, Dimension.MONEY, 0, 10**15, Text(zh, en))


def count(group: str, zh: str, en: str) -> Setting:
    """Say what a number means."""
    return Setting(group, Dimension.COUNT, 0, 10**6, Text(zh, en))


def flag(group: str, zh: str, en: str) -> Setting:
    """Say what a yes or no means."""
    return Setting(group, Dimension.FLAG, 0, 1, Text(zh, en))


def zone(group: str, zh: str, en: str) -> Setting:
    """Say what a zone is for."""
    return Setting(group, Dimension.ZONE, 0, 0, Text(zh, en))
