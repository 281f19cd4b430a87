"""Every state of a claim × every event: it goes where the table says, or is refused.

A claim that is upheld is paid in the same transaction, but for one on a merchant that ran, which waits for a
sweep of its wind-down: so the merchant has run wherever a claim is to be seen between the two.
"""

from enum import StrEnum

import pytest

from holdfast.claims.model import OpenClaim, RejectClaim, UpholdClaim
from holdfast.enforcement.model import DeclareAbsconded
from holdfast.kernel.clock import DAY
from holdfast.orders.model import ConfirmNotice
from holdfast.policy.model import Policy
from holdfast.settlement.model import (
    Claim,
    ClaimState,
    PayDeposit,
    RecordCapture,
    RecordCaptureFailure,
    RecordRecovery,
)
from holdfast.settlement.otherwise import RecordChargeback
from one_market import SILENT, OneMarket, policy, sale
from walking import Walker, step_by_step, steps_of
from who_asks import Said

CLAIM = OpenClaim(claim_id="k1", order_id="o1", amount_minor=1_000, reason="broken")
UPHOLD = UpholdClaim(claim_id="k1")
REJECT = RejectClaim(claim_id="k1", reason="as shown")
CHARGEBACK = RecordChargeback(chargeback_id="b1", order_id="o1", amount_minor=1_000, reason="not me")


def chosen(**changes: object) -> Policy:
    """Proceeds go at the debit: an order holds nothing for its claim."""
    return policy("fixed_deposit(1)", payout_cycle=0, fee_bp=0, fund_share_bp=0, **changes)


def runs_away(market: OneMarket) -> None:
    for person in ("Li", "Wang"):
        market.do(Said(person, DeclareAbsconded(merchant_id="m1", reason="gone")))


def state(market: OneMarket) -> ClaimState:
    return market.row(Claim, "k1").state


def goes_on(market: OneMarket) -> None:
    """Let what is to come happen, up to what brings the claim to another state."""
    before = state(market)
    step_by_step(market, lambda: state(market) is not before)


def claimed(market: OneMarket, steps: int) -> OneMarket:
    """Sell an order so far (3: it is delivered), and open the claim."""
    market.do(*sale("o1", "m1", "c1", 1_000, steps), CLAIM)
    return market


def debited(market: OneMarket) -> OneMarket:
    """The same after the debit, whose proceeds were paid out."""
    market.sell_captured("o1", 1_000)
    market.wait(DAY)
    market.do(CLAIM)
    return market


def open_(event: str) -> OneMarket:
    match event:
        case "forgive":
            return claimed(OneMarket(chosen()), 3)
        case "wait":
            return claimed(OneMarket(chosen(claim_stops_capture=False)), 3)
        case "cancel":
            return claimed(OneMarket(chosen()), 2)
        case "abscond":
            return debited(OneMarket(chosen()))
        case _:
            market = debited(OneMarket(chosen(refund_without_claim=False)))
            runs_away(market)
            return market


def waiting(event: str) -> OneMarket:
    """Decided before a debit that policy does not stop; where it is to be told, that is on its way."""
    market = claimed(OneMarket(chosen(claim_stops_capture=False)), 2 if event == "cancel" else 3)
    market.do(UPHOLD)
    if event == "cancel":
        return market
    market.wait(6 * DAY, SILENT)
    market.do(ConfirmNotice(order_id="o1"))
    market.wait(DAY, SILENT)
    if event == "captured":
        runs_away(market)
    return market


def upheld(event: str) -> OneMarket:
    """On a merchant that ran, which has a deposit where the claim is to be paid."""
    market = OneMarket(chosen(refund_without_claim=False))
    if event == "pay":
        market.do(PayDeposit(merchant_id="m1", amount_minor=5_000))
    debited(market)
    runs_away(market)
    market.do(UPHOLD)
    return market


def short(_event: str) -> OneMarket:
    market = debited(OneMarket(chosen()))
    market.do(UPHOLD)
    return market


def rejected(_event: str) -> OneMarket:
    market = debited(OneMarket(chosen()))
    market.do(REJECT)
    return market


def forgiven(_event: str) -> OneMarket:
    market = open_("forgive")
    market.do(UPHOLD)
    return market


def paid(_event: str) -> OneMarket:
    market = OneMarket(policy("full"))
    market.sell_captured("o1", 1_000)
    market.do(CLAIM, UPHOLD)
    return market


def cancels(market: OneMarket) -> None:
    """What it was about goes another way: the bank pays, or the parcel's merchant runs before it arrives."""
    if state(market) is ClaimState.UPHELD:
        market.do(CHARGEBACK)
    else:
        runs_away(market)
        goes_on(market)


def absconds(market: OneMarket) -> None:
    runs_away(market)
    goes_on(market)


def forgives(market: OneMarket) -> None:
    """It is upheld before the debit, or that fails."""
    waits = state(market) is ClaimState.WAITING
    market.do(RecordCaptureFailure(order_id="o1", reason="no money") if waits else UPHOLD)


def comes_in(market: OneMarket, amount: int) -> None:
    market.do(RecordRecovery(merchant_id="m1", amount_minor=amount, source="police"))


CLAIMS = Walker(
    Claim,
    "k1",
    reach={
        ClaimState.OPEN: open_,
        ClaimState.WAITING: waiting,
        ClaimState.UPHELD: upheld,
        ClaimState.SHORT: short,
        ClaimState.REJECTED: rejected,
        ClaimState.FORGIVEN: forgiven,
        ClaimState.PAID: paid,
    },
    asks={"UpholdClaim": lambda _: UPHOLD, "RejectClaim": lambda _: REJECT},
    happens={
        "abscond": absconds,
        "forgive": forgives,
        "wait": lambda market: market.do(UPHOLD),
        "cancel": cancels,
        "captured": lambda market: market.do(RecordCapture(order_id="o1")),
        "pay": goes_on,
        "pay_short": goes_on,
        "recover": lambda market: comes_in(market, 1_000),
        "recover_part": lambda market: comes_in(market, 100),
    },
)


@pytest.mark.parametrize(("before", "event"), steps_of(CLAIMS))
def test_every_state_and_event(before: StrEnum, event: str) -> None:
    CLAIMS.walk(before, event)


def test_the_walk_is_whole() -> None:
    CLAIMS.check()
