"""What issuers answer, and what a run-away or a term that ends asks of them."""

from guaranteed import CLOSING, covered, declare, released, sums, uphold

from histories import standing
from holdfast.claims.model import OpenClaim, RejectClaim
from holdfast.coverage.model import Coverage, CoverFellShort
from holdfast.enforcement.model import SweepStarted, WindDownFinished
from holdfast.guarantees.model import (
    Claimed,
    GuaranteeCalled,
    GuaranteeRefused,
    IssuerSettled,
    RecordGuaranteePaid,
    RecordGuaranteeRefused,
    RecordIssuerSettled,
)
from holdfast.kernel.clock import DAY
from holdfast.kernel.money import Money
from holdfast.parties.model import Owner
from holdfast.settlement.facts import (
    ClaimPaid,
    LossRecovered,
    PayoutConfirmed,
)
from holdfast.settlement.model import Debt, RecordRecovery, ReturnDeposit
from one_market import SILENT, START, OneMarket, of, placing, policy


def test_at_its_end_the_issuer_extends_or_pays_what_is_claimed_and_not_decided() -> None:
    ends = START + 8 * DAY + CLOSING
    market = released(ends_at=ends)
    market.claim(10_000)
    assert not of(GuaranteeCalled, market.until(ends - 10 * DAY - 1))
    [called] = of(GuaranteeCalled, market.until(ends - 10 * DAY))
    assert (called.amount_minor, called.claim_id) == (8_000, None)
    assert market.of_merchant("deposit") == 8_000
    assert market.row(Coverage, "m1").uncovered_minor == 0
    market.wait(60 * DAY)
    assert of(ClaimPaid, uphold(market))[0].from_deposit_minor == 8_000


def test_what_was_called_for_open_claims_does_not_go_to_the_merchant_before_its_issuer() -> None:
    ends = START + 8 * DAY + CLOSING
    market = released(ends_at=ends)
    market.claim(10_000)
    market.until(ends)
    market.do(RejectClaim(claim_id="k1", reason="as shown"))
    market.wait(30 * DAY)
    refusal = market.refusal(ReturnDeposit(merchant_id="m1", amount_minor=8_000))
    assert (refusal.code, "8000" in refusal.what) == ("debt_first", True)
    [settled] = of(IssuerSettled, market.do(RecordIssuerSettled(guarantee_id="g1", amount_minor=8_000)))
    assert settled.owed_minor == 0
    assert market.row(Debt, "m1").owed_minor == market.row(Coverage, "m1").owed_minor == 0
    market.do(ReturnDeposit(merchant_id="m1", amount_minor=8_000))


def test_what_follows_a_guarantee_is_not_called_for_at_its_end() -> None:
    ends = START + 8 * DAY + CLOSING
    market = released(ends_at=ends)
    market.claim(10_000)
    market.do(standing("g2", "m1", 8_000))
    assert not of(GuaranteeCalled, market.until(ends))


def test_an_issuer_that_refuses_is_the_platforms_loss_and_the_merchants_debt() -> None:
    market = released(limit=9_000)
    market.claim(8_000)
    uphold(market)
    assert sums(market) == (2_000, 2_000)
    refuse = RecordGuaranteeRefused(guarantee_id="g1", amount_minor=7_000, reason="fraud")
    facts = market.do(refuse)
    [refused] = of(GuaranteeRefused, facts)
    assert (refused.amount_minor, refused.open_minor, refused.counted_minor) == (7_000, 0, 0)
    assert market.balance("platform/losses/CNY") == -7_000
    assert market.balance("platform/guarantees/CNY") == 0
    debt = market.row(Debt, "m1")
    assert (debt.issuer_minor, debt.platform_minor) == (0, 7_000)
    assert sums(market) == (0, 2_000)
    back = market.do(RecordRecovery(merchant_id="m1", amount_minor=7_500, source="court"))
    assert [body.owed_minor for body in of(LossRecovered, back)] == [0]
    assert market.balance("platform/losses/CNY") == 0
    assert market.row(Coverage, "m1").owed_minor == 0


def test_a_refusal_takes_cover_away_and_nothing_leaves_until_it_is_back() -> None:
    market = OneMarket(covered(payout_cycle=0))
    market.do(standing("g1", "m1", 20_000))
    market.sell_captured("o1", 10_000)
    market.sell_captured("o2", 9_000)
    market.claim(5_000, "o1")
    uphold(market)
    facts = market.do(RecordGuaranteeRefused(guarantee_id="g1", amount_minor=1_000, reason="forged"))
    assert of(CoverFellShort, facts)
    assert market.refused(placing(order_id="o3")) == "cover_too_low"


def test_recourse_of_the_issuer_is_its_own_and_takes_nothing_here() -> None:
    market = released()
    market.claim(10_000)
    uphold(market)
    market.do(RecordGuaranteePaid(guarantee_id="g1", amount_minor=8_000))
    back = RecordRecovery(merchant_id="m1", amount_minor=1, source="court")
    assert market.refused(back) == "nothing_owed"
    market.sell_captured("o2", 4_000)
    market.wait(10 * DAY)
    assert of(PayoutConfirmed, market.home.facts())[-1].amount_minor == 4_000
    market.do(RecordIssuerSettled(guarantee_id="g1", amount_minor=7_999))
    assert market.row(Debt, "m1").issuer_minor == 1


def test_answers_are_to_what_was_asked() -> None:
    market = released()
    market.do(standing("g2", "m1", 10))
    for answer in (
        RecordGuaranteePaid(guarantee_id="g1", amount_minor=1),
        RecordGuaranteeRefused(guarantee_id="g1", amount_minor=1, reason="fraud"),
        RecordIssuerSettled(guarantee_id="g1", amount_minor=1),
    ):
        assert market.refused(answer) == "more_than_called"
    market.claim(10_000)
    uphold(market)
    for amount in (0, -1, 8_001):
        paid = RecordGuaranteePaid(guarantee_id="g1", amount_minor=amount)
        assert market.refused(paid) == "more_than_called"
    assert market.refused(RecordGuaranteePaid(guarantee_id="g9", amount_minor=1)) == "not_found"


def test_a_run_away_is_paid_from_its_guarantee_before_the_fund() -> None:
    market = OneMarket(covered(payout_cycle=0), fund=10_000)
    market.do(standing("g1", "m1", 5_000), standing("g2", "m1", 900, excludes=(Claimed.RUN_AWAYS,)))
    market.sell_captured("o1", 3_000)
    market.sell_captured("o2", 2_000)
    facts = declare(market)
    [started], [finished] = of(SweepStarted, facts), of(WindDownFinished, facts)
    assert (started.pool_minor, started.fund_set_aside_minor) == (5_000, 0)
    assert (finished.paid_minor, finished.missing_minor, finished.owed_to_fund_minor) == (5_000, 0, 0)
    assert {body.guarantee_id for body in of(GuaranteeCalled, facts)} == {"g1"}
    assert market.row(Owner, "p1").debts == (Money(5_000, "CNY"),)
    market.do(RecordGuaranteeRefused(guarantee_id="g1", amount_minor=1_000, reason="fraud"))
    assert market.row(Owner, "p1").debts == (Money(5_000, "CNY"),)
    market.do(RecordGuaranteePaid(guarantee_id="g1", amount_minor=4_000))
    market.do(RecordIssuerSettled(guarantee_id="g1", amount_minor=4_000))
    market.do(RecordRecovery(merchant_id="m1", amount_minor=1_000, source="police"))
    assert market.row(Owner, "p1").debts == ()


def test_a_sweep_that_a_guarantee_is_too_small_for_shares_it_and_takes_the_rest_of_the_fund() -> None:
    market = OneMarket(policy("fixed_deposit(1)", fee_bp=0, fund_share_bp=0, payout_cycle=0), fund=1_000)
    market.do(standing("g1", "m1", 2_000))
    market.sell("o1", 3_000)
    market.sell("o2", 3_000, consumer="c2")
    market.wait(8 * DAY)
    paid = of(ClaimPaid, declare(market))
    assert [body.amount_minor for body in paid] == [1_500, 1_500]
    assert sum(body.from_guarantee_minor for body in paid) == 2_000
    assert sum(body.from_fund_minor for body in paid) == 1_000


def test_late_claims_on_a_run_away_have_the_guarantee_too() -> None:
    market = released()
    market.wait(20 * DAY)
    declare(market)
    market.do(OpenClaim(claim_id="k1", order_id="o1", amount_minor=6_000, reason="broken"))
    uphold(market)
    [paid] = of(ClaimPaid, market.wait(0, SILENT))
    assert (paid.late, paid.from_guarantee_minor) == (True, 6_000)


def test_a_merchant_without_guarantees_is_not_asked_for_any() -> None:
    market = OneMarket(policy("fixed_deposit(1)"))
    market.do(standing("g1", "m2", 100))
    market.sell_captured()
    market.claim(5_000)
    uphold(market)
    assert market.balance("platform/guarantees/CNY") == 0
    assert market.row(Coverage, "m1").uncalled_minor == 0
