"""Services: in steps or over a term, each stated before it is debited, nothing unperformed debited."""

import pytest

from holdfast.coverage.model import Coverage
from holdfast.enforcement.model import DeclareAbsconded
from holdfast.kernel.clock import DAY, HOUR
from holdfast.orders.facts import CaptureNoticeAsked, OwedReduced, ServicePerformed
from holdfast.orders.model import DeliverOrder, OrderState, Part, ShipOrder, WithdrawDelivery
from holdfast.orders.parts import LONGEST_TERM, CancelRest, SplitOrder
from holdfast.orders.services import Line, PerformOrder
from holdfast.parties.model import Consumer
from holdfast.settlement.facts import ClaimPaid, OrderCaptured
from one_market import SILENT, OneMarket, of, placing, policy
from who_asks import Said


def course(market: OneMarket, months: int = 3) -> None:
    """A course of lessons, one a month, each for 30.00; the first can begin now."""
    parts = tuple(
        Part(
            id=f"o1/{number}",
            amount_minor=3_000,
            what=f"lesson {number}",
            not_before=market.now + (number - 1) * 30 * DAY,
        )
        for number in range(2, months + 1)
    )
    market.do(placing(amount_minor=3_000 * months, service=True, what="lesson 1", parts=parts))


def performed(order_id: str = "o1", *lines: tuple[str, int]) -> PerformOrder:
    stated = lines or (("a lesson", 3_000),)
    return PerformOrder(
        order_id=order_id, lines=tuple(Line(item=item, amount_minor=minor) for item, minor in stated)
    )


def test_each_step_is_stated_line_by_line_before_it_is_debited() -> None:
    market = OneMarket()
    course(market)
    [told] = of(ServicePerformed, market.do(performed("o1", ("teacher", 2_000), ("room", 1_000))))
    facts = market.wait(8 * DAY)
    [notice] = of(CaptureNoticeAsked, facts)
    assert notice.statement == told.statement
    assert [(line.item, line.amount_minor) for line in notice.statement] == [
        ("teacher", 2_000),
        ("room", 1_000),
    ]
    [debit] = of(OrderCaptured, facts)
    assert (debit.order_id, debit.amount_minor) == ("o1", 3_000)
    assert market.row(Coverage, "m1").exposure_minor == 3_000


def test_what_was_stated_is_shared_with_a_part_that_is_split_off_and_both_are_debited() -> None:
    """A consumer disputes a part of what was performed: that part is told, line by line, what it is for."""
    market = OneMarket()
    course(market, months=1)
    market.do(performed("o1", ("teacher", 2_000), ("room", 999), ("tea", 1)))
    parts = (Part(id="o1/a", amount_minor=1_000), Part(id="o1/b", amount_minor=1))
    market.do(SplitOrder(order_id="o1", parts=parts))
    facts = market.wait(8 * DAY)
    notices = {notice.order_id: notice for notice in of(CaptureNoticeAsked, facts)}
    lines = {key: [line.amount_minor for line in notice.statement] for key, notice in notices.items()}
    assert {key: sum(amounts) for key, amounts in lines.items()} == {"o1": 1_999, "o1/a": 1_000, "o1/b": 1}
    assert [sum(each) for each in zip(*lines.values(), strict=True)] == [2_000, 999, 1]
    assert all(amount >= 0 for amounts in lines.values() for amount in amounts)
    assert sum(each.amount_minor for each in of(OrderCaptured, facts)) == 3_000


def test_less_performed_is_less_owed_and_more_than_was_agreed_is_refused() -> None:
    market = OneMarket()
    course(market)
    facts = market.do(performed("o1", ("half a lesson", 1_200)))
    assert [each.owed_minor for each in of(OwedReduced, facts)] == [1_200]
    assert [each.amount_minor for each in of(OrderCaptured, market.wait(8 * DAY))] == [1_200]
    market.wait(30 * DAY)
    for lines in ((("a lesson", 3_001),), (("a", 1_600), ("b", 1_600)), (("a", 0),), (("  ", 5),)):
        assert market.refused(performed("o1/2", *lines)) == "statement_does_not_fit", lines
    assert market.refused(performed("o1/2", ("a", 3_100), ("off", -100))) == "statement_does_not_fit"
    assert market.refused(PerformOrder(order_id="o1/2", lines=())) == "statement_does_not_fit"


def test_nothing_is_stated_before_its_term_has_passed_and_the_refusal_heals() -> None:
    market = OneMarket()
    course(market)
    key = "step-2"
    [early] = market.run(performed("o1/2"), key=key)
    assert early.refusal is not None
    assert early.refusal.code == "not_yet_performed"
    market.wait(30 * DAY)
    [again] = market.run(performed("o1/2"), key=key)
    assert again.accepted


def test_a_step_that_nobody_states_in_time_ends_without_a_debit() -> None:
    market = OneMarket()
    course(market)
    market.do(performed())
    facts = market.wait(200 * DAY)
    assert [each.amount_minor for each in of(OrderCaptured, facts)] == [3_000]
    assert {market.order(key).state for key in ("o1/2", "o1/3")} == {OrderState.CANCELLED}
    assert market.row(Consumer, "c1").outstanding_minor == 0


@pytest.mark.parametrize("release", ["full", "covered(0.99)"])
def test_a_shop_that_closes_half_way_debits_nothing_unperformed_and_what_is_claimable_is_covered(
    release: str,
) -> None:
    market = OneMarket(policy(release))
    course(market, months=4)
    market.do(performed())
    market.wait(31 * DAY)
    market.do(performed("o1/2"))
    market.wait(8 * DAY)  # debited; its window runs
    for person in ("Li", "Wang"):
        market.do(Said(person, DeclareAbsconded(merchant_id="m1", reason="the shop is closed")))
    facts = market.wait(90 * DAY)
    assert not of(OrderCaptured, facts)
    assert {market.order(key).state for key in ("o1/3", "o1/4")} == {OrderState.CANCELLED}
    paid = [(each.order_id, each.amount_minor, each.missing_minor) for each in of(ClaimPaid, facts)]
    assert paid == [("o1/2", 3_000, 0)]
    assert market.refused(performed("o1/3")) == "wrong_state"


def test_a_consumer_ends_a_course_and_owes_only_what_was_performed() -> None:
    market = OneMarket()
    course(market)
    market.do(performed(), CancelRest(order_id="o1", reason="moving away"))
    assert market.row(Consumer, "c1").outstanding_minor == 3_000
    facts = market.wait(200 * DAY)
    assert sum(each.amount_minor for each in of(OrderCaptured, facts)) == 3_000


def test_a_performance_that_was_none_is_withdrawn_and_stated_anew() -> None:
    market = OneMarket()
    course(market)
    market.do(performed())
    market.wait(6 * DAY, SILENT)
    market.do(WithdrawDelivery(order_id="o1", reason="the teacher was ill"))
    order = market.order()
    assert (order.state, order.capture_at, order.notice_asked_at) == (OrderState.PLACED, None, None)
    assert not of(OrderCaptured, market.wait(DAY))
    market.do(performed("o1", ("a lesson, a week later", 2_500)))
    facts = market.wait(8 * DAY)
    [notice] = of(CaptureNoticeAsked, facts)
    assert [line.item for line in notice.statement] == ["a lesson, a week later"]
    assert [each.amount_minor for each in of(OrderCaptured, facts)] == [2_500]


def test_goods_are_not_performed_nor_services_shipped_and_terms_have_an_end() -> None:
    market = OneMarket()
    course(market)
    market.do(placing(order_id="o2"))
    assert market.refused(ShipOrder(order_id="o1")) == "is_a_service"
    assert market.refused(DeliverOrder(order_id="o1")) == "wrong_state"
    assert market.refused(performed("o2")) == "not_a_service"
    assert market.refused(placing(order_id="o3", not_before=market.now + DAY)) == "term_not_of_service"
    far = market.now + LONGEST_TERM + 1
    assert market.refused(placing(order_id="o3", service=True, not_before=far)) == "term_not_of_service"
    late = Part(id="o3/2", amount_minor=1, not_before=far)
    assert market.refused(placing(order_id="o3", service=True, parts=(late,))) == "term_not_of_service"
    unconfirmed = placing(order_id="o3", service=True, confirmed=False)
    market.do(unconfirmed)
    assert market.refused(performed("o3", ("a lesson", 1))) == "not_confirmed"


def test_a_step_is_split_further_as_it_turns_out() -> None:
    market = OneMarket()
    course(market)
    market.do(
        SplitOrder(order_id="o1/3", parts=(Part(id="o1/3b", amount_minor=1_000, what="the second half"),))
    )
    market.wait(60 * DAY + HOUR)
    first = market.order("o1/3").first_id
    assert first == market.order("o1/3b").first_id == "o1"
