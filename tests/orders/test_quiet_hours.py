"""Quiet hours by the clocks of a place: over their changes, west of UTC, and where an hour is not whole."""

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from holdfast.kernel import zones
from holdfast.kernel.clock import DAY, HOUR, MINUTE, Instant, iso, parse
from holdfast.orders.facts import ReminderDue
from holdfast.orders.rules import outside_quiet_hours
from holdfast.policy.model import AdoptPolicy, Policy
from holdfast.policy_files.reading import named
from one_market import FAILING, OneMarket, policy


def quiet(first: int, last: int, zone: str) -> Policy:
    return policy("full", quiet_from_hour=first, quiet_to_hour=last, zone=zone)


@pytest.mark.parametrize(
    ("zone", "first", "last", "at", "moved"),
    [
        # Summer: Berlin is two hours east, and in winter one.
        ("Europe/Berlin", 21, 8, "2026-07-01T21:45:00+02:00", "2026-07-02T06:00:00Z"),
        ("Europe/Berlin", 21, 8, "2026-01-01T21:45:00+01:00", "2026-01-02T07:00:00Z"),
        # The night in which an hour is missing, and that in which one comes twice.
        ("Europe/Berlin", 21, 8, "2026-03-28T22:00:00+01:00", "2026-03-29T06:00:00Z"),
        ("Europe/Berlin", 21, 8, "2026-10-24T22:00:00+02:00", "2026-10-25T07:00:00Z"),
        # Quiet until 2:00, which is not on the clock: it leaps from 1:59:59 to 3:00.
        ("Europe/Berlin", 21, 2, "2026-03-28T22:00:00+01:00", "2026-03-29T01:00:00Z"),
        # Quiet until 2:00, which the clock reaches only the second time: at the first it goes back to 1:00.
        ("America/New_York", 21, 2, "2026-11-01T00:00:00-04:00", "2026-11-01T07:00:00Z"),
        # What is allowed lies in the hour that is missing: not this night, then.
        ("Europe/Berlin", 3, 2, "2026-03-28T12:00:00+01:00", "2026-03-30T00:00:00Z"),
        # 2:40 comes twice, and both are before the quiet hours, which begin at 3:00.
        ("Europe/Berlin", 3, 8, "2026-10-25T02:40:00+02:00", "2026-10-25T00:40:00Z"),
        # Half an hour is missing at Lord Howe: 2:00 is 2:30 there.
        ("Europe/Berlin", 3, 8, "2026-10-25T02:40:00+01:00", "2026-10-25T01:40:00Z"),
        ("Australia/Lord_Howe", 21, 2, "2026-10-03T23:00:00+10:30", "2026-10-03T15:30:00Z"),
        ("Australia/Lord_Howe", 21, 8, "2026-04-04T22:00:00+11:00", "2026-04-04T21:30:00Z"),
        # Saint John's is three and a half hours west, Kathmandu five and three quarters east.
        ("America/St_Johns", 21, 8, "2026-07-01T23:00:00-02:30", "2026-07-02T10:30:00Z"),
        ("Asia/Kathmandu", 21, 8, "2026-07-01T23:00:00+05:45", "2026-07-02T02:15:00Z"),
        # Samoa had no 30 December 2011: after the 29th it was the 31st.
        ("Pacific/Apia", 21, 8, "2011-12-29T22:00:00-10:00", "2011-12-30T18:00:00Z"),
        ("UTC-3:30", 21, 8, "2026-07-01T23:00:00-03:30", "2026-07-02T11:30:00Z"),
    ],
)
def test_the_clock_on_the_wall_says_when_quiet_hours_end(
    zone: str, first: int, last: int, at: str, moved: str
) -> None:
    assert iso(outside_quiet_hours(parse(at), quiet(first, last, zone))) == moved


def is_quiet(at: Instant, chosen: Policy) -> bool:
    hour = (at + zones.offset_at(at, zones.zone(chosen.zone))) % DAY // HOUR
    first, last = chosen.quiet_from_hour, chosen.quiet_to_hour
    return first <= hour < last if first <= last else hour >= first or hour < last


PLACES = (
    "Asia/Shanghai",
    "Europe/Berlin",
    "Europe/Dublin",
    "America/New_York",
    "America/Los_Angeles",
    "America/St_Johns",
    "America/Sao_Paulo",
    "America/Havana",
    "Atlantic/Azores",
    "Asia/Tehran",
    "Asia/Kathmandu",
    "Asia/Beirut",
    "Africa/Casablanca",
    "Africa/Cairo",
    "Australia/Lord_Howe",
    "Australia/Adelaide",
    "Pacific/Chatham",
    "Pacific/Apia",
    "Pacific/Marquesas",
    "Antarctica/Troll",
    "UTC-11",
    "UTC+5:45",
)
HOURS = st.integers(0, 23)


@st.composite
def near_a_change(draw: st.DrawFn) -> tuple[str, Instant]:
    """A zone, and a minute within two days of a change of its clock, if it has one that year."""
    name = draw(st.sampled_from([*PLACES, *sorted(zones.names())]))
    at = draw(st.integers(parse("1971-01-01") // MINUTE, parse("2090-01-01") // MINUTE)) * MINUTE
    place = zones.zone(name)
    for start in range(at, at + 365 * DAY, 2 * DAY):
        if (change := zones.changed(start, start + 2 * DAY, place)) is not None:
            return name, change + draw(st.integers(-2 * 24 * 60, 24 * 60)) * MINUTE
    return name, at


@given(near_a_change(), HOURS, HOURS)
@example(("America/Sao_Paulo", parse("2018-11-03T21:00:00-03:00")), 21, 0)  # no midnight that night
def test_a_reminder_comes_at_the_first_minute_that_is_not_quiet(
    where: tuple[str, Instant], first: int, last: int
) -> None:
    name, at = where
    chosen = quiet(first, last, name)
    moved = outside_quiet_hours(at, chosen)
    assert not is_quiet(moved, chosen)
    assert all(is_quiet(each, chosen) for each in range(at, moved, MINUTE))
    assert moved == at or is_quiet(moved - 1, chosen)


def test_a_market_in_berlin_reminds_at_eight_in_summer_and_in_winter() -> None:
    market = OneMarket(policy("full", zone="Europe/Berlin", reminder_every=30 * DAY, reminders=6))
    market.until(parse("2026-08-14T22:30:00+02:00"))
    market.sell()
    facts = market.wait(180 * DAY, FAILING)
    times = [iso(fact.at)[11:] for fact in facts if isinstance(fact.body, ReminderDue)]
    assert times == ["06:00:00Z"] * 3 + ["07:00:00Z"] * 3


def test_a_policy_of_before_zones_keeps_its_offset() -> None:
    stored = msgspec.to_builtins(named("full"))
    del stored["zone"]
    before = msgspec.convert({**stored, "utc_offset": -3 * HOUR - 30 * MINUTE}, Policy)
    assert before.local_zone == "UTC-3:30"
    at = parse("2026-07-01T23:00:00-03:30")
    assert outside_quiet_hours(at, before) == at + 9 * HOUR
    assert msgspec.convert(msgspec.to_builtins(before), Policy) == before


def test_a_policy_says_its_zone_once() -> None:
    with pytest.raises(ValueError, match="says its zone once"):
        policy("full", utc_offset=HOUR)
    with pytest.raises(ValueError, match="says its zone once"):
        policy("full", zone="")


def test_a_policy_whose_zone_nobody_knows_is_not_adopted() -> None:
    refused = OneMarket().refusal(AdoptPolicy(policy=policy("full", zone="Europe/Berln")))
    assert refused.code == "unknown_zone"
    assert "Did you mean Europe/Berlin?" in refused.fix
