"""Every stage of a wind-down × every event: it goes where the table says, or is refused."""

from enum import StrEnum

import pytest

from holdfast.claims.model import OpenClaim, UpholdClaim
from holdfast.enforcement.model import DeclareAbsconded, Stage, WindDown, WithdrawDeclaration
from holdfast.kernel.clock import DAY
from one_market import OneMarket, policy
from walking import Walker, step_by_step, steps_of
from who_asks import Said

CHOSEN = policy(
    "fixed_deposit(1)", declarations=3, refund_without_claim=False, payout_cycle=0, fee_bp=0, fund_share_bp=0
)
"""Three people declare; proceeds go at the debit, so that claims wait for a sweep; consumers are invited."""

WITHDRAW = Said("Li", WithdrawDeclaration(merchant_id="m1"))


def declaring(person: str) -> Said:
    return Said(person, DeclareAbsconded(merchant_id="m1", reason="nobody answers"))


def uphold(market: OneMarket, number: int) -> None:
    """Open a claim on an order that holds nothing any more, and decide it."""
    key = f"k{number}"
    market.do(OpenClaim(claim_id=key, order_id=f"o{number}", amount_minor=500, reason="broken"))
    market.do(UpholdClaim(claim_id=key))


def stage(market: OneMarket) -> Stage:
    return market.row(WindDown, "m1").stage


def on_to(market: OneMarket, wanted: Stage) -> OneMarket:
    step_by_step(market, lambda: stage(market) is wanted)
    return market


def sold() -> OneMarket:
    """Two orders, of which the window of the first has closed."""
    market = OneMarket(CHOSEN)
    market.sell_captured("o1", 1_000)
    market.wait(40 * DAY)
    market.sell_captured("o2", 1_000)
    market.wait(DAY)
    return market


def declared(event: str) -> OneMarket:
    """By two people, of whom one withdraws, or by one alone."""
    market = sold()
    market.do(declaring("Li"))
    if event != "last_withdrawn":
        market.do(declaring("Wang"))
    return market


def withdrawn(_event: str) -> OneMarket:
    market = declared("last_withdrawn")
    market.do(WITHDRAW)
    return market


def orders(_event: str) -> OneMarket:
    market = declared("")
    market.do(declaring("Zhao"))
    return market


def waiting(event: str) -> OneMarket:
    return on_to(orders(event), Stage.WAITING)


def gathering(event: str) -> OneMarket:
    return on_to(waiting(event), Stage.GATHERING)


def sweeping(event: str) -> OneMarket:
    market = waiting(event)
    if event == "more":  # those of running windows are swept first, those after theirs then
        uphold(market, 1)
        uphold(market, 2)
    return on_to(market, Stage.SWEEPING)


def done(event: str) -> OneMarket:
    return on_to(waiting(event), Stage.DONE)


def moves_on(market: OneMarket) -> None:
    """Let its next wakes happen, up to the one that brings it to another stage."""
    before = stage(market)
    step_by_step(market, lambda: stage(market) is not before)


WIND_DOWNS = Walker(
    WindDown,
    "m1",
    reach={
        Stage.DECLARED: declared,
        Stage.WITHDRAWN: withdrawn,
        Stage.ORDERS: orders,
        Stage.WAITING: waiting,
        Stage.GATHERING: gathering,
        Stage.SWEEPING: sweeping,
        Stage.DONE: done,
    },
    asks={
        "DeclareAbsconded": lambda _: declaring("Zhao"),
        "WithdrawDeclaration": lambda _: WITHDRAW,
    },
    happens={
        "last_withdrawn": lambda market: market.do(WITHDRAW),
        "claim": lambda market: uphold(market, 2),
        "orders_done": moves_on,
        "gather": moves_on,
        "sweep": moves_on,
        "swept": moves_on,
        "more": moves_on,
    },
    field="stage",
)


@pytest.mark.parametrize(("state", "event"), steps_of(WIND_DOWNS))
def test_every_stage_and_event(state: StrEnum, event: str) -> None:
    WIND_DOWNS.walk(state, event)


def test_the_walk_is_whole() -> None:
    WIND_DOWNS.check()
