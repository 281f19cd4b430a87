"""The guard of the clock in the engine: what a jump does, who may say that it is right, and what then."""

import logging
from random import Random

import pytest

from holdfast.claims.model import OpenClaim, RejectClaim
from holdfast.engine.execution import Submission
from holdfast.engine.failures import tell_operator
from holdfast.engine.memory import Memory
from holdfast.journal.model import ClockConfirmed, ConfirmClock
from holdfast.journal.requests import Request
from holdfast.kernel.clock import DAY, HOUR, MINUTE
from holdfast.kernel.ids import Ids
from holdfast.kernel.refusal import Refusal
from holdfast.orders.model import Order
from one_market import START, OneMarket, of, policy, sale
from who_asks import asked, person


def test_a_jump_ahead_closes_no_window_and_a_person_can_say_that_it_is_right() -> None:
    market = OneMarket()
    market.sell()
    before = market.picture()
    market.now += 365 * DAY
    assert market.refused(sale("o2", "m1", "c1", 100, 1)[0]) == "clock_ahead"
    with pytest.raises(Refusal, match="clock_ahead"):
        market.home.advance(market.now)
    assert market.picture() == before
    [fact] = market.do(ConfirmClock(reason="closed for a year"))
    assert fact.body == ClockConfirmed(reason="closed for a year", before_at=START)
    assert fact.actor == person()
    assert market.home.advance(market.now) > 0
    market.do(*sale("o2", "m1", "c1", 100, 1))


def test_a_clock_that_goes_back_moves_no_window() -> None:
    """A claim is opened, and rejected by a process whose clock is three days behind; then a little behind."""
    market = OneMarket()
    market.sell_captured(amount=100_000)
    before = market.order().window_ends_at
    market.do(OpenClaim(claim_id="k", order_id="o1", amount_minor=1, reason="x"))
    rejecting = RejectClaim(claim_id="k", reason="no")
    market.now -= 3 * DAY
    assert market.refused(rejecting) == "clock_behind"
    market.now += 3 * DAY - MINUTE
    [fact, *_] = market.do(rejecting)
    assert fact.at == market.now + MINUTE
    assert market.order().window_ends_at == before


def test_a_refusal_of_the_clock_is_not_kept_under_the_key() -> None:
    market = OneMarket()
    placing = sale("o1", "m1", "c1", 100, 1)[0]
    market.now += 300 * HOUR
    [refused] = market.run(placing, key="k")
    assert refused.refusal is not None
    assert refused.refusal.code == "clock_ahead"
    market.now -= 300 * HOUR
    [done] = market.run(placing, key="k")
    assert done.accepted
    market.now += 300 * HOUR
    [again] = market.run(placing, key="k")
    assert again.replayed_ids == tuple(fact.id for fact in done.facts)


def test_after_a_person_has_said_so_an_earlier_time_is_the_present() -> None:
    market = OneMarket()
    market.now += 100 * HOUR
    market.do(*sale("o1", "m1", "c1", 100, 1))
    market.now -= 100 * HOUR
    assert market.refused(sale("o2", "m1", "c1", 100, 1)[0]) == "clock_behind"
    [confirmed] = market.do(ConfirmClock())
    [placed] = market.do(*sale("o2", "m1", "c1", 100, 1))
    assert placed.at == confirmed.at == START
    facts = list(market.home.facts())
    assert [fact.id for fact in facts] == sorted(fact.id for fact in facts)


def test_somebody_must_say_it() -> None:
    market = OneMarket()
    [outcome] = market.home.run([Submission(ConfirmClock(), START)])
    assert outcome.refusal is not None
    assert outcome.refusal.code == "person_needed"


def test_a_deadline_that_has_passed_happens_no_earlier_than_what_is_there() -> None:
    """A worker that is late: the order expired at thirty days, and something else happened an hour later."""
    market = OneMarket()
    market.do(*sale("o1", "m1", "c1", 100, 0))
    due = START + 30 * DAY
    market.wait(29 * DAY)
    market.now = due + HOUR
    market.do(*sale("o2", "m2", "c2", 100, 0))
    market.home.advance(market.now)
    late = [fact for fact in market.home.facts(order_id="o1") if fact.at > START]
    assert [fact.at for fact in late] == [due + HOUR]


def test_time_that_moves_by_command_is_nobodys_to_judge() -> None:
    home = Memory(Ids(Random(1)), guard=None)
    home.adopt(policy("full"), START)
    for at in (START + 400 * DAY, START - 400 * DAY):
        [outcome] = home.run([asked(ConfirmClock(), at)])
        assert outcome.facts[0].at == at
        home.advance(at)


def test_a_policy_that_is_adopted_with_an_earlier_time_comes_into_force_now() -> None:
    market = OneMarket()
    market.wait(20 * DAY)
    market.sell()
    market.home.adopt(policy("covered(0.99)"), START)
    assert list(market.home.facts())[-1].at == market.now


def test_a_row_is_left_out_of_the_keys_only_where_time_heals() -> None:
    market = OneMarket()
    market.run(sale("o1", "m1", "c1", 10**9, 1)[0], key="too much")
    market.run(OpenClaim(claim_id="k", order_id="o9", amount_minor=1, reason="x"), key="too early")
    assert market.home.row(Request, "too much") is not None
    assert market.home.row(Request, "too early") is None
    assert market.home.row(Order, "o1") is None


def test_the_fact_is_in_the_journal() -> None:
    market = OneMarket()
    market.do(ConfirmClock())
    assert len(of(ClockConfirmed, market.home.facts())) == 1


def test_it_is_logged_once_a_batch(caplog: pytest.LogCaptureFixture) -> None:
    market = OneMarket()
    market.now += 300 * HOUR
    outcomes = market.run(*sale("o1", "m1", "c1", 100, 3))
    with caplog.at_level(logging.ERROR):
        tell_operator(outcome.refusal for outcome in outcomes)
    [line] = caplog.messages
    assert "[clock_ahead]" in line
