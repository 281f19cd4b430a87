"""Refunds of a history: owed no more before the debit, refunded after it, and never paid twice."""

from contextlib import AbstractContextManager
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from replay_markets import START, history, order, play

from holdfast.audit.checks import audit
from holdfast.engine.home import Home
from holdfast.engine.memory import Memory
from holdfast.importers.history import History, HistoryOrder, HistoryRefund, Vanishing
from holdfast.kernel.clock import DAY, HOUR, MINUTE, Instant
from holdfast.orders.facts import OwedReduced
from holdfast.orders.model import Order, OrderState, ReduceOwed
from holdfast.policy_files import reading
from holdfast.replay import homes
from holdfast.replay.course import course, event_of
from holdfast.replay.drops import rejects_of
from holdfast.replay.money_back import REFUNDED
from holdfast.replay.policies import chosen
from holdfast.replay.refunds import money_back
from holdfast.replay.results import PolicyResult
from holdfast.replay.runner import Scenario, run
from holdfast.replay.tally import Tally
from holdfast.replay.world import Assumptions, vanishing_times
from holdfast.settlement.facts import CaptureAsked, OrderCaptured, OrderRefunded
from holdfast.settlement.model import Refund
from thorough import examples

DELIVERED = START + 3 * DAY
WHOLE = 10_000


def back(*refunds: tuple[int, Instant], **changes: Any) -> HistoryOrder:
    told = tuple(HistoryRefund(*refund) for refund in refunds)
    return order(1, placed_at=START)._replace(refunds=told, **changes)


def played(market: History, policy: str = "full") -> tuple[Memory, PolicyResult]:
    tally = Tally(vanishing_times(list(market.vanishings)))
    home = play(market, reading.named(policy), lambda _home: tally.listen)
    assert audit(home).findings == []
    return home, tally.result(policy, ledger_sum_minor=0, seconds=0.0)


def kept(home: Memory) -> Order:
    row = home.row(Order, "o0001")
    assert row is not None
    return row


def fact_times(home: Memory, kind: type) -> list[Instant]:
    return [fact.at for fact in home.facts() if isinstance(fact.body, kind)]


@pytest.mark.parametrize("policy", ["full", "today", "covered(0.99)"])
def test_before_the_debit_less_is_owed(policy: str) -> None:
    home, found = played(history(back((3_000, START + HOUR), (1_000, START + 2 * DAY))), policy)
    assert fact_times(home, OwedReduced) == [START + HOUR, START + 2 * DAY]
    assert (found.captured_minor, found.refunded_minor, found.not_taken) == (6_000, 4_000, [])
    assert fact_times(home, OrderRefunded) == []


@pytest.mark.parametrize("policy", ["full", "today"])
@pytest.mark.parametrize("at", [START, START + HOUR, START + 2 * DAY, DELIVERED])
def test_the_whole_before_the_debit_ends_the_order_without_one(policy: str, at: Instant) -> None:
    shipping = {"shipped_at": None, "delivered_at": None} if at < START + DAY else {}
    home, found = played(history(back((4_000, at), (6_000, at), **shipping)), policy)
    assert kept(home).state is OrderState.CANCELLED
    assert (found.captured_minor, found.refunded_minor, found.not_taken) == (0, WHOLE, [])


@pytest.mark.parametrize("amounts", [(2_500,), (2_500, 3_000), (WHOLE,)])
def test_after_the_debit_the_merchant_refunds(amounts: tuple[int, ...]) -> None:
    times = [DELIVERED + (10 + number) * DAY for number in range(len(amounts))]
    home, found = played(history(back(*zip(amounts, times, strict=True))))
    assert fact_times(home, OrderRefunded) == times
    assert (found.captured_minor, found.refunded_minor) == (WHOLE, sum(amounts))
    assert (found.not_taken, found.claims) == ([], 0)


def test_before_and_after_the_debit() -> None:
    home, found = played(history(back((3_000, START + HOUR), (7_000, DELIVERED + 10 * DAY))))
    [refund] = [fact.body for fact in home.facts() if isinstance(fact.body, OrderRefunded)]
    assert (refund.amount_minor, refund.reason) == (7_000, REFUNDED)
    assert (found.captured_minor, found.refunded_minor, found.not_taken) == (7_000, WHOLE, [])


@pytest.mark.parametrize("offset", [-1, 0, 1, MINUTE - 1, MINUTE, MINUTE + 1])
def test_around_the_debit_nothing_is_lost_and_nothing_is_paid_twice(offset: int) -> None:
    asked = fact_times(played(history(back()))[0], CaptureAsked)[0]
    home, found = played(history(back((3_000, asked + offset))))
    assert (found.refunded_minor, found.not_taken) == (3_000, [])
    assert found.captured_minor == (7_000 if offset <= 0 else WHOLE)
    if offset > 0:
        [captured], [refunded] = fact_times(home, OrderCaptured), fact_times(home, OrderRefunded)
        assert refunded == max(captured, asked + offset)


def vanishing(one: HistoryOrder, at: Instant) -> History:
    return history(one, vanishings=(Vanishing("m1", at),))


@pytest.mark.parametrize("policy", ["full", "today"])
def test_a_merchant_that_has_vanished_refunds_nothing(policy: str) -> None:
    late = DELIVERED + 60 * DAY  # after the window: nobody claims by itself
    with_it = played(vanishing(back((4_000, late)), late + HOUR), policy)[1]
    without, found = played(vanishing(back((4_000, late)), late - DAY), policy)
    assert fact_times(without, OrderRefunded) == []
    assert (with_it.claims, with_it.claimed_minor) == (0, 0)
    assert (found.refunded_minor, found.claims, found.claimed_minor) == (0, 1, 4_000)
    assert found.run_aways[0].owed_minor == 4_000


def test_what_a_vanished_merchant_does_not_refund_is_a_loss_where_no_money_is_left() -> None:
    late, deposit = DELIVERED + 60 * DAY, reading.named("today").deposit_minor
    dear = back((2 * deposit, late), amount_minor=3 * deposit)
    _, found = played(vanishing(dear, late - DAY), "today")
    assert (found.claimed_minor, found.uncovered_minor) == (2 * deposit, deposit)
    _, there = played(vanishing(dear, late + HOUR), "today")
    assert (there.refunded_minor, there.uncovered_minor) == (0, 0)
    assert [each.code for each in there.not_taken] == ["refund_not_covered"]


def test_in_the_window_one_that_vanished_is_claimed_from_once() -> None:
    gone = DELIVERED + 12 * DAY
    _, found = played(vanishing(back((4_000, gone + DAY)), gone))
    assert (found.refunded_minor, found.claims, found.claimed_minor) == (0, 1, WHOLE)
    _, before = played(vanishing(back((4_000, gone - DAY)), gone))
    assert (before.refunded_minor, before.claims, before.claimed_minor) == (4_000, 1, 6_000)


def test_what_a_review_claims_is_not_claimed_again_as_lost() -> None:
    one = back((3_000, DELIVERED), reviewed_at=DELIVERED + HOUR, score=1)
    planned = money_back(one, DELIVERED, Assumptions())
    assert planned.review is not None
    assert (planned.review.amount_minor, planned.refunds, planned.lost_minor) == (WHOLE, (), 0)
    half = money_back(one._replace(score=2), DELIVERED, Assumptions())
    assert half.lost_minor == 3_000


def test_before_the_debit_a_refund_that_does_not_come_is_claimed() -> None:
    _, found = played(vanishing(back((4_000, DELIVERED + DAY)), DELIVERED + HOUR), "today")
    assert (found.refunded_minor, found.not_taken) == (0, [])
    assert found.claimed_minor in {4_000, WHOLE}


BACK = DELIVERED + 3 * DAY


@pytest.mark.parametrize(
    ("refunds", "kinds"),
    [
        ([(WHOLE, BACK)], ["AskReturn", "ConfirmReturn"]),
        ([(WHOLE, BACK + 5 * DAY)], ["AskReturn", "ConfirmReturn"]),
        ([(2_000, BACK + 5 * DAY)], ["AskReturn", "ConfirmReturn"]),
        ([(WHOLE, BACK - 1)], ["ReduceOwed"]),
        ([(2_000, BACK - 1)], ["ReduceOwed", "AskReturn", "ConfirmReturn"]),
        ([(2_000, BACK - DAY), (8_000, BACK - 1)], ["ReduceOwed", "ReduceOwed"]),
        ([(2_000, BACK - DAY), (8_000, BACK)], ["ReduceOwed", "AskReturn", "ConfirmReturn"]),
    ],
)
def test_a_refund_and_a_cancellation_are_paid_once(refunds: list[tuple[int, int]], kinds: list[str]) -> None:
    one = back(*refunds, cancelled_at=BACK)
    commands = course(one, "CNY", None, reading.named("full"), Assumptions())
    names = [type(each.command).__name__ for each in commands]
    assert names == ["PlaceOrder", "ShipOrder", "DeliverOrder", *kinds]
    _, found = played(history(one))
    assert (found.captured_minor, found.claims, found.not_taken) == (0, 0, [])


def test_a_return_after_a_partial_refund_of_what_was_debited_gives_back_the_rest() -> None:
    at = DELIVERED + 10 * DAY
    home, found = played(history(back((2_000, at), cancelled_at=at + DAY)))
    assert (found.refunded_minor, found.claimed_minor, found.uncovered_minor) == (2_000, 8_000, 0)
    assert kept(home).awarded_minor == WHOLE


def test_before_shipping_a_cancellation_is_of_what_a_refund_leaves() -> None:
    times = {"shipped_at": None, "delivered_at": None, "cancelled_at": START + 2 * HOUR}
    for minor, refunded in ((2_000, 2_000), (WHOLE, WHOLE)):
        home, found = played(history(back((minor, START + HOUR), **times)))
        assert kept(home).state is OrderState.CANCELLED
        assert (found.refunded_minor, found.not_taken) == (refunded, [])


def test_a_refund_before_a_bad_review_leaves_less_to_claim() -> None:
    at = DELIVERED + 10 * DAY
    _, found = played(history(back((3_000, at), reviewed_at=at + DAY, score=1)))
    assert (found.refunded_minor, found.claimed_minor, found.not_taken) == (3_000, 7_000, [])
    _, nothing = played(history(back((WHOLE, at), reviewed_at=at + DAY, score=1)))
    assert (nothing.refunded_minor, nothing.claims, nothing.not_taken) == (WHOLE, 0, [])


@pytest.mark.parametrize("policy", ["full", "covered(0.99)", "today"])
@pytest.mark.parametrize("minor", [4_000, WHOLE])
@pytest.mark.parametrize("reviewed", [DELIVERED + HOUR, DELIVERED + 6 * DAY, DELIVERED + 10 * DAY])
def test_a_refund_after_a_bad_review_is_of_what_its_claim_leaves(
    reviewed: Instant, minor: int, policy: str
) -> None:
    claim = {"reviewed_at": reviewed, "score": 2}
    home, found = played(history(back((minor, reviewed + DAY), **claim)), policy)
    assert (found.refunded_minor, found.not_taken) == (min(minor, 5_000), [])
    row = kept(home)
    assert row.captured_minor - row.awarded_minor == max(1_000, 5_000 - minor) * (minor < WHOLE)
    _, whole = played(history(back((WHOLE, reviewed + DAY), reviewed_at=reviewed, score=1)))
    assert (whole.refunded_minor, whole.not_taken) == (0, [])


def test_of_an_order_in_parts_each_is_refunded_for_itself() -> None:
    first = back((4_000, START + 5 * HOUR))
    part = first._replace(
        id="o0001p", part_of="o0001", placed_at=START + 9 * HOUR, refunds=(HistoryRefund(WHOLE, START + DAY),)
    )
    home, found = played(history(first, part))
    assert (found.captured_minor, found.refunded_minor) == (6_000, 14_000)
    assert kept(home).captured_minor == 6_000


def test_a_refund_that_the_engine_does_not_take_is_told_with_its_column() -> None:
    """The order was cancelled as late, so that nothing is owed and nothing was debited."""
    market = history(back((1_000, START + 200 * DAY), shipped_at=None, delivered_at=None))
    scenario = Scenario(market, (), Assumptions(), 0)
    found = run(scenario, chosen(["full"], 10**13), "memory", homes.memory(0), lambda _name, _share: None)
    assert found.last_day == "2024-09-17"
    for policy in found.policies:
        [told] = policy.not_taken
        assert (told.event, told.code) == ("refunded", "wrong_state")
        assert (policy.cut_short, policy.refunded_minor) == ({"refunded": 1}, 0)
    assert [(each.column, each.value, each.policy) for each in rejects_of(market, found)] == [
        ("refunded_at", "2024-09-17T00:00:00Z", "full"),
        ("refunded_at", "2024-09-17T00:00:00Z", "today"),
    ]


def test_commands_of_others_are_no_refunds_of_the_history() -> None:
    assert event_of(ReduceOwed(order_id="o1", owed_minor=1, reason="kindness")) is None
    assert event_of(Refund(order_id="o1", amount_minor=1, reason="kindness")) is None
    assert event_of(Refund(order_id="o1", amount_minor=1, reason=REFUNDED)) == ("refunded", "o1")


TIMES = st.integers(0, 60 * 24).map(lambda hours: START + hours * HOUR)


@st.composite
def refunded_orders(draw: st.DrawFn) -> HistoryOrder:
    amounts = draw(st.lists(st.integers(1, WHOLE), max_size=4))
    while sum(amounts) > WHOLE:
        amounts.pop()
    times = sorted(draw(TIMES) for _ in amounts)
    arrived = draw(st.booleans())
    cancelled, reviewed = draw(st.none() | TIMES), draw(st.none() | TIMES)
    return back(
        *zip(amounts, times, strict=True),
        delivered_at=DELIVERED if arrived else None,
        cancelled_at=None if cancelled is None else max(cancelled, DELIVERED if arrived else START + DAY),
        reviewed_at=reviewed,
        score=None if reviewed is None else draw(st.integers(1, 5)),
    )


@given(
    one=refunded_orders(),
    gone=st.none() | TIMES,
    policy=st.sampled_from(["full", "covered(0.99)", "today"]),
    salt=st.none() | st.integers(0, 9),
)
@settings(max_examples=examples(80), deadline=None)
def test_whatever_goes_back_is_at_most_the_amount(
    one: HistoryOrder, gone: Instant | None, policy: str, salt: int | None
) -> None:
    """The books are right, no more is given back than was ordered, and what did not happen is told."""
    market = history(one) if gone is None else vanishing(one, gone)
    tally = Tally(vanishing_times(list(market.vanishings)))
    home = play(market, reading.named(policy), lambda _home: tally.listen, salt=salt)
    found = tally.result(policy, ledger_sum_minor=0, seconds=0.0)
    assert audit(home).findings == []
    planned = money_back(one, gone, Assumptions())
    row = kept(home)
    claimed = 0 if planned.review is None else planned.review.amount_minor
    assert planned.refunded_minor + planned.lost_minor + claimed <= WHOLE
    assert row.awarded_minor <= row.captured_minor <= WHOLE
    assert found.refunded_minor + found.claimed_minor <= WHOLE
    if salt is None:
        assert found.refunded_minor <= planned.refunded_minor
        ended = row.captured_minor == 0 and row.owed_minor == 0  # the consumer paid nothing, and will not
        assert found.refunded_minor == planned.refunded_minor or found.not_taken or ended


@given(one=refunded_orders(), gone=TIMES)
@settings(max_examples=examples(100))
def test_a_merchant_that_is_gone_refunds_no_more_than_one_that_stays(
    one: HistoryOrder, gone: Instant
) -> None:
    left, all_of_it = (money_back(one, at, Assumptions()) for at in (gone, None))
    assert all(refund.at < gone for refund in left.refunds)
    assert left.refunded_minor <= all_of_it.refunded_minor
    assert [refund.at for refund in left.refunds] == sorted(refund.at for refund in left.refunds)
    owed = [refund.owed_minor for refund in all_of_it.refunds]
    assert owed == sorted(set(owed), reverse=True)


def test_with_another_refund_it_is_another_run() -> None:
    """What the world refunds after the debit is in no command: a run that goes on must know it, too."""

    def name_of(minor: int) -> list[str]:
        names: list[str] = []
        memory = homes.memory(0)

        def noting(number: int, policy: str, run_name: str) -> AbstractContextManager[Home]:
            names.append(run_name)
            return memory(number, policy, run_name)

        reviewed = {"reviewed_at": DELIVERED + HOUR, "score": 2}
        market = history(back((minor, DELIVERED + DAY), **reviewed))
        scenario = Scenario(market, (), Assumptions(), 0)
        run(scenario, chosen([], 10**13)[-1:], "memory", noting, lambda _name, _share: None)
        return names

    assert name_of(1_000) == name_of(1_000) != name_of(2_000)
