"""Refunds, returns, overdue orders, payouts, advances, write-offs, the fund."""

from holdfast.bench.bare.model import PostHold, ReverseTransfer, VoidHold
from holdfast.bench.bare.room import WITH_BARE
from holdfast.claims.model import UpholdClaim
from holdfast.coverage.model import Coverage
from holdfast.kernel.clock import DAY, HOUR
from holdfast.ledger.model import Transfer
from holdfast.orders.facts import OwedReduced
from holdfast.orders.model import AskReturn, ConfirmNotice, ConfirmReturn, OrderState, ReduceOwed
from holdfast.parties.model import Consumer, MerchantReinstated, ReinstateMerchant, SuspendMerchant
from holdfast.settlement.facts import (
    AdvanceTakenBack,
    ClaimPaid,
    OrderRefunded,
    OrderWrittenOff,
    PayoutAsked,
    PayoutConfirmed,
    PayoutFailed,
    PayoutHeld,
    ProceedsAdvanced,
    ProceedsReleased,
)
from holdfast.settlement.model import (
    CapitaliseFund,
    ConfirmPayout,
    FailPayout,
    PayDeposit,
    Payout,
    PayoutState,
    RecordCapture,
    RecordRecovery,
    Refund,
    ReturnDeposit,
)
from one_market import FAILING, SILENT, START, OneMarket, of, policy


def uphold(amount: int | None = None, claim_id: str = "k1") -> UpholdClaim:
    return UpholdClaim(claim_id=claim_id, amount_minor=amount)


def debit_on_its_way(market: OneMarket, amount: int = 10_000) -> None:
    market.sell(amount=amount)
    market.wait(6 * DAY, SILENT)
    market.do(ConfirmNotice(order_id="o1"))
    market.wait(DAY, SILENT)


def test_a_refund_comes_from_the_order_and_then_from_the_merchant() -> None:
    market = OneMarket(policy("delivery_plus(9)", payout_cycle=30 * DAY))
    market.sell("o2", 5_000)
    market.wait(3 * DAY)
    market.sell_captured("o1", 8_000)
    market.wait(DAY)
    assert market.order().held_minor == 8_000
    [first] = of(OrderRefunded, market.do(Refund(order_id="o1", amount_minor=3_000, reason="a scratch")))
    assert (first.from_order_minor, first.from_available_minor) == (3_000, 0)
    market.wait(DAY)
    assert market.order().held_minor == 0
    [second] = of(OrderRefunded, market.do(Refund(order_id="o1", amount_minor=5_000, reason="broken")))
    assert (second.from_order_minor, second.from_available_minor) == (0, 5_000)
    assert market.refused(Refund(order_id="o1", amount_minor=1, reason="x")) == "nothing_to_claim"


def test_a_refund_is_all_or_nothing() -> None:
    market = OneMarket()
    market.sell_captured()
    market.wait(20 * DAY)
    refusal = market.refusal(Refund(order_id="o1", amount_minor=500, reason="x"))
    assert refusal.code == "refund_not_covered"
    assert refusal.what.startswith("500 minor units")
    market.claim(500)
    assert market.refused(Refund(order_id="o1", amount_minor=1, reason="x")) == "claim_open_already"


def test_a_return_after_the_debit_is_paid_back_whole() -> None:
    market = OneMarket()
    debit_on_its_way(market)
    market.do(RecordCapture(order_id="o1"), AskReturn(order_id="o1"))
    [paid] = of(ClaimPaid, market.do(ConfirmReturn(order_id="o1")))
    assert (paid.claim_id, paid.amount_minor, paid.from_order_minor) == ("o1/return", 10_000, 10_000)
    assert not market.balance("psp/CNY")


def test_a_failed_debit_is_owed_by_name_until_it_is_paid() -> None:
    market = OneMarket()
    market.sell()
    market.wait(10 * DAY, FAILING)
    assert market.order().state is OrderState.OVERDUE
    assert market.balance("consumer/c1/owed/CNY") == -10_000
    market.do(ReduceOwed(order_id="o1", owed_minor=9_000, reason="kindness"))
    assert market.balance("consumer/c1/owed/CNY") == -9_000
    market.do(RecordCapture(order_id="o1"))
    assert market.balance("consumer/c1/owed/CNY") == market.row(Consumer, "c1").outstanding_minor == 0
    assert market.of_merchant("held") == 9_000


def test_what_is_written_off_stays_owed_and_on_the_limit() -> None:
    market = OneMarket()
    market.sell()
    market.wait(200 * DAY, FAILING)
    assert market.order().state is OrderState.WRITTEN_OFF
    assert market.row(Consumer, "c1").outstanding_minor == 10_000
    assert market.balance("consumer/c1/owed/CNY") == -10_000
    assert not market.of_merchant("held")


def test_a_payout_is_a_hold_until_the_provider_confirms() -> None:
    market = OneMarket()
    market.sell_captured()
    [asked] = of(PayoutAsked, market.until(START + 17 * DAY, SILENT))
    assert market.of_merchant("available") == 9_920
    for payout_id in ("another", ""):
        wrong = ConfirmPayout(merchant_id="m1", payout_id=payout_id)
        assert market.refused(wrong) == "payout_not_asked"
    [confirmed] = of(PayoutConfirmed, market.do(ConfirmPayout(merchant_id="m1", payout_id=asked.payout_id)))
    assert confirmed.amount_minor == 9_920
    assert market.of_merchant("available") == 0
    again = ConfirmPayout(merchant_id="m1", payout_id=asked.payout_id)
    assert market.refused(again) == "payout_not_asked"


def test_a_payout_that_fails_is_tried_again_at_the_next_turn() -> None:
    market = OneMarket()
    market.sell_captured()
    [asked] = of(PayoutAsked, market.until(START + 17 * DAY, SILENT))
    [failed] = of(
        PayoutFailed, market.do(FailPayout(merchant_id="m1", payout_id=asked.payout_id, reason="x"))
    )
    assert failed.amount_minor == 9_920
    assert market.row(Payout, "m1").state is PayoutState.SCHEDULED
    assert of(PayoutConfirmed, market.wait(DAY + 3 * HOUR))


def test_payouts_leave_at_the_turns_of_the_cycle() -> None:
    market = OneMarket()
    market.sell_captured()
    facts = market.until(START + 20 * DAY)
    [at] = [fact.at for fact in facts if isinstance(fact.body, PayoutAsked)]
    assert at == START + 16 * DAY


def test_the_payouts_of_a_suspended_merchant_wait_for_people() -> None:
    market = OneMarket()
    market.sell_captured()
    market.do(SuspendMerchant(merchant_id="m1", reason="complaints"))
    [held] = of(PayoutHeld, market.wait(100 * DAY))
    assert held.code == "merchant_not_active"
    assert market.refused(ReturnDeposit(merchant_id="m1", amount_minor=1)) == "merchant_not_active"
    facts = market.do(ReinstateMerchant(merchant_id="m1"))
    assert of(MerchantReinstated, facts)
    assert of(PayoutConfirmed, market.wait(2 * DAY))


def test_the_reserve_of_an_order_comes_free_after_its_time() -> None:
    market = OneMarket(policy("rolling_reserve(10%, 30d)"))
    market.sell_captured()
    [released] = of(ProceedsReleased, market.home.facts())
    assert (released.reserve_minor, released.fee_minor, released.fund_minor) == (1_000, 60, 20)
    market.wait(40 * DAY)
    assert market.of_merchant("reserve") == market.of_merchant("available") == 0
    assert market.balance("psp/CNY") == -80


def advancing() -> OneMarket:
    return OneMarket(policy("full", advance_on_delivery=True))


def test_an_advance_is_paid_back_by_the_debit() -> None:
    market = advancing()
    market.sell()
    assert [body.amount_minor for body in of(ProceedsAdvanced, market.home.facts())] == [10_000]
    assert (market.balance("platform/advances/CNY"), market.of_merchant("held")) == (-10_000, 10_000)
    market.wait(8 * DAY)
    assert (market.balance("platform/advances/CNY"), market.of_merchant("held")) == (0, 10_000)


def test_an_advance_on_what_comes_back_is_taken_back() -> None:
    market = advancing()
    market.sell()
    market.do(ReduceOwed(order_id="o1", owed_minor=9_000, reason="a scratch"), AskReturn(order_id="o1"))
    facts = market.do(ConfirmReturn(order_id="o1"))
    [taken] = of(AdvanceTakenBack, facts)
    assert (taken.amount_minor, taken.held_minor, taken.missing_minor) == (9_000, 9_000, 0)
    assert market.balance("platform/advances/CNY") == market.of_merchant("held") == 0


def test_an_advance_that_is_never_paid_is_the_platforms_loss() -> None:
    market = advancing()
    market.sell()
    facts = market.wait(200 * DAY, FAILING)
    [written_off] = of(OrderWrittenOff, facts)
    assert (written_off.owed_minor, written_off.loss_minor) == (10_000, 10_000)
    assert market.balance("platform/losses/CNY") == -10_000
    assert market.balance("platform/advances/CNY") == 0
    assert market.of_merchant("available") == 9_920


def test_a_payment_after_the_write_off_is_held_and_covered_as_any() -> None:
    market = OneMarket()
    market.sell()
    market.wait(200 * DAY, FAILING)
    market.do(RecordCapture(order_id="o1"))
    assert market.balance("consumer/c1/owed/CNY") == market.row(Consumer, "c1").outstanding_minor == 0
    assert market.of_merchant("held") == 10_000
    market.claim(4_000)
    assert [body.from_order_minor for body in of(ClaimPaid, market.do(uphold()))] == [4_000]
    assert of(ProceedsReleased, market.wait(9 * DAY))


def test_a_payment_after_an_advance_was_written_off_covers_its_window_then_lowers_the_loss() -> None:
    market = advancing()
    market.sell()
    market.wait(200 * DAY, FAILING)
    paid_out = market.of_merchant("available")
    market.do(RecordCapture(order_id="o1"))
    assert (market.balance("platform/losses/CNY"), market.balance("platform/advances/CNY")) == (-10_000, 0)
    sums = market.row(Coverage, "m1")
    assert (sums.exposure_minor, sums.cover_minor, market.of_merchant("held")) == (10_000, 10_000, 10_000)
    [released] = of(ProceedsReleased, market.wait(9 * DAY, SILENT))
    assert (released.held_minor, released.loss_minor, released.available_minor) == (10_000, 10_000, 0)
    assert market.balance("platform/losses/CNY") == 0
    assert market.of_merchant("available") == paid_out


def test_a_claim_on_what_was_paid_after_a_write_off_comes_before_the_platforms_loss() -> None:
    market = advancing()
    market.sell()
    market.wait(200 * DAY, FAILING)
    market.do(RecordCapture(order_id="o1"))
    market.claim(4_000)
    assert [body.from_order_minor for body in of(ClaimPaid, market.do(uphold()))] == [4_000]
    [released] = of(ProceedsReleased, market.wait(9 * DAY))
    assert (released.loss_minor, market.balance("platform/losses/CNY")) == (6_000, -4_000)


def test_bare_commands_do_not_reach_what_orders_stand_on() -> None:
    market = OneMarket(policy("delivery_plus(9)"), commands=WITH_BARE)
    market.sell_captured()
    market.wait(3 * DAY, SILENT)
    [asked] = of(PayoutAsked, market.home.facts())
    assert market.refused(VoidHold(hold_id=asked.payout_id)) == "account_of_chart"
    assert market.refused(PostHold(hold_id=asked.payout_id, transfer_id="t")) == "account_of_chart"
    transfer = next(iter(market.home.rows(Transfer)))
    assert market.refused(ReverseTransfer(transfer_id=transfer.id)) == "account_of_chart"


def test_a_deposit_does_not_go_back_while_something_is_owed() -> None:
    market = OneMarket(fund=10_000)
    market.sell_captured(amount=5_000)
    market.wait(20 * DAY)
    market.claim(5_000)
    market.do(uphold())
    market.do(PayDeposit(merchant_id="m1", amount_minor=3_000))
    refusal = market.refusal(ReturnDeposit(merchant_id="m1", amount_minor=1))
    assert (refusal.code, refusal.what) == (
        "debt_first",
        "the merchant owes 5000 minor units to consumers, the fund, issuers of guarantees or the platform",
    )
    market.do(RecordRecovery(merchant_id="m1", amount_minor=5_000, source="court"))
    market.do(ReturnDeposit(merchant_id="m1", amount_minor=3_000))


def test_a_claim_on_an_advance_takes_it_back() -> None:
    market = advancing()
    market.sell()
    market.claim(4_000)
    facts = market.do(uphold())
    assert [body.owed_minor for body in of(OwedReduced, facts)] == [6_000]
    assert [body.held_minor for body in of(AdvanceTakenBack, facts)] == [4_000]


def test_the_fund_is_capitalised_in_a_known_currency() -> None:
    market = OneMarket(fund=5)
    assert market.balance("fund/CNY") == 5
    assert market.refused(CapitaliseFund(currency="ZZZ", amount_minor=1)) == "unknown_currency"
    assert market.refused(CapitaliseFund(currency="CNY", amount_minor=0)) == "amount_must_be_positive"
