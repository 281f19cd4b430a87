"""Every state of an order × every command and timer: it goes where the table says, or is refused."""

from collections.abc import Callable

import pytest

from holdfast.claims.model import OpenClaim
from holdfast.kernel.clock import DAY
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.rows import Command
from holdfast.orders import rules
from holdfast.orders.model import (
    TRANSITIONS,
    AnswerAfterSales,
    AskAfterSales,
    AskReturn,
    CancelOrder,
    ConfirmNotice,
    ConfirmOrder,
    ConfirmReturn,
    DeliverOrder,
    LoseParcel,
    OrderState,
    Part,
    ReduceOwed,
    RefuseReturn,
    ShipOrder,
    Timer,
    WithdrawDelivery,
)
from holdfast.orders.parts import SplitOrder
from holdfast.orders.services import Line, PerformOrder
from holdfast.policy.model import adopted
from holdfast.reactions import TIMERS
from holdfast.settlement.model import RecordCapture, RecordCaptureFailure, Refund
from one_market import SILENT, OneMarket, placing

COMMANDS: dict[str, Command] = {
    "ConfirmOrder": ConfirmOrder(order_id="o1"),
    "CancelOrder": CancelOrder(order_id="o1", reason="changed my mind", taken_back=True),
    "ShipOrder": ShipOrder(order_id="o1"),
    "SplitOrder": SplitOrder(order_id="o1", parts=(Part(id="o1/2", amount_minor=1),)),
    "LoseParcel": LoseParcel(order_id="o1", reason="lost"),
    "DeliverOrder": DeliverOrder(order_id="o1"),
    "find": DeliverOrder(order_id="o1"),
    "PerformOrder": PerformOrder(order_id="o1", lines=(Line(item="a lesson", amount_minor=10_000),)),
    "WithdrawDelivery": WithdrawDelivery(order_id="o1", reason="another door"),
    "redo": WithdrawDelivery(order_id="o1", reason="nobody came"),
    "ConfirmNotice": ConfirmNotice(order_id="o1"),
    "AskReturn": AskReturn(order_id="o1"),
    "ConfirmReturn": ConfirmReturn(order_id="o1"),
    "RefuseReturn": RefuseReturn(order_id="o1", reason="an empty box"),
    "AskAfterSales": AskAfterSales(order_id="o1", question="how?"),
    "AnswerAfterSales": AnswerAfterSales(order_id="o1", answer="so"),
    "ReduceOwed": ReduceOwed(order_id="o1", owed_minor=1, reason="kindness"),
    "forgive": ReduceOwed(order_id="o1", owed_minor=0, reason="kindness"),
    "OpenClaim": OpenClaim(claim_id="k1", order_id="o1", amount_minor=1, reason="broken"),
    "RecordCapture": RecordCapture(order_id="o1", amount_minor=10_000, debit_id="d9"),
    "RecordCaptureFailure": RecordCaptureFailure(order_id="o1", reason="no money"),
    "Refund": Refund(order_id="o1", amount_minor=1, reason="kindness"),
}

INSIDE = {"find": "DeliverOrder", "redo": "WithdrawDelivery"}
"""Events of the table that are another command's, in its own state."""

EVENTS = sorted({event for steps in TRANSITIONS.values() for event in steps})


def placed(market: OneMarket, event: str) -> None:
    market.do(placing(confirmed=event not in {"ConfirmOrder", Timer.EXPIRE}, service=event == "PerformOrder"))
    if event == "find":
        market.do(ShipOrder(order_id="o1"), COMMANDS["LoseParcel"])
    asked(market, event)


def asked(market: OneMarket, event: str) -> None:
    if event in {"AnswerAfterSales", Timer.AFTER_SALES}:
        market.do(AskAfterSales(order_id="o1", question="how?"))


def shipped(market: OneMarket, event: str) -> None:
    placed(market, "")
    market.do(ShipOrder(order_id="o1"))
    asked(market, event)


def delivered(market: OneMarket, event: str) -> None:
    """What the event answers is asked first: a notice, a debit, a return, an after-sales request."""
    if event == "redo":
        market.do(placing(service=True), COMMANDS["PerformOrder"])
        return
    market.sell()
    match event:
        case "ConfirmNotice":
            market.wait(6 * DAY, SILENT)
        case "RecordCapture" | "RecordCaptureFailure":
            in_flight(market)
        case "ConfirmReturn" | "RefuseReturn" | Timer.RETURN:
            market.do(AskReturn(order_id="o1"))
        case "AnswerAfterSales" | Timer.AFTER_SALES:
            market.do(AskAfterSales(order_id="o1", question="how?"))
        case _:
            pass


def in_flight(market: OneMarket) -> None:
    """The notice is sent to the millisecond, so that the debit is asked for at the end of the trial."""
    market.wait(6 * DAY, SILENT)
    market.do(ConfirmNotice(order_id="o1"))
    market.wait(DAY, SILENT)


def overdue(market: OneMarket, _event: str) -> None:
    delivered(market, "RecordCaptureFailure")
    market.do(RecordCaptureFailure(order_id="o1", reason="no money"))


def captured(market: OneMarket, event: str) -> None:
    delivered(market, "RecordCapture")
    part = 4_000 if event in {"ReduceOwed", "forgive"} else None  # what is reduced was not taken
    market.do(RecordCapture(order_id="o1", amount_minor=part))
    match event:
        case "ConfirmReturn" | "RefuseReturn" | Timer.RETURN:
            market.do(AskReturn(order_id="o1"))
        case "AnswerAfterSales" | Timer.AFTER_SALES:
            market.do(AskAfterSales(order_id="o1", question="how?"))
        case _:
            pass


def completed(market: OneMarket, event: str) -> None:
    captured(market, event if event in {"ReduceOwed", "forgive"} else "")
    market.wait(8 * DAY)


def cancelled(market: OneMarket, _event: str) -> None:
    market.do(placing(), CancelOrder(order_id="o1", reason="changed my mind"))


def expired(market: OneMarket, _event: str) -> None:
    market.do(placing(confirmed=False))
    market.wait(30 * DAY)


def returned(market: OneMarket, _event: str) -> None:
    delivered(market, "ConfirmReturn")
    market.do(ConfirmReturn(order_id="o1"))


def written_off(market: OneMarket, _event: str) -> None:
    overdue(market, "")
    market.wait(180 * DAY)


REACH: dict[OrderState, Callable[[OneMarket, str], None]] = {
    OrderState.PLACED: placed,
    OrderState.SHIPPED: shipped,
    OrderState.DELIVERED: delivered,
    OrderState.OVERDUE: overdue,
    OrderState.CAPTURED: captured,
    OrderState.COMPLETED: completed,
    OrderState.CANCELLED: cancelled,
    OrderState.EXPIRED: expired,
    OrderState.RETURNED: returned,
    OrderState.WRITTEN_OFF: written_off,
}


def happens(market: OneMarket, event: str) -> str | None:
    """Let the event happen to order o1; return the refusal's code."""
    if event in COMMANDS:
        [outcome] = market.run(COMMANDS[event])
        return None if outcome.refusal is None else outcome.refusal.code
    desk, order = market.home.desk, market.order()
    try:
        if event == "abscond":
            rules.step(order, event)
        else:
            TIMERS[Timer(event)](desk, order, adopted(desk, order.policy_version), market.now)
    except Refusal as refusal:
        desk.undo()
        return refusal.code
    return None


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("state", OrderState)
def test_every_state_and_event(state: OrderState, event: str) -> None:
    market = OneMarket()
    REACH[state](market, event)
    assert market.order().state is state
    target = TRANSITIONS[state].get(event)
    refused = happens(market, event)
    if event in INSIDE and target is None:
        return  # the same command does something else there
    assert refused == (None if target else "wrong_state")
    assert market.order().state is (state if target is None or event == "abscond" else target)


def test_every_command_about_an_order_and_every_timer_is_in_the_table() -> None:
    assert set(EVENTS) == {*COMMANDS, *Timer, "abscond"}
    assert set(TIMERS) == set(Timer)


def test_nothing_leaves_an_end_but_claims_and_what_was_kept_back() -> None:
    from_ends = {
        event
        for state in (OrderState.CANCELLED, OrderState.EXPIRED, OrderState.RETURNED)
        for event in TRANSITIONS[state]
    }
    # a debit that came late goes back, and goods that came late are owed for no more
    assert from_ends == {Timer.RESERVE, "RecordCapture", "DeliverOrder"}


def test_what_is_written_off_can_still_be_paid() -> None:
    assert TRANSITIONS[OrderState.WRITTEN_OFF] == {"RecordCapture": OrderState.CAPTURED}
