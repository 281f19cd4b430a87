"""Every state of a debit in doubt × every event: it goes where the table says, or is refused."""

from enum import StrEnum

import pytest

from holdfast.settlement.model import RecordCapture
from holdfast.settlement.otherwise import ConfirmDoubt, DismissDoubt, Doubt, DoubtState
from one_market import OneMarket
from walking import Walker, steps_of

TOLD = RecordCapture(order_id="o1", amount_minor=10_000)
CONFIRM = ConfirmDoubt(doubt_id="o1/CNY/10000", debit_id="d1")
DISMISS = DismissDoubt(doubt_id="o1/CNY/10000", reason="told twice")


def in_doubt(_event: str) -> OneMarket:
    """A debit without an id is told of an order that was debited."""
    market = OneMarket()
    market.sell_captured()
    market.do(TOLD)
    return market


def confirmed(event: str) -> OneMarket:
    market = in_doubt(event)
    market.do(CONFIRM)
    return market


def dismissed(event: str) -> OneMarket:
    market = in_doubt(event)
    market.do(DISMISS)
    return market


DOUBTS = Walker(
    Doubt,
    "o1/CNY/10000",
    reach={
        DoubtState.OPEN: in_doubt,
        DoubtState.CONFIRMED: confirmed,
        DoubtState.DISMISSED: dismissed,
    },
    asks={"ConfirmDoubt": lambda _: CONFIRM, "DismissDoubt": lambda _: DISMISS},
    happens={
        "told_again": lambda market: market.do(TOLD),
    },
)


@pytest.mark.parametrize(("state", "event"), steps_of(DOUBTS))
def test_every_state_and_event(state: StrEnum, event: str) -> None:
    DOUBTS.walk(state, event)


def test_the_walk_is_whole() -> None:
    DOUBTS.check()
