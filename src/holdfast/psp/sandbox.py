"""A provider, and a sender of notices, that do what they are asked, each after a set time."""

from collections.abc import Callable, Mapping

from holdfast.kernel.clock import HOUR, MINUTE, Duration, Instant
from holdfast.kernel.rows import Command, Fact
from holdfast.orders.facts import CaptureNoticeAsked
from holdfast.orders.model import ConfirmNotice
from holdfast.settlement.facts import CaptureAsked, PayoutAsked
from holdfast.settlement.model import ConfirmPayout, RecordCapture
from holdfast.settlement.otherwise import ConfirmRepayment
from holdfast.settlement.otherwise_facts import RepaymentAsked

NOTICE_TAKES: Duration = MINUTE
CAPTURE_TAKES: Duration = MINUTE
PAYOUT_TAKES: Duration = 2 * HOUR

Answers = list[tuple[Instant, Command]]


def _notice(fact: Fact) -> Answers:
    assert isinstance(fact.body, CaptureNoticeAsked)
    return [(fact.at + NOTICE_TAKES, ConfirmNotice(order_id=fact.body.order_id))]


def _capture(fact: Fact) -> Answers:
    assert isinstance(fact.body, CaptureAsked)
    return [(fact.at + CAPTURE_TAKES, RecordCapture(order_id=fact.body.order_id))]


def _repayment(fact: Fact) -> Answers:
    body = fact.body
    assert isinstance(body, RepaymentAsked)
    done = ConfirmRepayment(repayment_id=body.repayment_id, payment_id=body.payment_id)
    return [(fact.at + PAYOUT_TAKES, done)]


def _payout(fact: Fact) -> Answers:
    body = fact.body
    assert isinstance(body, PayoutAsked)
    done = ConfirmPayout(merchant_id=body.merchant_id, payout_id=body.payout_id)
    return [(fact.at + PAYOUT_TAKES, done)]


ANSWERS: Mapping[type, Callable[[Fact], Answers]] = {
    CaptureNoticeAsked: _notice,
    CaptureAsked: _capture,
    PayoutAsked: _payout,
    RepaymentAsked: _repayment,
}
"""What is answered to which fact."""
