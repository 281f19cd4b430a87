"""Time zones: the local time at an instant, in a zone by its IANA name or at a fixed offset from UTC.

The rules are those of the `tzdata` package, and never the machine's, so that results do not depend on where
they are computed.
"""

import datetime as dt
import difflib
import re
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

from holdfast.kernel.clock import DAY, HOUR, MINUTE, SECOND, Duration, Instant, instant, iso, moment
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text, meant

UTC = "UTC"
"""The name of the zone that everything else is counted from."""

_FIXED = re.compile(r"UTC([+-])(\d{1,2})(?::([0-5]\d)(?::([0-5]\d)(?:\.(\d{3}))?)?)?")
_EPOCH_ORDINAL = dt.date(1970, 1, 1).toordinal()
_MILLISECOND = dt.timedelta(milliseconds=1)


class UnknownZone(Refusal):
    """A text names no zone."""

    code = "unknown_zone"
    sort = Sort.MALFORMED
    what = Text("没有时区 {name!r}", "{name!r} is no zone")
    fix = Text(
        "{near}请写 IANA 时区名，如 Asia/Shanghai，或固定偏移，如 UTC+8、UTC-3:30",
        "{near}Write a name of the IANA list, as Asia/Shanghai, or a fixed offset, as UTC+8 or UTC-3:30",
    )


@cache
def names() -> frozenset[str]:
    """Return the names of the IANA list, its older names included."""
    return frozenset((resources.files("tzdata") / "zones").read_text(encoding="utf-8").split())


@cache
def zone(name: str) -> dt.tzinfo:
    """Return the zone of a name: `Europe/Berlin`, or `UTC-3:30` for an offset that never changes.

    Raises:
        UnknownZone: there is none.
    """
    if (match := _FIXED.fullmatch(name)) is not None and int(match[2]) * HOUR < DAY:
        hours, minutes, seconds, rest = (int(part or 0) for part in match.groups()[1:])
        size = hours * HOUR + minutes * MINUTE + seconds * SECOND + rest
        return dt.timezone((size if match[1] == "+" else -size) * _MILLISECOND, name)
    if name not in names():
        raise UnknownZone("zone", name=name, near=_near(name))
    with (resources.files("tzdata") / "zoneinfo").joinpath(*name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


def _near(name: str) -> Text:
    folded = {known.casefold(): known for known in sorted(names())}
    close = difflib.get_close_matches(name.casefold().replace(" ", "_"), folded, n=1, cutoff=0.75)
    return meant(folded[close[0]] if close else None)


def fixed(offset: Duration) -> str:
    """Return the name of the zone that is `offset` east of UTC for ever; only the time of day counts.

    >>> fixed(8 * HOUR), fixed(-3 * HOUR - 30 * MINUTE), fixed(0)
    ('UTC+8', 'UTC-3:30', 'UTC+0')
    """
    within = offset - DAY * round(offset / DAY) if abs(offset) >= DAY else offset
    size = abs(within)
    text = f"UTC{'-' if within < 0 else '+'}{size // HOUR}"
    if size % HOUR:
        text += f":{size % HOUR // MINUTE:02}"
    if size % MINUTE:
        text += f":{size % MINUTE // SECOND:02}"
    return f"{text}.{size % SECOND:03}" if size % SECOND else text


def offset_at(at: Instant, place: dt.tzinfo) -> Duration:
    """Return the offset of a zone from UTC at an instant, as a duration: positive to the east."""
    offset = moment(at).astimezone(place).utcoffset()
    assert offset is not None, "a zone has an offset at every instant"
    return offset // _MILLISECOND


def changed(start: Instant, end: Instant, place: dt.tzinfo) -> Instant | None:
    """Return the first change of a zone's offset after `start` and up to `end`; None where there is none.

    The two may lie at most two days apart: no zone of the list changes twice in that time.
    """
    before = offset_at(start, place)
    if offset_at(end, place) == before:
        return None
    while end - start > 1:
        middle = (start + end) // 2
        if offset_at(middle, place) == before:
            start = middle
        else:
            end = middle
    return end


def written(at: Instant, place: dt.tzinfo) -> str:
    """Write an instant per RFC 3339 in the local time of a zone, with its offset; in UTC as `iso` does.

    >>> written(0, zone("Asia/Shanghai"))
    '1970-01-01T08:00:00+08:00'
    """
    local = moment(at).astimezone(place)
    if not local.utcoffset():
        return iso(at)
    return local.isoformat(timespec="milliseconds" if at % SECOND else "seconds")


def day_number(at: Instant, place: dt.tzinfo) -> int:
    """Return the local date in a zone, as the number of days since 1970-01-01."""
    return moment(at).astimezone(place).date().toordinal() - _EPOCH_ORDINAL


def day_begins(number: int, place: dt.tzinfo) -> Instant:
    """Return the first instant of a date in a zone, by its number; of one left out, when the next begins.

    >>> iso(day_begins(day_number(0, zone("Asia/Shanghai")), zone("Asia/Shanghai")))
    '1969-12-31T16:00:00Z'
    """
    midnight = dt.datetime.fromordinal(number + _EPOCH_ORDINAL).replace(tzinfo=place)
    return instant(midnight)  # of two midnights the first; where there is none, the end of what is left out


def local_day(at: Instant, place: dt.tzinfo) -> str:
    """Write the local date in a zone, as YYYY-MM-DD."""
    return moment(at).astimezone(place).date().isoformat()
