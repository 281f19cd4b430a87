"""Every state of a merchant's payouts × every event: it goes where the table says."""

from collections.abc import Callable
from enum import StrEnum

import pytest

from holdfast.kernel.clock import DAY, Duration, Instant
from holdfast.kernel.rows import Command, Fact
from holdfast.parties.model import SuspendMerchant
from holdfast.policy.model import Policy
from holdfast.settlement.facts import PayoutAsked
from holdfast.settlement.model import ConfirmPayout, FailPayout, Payout, PayoutState
from holdfast.settlement.otherwise import RecordSeizure
from one_market import RELIABLE, OneMarket, of, policy
from walking import Walker, steps_of


class Debits:
    """A provider that answers everything but payouts."""

    def react(self, fact: Fact) -> list[tuple[Instant, Command]]:
        return [] if isinstance(fact.body, PayoutAsked) else RELIABLE.react(fact)


def chosen(release: str, cycle: Duration) -> Policy:
    return policy(release, payout_cycle=cycle, fee_bp=0, fund_share_bp=0)


def sold(cycle: Duration) -> OneMarket:
    """An order whose proceeds are the merchant's at once."""
    market = OneMarket(chosen("fixed_deposit(1)", cycle))
    market.sell()
    market.home.play(
        [], react=Debits().react, listen=lambda _s, _at, _o: None, until=market.now + 7 * DAY + 600_000
    )
    market.now += 7 * DAY + 600_000
    return market


def prepare(market: OneMarket, event: str, cycle: Duration) -> OneMarket:
    """Bring about what makes the next payout end as the event says."""
    match event:
        case "put_off":  # the order's window runs, and cover is due for it now
            market.home.adopt(chosen("full", cycle), market.now)
        case "refuse":
            market.do(SuspendMerchant(merchant_id="m1", reason="complaints"))
        case "nothing_left" if seized := market.of_merchant("available"):
            market.do(
                RecordSeizure(
                    seizure_id="z", merchant_id="m1", amount_minor=seized, authority="court", document="1"
                )
            )
        case _:
            pass
    return market


def payout_of(market: OneMarket) -> str:
    return of(PayoutAsked, market.home.facts())[-1].payout_id


def confirm(market: OneMarket) -> None:
    market.do(ConfirmPayout(merchant_id="m1", payout_id=payout_of(market)))


def fail(market: OneMarket) -> None:
    """Before it was confirmed: it failed. After that: it comes back, and is the merchant's again."""
    market.do(FailPayout(merchant_id="m1", payout_id=payout_of(market), reason="the account is closed"))


def idle(event: str) -> OneMarket:
    """What there was is paid out; the merchant's bank is about to send it back."""
    cycle = DAY if event == "schedule" else 0
    market = sold(0)
    confirm(market)
    market.home.adopt(chosen("fixed_deposit(1)", cycle), market.now)
    return prepare(market, event, cycle)


def scheduled(event: str) -> OneMarket:
    return prepare(sold(DAY), event, DAY)


def asked(_event: str) -> OneMarket:
    return sold(0)


def turn(market: OneMarket) -> None:
    """Let the next turn of the cycle come; or what was paid out comes back."""
    if market.row(Payout, "m1").state is PayoutState.IDLE:
        fail(market)
        return
    wakes = market.row(Payout, "m1").wake_at
    assert wakes is not None
    market.home.play([], react=Debits().react, listen=lambda _s, _at, _o: None, until=wakes)
    market.now = wakes
    market.check()


TURNS: dict[str, Callable[[OneMarket], None]] = dict.fromkeys(
    ("schedule", "ask", "put_off", "refuse", "nothing_left"), turn
)

PAYOUTS = Walker(
    Payout,
    "m1",
    reach={PayoutState.IDLE: idle, PayoutState.SCHEDULED: scheduled, PayoutState.ASKED: asked},
    asks={},
    happens={**TURNS, "confirmed": confirm, "failed": fail},
)


@pytest.mark.parametrize(("state", "event"), steps_of(PAYOUTS))
def test_every_state_and_event(state: StrEnum, event: str) -> None:
    PAYOUTS.walk(state, event)


def test_the_walk_is_whole() -> None:
    PAYOUTS.check()


def test_what_is_told_of_an_older_payout_leaves_the_row_where_it_is() -> None:
    market = sold(0)
    first = payout_of(market)
    fail(market)
    assert market.row(Payout, "m1").state is PayoutState.SCHEDULED
    market.do(ConfirmPayout(merchant_id="m1", payout_id=first))
    assert market.row(Payout, "m1").state is PayoutState.SCHEDULED
    turn(market)
    assert market.row(Payout, "m1").state is PayoutState.IDLE
