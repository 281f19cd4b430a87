"""Every state of a guarantee × every command and date: it goes where the table says, or is refused."""

from collections.abc import Callable

import pytest

from histories import standing
from holdfast.claims.model import OpenClaim, UpholdClaim
from holdfast.guarantees.model import (
    TRANSITIONS,
    CallTerms,
    Guarantee,
    GuaranteeState,
    RecordGuaranteePaid,
    RecordGuaranteeRefused,
    RecordIssuerSettled,
    ReleaseGuarantee,
)
from holdfast.kernel.clock import DAY
from holdfast.kernel.rows import Command
from one_market import SILENT, START, OneMarket, policy

ENDS = START + 60 * DAY
COUNTS_UNTIL = ENDS - 25 * DAY

COMMANDS: dict[str, Command] = {
    "ReleaseGuarantee": ReleaseGuarantee(guarantee_id="g1"),
    "RecordGuaranteePaid": RecordGuaranteePaid(guarantee_id="g1", amount_minor=1),
    "RecordGuaranteeRefused": RecordGuaranteeRefused(guarantee_id="g1", amount_minor=1, reason="fraud"),
    "RecordIssuerSettled": RecordIssuerSettled(guarantee_id="g1", amount_minor=1),
}

EVENTS = frozenset(event for steps in TRANSITIONS.values() for event in steps)


def covering() -> OneMarket:
    """A guarantee of which a part was called and paid, and a part is open."""
    market = OneMarket(policy("fixed_deposit(1)", fee_bp=0, fund_share_bp=0, payout_cycle=0))
    market.do(standing("g1", "m1", 9_000, ends_at=ENDS))
    market.sell_captured("o1", 1_000)
    market.wait(DAY)
    market.do(
        OpenClaim(claim_id="k1", order_id="o1", amount_minor=500, reason="broken"),
        UpholdClaim(claim_id="k1"),
        RecordGuaranteePaid(guarantee_id="g1", amount_minor=200),
    )
    return market


def agreed() -> OneMarket:
    market = OneMarket()
    market.do(standing("g1", "m1", 9_000, starts_at=START + DAY, ends_at=ENDS))
    return market


def callable_() -> OneMarket:
    market = covering()
    market.until(COUNTS_UNTIL, SILENT)
    return market


def lapsed() -> OneMarket:
    market = covering()
    market.until(ENDS, SILENT)
    return market


def released() -> OneMarket:
    market = covering()
    market.do(ReleaseGuarantee(guarantee_id="g1"))
    return market


MAKERS: dict[GuaranteeState, Callable[[], OneMarket]] = {
    GuaranteeState.AGREED: agreed,
    GuaranteeState.COVERING: covering,
    GuaranteeState.CALLABLE: callable_,
    GuaranteeState.LAPSED: lapsed,
    GuaranteeState.RELEASED: released,
}


def state(market: OneMarket) -> GuaranteeState:
    return market.row(Guarantee, "g1").state


@pytest.mark.parametrize("before", GuaranteeState)
@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_in_every_state(before: GuaranteeState, name: str) -> None:
    market = MAKERS[before]()
    assert state(market) is before
    target = TRANSITIONS[before].get(name)
    if target is None:
        assert market.refused(COMMANDS[name]) == "wrong_state"
        assert state(market) is before
    else:
        market.do(COMMANDS[name])
        assert state(market) is target


def test_every_event_is_a_command_or_walked_below() -> None:
    assert set(COMMANDS) | {"begin", "begin_uncounted", "call", "stop_counting", "lapse"} == EVENTS


def test_dates_bring_it_from_state_to_state() -> None:
    market = agreed()
    seen = [state(market)]
    for at in (START + DAY, COUNTS_UNTIL, ENDS):
        market.until(at)
        seen.append(state(market))
    assert seen == [
        GuaranteeState.AGREED,
        GuaranteeState.COVERING,
        GuaranteeState.CALLABLE,
        GuaranteeState.LAPSED,
    ]


def test_one_that_cannot_count_any_more_begins_as_one_to_call() -> None:
    market = OneMarket()
    market.do(standing("g1", "m1", 9_000, starts_at=START + DAY, ends_at=START + 9 * DAY))
    market.until(START + DAY)
    assert state(market) is GuaranteeState.CALLABLE


@pytest.mark.parametrize("starts", [START, START + DAY])
def test_dates_that_all_passed_unseen_end_it(starts: int) -> None:
    """As after a worker that stood still: nothing is called after the term."""
    market = OneMarket()
    market.do(standing("g1", "m1", 9_000, starts_at=starts, ends_at=ENDS, call=CallTerms.ON_DEMAND))
    row = market.row(Guarantee, "g1")
    assert row.wake_at is not None
    market.now = ENDS + 90 * DAY
    market.until(market.now)
    assert state(market) is GuaranteeState.LAPSED
    assert market.row(Guarantee, "g1").wake_at is None


@pytest.mark.parametrize("make", [covering, callable_])
def test_calls_leave_it_where_it_is(make: Callable[[], OneMarket]) -> None:
    market = make()
    before = market.row(Guarantee, "g1")
    market.do(
        OpenClaim(claim_id="k2", order_id="o1", amount_minor=400, reason="broken"),
        UpholdClaim(claim_id="k2"),
    )
    after = market.row(Guarantee, "g1")
    assert (after.state, after.called_minor) == (before.state, before.called_minor + 400)
