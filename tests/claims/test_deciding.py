"""A claim is decided without a command, for whoever rules on it: by what is granted of what was claimed."""

import pytest

from holdfast.claims.book import decide
from holdfast.claims.facts import ClaimRejected, ClaimUpheld
from holdfast.claims.model import UpholdClaim
from holdfast.claims.refusals import DecisionTooHigh
from holdfast.kernel.refusal import WrongState
from holdfast.kernel.rows import FactBody
from holdfast.settlement.facts import ClaimPaid
from holdfast.settlement.model import Claim, ClaimState
from one_market import OneMarket


def claimed() -> OneMarket:
    market = OneMarket()
    market.sell_captured()
    market.claim(4_000)
    return market


def decided(market: OneMarket, granted: int, reason: str = "") -> list[FactBody]:
    """Rule on the claim, as a reaction to a ruling would."""
    desk = market.home.desk
    return decide(desk, desk.need(Claim, "k1"), granted, market.now, reason=reason)


def test_with_something_granted_it_is_upheld_for_that_and_paid() -> None:
    market = claimed()
    upheld, paid, *_ = decided(market, 1_500)
    assert isinstance(upheld, ClaimUpheld)
    assert upheld.amount_minor == 1_500
    assert isinstance(paid, ClaimPaid)
    assert paid.amount_minor == 1_500
    assert market.row(Claim, "k1").state is ClaimState.PAID


def test_with_nothing_granted_it_is_rejected_with_the_reason() -> None:
    market = claimed()
    [rejected] = decided(market, 0, "as shown")
    assert isinstance(rejected, ClaimRejected)
    assert rejected.reason == "as shown"
    assert market.row(Claim, "k1").state is ClaimState.REJECTED
    assert market.order().claim_id is None


@pytest.mark.parametrize("granted", [-1, 4_001])
def test_no_more_is_granted_than_was_claimed_and_never_less_than_nothing(granted: int) -> None:
    with pytest.raises(DecisionTooHigh):
        decided(claimed(), granted)


@pytest.mark.parametrize("granted", [0, 1_500, 4_001])
def test_what_is_decided_is_decided(granted: int) -> None:
    market = claimed()
    market.do(UpholdClaim(claim_id="k1"))
    with pytest.raises(WrongState):
        decided(market, granted)


def test_the_command_grants_something() -> None:
    """Who would grant nothing rejects, and says why."""
    assert claimed().refused(UpholdClaim(claim_id="k1", amount_minor=0)) == "decision_too_high"
