"""Every state of a repayment × every event: it goes where the table says, or is refused.

What a provider says of a payment is recorded whatever has happened meanwhile: it names the payment, and so an
older one, too.
"""

from enum import StrEnum

import pytest

from holdfast.settlement.otherwise import (
    ConfirmRepayment,
    FailRepayment,
    RecordRefundReturned,
    Repayment,
    RepaymentState,
    RetryRepayment,
)
from holdfast.settlement.otherwise_facts import RepaymentAsked
from one_market import OneMarket, of
from walking import Walker, steps_of

RETRY = RetryRepayment(repayment_id="r1")


def payments(market: OneMarket) -> list[str]:
    """The payments that were asked for, the newest first."""
    return [ask.payment_id for ask in of(RepaymentAsked, market.home.facts())][::-1]


def confirmed(payment_id: str, amount: int | None = None) -> ConfirmRepayment:
    return ConfirmRepayment(repayment_id="r1", payment_id=payment_id, amount_minor=amount)


def failed(payment_id: str) -> FailRepayment:
    return FailRepayment(repayment_id="r1", payment_id=payment_id, reason="closed")


def asked(event: str) -> OneMarket:
    """A refund came back, and is on its way again; where an older payment is to count, once more."""
    market = OneMarket()
    market.sell_captured()
    market.do(RecordRefundReturned(repayment_id="r1", order_id="o1", amount_minor=1_000, reason="closed"))
    market.do(RETRY)
    if event == "on_its_way":
        market.do(failed(payments(market)[0]), RETRY)
    return market


def paid(event: str) -> OneMarket:
    """By its second payment, where the first is to arrive, too."""
    market = asked("on_its_way" if event == "ConfirmRepayment" else "")
    market.do(confirmed(payments(market)[0]))
    return market


def bounced(event: str) -> OneMarket:
    """Part of it had arrived, where that is to come back, too."""
    market = asked("")
    [payment] = payments(market)
    if event == "FailRepayment":
        market.do(confirmed(payment, 400))
    market.do(failed(payment))
    return market


REPAYMENTS = Walker(
    Repayment,
    "r1",
    reach={
        RepaymentState.ASKED: asked,
        RepaymentState.PAID: paid,
        RepaymentState.BOUNCED: bounced,
    },
    asks={
        "ConfirmRepayment": lambda market: confirmed(payments(market)[-1]),
        "FailRepayment": lambda market: failed(payments(market)[-1]),
        "RetryRepayment": lambda _: RETRY,
    },
    happens={"on_its_way": lambda market: market.do(confirmed(payments(market)[-1], 300))},
)


@pytest.mark.parametrize(("state", "event"), steps_of(REPAYMENTS))
def test_every_state_and_event(state: StrEnum, event: str) -> None:
    REPAYMENTS.walk(state, event)


def test_the_walk_is_whole() -> None:
    REPAYMENTS.check()


def test_a_payment_of_another_repayment_is_none_of_this_one() -> None:
    market = asked("")
    assert market.refused(confirmed("another")) == "repayment_not_asked"
    assert market.refused(failed("another")) == "repayment_not_asked"
