"""What is recovered is shared among all claims that are short, however many, slice by slice."""

from collections import Counter
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from histories import Provider
from holdfast.claims.model import OpenClaim, UpholdClaim
from holdfast.enforcement.model import DeclareAbsconded
from holdfast.kernel.clock import DAY, HOUR
from holdfast.settlement import recovery
from holdfast.settlement.facts import (
    ClaimPaid,
    ClaimRecovered,
    FundRecovered,
    PayoutAsked,
    RecoveryShared,
    RecoveryStarted,
)
from holdfast.settlement.model import Claim, ClaimState, Debt, RecordRecovery, Recovery, RecoveryStage
from holdfast.settlement.otherwise import RecordChargeback
from one_market import OneMarket, of, policy, sale
from who_asks import Said

PLAIN = {"fee_bp": 0, "fund_share_bp": 0, "consumer_limit_minor": 10**9}


@pytest.fixture
def two_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recovery, "SLICE", 2)


def short(market: OneMarket, amounts: Sequence[int], prefix: str = "k", *, after: int = 10) -> None:
    """Have orders of these amounts delivered, paid out, and claimed so many days after."""
    keys = [f"{prefix}{number:03}" for number in range(len(amounts))]
    orders = [sale(f"o{key}", "m1", "c1", amount, 3) for key, amount in zip(keys, amounts, strict=True)]
    market.run(*(command for commands in orders for command in commands))
    market.wait(after * DAY)
    for key, amount in zip(keys, amounts, strict=True):
        claim = OpenClaim(claim_id=key, order_id=f"o{key}", amount_minor=amount, reason="it leaks")
        market.run(claim, UpholdClaim(claim_id=key))
    market.check()


def shorts(amounts: Sequence[int], *, fund: int = 0) -> OneMarket:
    market = OneMarket(policy("fixed_deposit(1)", **PLAIN), fund=fund)
    short(market, amounts)
    assert market.row(Debt, "m1").short_minor == sum(amounts) - fund
    return market


def recover(market: OneMarket, amount: int) -> list[object]:
    return [
        fact.body
        for fact in market.do(RecordRecovery(merchant_id="m1", amount_minor=amount, source="police"))
    ]


def got(market: OneMarket, prefix: str = "k") -> list[int]:
    return [claim.paid_minor for claim in market.home.rows(Claim) if claim.id.startswith(prefix)]


def exactly(pool: int, missing: Sequence[int]) -> Iterator[int]:
    """Yield each claim's share: what all up to it get, less what those before it got."""
    swept = 0
    for amount in missing:
        before, swept = swept, swept + amount
        yield pool * swept // sum(missing) - pool * before // sum(missing)


def a_slice(market: OneMarket) -> None:
    market.home.play_steps([], 1, react=Provider(0, 0, 0).react, listen=lambda _s, _at, _o: None)
    market.check()


def test_half_of_what_250_consumers_miss_is_half_for_each() -> None:
    market = OneMarket(policy("delivery_plus(0)", consumer_limit_minor=10**9))
    for number in range(250):
        market.run(*sale(f"o{number:03}", "m1", "c1", 10_000, 3))
    market.wait(9 * DAY)
    for person in ("Li", "Wang"):
        market.do(Said(person, DeclareAbsconded(merchant_id="m1", reason="nobody answers")))
    market.wait(21 * DAY)
    missing = market.row(Debt, "m1").short_minor
    before = {claim.id: claim.missing_minor for claim in market.home.rows(Claim)}
    assert Counter(before.values()) == {9_980: 250}
    recover(market, missing // 2)
    market.wait(0)
    assert Counter(before[c.id] - c.missing_minor for c in market.home.rows(Claim)) == {4_990: 250}


@settings(max_examples=20, deadline=None, derandomize=True)
@given(
    amounts=st.lists(st.integers(1, 9_999), min_size=4, max_size=9),
    percent=st.integers(1, 99),
    size=st.integers(1, 3),
)
def test_each_gets_its_share_to_the_fen_whatever_the_slices(
    amounts: list[int], percent: int, size: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recovery, "SLICE", size)
        market = shorts(amounts)
        pool = max(1, sum(amounts) * percent // 100)
        recover(market, pool)
        [shared] = of(RecoveryShared, market.wait(0))
    parts = got(market)
    assert parts == list(exactly(pool, amounts))
    assert sum(parts) == shared.paid_minor == pool
    assert all(
        abs(part * sum(amounts) - pool * amount) < sum(amounts)
        for part, amount in zip(parts, amounts, strict=True)
    )
    assert market.row(Debt, "m1").short_minor == sum(amounts) - pool


@pytest.mark.usefixtures("two_at_once")
def test_what_a_slice_takes_is_paid_at_once() -> None:
    market = shorts([100, 200])
    facts = recover(market, 150)
    assert [type(body) for body in facts].count(ClaimRecovered) == 2
    assert got(market) == [50, 100]
    assert market.home.row(Recovery, "m1") is None


@pytest.mark.usefixtures("two_at_once")
def test_who_becomes_short_and_what_comes_in_meanwhile_join_the_next_round() -> None:
    market = shorts([1_000] * 5)
    market.do(*sale("late", "m1", "c2", 700, 3))
    market.wait(10 * DAY)  # what it brought in was shared among the five
    market.do(OpenClaim(claim_id="z", order_id="late", amount_minor=700, reason="it leaks"))
    before = got(market)
    [begun] = [body for body in recover(market, 2_500) if isinstance(body, RecoveryStarted)]
    a_slice(market)
    facts = market.do(UpholdClaim(claim_id="z"))
    [paid] = of(ClaimPaid, facts)
    assert paid.missing_minor == 700
    assert market.row(Claim, "z").next_round
    assert not [body for body in recover(market, 600) if isinstance(body, RecoveryStarted)]
    assert not of(PayoutAsked, market.wait(HOUR))
    parts = [now - then for now, then in zip(got(market), before, strict=True)]
    assert parts == list(exactly(begun.pool_minor, [1_000 - then for then in before]))
    assert (market.row(Claim, "z").next_round, market.row(Claim, "z").paid_minor) == (False, 0)
    row = market.row(Recovery, "m1")
    assert (row.stage, row.hold_id is None) == (RecoveryStage.WAITING, False)
    facts = market.wait(DAY)
    [again] = of(RecoveryStarted, facts)
    assert again.pool_minor == 600
    assert sum(body.amount_minor for body in of(ClaimRecovered, facts)) == 600
    assert market.row(Claim, "z").paid_minor == 600 * 700 // again.missing_minor


@pytest.mark.usefixtures("two_at_once")
def test_claims_of_running_windows_have_theirs_before_those_after_them() -> None:
    market = OneMarket(policy("delivery_plus(0)", **PLAIN))
    short(market, [1_000] * 3, "late", after=40)
    short(market, [500] * 3, "running")
    assert {claim.id[0]: claim.late for claim in market.home.rows(Claim)} == {"l": True, "r": False}
    before = got(market, "late")
    recover(market, 1_200)
    facts = market.wait(0)
    assert [fact.late for fact in of(RecoveryShared, facts)] == [False]
    assert got(market, "running") == [400] * 3
    recover(market, 300 + 1_500)
    facts = market.wait(DAY)
    assert [fact.late for fact in of(RecoveryShared, facts)] == [False, True]
    assert got(market, "running") == [500] * 3
    assert sum(before) == 1_500, "from what the sales of the others brought in"
    assert got(market, "late") == [1_000] * 3


@pytest.mark.usefixtures("two_at_once")
def test_after_the_claims_the_fund_has_its_own_and_the_merchant_what_is_left() -> None:
    market = shorts([1_000] * 5, fund=700)
    recover(market, 5_050)
    facts = market.wait(2 * DAY)
    assert [fact.amount_minor for fact in of(FundRecovered, facts)] == [700]
    assert [fact.amount_minor for fact in of(PayoutAsked, facts)] == [50]
    assert got(market) == [1_000] * 5


@pytest.mark.usefixtures("two_at_once")
def test_few_that_are_left_are_paid_at_once_from_what_was_set_aside() -> None:
    market = shorts([10, 1_000, 1_000])
    recover(market, 2_000)
    market.wait(0)
    recover(market, 1)
    assert market.row(Recovery, "m1").stage is RecoveryStage.WAITING
    recover(market, 9)
    market.wait(DAY)
    assert got(market) == [10, 1_000, 1_000]
    assert market.row(Recovery, "m1").stage is RecoveryStage.DONE


@pytest.mark.usefixtures("two_at_once")
@pytest.mark.parametrize("charged", [3, 2])
def test_claims_that_banks_meet_leave_the_round_and_end_the_wait_for_the_next(charged: int) -> None:
    """What was set aside for them is the platform's then, which has paid for the merchant."""
    market = shorts([500, 300, 200])
    recover(market, 90)
    market.wait(HOUR)
    recover(market, 60)
    assert market.row(Recovery, "m1").stage is RecoveryStage.WAITING
    for number in range(charged):
        key = f"k{number:03}"
        missing = market.row(Claim, key).missing_minor
        market.do(
            RecordChargeback(chargeback_id=key, order_id=f"o{key}", amount_minor=missing, reason="not me")
        )
        assert market.row(Claim, key).state is ClaimState.PAID
    debt = market.row(Debt, "m1")
    assert (debt.short_minor > 0) is (charged < 3)
    market.wait(3 * DAY)
    assert market.row(Recovery, "m1").stage is RecoveryStage.DONE
    assert market.of_merchant("available") == 0
    left = market.row(Debt, "m1")
    assert left.here_minor == 1_000 - 90 - 60


@pytest.mark.usefixtures("two_at_once")
def test_a_round_goes_on_where_a_bank_has_met_a_claim_of_it() -> None:
    market = shorts([500, 300, 200])
    recover(market, 90)
    market.do(RecordChargeback(chargeback_id="b", order_id="ok001", amount_minor=300, reason="not me"))
    market.wait(3 * DAY)
    assert market.row(Recovery, "m1").stage is RecoveryStage.DONE
    assert market.row(Claim, "k001").missing_minor == 0
    assert market.row(Debt, "m1").here_minor == 1_000 - 90
