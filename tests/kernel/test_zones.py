"""Zones by name and by offset: the same on every machine, and written so that no reader has to guess."""

import datetime as dt
import struct
import subprocess
import sys
from importlib import resources
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.kernel import zones
from holdfast.kernel.clock import DAY, HOUR, MINUTE, instant, iso, parse
from holdfast.kernel.text import Text
from holdfast.kernel.zones import UnknownZone

OFFSETS = st.integers(-14 * HOUR, 14 * HOUR)


@given(OFFSETS, st.integers(parse("1971-01-01"), parse("2099-01-01")))
def test_an_offset_is_written_and_read_again(offset: int, at: int) -> None:
    place = zones.zone(zones.fixed(offset))
    assert zones.offset_at(at, place) == offset
    days_on = zones.zone(zones.fixed(offset + 3 * DAY))
    assert (zones.offset_at(at, days_on) - offset) % DAY == 0


@given(st.sampled_from(sorted(zones.names())), st.integers(parse("1971-01-01"), parse("2099-01-01")))
def test_what_is_written_is_the_same_instant(name: str, at: int) -> None:
    place = zones.zone(name)
    text = zones.written(at, place)
    if zones.offset_at(at, place) % MINUTE == 0:  # RFC 3339 has no seconds of an offset
        assert instant(dt.datetime.fromisoformat(text)) == at
    assert text.startswith(zones.local_day(at, place)) or text.endswith("Z")


def test_times_are_written_with_the_offset_of_the_day() -> None:
    berlin = zones.zone("Europe/Berlin")
    assert zones.written(parse("2026-07-02T06:00:00Z"), berlin) == "2026-07-02T08:00:00+02:00"
    assert zones.written(parse("2026-01-02T07:00:00.250Z"), berlin) == "2026-01-02T08:00:00.250+01:00"
    assert zones.written(parse("2026-01-02"), zones.zone("UTC")) == "2026-01-02T00:00:00Z"
    assert zones.local_day(parse("2026-01-02T02:00:00Z"), zones.zone("America/New_York")) == "2026-01-01"


def test_a_change_of_the_clock_is_found_to_the_millisecond() -> None:
    berlin = zones.zone("Europe/Berlin")
    change = parse("2026-03-29T01:00:00Z")
    assert zones.changed(change - DAY, change + DAY, berlin) == change
    assert zones.changed(change - 1, change, berlin) == change
    assert zones.changed(change - DAY, change - 1, berlin) is None
    assert zones.changed(change, change + DAY, berlin) is None, iso(change)


@pytest.mark.parametrize(
    "name", ["", "..", "../zones", "/etc/localtime", "Europe", "UTC+24", "UTC+8:60", "utc+8", "+08:00"]
)
def test_what_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(UnknownZone) as found:
        zones.zone(name)
    assert found.value.told() == Text(f"没有时区 {name!r}", f"{name!r} is no zone")


def changes(name: str) -> tuple[int, ...]:
    """When the clocks of a zone change, in seconds, as its file lists them (RFC 8536, version 2)."""
    data = (resources.files("tzdata") / "zoneinfo").joinpath(*name.split("/")).read_bytes()
    utc, standard, leaps, times, kinds, letters = struct.unpack(">6l", data[20:44])
    second = 44 + 5 * times + 6 * kinds + letters + 8 * leaps + standard + utc
    count = struct.unpack(">l", data[second + 32 : second + 36])[0]
    return struct.unpack(f">{count}q", data[second + 44 : second + 44 + 8 * count])


def test_no_zone_changes_its_clock_twice_in_two_days() -> None:
    """What `zones.changed` relies on, for all times that the engine takes."""
    for name in zones.names():
        at = [seconds for seconds in changes(name) if seconds >= 0]
        assert all(later - earlier > 2 * DAY // 1000 for earlier, later in pairwise(at)), name


def test_the_machine_has_no_say() -> None:
    """Another list of zones on the machine, another zone of the machine: the same rules."""
    told = (
        "from holdfast.kernel import zones\n"
        "print(zones.offset_at(1782972000000, zones.zone('Europe/Berlin')))"
    )
    found = subprocess.run(
        [sys.executable, "-c", told],
        check=True,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": ":".join(sys.path), "PYTHONTZPATH": "/nowhere", "TZ": "Asia/Kathmandu"},
    )
    assert found.stdout == f"{2 * HOUR}\n"
    assert ZoneInfo("Europe/Berlin") is not zones.zone("Europe/Berlin")
