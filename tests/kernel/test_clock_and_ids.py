"""Instants, the simulated clock, and ids that ascend."""

import datetime as dt
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.kernel.clock import DAY, SimulatedClock, SystemClock, day, instant, iso, moment, parse
from holdfast.kernel.ids import Ids

INSTANTS = st.integers(parse("0001-01-02"), parse("9999-12-30"))


@given(INSTANTS)
def test_an_instant_is_written_and_read_again(at: int) -> None:
    assert parse(iso(at)) == at
    assert instant(moment(at)) == at
    assert parse(day(at)) <= at < parse(day(at)) + DAY


def test_a_text_without_an_offset_is_utc() -> None:
    assert parse("2026-03-01") == parse("2026-03-01T08:00:00+08:00") == instant(dt.datetime(2026, 3, 1))  # noqa: DTZ001
    assert iso(parse("2026-03-01T00:00:00.007")) == "2026-03-01T00:00:00.007Z"
    assert iso(parse("2026-03-01")) == "2026-03-01T00:00:00Z"
    with pytest.raises(ValueError, match="Invalid isoformat"):
        parse("yesterday")


def test_a_simulated_clock_goes_forward_only() -> None:
    clock = SimulatedClock(parse("2026-03-01"))
    clock.advance_to(clock.now() + DAY)
    clock.advance_to(clock.now())
    assert day(clock.now()) == "2026-03-02"
    with pytest.raises(ValueError, match=r"does not go back: 2026-03-01T23:59:59\.999Z is before"):
        clock.advance_to(clock.now() - 1)


def test_the_machines_clock_is_in_this_century() -> None:
    assert parse("2020-01-01") < SystemClock().now() < parse("2120-01-01")


@given(st.lists(INSTANTS.filter(lambda at: at >= 0), min_size=1, max_size=200), st.integers())
def test_ids_ascend_whatever_the_clock_does(times: list[int], seed: int) -> None:
    ids = Ids(Random(seed))
    made = [ids.new(at) for at in times]
    assert made == sorted(set(made))
    highest = 0
    for at, key in zip(times, made, strict=True):
        highest = max(highest, at)
        assert int(key[:12], 16) == highest
        assert len(key) == 32
        assert (key[12], key[16] in "89ab") == ("7", True)


def test_more_ids_than_a_millisecond_counts_borrow_the_next() -> None:
    ids = Ids(Random(1))
    made = [ids.new(1_000) for _ in range(5_000)]
    assert made == sorted(set(made))
    assert {int(key[:12], 16) for key in made} == {1_000, 1_001}


def test_ids_that_were_thrown_away_are_made_again_at_their_place() -> None:
    ids = Ids(Random(1))
    ids.new(5)
    mark = ids.mark()
    thrown = [ids.new(5) for _ in range(3)]
    ids.reset(mark)
    assert [key[:16] for key in thrown] == [ids.new(5)[:16] for _ in range(3)]
