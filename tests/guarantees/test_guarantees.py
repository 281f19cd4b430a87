"""Guarantees as cover: what they count for, until when, what they pay, and who owes it afterwards."""

import pytest

from histories import standing
from holdfast.coverage.model import Coverage, CoverFellShort, CoverRestored
from holdfast.enforcement.model import DeclareAbsconded, SweepStarted, WindDownFinished
from holdfast.guarantees.model import (
    CallTerms,
    Claimed,
    Guarantee,
    GuaranteeBegan,
    GuaranteeCalled,
    GuaranteeKind,
    GuaranteeLapsed,
    GuaranteePaid,
    GuaranteeRecorded,
    GuaranteeRefused,
    GuaranteeReleased,
    GuaranteeState,
    GuaranteeUncounted,
    IssuerSettled,
    RecordGuaranteePaid,
    RecordGuaranteeRefused,
    RecordIssuerSettled,
    ReleaseGuarantee,
)
from holdfast.kernel.clock import DAY
from holdfast.kernel.rows import Fact
from holdfast.parties.model import Owner, SuspendMerchant
from holdfast.policy.model import Policy
from holdfast.settlement.facts import (
    ClaimPaid,
    LossRecovered,
    PayoutConfirmed,
    ProceedsReleased,
)
from holdfast.settlement.model import (
    Debt,
    OpenClaim,
    PayDeposit,
    RecordRecovery,
    Refund,
    RejectClaim,
    ReturnDeposit,
    UpholdClaim,
)
from one_market import SILENT, START, OneMarket, of, placing, policy

CLOSING = (15 + 10) * DAY
"""So long before its end a guarantee on demand stops counting: the window, and the time for a call."""


def covered(**changes: object) -> Policy:
    """`covered`: proceeds go at the debit as far as guarantees stand for them, and without fees."""
    return policy("covered(0.99)", fee_bp=0, fund_share_bp=0, **changes)


def sums(market: OneMarket, merchant_id: str = "m1") -> tuple[int, int]:
    """What counts as cover, and what can be called."""
    row = market.row(Coverage, merchant_id)
    return row.guaranteed_minor, row.uncalled_minor


def released(limit: int = 8_000, amount: int = 10_000, **terms: object) -> OneMarket:
    """An order, debited: its proceeds went to the merchant as far as the guarantee stands for them."""
    market = OneMarket(covered(payout_cycle=0))
    market.do(standing("g1", "m1", limit, **terms))
    market.sell_captured("o1", amount)
    market.wait(DAY)
    return market


def uphold(market: OneMarket, claim_id: str = "k1") -> list[Fact]:
    return market.do(UpholdClaim(claim_id=claim_id, by="arbiter"))


def declare(market: OneMarket) -> list[Fact]:
    for person in ("Li", "Wang"):
        market.do(DeclareAbsconded(merchant_id="m1", by=person, reason="nobody answers"))
    return market.wait(0, SILENT)


def test_a_guarantee_counts_as_a_deposit_does() -> None:
    market = OneMarket(covered())
    [recorded] = of(GuaranteeRecorded, market.do(standing("g1", "m1", 8_000)))
    assert (recorded.counted_minor, recorded.counts_until) == (8_000, START + 365 * DAY - CLOSING)
    assert sums(market) == (8_000, 8_000)
    market.sell_captured("o1", 10_000)
    assert market.of_merchant("held") == 2_000
    row = market.row(Coverage, "m1")
    assert (row.exposure_minor, row.cover_minor, row.uncovered_minor) == (10_000, 2_000, 0)


def test_new_orders_wait_for_cover_that_a_guarantee_may_be() -> None:
    market = OneMarket(policy("fixed_deposit(1)"))
    market.sell_captured()
    market.home.adopt(policy("full"), market.now)
    assert market.refused(placing(order_id="o2")) == "cover_too_low"
    market.do(standing("g1", "m1", 4_999))
    assert market.refused(placing(order_id="o2")) == "cover_too_low"
    assert of(CoverRestored, market.do(standing("g2", "m1", 1)))
    market.do(placing(order_id="o2"))


@pytest.mark.parametrize(
    ("terms", "counted"),
    [
        ({}, 8_001),
        ({"excludes": (Claimed.LATE, Claimed.AWARDS)}, 8_001),
        ({"excludes": (Claimed.RUN_AWAYS,)}, 0),
        ({"excludes": (Claimed.ORDINARY,)}, 0),
        ({"call": CallTerms.AFTER_RULING, "kind": GuaranteeKind.SURETY_INSURANCE}, 4_000),
        ({"call": CallTerms.AFTER_RULING, "excludes": (Claimed.ORDINARY,)}, 0),
        ({"ends_at": START + CLOSING}, 0),
        ({"ends_at": START + CLOSING + 1}, 8_001),
        ({"call": CallTerms.AFTER_RULING, "ends_at": START + CLOSING + 30 * DAY}, 0),
        ({"call": CallTerms.AFTER_RULING, "ends_at": START + CLOSING + 30 * DAY + 1}, 4_000),
        ({"starts_at": START + 1}, 0),
    ],
    ids=str,
)
def test_what_counts_follows_from_the_terms(terms: dict[str, object], counted: int) -> None:
    market = OneMarket(covered())
    [recorded] = of(GuaranteeRecorded, market.do(standing("g1", "m1", 8_001, **terms)))
    assert recorded.counted_minor == counted
    assert market.home.row(Coverage, "m1") is None or sums(market)[0] == counted


def test_its_term_begins_counts_closes_and_ends() -> None:
    market = OneMarket(covered())
    begins, ends = START + 3 * DAY, START + 60 * DAY
    market.do(standing("g1", "m1", 500, starts_at=begins, ends_at=ends))
    assert market.row(Guarantee, "g1").state is GuaranteeState.AGREED
    assert [body.counted_minor for body in of(GuaranteeBegan, market.until(begins))] == [500]
    assert sums(market) == (500, 500)
    assert not of(GuaranteeUncounted, market.until(ends - CLOSING - 1))
    [closing] = of(GuaranteeUncounted, market.until(ends - CLOSING))
    assert (closing.counted_minor, closing.left_minor, closing.ends_at) == (0, 500, ends)
    assert sums(market) == (0, 500)
    assert not of(GuaranteeLapsed, market.until(ends - 1))
    [lapsed] = of(GuaranteeLapsed, market.until(ends))
    assert lapsed.left_minor == 500
    assert sums(market) == (0, 0)


def test_a_claim_is_paid_at_once_and_the_issuer_asked() -> None:
    market = released()
    assert market.of_merchant("available") == 0
    market.claim(10_000)
    facts = uphold(market)
    [paid], [called] = of(ClaimPaid, facts), of(GuaranteeCalled, facts)
    assert (paid.from_order_minor, paid.from_guarantee_minor, paid.missing_minor) == (2_000, 8_000, 0)
    assert (called.guarantee_id, called.amount_minor, called.claim_id) == ("g1", 8_000, "k1")
    assert (called.left_minor, called.counted_minor) == (0, 0)
    assert market.balance("platform/guarantees/CNY") == -8_000
    debt = market.row(Debt, "m1")
    assert (debt.issuer_minor, debt.fund_minor, debt.owed_minor) == (8_000, 0, 8_000)
    assert market.row(Coverage, "m1").owed_minor == 8_000
    assert sums(market) == (0, 0)
    part = market.do(RecordGuaranteePaid(guarantee_id="g1", amount_minor=3_000))
    assert of(GuaranteePaid, part)[0].open_minor == 5_000
    market.do(RecordGuaranteePaid(guarantee_id="g1", amount_minor=5_000))
    assert market.balance("platform/guarantees/CNY") == 0
    assert market.row(Debt, "m1").issuer_minor == 8_000


def test_the_waterfall_takes_the_deposit_first_and_the_fund_last() -> None:
    market = OneMarket(policy("fixed_deposit(1)", fee_bp=0, fund_share_bp=0, payout_cycle=0), fund=9_000)
    market.do(PayDeposit(merchant_id="m1", amount_minor=1_000), standing("g1", "m1", 2_000))
    market.sell_captured("o1", 10_000)
    market.wait(DAY)
    market.claim(10_000)
    [paid] = of(ClaimPaid, uphold(market))
    parts = (paid.from_deposit_minor, paid.from_guarantee_minor, paid.from_fund_minor)
    assert parts == (1_000, 2_000, 7_000)


def test_of_several_those_are_called_first_that_cover_least_and_end_first() -> None:
    market = OneMarket(covered(payout_cycle=0))
    market.do(
        standing("g1", "m1", 3_000),
        standing("g2", "m1", 3_000, ends_at=START + 200 * DAY),
        standing("g3", "m1", 3_000, excludes=(Claimed.RUN_AWAYS,)),
    )
    market.sell_captured("o1", 6_000)
    market.wait(DAY)
    market.claim(6_000)
    calls = of(GuaranteeCalled, uphold(market))
    assert [(body.guarantee_id, body.amount_minor) for body in calls] == [("g3", 3_000), ("g2", 3_000)]
    assert sums(market) == (3_000, 3_000)


@pytest.mark.parametrize(
    ("excluded", "paid"), [(Claimed.ORDINARY, 0), (Claimed.LATE, 8_000), (Claimed.RUN_AWAYS, 8_000)]
)
def test_what_it_excludes_it_does_not_pay(excluded: Claimed, paid: int) -> None:
    market = OneMarket(policy("fixed_deposit(1)", fee_bp=0, fund_share_bp=0, payout_cycle=0))
    market.do(standing("g1", "m1", 8_000, excludes=(excluded,)))
    market.sell_captured("o1", 10_000)
    market.wait(DAY)
    market.claim(10_000)
    assert of(ClaimPaid, uphold(market))[0].from_guarantee_minor == paid


@pytest.mark.parametrize(("excludes", "paid"), [((), 8_000), ((Claimed.LATE,), 0)])
def test_a_late_claim_is_paid_from_what_no_running_window_needs(
    excludes: tuple[Claimed, ...], paid: int
) -> None:
    market = released(excludes=excludes)
    market.wait(9 * DAY)
    market.sell_captured("o2", 5_000)
    assert market.of_merchant("held") == 0
    market.claim(10_000, "o1", "k1")
    [late] = of(ClaimPaid, uphold(market))
    assert late.late
    assert late.from_guarantee_minor == min(paid, 3_000)
    market.wait(9 * DAY)
    market.claim(5_000, "o2", "k2")
    [late] = of(ClaimPaid, uphold(market, "k2"))
    assert late.from_guarantee_minor == min(paid, 5_000)


def test_after_it_stopped_counting_it_pays_what_it_had_covered() -> None:
    market = released(ends_at=START + 8 * DAY + CLOSING)
    assert sums(market) == (0, 8_000)
    assert market.row(Coverage, "m1").uncovered_minor == 8_000
    assert market.row(Coverage, "m1").short
    market.claim(10_000)
    [paid] = of(ClaimPaid, uphold(market))
    assert (paid.from_guarantee_minor, paid.missing_minor) == (8_000, 0)


def test_nothing_leaves_while_a_guarantee_that_stopped_counting_is_leaned_on() -> None:
    market = OneMarket(covered(payout_cycle=0))
    market.do(standing("g1", "m1", 20_000, ends_at=START + 8 * DAY + CLOSING))
    market.sell("o1", 10_000)
    market.wait(3 * DAY)
    market.sell("o2", 4_000)
    market.wait(5 * DAY)
    assert market.of_merchant("held") == 0
    assert not of(ProceedsReleased, market.wait(3 * DAY))
    assert market.order("o2").held_minor == 4_000
    market.do(PayDeposit(merchant_id="m1", amount_minor=1_000))
    assert market.refused(ReturnDeposit(merchant_id="m1", amount_minor=1)) == "payout_breaks_cover"
    assert market.refused(ReleaseGuarantee(guarantee_id="g1")) == "payout_breaks_cover"


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
    market.do(RejectClaim(claim_id="k1", by="arbiter", reason="as shown"))
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


def test_terms_that_cannot_be_are_refused() -> None:
    market = OneMarket()
    market.do(standing("g1", "m1", 1))
    assert market.refused(standing("g1", "m1", 1)) == "guarantee_exists"
    assert market.refused(standing("g 2", "m1", 1)) == "bad_id"
    assert market.refused(standing("g2", "nobody", 1)) == "not_found"
    market.wait(DAY)
    wrongs: list[tuple[int, dict[str, object]]] = [
        (0, {}),
        (10**15 + 1, {}),
        (1, {"issuer": " "}),
        (1, {"starts_at": START + 9 * DAY, "ends_at": START + 9 * DAY}),
        (1, {"ends_at": market.now}),
        (1, {"excludes": (Claimed.LATE, Claimed.LATE)}),
    ]
    for limit, terms in wrongs:
        assert market.refused(standing("g2", "m1", limit, **terms)) == "bad_guarantee"


def test_it_is_released_where_cover_does_not_need_it() -> None:
    market = released()
    refusal = market.refusal(ReleaseGuarantee(guarantee_id="g1"))
    assert (refusal.code, "8000 are missing" in refusal.what) == ("payout_breaks_cover", True)
    market.do(PayDeposit(merchant_id="m1", amount_minor=8_000))
    [ended] = of(GuaranteeReleased, market.do(ReleaseGuarantee(guarantee_id="g1")))
    assert ended.left_minor == 8_000
    assert sums(market) == (0, 0)
    assert market.refused(ReleaseGuarantee(guarantee_id="g1")) == "wrong_state"
    market.do(standing("g2", "m1", 1), SuspendMerchant(merchant_id="m1", reason="complaints", by="Li"))
    assert market.refused(ReleaseGuarantee(guarantee_id="g2")) == "merchant_not_active"


def test_a_refund_calls_no_guarantee() -> None:
    market = released()
    assert market.refused(Refund(order_id="o1", amount_minor=10_000, reason="kindness")) == (
        "refund_not_covered"
    )
    market.do(Refund(order_id="o1", amount_minor=2_000, reason="kindness"))
    assert sums(market) == (8_000, 8_000)


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
    assert market.row(Owner, "p1").debt_minor == 5_000
    market.do(RecordGuaranteeRefused(guarantee_id="g1", amount_minor=1_000, reason="fraud"))
    assert market.row(Owner, "p1").debt_minor == 5_000
    market.do(RecordGuaranteePaid(guarantee_id="g1", amount_minor=4_000))
    market.do(RecordIssuerSettled(guarantee_id="g1", amount_minor=4_000))
    market.do(RecordRecovery(merchant_id="m1", amount_minor=1_000, source="police"))
    assert market.row(Owner, "p1").debt_minor == 0


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
