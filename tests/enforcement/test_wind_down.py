"""A run-away: declared by two people, wound down in slices, paid in one sweep."""

import pytest
from msgspec.structs import replace

from holdfast.claims.model import OpenClaim, UpholdClaim
from holdfast.enforcement.model import (
    AbscondingDeclared,
    ClaimInvited,
    DebitPaused,
    DeclarationWithdrawn,
    DeclareAbsconded,
    MerchantAbsconded,
    Stage,
    SweepStarted,
    WindDown,
    WindDownFinished,
    WithdrawDeclaration,
)
from holdfast.enforcement.sweep import SLICE
from holdfast.kernel.clock import DAY
from holdfast.kernel.money import Money
from holdfast.kernel.rows import Fact
from holdfast.orders.facts import OrderCancelled
from holdfast.orders.model import PlaceOrder
from holdfast.parties.model import Merchant, MerchantStatus, OpenPayLater, Owner, RegisterMerchant
from holdfast.policy.model import Policy
from holdfast.settlement.facts import (
    CaptureAsked,
    ClaimPaid,
    ClaimRecovered,
    FundRecovered,
    PayoutAsked,
    PayoutConfirmed,
    PayoutHeld,
)
from holdfast.settlement.model import (
    Claim,
    ClaimState,
    ConfirmPayout,
    Debt,
    PayDeposit,
    RecordRecovery,
    Refund,
)
from one_market import SILENT, START, OneMarket, of, placing, policy, sale
from who_asks import Said


def declaring(person: str, merchant_id: str = "m1") -> Said:
    return Said(person, DeclareAbsconded(merchant_id=merchant_id, reason="nobody answers"))


def declare(market: OneMarket, merchant_id: str = "m1") -> list[Fact]:
    """Two people declare, and the wind-down does what it may at once."""
    market.do(declaring("Li", merchant_id))
    return market.do(declaring("Wang", merchant_id)) + market.wait(0)


def many(chosen: Policy, orders: int, *, fund: int = 0) -> OneMarket:
    """A merchant with many orders, debited an hour before now, of 100, 101, 102 …"""
    market = OneMarket(chosen, fund=fund)
    sales = [sale(f"o{number:03}", "m1", f"c{number % 3 + 1}", 100 + number, 3) for number in range(orders)]
    outcomes = market.run(*(command for commands in sales for command in commands))
    assert all(outcome.accepted for outcome in outcomes)
    market.wait(8 * DAY)
    return market


def test_one_person_only_holds_the_payouts() -> None:
    market = OneMarket()
    market.sell_captured()
    assert of(AbscondingDeclared, market.do(declaring("Li")))
    assert market.row(Merchant, "m1").status is MerchantStatus.ACTIVE
    [held] = of(PayoutHeld, market.wait(20 * DAY))
    assert held.code == "payouts_held"
    market.do(placing(order_id="o2"))


def test_one_person_cannot_condemn_alone() -> None:
    market = OneMarket()
    market.do(declaring("Li"))
    for same in ("Li", "li", "LI", "\uff2c\uff29", "L\u0131".upper()):
        assert market.refused(declaring(same)) == "same_person", same
    for nobody in ("Li ", " li", " ", "L\u200bi"):
        assert market.refused(declaring(nobody)) == "bad_actor", nobody
    assert market.refused(declaring("Li", "nobody")) == "not_found"


def test_policy_may_ask_for_more_people() -> None:
    market = OneMarket(policy("full", declarations=3))
    market.do(declaring("Li"), declaring("Wang"))
    assert market.row(Merchant, "m1").status is MerchantStatus.ACTIVE
    assert of(MerchantAbsconded, market.do(declaring("Zhao")))[0].declared_by == ("Li", "Wang", "Zhao")


def test_who_declared_can_withdraw_and_payouts_go_on() -> None:
    market = OneMarket()
    market.sell_captured()
    market.do(declaring("Li"))
    assert market.refused(Said("Wang", WithdrawDeclaration(merchant_id="m1"))) == "not_the_declarer"
    market.wait(20 * DAY)
    assert of(DeclarationWithdrawn, market.do(Said("LI", WithdrawDeclaration(merchant_id="m1"))))
    assert of(PayoutConfirmed, market.wait(2 * DAY))
    assert market.refused(Said("Li", WithdrawDeclaration(merchant_id="m1"))) == "wrong_state"
    market.do(declaring("Wang"))
    assert market.row(WindDown, "m1").declared_by == ("Wang",)


def test_who_withdraws_takes_back_its_own_declaration_only() -> None:
    market = OneMarket(policy("full", declarations=3))
    market.do(declaring("Li"), declaring("Wang"))
    [first] = of(DeclarationWithdrawn, market.do(Said("Li", WithdrawDeclaration(merchant_id="m1"))))
    assert first.left == 1
    assert market.row(WindDown, "m1").declared_by == ("Wang",)
    assert market.row(Merchant, "m1").payouts_held
    market.do(Said("Wang", WithdrawDeclaration(merchant_id="m1")))
    assert not market.row(Merchant, "m1").payouts_held


def test_what_two_people_declared_is_for_ever() -> None:
    market = OneMarket()
    declare(market)
    assert market.refused(declaring("Zhao")) == "wrong_state"
    assert market.refused(Said("Li", WithdrawDeclaration(merchant_id="m1"))) == "wrong_state"
    assert market.refused(placing()) == "merchant_not_active"


def test_nothing_is_withdrawn_that_was_not_declared() -> None:
    assert OneMarket().refused(Said("Li", WithdrawDeclaration(merchant_id="m1"))) == "not_found"


def test_each_order_goes_its_way() -> None:
    market = OneMarket()
    market.sell_captured("debited", 9_000)
    market.do(placing(order_id="placed"), *sale("shipped", "m1", "c2", 500, 2))
    market.sell("delivered", 700, consumer="c3")
    facts = declare(market)
    assert {body.order_id for body in of(OrderCancelled, facts)} == {"placed", "shipped"}
    [paused] = of(DebitPaused, facts)
    assert (paused.order_id, paused.capture_at) == ("delivered", market.now + 15 * DAY)
    [paid] = of(ClaimPaid, facts)
    assert (paid.claim_id, paid.amount_minor, paid.from_order_minor) == ("debited/abscond", 9_000, 9_000)
    [finished] = of(WindDownFinished, facts)
    assert (finished.claims, finished.paid_minor, finished.missing_minor) == (1, 9_000, 0)
    assert not of(CaptureAsked, market.wait(14 * DAY))
    assert of(CaptureAsked, market.wait(2 * DAY))


def test_under_full_everybody_is_paid_without_the_fund() -> None:
    market = many(policy("full"), 10)
    [finished] = of(WindDownFinished, declare(market))
    assert (finished.claims, finished.missing_minor, finished.owed_to_fund_minor) == (10, 0, 0)
    assert finished.paid_minor == sum(100 + number for number in range(10))


@pytest.mark.parametrize("orders", [SLICE - 1, SLICE, SLICE + 1, 2 * SLICE + 7])
def test_slices_do_not_matter(orders: int) -> None:
    market = many(policy("fixed_deposit(1)", fund_share_bp=0), orders, fund=7_777)
    facts = declare(market)
    [started], paid = of(SweepStarted, facts), of(ClaimPaid, facts)
    rest = sum(100 + number for number in range(orders))
    assert (started.rest_minor, started.pool_minor) == (rest, 7_777)
    assert len(paid) == orders
    assert sum(body.amount_minor for body in paid) == 7_777
    running = given = 0
    for body in sorted(paid, key=lambda body: body.claim_id):
        running += body.amount_minor + body.missing_minor
        upto = 7_777 * running // rest
        assert body.amount_minor == upto - given
        given = upto
    [finished] = of(WindDownFinished, facts)
    assert (finished.paid_minor, finished.missing_minor) == (7_777, rest - 7_777)
    assert market.balance("fund/CNY") == 0


def test_the_sweep_takes_the_merchants_own_before_the_fund() -> None:
    market = many(policy("rolling_reserve(15%, 30d)", fund_share_bp=0), 12, fund=10_000)
    market.do(PayDeposit(merchant_id="m1", amount_minor=300))
    reserve = market.of_merchant("reserve")
    facts = declare(market)
    [started], paid = of(SweepStarted, facts), of(ClaimPaid, facts)
    assert started.fund_set_aside_minor == started.rest_minor - reserve - 300
    assert sum(body.from_reserve_minor for body in paid) == reserve > 0
    assert sum(body.from_deposit_minor for body in paid) == 300
    total = sum(100 + number for number in range(12))
    assert sum(body.from_fund_minor for body in paid) == total - reserve - 300
    assert market.balance("fund/CNY") == 10_000 - (total - reserve - 300)


def test_a_sweep_does_not_take_what_is_set_aside_for_another() -> None:
    """Two run-aways at one instant: together they get no more than the fund has."""
    market = OneMarket(policy("fixed_deposit(1)", fund_share_bp=0), fund=1_500)
    for merchant_id in ("m1", "m3"):
        market.do(*sale(f"o-{merchant_id}", merchant_id, "c1", 1_000, 3))
    market.wait(8 * DAY)
    for merchant_id in ("m1", "m3"):
        market.do(declaring("Li", merchant_id), declaring("Wang", merchant_id))
    paid = of(ClaimPaid, market.wait(0))
    assert sorted(body.amount_minor for body in paid) == [500, 1_000]
    assert market.balance("fund/CNY") == 0


def test_nothing_takes_of_the_pool_while_a_sweep_goes_on() -> None:
    """What is left for the second slice is not given to the claims that were short in the first."""
    market = OneMarket(policy("fixed_deposit(1)", fee_bp=2_000, fund_share_bp=0, consumer_limit_minor=10**9))
    market.do(declaring("Li"))
    orders = SLICE + 30
    sales = [sale(f"o{number:03}", "m1", "c1", 1_000, 3) for number in range(orders)]
    market.run(*(command for commands in sales for command in commands))
    market.wait(8 * DAY)
    assert market.of_merchant("available") == 800 * orders
    market.do(declaring("Wang"))
    facts = market.wait(0)
    assert [body.amount_minor for body in of(ClaimPaid, facts)] == [800] * orders
    assert not of(ClaimRecovered, facts)


def invited() -> Policy:
    return policy("fixed_deposit(1)", refund_without_claim=False, fee_bp=100, fund_share_bp=0, line_bp=10**6)


def test_invited_consumers_claim_until_the_sweep() -> None:
    market = many(invited(), 4, fund=10_000)
    facts = declare(market)
    declared = market.now
    assert {(body.order_id, body.until) for body in of(ClaimInvited, facts)} == {
        (f"o00{number}", declared + 15 * DAY) for number in range(4)
    }
    assert not of(SweepStarted, facts)
    market.do(
        OpenClaim(claim_id="k1", order_id="o001", amount_minor=101, reason="gone"),
        UpholdClaim(claim_id="k1"),
        OpenClaim(claim_id="k2", order_id="o002", amount_minor=50, reason="gone"),
    )
    assert market.row(Claim, "k1").state is ClaimState.UPHELD
    assert not of(SweepStarted, market.until(declared + 15 * DAY - 1))
    [finished] = of(WindDownFinished, market.until(declared + 15 * DAY))
    assert (finished.claims, finished.paid_minor) == (1, 101)


def test_a_claim_upheld_after_the_sweep_has_one_of_its_own() -> None:
    market = many(invited(), 2, fund=10_000)
    declare(market)
    market.wait(20 * DAY)
    assert market.row(WindDown, "m1").stage is Stage.DONE
    market.do(
        OpenClaim(claim_id="k1", order_id="o001", amount_minor=101, reason="gone"),
        UpholdClaim(claim_id="k1"),
    )
    assert market.row(WindDown, "m1").stage is Stage.WAITING
    [finished] = of(WindDownFinished, market.wait(0))
    assert (finished.claims, finished.paid_minor, finished.owed_to_fund_minor) == (1, 101, 101)


def test_a_consumers_own_claim_is_upheld_for_the_whole() -> None:
    market = OneMarket()
    market.sell_captured()
    market.claim(10)
    [paid] = of(ClaimPaid, declare(market))
    assert (paid.claim_id, paid.amount_minor) == ("k1", 10_000)


def owes(market: OneMarket, owner_id: str, currency: str = "CNY") -> int:
    debts = market.row(Owner, owner_id).debts
    return sum(debt.amount_minor for debt in debts if debt.currency == currency)


def test_the_debt_stands_on_the_merchant_and_on_the_people_behind_it() -> None:
    market = OneMarket(policy("fixed_deposit(1)", fund_share_bp=0), fund=300)
    market.do(*sale("o1", "m2", "c1", 1_000, 3))
    market.wait(8 * DAY)
    declare(market, "m2")
    assert market.row(Debt, "m2").fund_minor == 300
    assert market.row(Debt, "m2").short_minor == 700
    for owner_id in ("p1", "p2"):
        owner = market.row(Owner, owner_id)
        assert (owner.absconded, owner.debts) == (True, (Money(1_000, "CNY"),))
    assert not market.row(Owner, "p3").absconded


def test_an_owner_of_two_run_aways_owes_for_both_and_less_when_it_comes_back() -> None:
    market = OneMarket(policy("fixed_deposit(1)", fund_share_bp=0), fund=300)
    for merchant_id, amount in (("m1", 1_000), ("m2", 500)):
        market.do(*sale(f"o-{merchant_id}", merchant_id, "c1", amount, 3))
    market.wait(8 * DAY)
    declare(market, "m1")
    declare(market, "m2")
    assert [owes(market, key) for key in ("p1", "p2", "p3")] == [1_500, 500, 0]
    facts = market.do(RecordRecovery(merchant_id="m1", amount_minor=900, source="police"))
    assert [body.amount_minor for body in of(FundRecovered, facts)] == [200]
    assert [owes(market, key) for key in ("p1", "p2")] == [600, 500]


def test_an_owner_of_shops_in_two_currencies_owes_two_sums() -> None:
    market = OneMarket(policy("fixed_deposit(1)", fund_share_bp=0))
    market.do(
        RegisterMerchant(merchant_id="jp", name="Shop", currency="JPY", owner_ids=("p1",)),
        OpenPayLater(consumer_id="yuki", currency="JPY"),
    )
    market.do(*sale("o1", "m1", "c1", 10_000, 3))
    selling = sale("o2", "jp", "yuki", 10_000, 3)
    market.do(*(replace(each, currency="JPY") if isinstance(each, PlaceOrder) else each for each in selling))
    market.wait(8 * DAY)
    declare(market, "m1")
    declare(market, "jp")
    assert market.row(Owner, "p1").debts == (Money(10_000, "CNY"), Money(10_000, "JPY"))
    back = RegisterMerchant(merchant_id="m9", name="New", currency="CNY", owner_ids=("p1",))
    assert "CNY 100.00, JPY 10000" in market.refusal(back).what
    market.do(RecordRecovery(merchant_id="jp", amount_minor=10_000, source="police"))
    assert market.row(Owner, "p1").debts == (Money(10_000, "CNY"),)


def test_what_a_merchant_owed_before_it_ran_is_on_its_owners_too() -> None:
    market = OneMarket(policy("fixed_deposit(1)", fund_share_bp=0), fund=300)
    market.sell(amount=1_000)
    market.wait(20 * DAY)
    market.claim(1_000)
    market.do(UpholdClaim(claim_id="k1"))
    assert owes(market, "p1") == 0
    declare(market)
    assert owes(market, "p1") == 1_000


def test_who_ran_does_not_come_back_under_another_name() -> None:
    market = OneMarket()
    declare(market)
    back = RegisterMerchant(merchant_id="m9", name="New", currency="CNY", owner_ids=("p9", "p1"))
    refusal = market.refusal(back)
    assert refusal.code == "owner_ran_away"
    assert refusal.where == "owner:p1"
    market.do(RegisterMerchant(merchant_id="m9", name="New", currency="CNY", owner_ids=("p9", "p9")))
    assert market.row(Merchant, "m9").owner_ids == ("p9",)


def test_a_run_away_is_paid_nothing_any_more() -> None:
    market = OneMarket(policy("fixed_deposit(1)"))
    market.sell_captured("o1", 5_000)
    declare(market)
    market.wait(100 * DAY)
    assert not of(PayoutConfirmed, market.home.facts())


def test_money_in_flight_to_a_run_away_is_confirmed_all_the_same() -> None:
    market = OneMarket(policy("fixed_deposit(1)"))
    market.sell_captured()
    [asked] = of(PayoutAsked, market.until(START + 8 * DAY, SILENT))
    declare(market)
    assert of(PayoutConfirmed, market.do(ConfirmPayout(merchant_id="m1", payout_id=asked.payout_id)))


def test_what_comes_free_while_a_sweep_waits_joins_its_pool() -> None:
    market = OneMarket(policy("delivery_plus(9)", refund_without_claim=False, fee_bp=0, fund_share_bp=0))
    market.sell("o1", 400)
    market.wait(3 * DAY)
    market.sell("o2", 500, consumer="c2")
    market.wait(8 * DAY)
    declare(market)
    market.do(
        OpenClaim(claim_id="k1", order_id="o1", amount_minor=400, reason="gone"),
        UpholdClaim(claim_id="k1"),
    )
    [paid] = of(ClaimPaid, market.wait(16 * DAY))
    assert (paid.from_order_minor, paid.from_available_minor) == (0, 400)
    assert market.of_merchant("available") == 100
    assert market.refused(Refund(order_id="o2", amount_minor=100, reason="gone")) == "merchant_not_active"
    market.do(
        OpenClaim(claim_id="k2", order_id="o2", amount_minor=100, reason="gone"),
        UpholdClaim(claim_id="k2"),
    )
    [late] = of(ClaimPaid, market.wait(0))
    assert (late.from_available_minor, late.late, market.of_merchant("available")) == (100, True, 0)


def test_a_claim_that_its_own_order_holds_is_paid_at_once_and_the_others_in_the_sweep() -> None:
    market = OneMarket(policy("delivery_plus(9)", refund_without_claim=False, fee_bp=0, fund_share_bp=0))
    market.sell("o1", 400)
    market.wait(3 * DAY)
    market.sell("o2", 500, consumer="c2")
    market.wait(8 * DAY)
    declare(market)
    for claim, order, amount in (("k1", "o1", 400), ("k2", "o2", 200)):
        market.do(OpenClaim(claim_id=claim, order_id=order, amount_minor=amount, reason="gone"))
    facts = market.do(UpholdClaim(claim_id="k1"), UpholdClaim(claim_id="k2"))
    [paid] = of(ClaimPaid, facts)
    assert (paid.claim_id, paid.from_order_minor, paid.missing_minor) == ("k2", 200, 0)
    assert market.of_merchant("held") == 300
    [finished] = of(WindDownFinished, facts := market.wait(16 * DAY))
    assert [(one.claim_id, one.missing_minor) for one in of(ClaimPaid, facts)] == [("k1", 100)]
    assert (finished.claims, finished.paid_minor, finished.missing_minor) == (2, 500, 100)
