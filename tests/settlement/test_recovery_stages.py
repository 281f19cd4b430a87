"""Every stage of the rounds of a recovery × every event: it goes where the table says."""

from collections.abc import Iterator
from enum import StrEnum

import pytest

from holdfast.claims.model import OpenClaim, UpholdClaim
from holdfast.kernel.clock import DAY
from holdfast.settlement import recovery
from holdfast.settlement.model import Claim, RecordRecovery, Recovery, RecoveryStage
from holdfast.settlement.otherwise import RecordChargeback
from one_market import OneMarket, policy, sale
from walking import Walker, step_by_step, steps_of

CHOSEN = policy("fixed_deposit(1)", fee_bp=0, fund_share_bp=0, payout_cycle=0)
AMOUNTS = (10, 2_000, 3_000)


@pytest.fixture(autouse=True)
def two_at_once() -> Iterator[None]:
    """More claims than two are shared among in rounds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recovery, "SLICE", 2)
        yield


def recover(market: OneMarket, amount: int) -> None:
    market.do(RecordRecovery(merchant_id="m1", amount_minor=amount, source="police"))


def stage(market: OneMarket) -> RecoveryStage:
    return market.row(Recovery, "m1").stage


def sharing(_event: str) -> OneMarket:
    """Three claims, that found nothing, are to share what came in."""
    market = OneMarket(CHOSEN)
    for number, amount in enumerate(AMOUNTS):
        market.do(*sale(f"o{number}", "m1", "c1", amount, 3))
    market.wait(10 * DAY)
    for number, amount in enumerate(AMOUNTS):
        claim = OpenClaim(claim_id=f"k{number}", order_id=f"o{number}", amount_minor=amount, reason="broken")
        market.do(claim, UpholdClaim(claim_id=f"k{number}"))
    recover(market, 1_000)
    return market


def done(event: str) -> OneMarket:
    """The first round has ended; where another is to begin, a day has passed."""
    market = sharing(event)
    market.wait(DAY if event == "begin" else 0)
    return market


def waiting(_event: str) -> OneMarket:
    """Something came in soon after the round."""
    market = done("")
    recover(market, 5)
    return market


def moves_on(market: OneMarket) -> None:
    """Let its next wakes happen, up to the one that brings it to another stage."""
    before = stage(market)
    step_by_step(market, lambda: stage(market) is not before)


def begins(market: OneMarket) -> None:
    """By what comes in, or with the day on which the next may."""
    if stage(market) is RecoveryStage.DONE:
        recover(market, 5)
    else:
        moves_on(market)


def few_are_left(market: OneMarket) -> None:
    """A consumer has its money by another way: two claims can be paid at once."""
    missing = market.row(Claim, "k2").missing_minor
    market.do(RecordChargeback(chargeback_id="b", order_id="o2", amount_minor=missing, reason="not me"))


RECOVERIES = Walker(
    Recovery,
    "m1",
    reach={
        RecoveryStage.DONE: done,
        RecoveryStage.SHARING: sharing,
        RecoveryStage.WAITING: waiting,
    },
    asks={},
    happens={
        "begin": begins,
        "set_aside": lambda market: recover(market, 5),
        "shared": moves_on,
        "few": few_are_left,
    },
    field="stage",
)


@pytest.mark.parametrize(("state", "event"), steps_of(RECOVERIES))
def test_every_stage_and_event(state: StrEnum, event: str) -> None:
    RECOVERIES.walk(state, event)


def test_the_walk_is_whole() -> None:
    RECOVERIES.check()
