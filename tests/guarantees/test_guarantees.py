"""Guarantees as cover: what they count for, until when, what they pay, and who owes it afterwards."""

import pytest
from guaranteed import CLOSING, covered, released, sums, uphold

from histories import standing
from holdfast.coverage.model import Coverage, CoverRestored
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
    GuaranteeReleased,
    GuaranteeState,
    GuaranteeUncounted,
    RecordGuaranteePaid,
    ReleaseGuarantee,
)
from holdfast.kernel.clock import DAY
from holdfast.parties.model import SuspendMerchant
from holdfast.settlement.facts import (
    ClaimPaid,
    ProceedsReleased,
)
from holdfast.settlement.model import (
    Debt,
    PayDeposit,
    Refund,
    ReturnDeposit,
)
from one_market import START, OneMarket, of, placing, policy


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
    market.do(standing("g2", "m1", 1), SuspendMerchant(merchant_id="m1", reason="complaints"))
    assert market.refused(ReleaseGuarantee(guarantee_id="g2")) == "merchant_not_active"


def test_a_refund_calls_no_guarantee() -> None:
    market = released()
    assert market.refused(Refund(order_id="o1", amount_minor=10_000, reason="kindness")) == (
        "refund_not_covered"
    )
    market.do(Refund(order_id="o1", amount_minor=2_000, reason="kindness"))
    assert sums(market) == (8_000, 8_000)
