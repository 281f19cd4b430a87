"""Parcels that are lost, found, taken to another door; deliveries that are withdrawn."""

import pytest

from holdfast.claims.facts import ClaimOpened
from holdfast.claims.model import OpenClaim, RejectClaim, UpholdClaim
from holdfast.kernel.clock import DAY, HOUR
from holdfast.orders.facts import (
    ArrivedAfterEnd,
    DeliveryWithdrawn,
    OrderCancelled,
    OrderDelivered,
    ParcelLost,
)
from holdfast.orders.model import (
    AnswerAfterSales,
    AskAfterSales,
    AskReturn,
    CancelOrder,
    DeliverOrder,
    LoseParcel,
    OrderState,
    ShipOrder,
    WithdrawDelivery,
)
from holdfast.parties.model import Consumer
from holdfast.settlement.facts import ClaimPaid, OrderCaptured
from holdfast.settlement.model import Claim, RecordCaptureFailure
from one_market import SILENT, OneMarket, of, placing, policy

LOST = LoseParcel(order_id="o1", reason="the lorry burnt")
WITHDRAWN = WithdrawDelivery(order_id="o1", reason="another door")


def shipped() -> OneMarket:
    market = OneMarket()
    market.do(placing(), ShipOrder(order_id="o1"))
    return market


def test_a_lost_parcel_is_sent_anew_or_its_order_ends() -> None:
    market = shipped()
    [told] = of(ParcelLost, market.do(LOST))
    assert told.ship_by == market.now + policy("full").ship_within
    market.do(ShipOrder(order_id="o1"), DeliverOrder(order_id="o1"))
    assert [each.amount_minor for each in of(OrderCaptured, market.wait(8 * DAY))] == [10_000]
    market = shipped()
    market.do(LOST)
    assert [each.released_minor for each in of(OrderCancelled, market.wait(40 * DAY))] == [10_000]
    assert market.row(Consumer, "c1").outstanding_minor == 0


def test_the_consumer_may_cancel_once_the_parcel_is_lost() -> None:
    market = shipped()
    cancel = CancelOrder(order_id="o1", reason="too late now")
    assert market.refused(cancel) == "parcel_on_its_way"
    market.do(LOST, cancel)


def test_a_parcel_that_is_found_arrives_and_one_that_comes_after_the_end_is_told_and_not_owed() -> None:
    market = shipped()
    market.do(LOST, DeliverOrder(order_id="o1"))
    assert market.order().state is OrderState.DELIVERED
    market = shipped()
    market.do(LOST)
    market.wait(40 * DAY)
    [arrived] = of(ArrivedAfterEnd, market.do(DeliverOrder(order_id="o1")))
    assert arrived.order_id == "o1"
    order = market.order()
    assert (order.state, order.owed_minor, order.delivered_at) == (OrderState.CANCELLED, 0, market.now)
    assert market.refused(DeliverOrder(order_id="o1")) == "arrived_already"
    assert not market.wait(300 * DAY)


def test_a_delivery_that_is_withdrawn_debits_nothing_until_the_goods_are_there() -> None:
    market = OneMarket()
    market.sell()
    market.wait(6 * DAY)  # the notice is out
    market.do(AskAfterSales(order_id="o1", question="where is it?"))
    [told] = of(DeliveryWithdrawn, market.do(WITHDRAWN))
    assert told.claim_id is None
    order = market.order()
    assert (order.state, order.delivered_at, order.capture_at) == (OrderState.SHIPPED, None, None)
    assert (order.notice_asked_at, order.window_ends_at) == (None, None)
    assert order.deliver_by == market.now + policy("full").deliver_within
    market.do(AnswerAfterSales(order_id="o1", answer="at your neighbour's"))
    assert not of(OrderCaptured, market.wait(5 * DAY))
    market.do(DeliverOrder(order_id="o1"))
    assert market.order().capture_at == market.now + policy("full").trial


def test_a_return_that_was_asked_for_is_void_with_its_delivery() -> None:
    market = OneMarket()
    market.sell()
    market.do(AskReturn(order_id="o1"), WITHDRAWN)
    assert market.order().return_asked_at is None
    [ended] = of(OrderCancelled, market.wait(100 * DAY))
    assert ended.reason == "never delivered"


@pytest.mark.parametrize("when", ["asked", "captured", "completed", "overdue", "advanced"])
def test_where_money_has_moved_a_claim_waits_for_a_person(when: str) -> None:
    market = OneMarket(policy("full", advance_on_delivery=when == "advanced"), fund=50_000)
    market.sell()
    if when in {"asked", "overdue"}:
        market.until(market.order().capture_at + 60_000)  # type: ignore[operator]
    if when == "overdue" and market.order().state is OrderState.DELIVERED:
        market.do(RecordCaptureFailure(order_id="o1", reason="no money"))
    if when in {"captured", "completed"}:
        market.wait({"captured": 8 * DAY, "completed": 30 * DAY}[when])
    before = market.order().state
    facts = market.do(WITHDRAWN)
    [told], [claim] = of(DeliveryWithdrawn, facts), of(ClaimOpened, facts)
    assert told.claim_id == claim.claim_id == "o1/withdrawn"
    assert claim.amount_minor == 10_000
    assert market.order().state is before
    facts = market.do(UpholdClaim(claim_id="o1/withdrawn")) + market.wait(3 * DAY)
    assert market.row(Consumer, "c1").outstanding_minor == 0
    order = market.order()
    assert order.captured_minor == order.awarded_minor
    assert sum(each.missing_minor for each in of(ClaimPaid, facts)) == 0


def test_an_open_claim_goes_on_and_a_withdrawal_that_was_decided_is_not_decided_again() -> None:
    market = OneMarket()
    market.sell_captured()
    market.claim(400)
    [told] = of(DeliveryWithdrawn, market.do(WITHDRAWN))
    assert told.claim_id == "k1"
    market.do(RejectClaim(claim_id="k1", reason="it is there"))
    market.do(WITHDRAWN, RejectClaim(claim_id="o1/withdrawn", reason="signed for"))
    assert market.refused(WITHDRAWN) == "claim_exists"
    market.wait(300 * DAY)
    assert market.refused(WithdrawDelivery(order_id="o1", reason="a year later")) in {
        "claim_exists",
        "claim_too_late",
    }


def test_a_claim_cannot_take_the_name_of_a_withdrawals() -> None:
    market = OneMarket()
    market.sell()
    claim = OpenClaim(claim_id="o1/withdrawn", order_id="o1", amount_minor=1, reason="mine")
    assert market.refused(claim) == "claim_id_reserved"
    assert market.home.row(Claim, "o1/withdrawn") is None


@pytest.mark.parametrize("event", [LOST, WITHDRAWN])
def test_a_pause_moves_what_was_set_while_it_lasted_to_its_whole_length_and_no_further(event: object) -> None:
    market = OneMarket()
    market.do(placing(), ShipOrder(order_id="o1"))
    if event is WITHDRAWN:
        market.do(DeliverOrder(order_id="o1"))
    market.wait(DAY, SILENT)
    market.claim(100)
    market.wait(3 * DAY, SILENT)
    market.do(event)  # pyright: ignore[reportArgumentType]
    market.wait(5 * DAY, SILENT)
    market.do(RejectClaim(claim_id="k1", reason="as shown"))
    order, chosen = market.order(), policy("full")
    if event is LOST:
        assert order.ship_by == market.now + chosen.ship_within
    else:
        assert order.deliver_by == market.now + chosen.deliver_within


def test_delivered_before_shipped_under_one_key_succeeds_when_its_time_has_come() -> None:
    market = OneMarket()
    market.do(placing())
    [early] = market.run(DeliverOrder(order_id="o1"), key="d1")
    assert early.refusal is not None
    assert early.refusal.code == "wrong_state"
    market.do(ShipOrder(order_id="o1"))
    market.wait(HOUR)
    [again] = market.run(DeliverOrder(order_id="o1"), key="d1")
    assert again.accepted
    [third] = market.run(DeliverOrder(order_id="o1"), key="d1")
    assert third.accepted
    assert len(of(OrderDelivered, market.home.facts())) == 1
