"""Orders whose parts go their own ways: nothing is lost, owed twice, or cheaper for it."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from histories import POLICIES
from holdfast.claims.model import OpenClaim, UpholdClaim
from holdfast.coverage.model import Coverage
from holdfast.enforcement.model import DeclareAbsconded
from holdfast.kernel.clock import DAY, HOUR
from holdfast.kernel.money import share
from holdfast.ledger import chart
from holdfast.orders.facts import OrderCancelled, OrderSplit, PartBegan
from holdfast.orders.model import (
    PARTS,
    AskReturn,
    CancelOrder,
    ConfirmOrder,
    ConfirmReturn,
    DeliverOrder,
    Order,
    OrderState,
    Part,
    ReduceOwed,
    RefuseReturn,
    ShipOrder,
)
from holdfast.orders.parts import MOST_PARTS, CancelRest, SplitOrder
from holdfast.parties.model import Consumer
from holdfast.settlement.facts import ClaimPaid, OrderCaptured, OrderCompleted, ProceedsReleased
from holdfast.settlement.model import Refund
from one_market import SILENT, OneMarket, of, placing, policy
from who_asks import Said


def split(*parts: tuple[str, int], order_id: str = "o1") -> SplitOrder:
    return SplitOrder(
        order_id=order_id, parts=tuple(Part(id=key, amount_minor=minor) for key, minor in parts)
    )


def deliver_all(market: OneMarket) -> None:
    keys = [order.id for order in market.home.rows(Order)]
    outcomes = market.run(
        *(ShipOrder(order_id=key) for key in keys), *(DeliverOrder(order_id=key) for key in keys)
    )
    assert all(outcome.accepted for outcome in outcomes)
    market.check()


def outstanding(market: OneMarket) -> int:
    return market.row(Consumer, "c1").outstanding_minor


def test_two_parcels_of_one_order_are_delivered_and_debited_each_by_itself() -> None:
    market = OneMarket()
    market.do(placing(), ShipOrder(order_id="o1"))
    facts = market.do(split(("o1/b", 3_000)))
    [told], [began] = of(OrderSplit, facts), of(PartBegan, facts)
    assert (told.part_id, told.amount_minor, told.left_minor) == ("o1/b", 3_000, 7_000)
    assert (began.of_id, began.first_id, began.owed_minor) == ("o1", "o1", 3_000)
    assert outstanding(market) == 10_000
    assert market.order("o1/b").shipped_at == market.order().shipped_at
    market.do(DeliverOrder(order_id="o1"))
    debits = of(OrderCaptured, market.wait(20 * DAY))
    assert [(each.order_id, each.amount_minor) for each in debits] == [("o1", 7_000)]
    assert outstanding(market) == 3_000
    market.do(DeliverOrder(order_id="o1/b"))
    debits = of(OrderCaptured, market.wait(20 * DAY))
    assert [(each.order_id, each.amount_minor) for each in debits] == [("o1/b", 3_000)]


def test_a_part_that_never_arrives_is_never_debited() -> None:
    market = OneMarket()
    market.do(placing(), ShipOrder(order_id="o1"), split(("o1/b", 3_000)), DeliverOrder(order_id="o1"))
    facts = market.wait(100 * DAY)
    [ended] = of(OrderCancelled, facts)
    assert (ended.order_id, ended.released_minor) == ("o1/b", 3_000)
    assert sum(each.amount_minor for each in of(OrderCaptured, facts)) == 7_000
    assert outstanding(market) == 0


def test_a_part_of_what_was_delivered_goes_back_while_the_rest_is_debited_on_its_day() -> None:
    market = OneMarket()
    market.sell()
    market.do(split(("o1/back", 2_500)), AskReturn(order_id="o1/back"))
    facts = market.wait(8 * DAY)
    assert [each.amount_minor for each in of(OrderCaptured, facts)] == [7_500]
    market.do(ConfirmReturn(order_id="o1/back"))
    assert market.order("o1/back").state is OrderState.RETURNED
    assert outstanding(market) == 0
    assert market.row(Coverage, "m1").exposure_minor == 7_500


def test_a_return_that_came_back_in_part_is_confirmed_in_part() -> None:
    market = OneMarket()
    market.sell()
    market.do(AskReturn(order_id="o1"), split(("o1/back", 4_000)), ConfirmReturn(order_id="o1/back"))
    refuses = RefuseReturn(order_id="o1", reason="the second box was empty")
    market.do(refuses)
    facts = market.wait(20 * DAY)
    assert [each.amount_minor for each in of(OrderCaptured, facts)] == [6_000]


def test_a_refused_return_leaves_time_to_claim_before_the_debit() -> None:
    market = OneMarket()
    market.sell()
    market.wait(6 * DAY + 23 * HOUR)
    market.do(AskReturn(order_id="o1"))
    market.wait(3 * DAY)
    market.do(RefuseReturn(order_id="o1", reason="an empty box"))
    order = market.order()
    chosen = policy("full")
    assert order.notice_sent_at is None
    assert order.capture_at == market.now + chosen.notice_before
    market.wait(chosen.notice_before - HOUR)
    market.claim(10_000)
    assert not of(OrderCaptured, market.wait(30 * DAY))
    assert market.refused(RefuseReturn(order_id="o1", reason="again")) == "nothing_asked"


def test_what_cannot_be_a_part_is_refused_and_leaves_no_trace() -> None:
    market = OneMarket()
    market.do(placing(), placing(order_id="o2"))
    for parts, code in (
        ((), "parts_do_not_fit"),
        ((("p", 0),), "parts_do_not_fit"),
        ((("p", -1),), "parts_do_not_fit"),
        ((("p", 10_000),), "parts_do_not_fit"),
        ((("p", 6_000), ("q", 4_000)), "parts_do_not_fit"),
        ((("p", 1), ("p", 1)), "order_exists"),
        ((("o1", 1),), "order_exists"),
        ((("o2", 1),), "order_exists"),
        ((("a b", 1),), "bad_id"),
        (tuple((f"p{number}", 1) for number in range(MOST_PARTS + 1)), "parts_do_not_fit"),
    ):
        assert market.refused(split(*parts)) == code, parts
    early = Part(id="p", amount_minor=1, not_before=market.now + DAY)
    assert market.refused(SplitOrder(order_id="o1", parts=(early,))) == "term_not_of_service"
    passed = Part(id="p", amount_minor=1, ship_by=market.now - 1)
    assert market.refused(SplitOrder(order_id="o1", parts=(passed,))) == "ship_by_passed"
    market.claim(100)
    assert market.refused(split(("p", 1))) == "disputed"


def test_an_order_is_not_split_while_its_debit_is_on_its_way_or_after_it() -> None:
    market = OneMarket()
    market.sell()
    market.wait(7 * DAY + HOUR, SILENT)
    assert market.order().capture_asked_at is None  # nobody sent the notice
    market.sell("o2")
    market.until(market.now + 7 * DAY + 60_000 - 1)
    if market.order("o2").state is OrderState.DELIVERED and market.order("o2").capture_asked_at is not None:
        assert market.refused(split(("o2/b", 1), order_id="o2")) == "debit_on_its_way"
    market.wait(DAY)
    assert market.refused(split(("o2/b", 1), order_id="o2")) == "wrong_state"


def test_parts_are_found_by_the_order_that_was_placed_and_count_two_hundred_at_most() -> None:
    market = OneMarket()
    market.do(placing(), split(("b", 100)), split(("c", 40), order_id="b"), split(("d", 10)))
    assert market.home.desk.page(PARTS, "o1") == ("b", "c", "d")
    assert (market.order().parts, market.order("b").parts) == (3, 0)
    assert [market.order(key).amount_minor for key in ("o1", "b", "c", "d")] == [9_890, 60, 40, 10]
    many = tuple((f"p{number}", 1) for number in range(MOST_PARTS - 3))
    market.do(split(*many))
    assert market.refused(split(("one-more", 1))) == "parts_do_not_fit"
    assert market.refused(split(("one-more", 1), order_id="b")) == "parts_do_not_fit"


def test_what_is_no_longer_owed_cannot_be_split_off() -> None:
    market = OneMarket()
    market.do(placing(), ReduceOwed(order_id="o1", owed_minor=4_000, reason="a scratch"))
    assert market.refused(split(("p", 4_000))) == "parts_do_not_fit"
    market.do(split(("p", 3_999)))
    assert (market.order().amount_minor, market.order().owed_minor) == (6_001, 1)


def test_an_order_in_parts_is_confirmed_as_a_whole_and_what_has_not_begun_is_cancelled_as_one() -> None:
    market = OneMarket()
    parts = (Part(id="b", amount_minor=3_000), Part(id="c", amount_minor=2_000))
    market.do(placing(confirmed=False, parts=parts))
    assert market.refused(ShipOrder(order_id="b")) == "not_confirmed"
    market.do(
        ConfirmOrder(order_id="o1"), ShipOrder(order_id="b"), CancelRest(order_id="o1", reason="enough")
    )
    states = [market.order(key).state.value for key in ("o1", "b", "c")]
    assert states == ["cancelled", "shipped", "cancelled"]
    assert outstanding(market) == 3_000
    assert market.refused(CancelRest(order_id="o1", reason="enough")) == "nothing_to_cancel"


def test_an_order_of_parts_that_was_not_confirmed_expires_part_by_part() -> None:
    market = OneMarket()
    market.do(placing(confirmed=False, parts=(Part(id="b", amount_minor=3_000),)))
    market.wait(30 * DAY)
    assert {market.order(key).state for key in ("o1", "b")} == {OrderState.EXPIRED}
    assert outstanding(market) == 0


@pytest.mark.parametrize(
    "release", ["full", "covered(0.99)", "delivery_plus(7)", "rolling_reserve(15%, 30d)"]
)
def test_the_fee_of_an_order_taken_in_parts_is_the_fee_of_the_whole_to_the_fen(release: str) -> None:
    """A fee on a part of one fen alone would be none: who splits pays what everybody pays."""
    chosen = policy(release, young_orders=0, young_for=0)
    market = OneMarket(chosen)
    market.do(placing(amount_minor=9_983))
    market.do(split(*((f"p{number}", 1 if number % 2 else 33) for number in range(60))))
    deliver_all(market)
    market.wait(120 * DAY)
    assert market.balance("platform/fees/CNY") == share(9_983, chosen.fee_bp)
    assert market.balance("fund/CNY") == share(9_983, chosen.fund_share_bp)
    assert {order.state for order in market.home.rows(Order)} == {OrderState.COMPLETED}


@pytest.mark.parametrize("release", ["full", "covered(0.95)", "rolling_reserve(15%, 30d)"])
def test_a_part_of_one_fen_pays_no_more_than_one_fen(release: str) -> None:
    """The fee and the fund's share both reach their next fen with the last fen of the whole."""
    market = OneMarket(policy(release))
    market.do(placing(amount_minor=100_000), split(("last", 1)))
    deliver_all(market)
    released = of(ProceedsReleased, market.wait(120 * DAY))
    assert {each.order_id for each in released} == {"o1", "last"}
    assert all(min(each.available_minor, each.fee_minor, each.reserve_minor) >= 0 for each in released)
    assert market.balance("fund/CNY") == share(100_000, policy(release).fund_share_bp)
    assert {order.state for order in market.home.rows(Order)} == {OrderState.COMPLETED}
    market.check()


def test_a_merchant_is_not_older_for_selling_one_order_in_many_parts() -> None:
    market = OneMarket()
    market.do(placing(), split(*((f"p{number}", 10) for number in range(40))))
    deliver_all(market)
    facts = market.wait(60 * DAY)
    assert len(of(OrderCompleted, facts)) == 41
    assert market.row(Coverage, "m1").completed_orders == 1


def test_a_merchant_that_runs_half_way_debits_nothing_undelivered_and_the_delivered_is_covered() -> None:
    market = OneMarket()
    market.do(placing(), split(("b", 3_000), ("c", 2_000)), ShipOrder(order_id="o1"))
    market.do(DeliverOrder(order_id="o1"))
    market.wait(8 * DAY)
    market.do(ShipOrder(order_id="b"))
    for person in ("Li", "Wang"):
        market.do(Said(person, DeclareAbsconded(merchant_id="m1", reason="gone")))
    facts = market.wait(60 * DAY)
    assert {market.order(key).state for key in ("b", "c")} == {OrderState.CANCELLED}
    assert outstanding(market) == 0
    paid = of(ClaimPaid, facts)
    assert sum(each.missing_minor for each in paid) == 0


@pytest.mark.parametrize("chosen", POLICIES[::3], ids=lambda each: each.version)
@settings(max_examples=3)
@given(seed=st.integers(0, 10**6))
def test_whoever_splits_is_never_better_off_than_who_does_not(chosen: object, seed: int) -> None:
    """The same goods in one parcel and in three: what each party has got in the end is the same."""
    rng = Random(seed)
    parts = sorted(rng.sample(range(1, 9_999), 2))
    sums = (parts[0], parts[1] - parts[0], 10_000 - parts[1])
    ends: list[tuple[int, ...]] = []
    for splits in (False, True):
        market = OneMarket(chosen, fund=50_000)  # pyright: ignore[reportArgumentType]
        market.do(placing())
        if splits:
            market.do(split(("b", sums[1]), ("c", sums[2])))
        keys = ("o1", "b", "c") if splits else ("o1",)
        for key in keys:
            market.do(ShipOrder(order_id=key), DeliverOrder(order_id=key))
        market.wait(9 * DAY)
        for number, key in enumerate(keys):
            amount = market.order(key).captured_minor
            market.do(
                OpenClaim(claim_id=f"k{number}", order_id=key, amount_minor=amount, reason="not as shown"),
                UpholdClaim(claim_id=f"k{number}"),
            )
        market.wait(90 * DAY)
        accounts = [chart.house(kind, "CNY") for kind in (chart.FEES, chart.FUND, chart.PSP, chart.LOSSES)]
        kinds = (chart.HELD, chart.AVAILABLE, chart.RESERVE, chart.OWED)
        ends.append((*map(market.balance, accounts), *map(market.of_merchant, kinds), outstanding(market)))
    assert ends[0] == ends[1]


def test_a_part_is_refunded_and_cancelled_like_any_order() -> None:
    market = OneMarket()
    market.do(placing(), split(("b", 3_000)), CancelOrder(order_id="b", reason="not this one"))
    market.do(ShipOrder(order_id="o1"), DeliverOrder(order_id="o1"))
    market.wait(8 * DAY)
    market.do(Refund(order_id="o1", amount_minor=7_000, reason="kindness"))
    assert market.refused(Refund(order_id="b", amount_minor=1, reason="kindness")) == "wrong_state"
