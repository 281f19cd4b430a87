"""What is asked of the outside and never answered wakes somebody, once; no money moves by it."""

from histories import policy
from holdfast.claims.model import RejectClaim
from holdfast.enforcement.model import DeclareAbsconded
from holdfast.engine.tasks import Possible
from holdfast.guarantees.model import (
    CallTerms,
    Guarantee,
    GuaranteeKind,
    RecordGuarantee,
    RecordGuaranteePaid,
)
from holdfast.kernel.clock import DAY, HOUR, Duration
from holdfast.kernel.money import Money
from holdfast.orders.facts import AnswerOverdue, Question
from holdfast.orders.model import AskReturn, ConfirmNotice, OrderState, RefuseReturn
from holdfast.settlement.facts import PayoutFailed
from holdfast.settlement.model import ConfirmPayout, FailPayout, Payout, RecordCapture
from holdfast.settlement.otherwise import (
    ConfirmRepayment,
    FailRepayment,
    Repayment,
    RetryRepayment,
)
from one_market import SILENT, START, OneMarket, of
from who_asks import Said

AGREES = policy("full")


def overdue(market: OneMarket, duration: Duration) -> list[AnswerOverdue]:
    """Return what is told while the provider is silent; no money moves meanwhile."""
    return of(AnswerOverdue, market.wait(duration, SILENT))


def asked_for_a_payout() -> OneMarket:
    market = OneMarket(policy("delivery_plus(0)"))
    market.sell_captured()
    market.wait(2 * DAY, SILENT)
    assert market.row(Payout, "m1").hold_id is not None
    return market


def test_a_notice_that_nobody_confirms_is_told_once_and_then_waits() -> None:
    market = OneMarket()
    market.sell()
    market.wait(6 * DAY, SILENT)
    asked_at = market.order().notice_asked_at
    assert asked_at is not None
    assert market.tasks() == []
    [told] = overdue(market, 12 * HOUR)
    assert (told.question, told.asked_id, told.asked_at) == (Question.NOTICE, "o1", asked_at)
    assert told.amount_minor == 10_000
    task = market.the_only_task()
    assert (task.kind, task.since) == ("notice_unanswered", asked_at)
    assert task.due == asked_at + AGREES.notice_answer_within + AGREES.look_within
    assert overdue(market, 300 * DAY) == []
    assert market.order().state is OrderState.DELIVERED
    assert market.order().capture_asked_at is None
    market.do(ConfirmNotice(order_id="o1"))
    assert market.tasks() == []
    assert of(AnswerOverdue, market.wait(90 * DAY)) == []


def test_a_debit_that_is_not_answered_is_told_once_and_debits_nobody() -> None:
    market = OneMarket()
    market.sell()
    market.wait(6 * DAY, SILENT)
    market.do(ConfirmNotice(order_id="o1"))
    told = overdue(market, 5 * DAY)
    asked_at = market.order().capture_asked_at
    assert asked_at is not None
    assert [(each.question, each.asked_at) for each in told] == [(Question.DEBIT, asked_at)]
    assert overdue(market, 300 * DAY) == []
    order = market.order()
    assert (order.state, order.captured_minor, order.owed_minor) == (OrderState.DELIVERED, 0, 10_000)
    assert market.the_only_task().may == (
        Possible("RecordCapture", {"order_id": "o1"}),
        Possible("RecordCaptureFailure", {"order_id": "o1"}),
    )
    market.do(RecordCapture(order_id="o1"))
    assert market.tasks() == []


def test_of_goods_that_go_back_no_notice_is_asked_after() -> None:
    market = OneMarket()
    market.sell()
    market.wait(6 * DAY, SILENT)
    market.do(AskReturn(order_id="o1"))
    assert overdue(market, 2 * DAY) == []
    assert market.tasks() == []
    market.do(RefuseReturn(order_id="o1", reason="it did not come"))
    assert [each.question for each in overdue(market, 2 * DAY)] == [Question.NOTICE]


def test_a_notice_and_then_a_debit_are_each_told() -> None:
    market = OneMarket()
    market.sell()
    told = overdue(market, 8 * DAY)
    market.do(ConfirmNotice(order_id="o1"))
    told += overdue(market, 8 * DAY)
    assert [each.question for each in told] == [Question.NOTICE, Question.DEBIT]


def test_a_claim_that_pauses_the_order_does_not_hide_that_the_provider_is_silent() -> None:
    """It is told when the pause ends; the task does not wait for that."""
    market = OneMarket()
    market.sell()
    market.wait(6 * DAY, SILENT)
    market.do(ConfirmNotice(order_id="o1"))
    market.wait(2 * DAY, SILENT)
    assert market.order().capture_asked_at is not None
    market.claim(1_000)
    assert overdue(market, 5 * DAY) == []
    assert [task.kind for task in market.tasks()] == ["capture_unanswered", "claim"]
    market.do(RejectClaim(claim_id="k1", reason="as shown"))
    assert [each.question for each in overdue(market, HOUR)] == [Question.DEBIT]


def test_a_payout_that_is_not_answered_is_told_once_and_stays_asked() -> None:
    market = asked_for_a_payout()
    row = market.row(Payout, "m1")
    assert market.tasks() == []
    [told] = overdue(market, 4 * DAY)
    assert (told.question, told.asked_id, told.merchant_id) == (Question.PAYOUT, row.hold_id, "m1")
    assert (told.asked_at, told.amount_minor) == (row.waits_since, 9_920)
    assert overdue(market, 90 * DAY) == []
    task = market.the_only_task()
    assert (task.kind, task.subjects, task.at_stake) == (
        "payout_unanswered",
        ("merchant:m1",),
        Money(9_920, "CNY"),
    )
    fields = {"merchant_id": "m1", "payout_id": row.hold_id}
    assert [each.fields for each in task.may] == [fields, fields]
    assert market.of_merchant("available") == 9_920
    market.do(ConfirmPayout(merchant_id="m1", payout_id=row.hold_id or ""))
    assert market.tasks() == []
    assert market.of_merchant("available") == 0


def test_a_payout_that_failed_late_is_asked_anew_and_may_be_late_again() -> None:
    market = asked_for_a_payout()
    first = market.row(Payout, "m1").hold_id or ""
    overdue(market, 4 * DAY)
    assert of(PayoutFailed, market.do(FailPayout(merchant_id="m1", payout_id=first, reason="closed")))
    assert market.tasks() == []
    [again] = overdue(market, 6 * DAY)
    assert again.asked_id != first


def asked_for_a_repayment() -> tuple[OneMarket, str]:
    market = OneMarket()
    market.sell_captured()
    market.do(RecordCapture(order_id="o1", amount_minor=300, debit_id="d2"))
    [row] = market.home.rows(Repayment)
    return market, row.id


def test_a_repayment_that_is_not_answered_is_told_once_and_stays_on_the_credit() -> None:
    market, key = asked_for_a_repayment()
    [told] = overdue(market, 4 * DAY)
    payment = market.row(Repayment, key).payment_id
    assert (told.question, told.asked_id, told.amount_minor) == (Question.REPAYMENT, payment, 300)
    assert {each.question for each in overdue(market, 90 * DAY)} == {Question.PAYOUT}
    assert "repayment_unanswered" in [task.kind for task in market.tasks()]
    assert market.balance("consumer/c1/credit/CNY") == 300
    market.do(ConfirmRepayment(repayment_id=key, payment_id=payment or ""))
    assert "repayment_unanswered" not in [task.kind for task in market.tasks()]


def test_a_repayment_that_failed_and_is_asked_anew_has_its_time_again() -> None:
    market, key = asked_for_a_repayment()
    overdue(market, 4 * DAY)
    payment = market.row(Repayment, key).payment_id or ""
    market.do(FailRepayment(repayment_id=key, payment_id=payment, reason="closed"))
    assert [task.kind for task in market.tasks()] == ["bounced_repayment"]
    market.do(RetryRepayment(repayment_id=key))
    assert market.tasks() == []
    assert [each.question for each in overdue(market, 4 * DAY)] == [Question.REPAYMENT]


def called() -> OneMarket:
    """A merchant ran; of its guarantee was called what its consumers miss."""
    market = OneMarket(policy("delivery_plus(0)"))
    market.do(
        RecordGuarantee(
            guarantee_id="g1",
            merchant_id="m1",
            kind=GuaranteeKind.BANK_GUARANTEE,
            issuer="a bank",
            limit_minor=100_000,
            starts_at=START,
            ends_at=START + 400 * DAY,
            call=CallTerms.ON_DEMAND,
        )
    )
    market.sell_captured()
    market.wait(2 * DAY)
    for person in ("Li", "Wang"):
        market.do(Said(person, DeclareAbsconded(merchant_id="m1", reason="gone")))
    market.wait(16 * DAY, SILENT)
    assert market.row(Guarantee, "g1").open_minor
    return market


def test_an_issuer_that_does_not_answer_is_asked_after_its_time() -> None:
    market = called()
    row = market.row(Guarantee, "g1")
    assert row.called_at is not None
    assert market.tasks() == []
    market.until(row.called_at + AGREES.issuer_answer_within, SILENT)
    task = market.the_only_task()
    assert (task.kind, task.since, task.at_stake) == (
        "call_unanswered",
        row.called_at,
        Money(row.open_minor, "CNY"),
    )
    market.do(RecordGuaranteePaid(guarantee_id="g1", amount_minor=1))
    assert market.the_only_task().since == row.called_at
    market.do(RecordGuaranteePaid(guarantee_id="g1", amount_minor=row.open_minor - 1))
    assert market.tasks() == []
