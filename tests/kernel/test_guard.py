"""A time is held against the newest fact's: a little earlier is clamped, far away is refused and told."""

import pytest

from holdfast.kernel.clock import HOUR, MINUTE, parse
from holdfast.kernel.guard import GUARD, ClockAhead, ClockBehind, Guard

NEWEST = parse("2026-03-01")


def test_an_empty_home_takes_any_time() -> None:
    assert GUARD.present(NEWEST, None) == NEWEST


@pytest.mark.parametrize("later", [0, 1, HOUR, 240 * HOUR])
def test_a_later_time_is_the_present_up_to_the_bound(later: int) -> None:
    assert GUARD.present(NEWEST + later, NEWEST) == NEWEST + later


@pytest.mark.parametrize("earlier", [1, MINUTE, 5 * MINUTE])
def test_a_small_step_back_is_the_newest_facts_time(earlier: int) -> None:
    assert GUARD.present(NEWEST - earlier, NEWEST) == NEWEST


def test_a_jump_ahead_is_refused_with_its_figures() -> None:
    with pytest.raises(ClockAhead) as refused:
        GUARD.present(NEWEST + 240 * HOUR + 1, NEWEST)
    record = refused.value.record()
    assert record.code == "clock_ahead"
    assert record.what == (
        "it would be 2026-03-11T00:00:00.001Z, 10.0 days after the newest fact, 2026-03-01T00:00:00Z; "
        "up to 10.0 days are taken as right"
    )
    assert "holdfast clock confirm" in record.fix


def test_a_jump_back_is_refused_with_its_figures() -> None:
    with pytest.raises(ClockBehind) as refused:
        GUARD.present(NEWEST - 3 * HOUR, NEWEST)
    record = refused.value.record()
    assert record.code == "clock_behind"
    assert "3.0 h before the newest fact" in record.what
    assert "up to 5 min" in record.what


def test_the_bound_is_a_setting() -> None:
    with pytest.raises(ClockAhead):
        Guard(ahead=HOUR, behind=0).present(NEWEST + HOUR + 1, NEWEST)


def test_a_guard_that_goes_forward_takes_any_earlier_time_as_the_newest_facts() -> None:
    assert GUARD.forward().present(NEWEST - 400 * 24 * HOUR, NEWEST) == NEWEST
    with pytest.raises(ClockAhead):
        GUARD.forward().present(NEWEST + 241 * HOUR, NEWEST)
