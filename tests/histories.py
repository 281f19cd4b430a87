"""Random histories: every command of the engine, over few parties, so that they meet; and a fickle provider.

`histories()` makes whole timelines for comparing two homes; `commands()` single commands for machines that go
step by step, and `ledger_commands()` those of the bare ledger. `Provider` answers what the engine asks of the
outside, right, wrong, late or never.
"""

import zlib
from collections.abc import Sequence

from hypothesis import strategies as st
from msgspec.structs import replace

from every_command import FOLLOWS, MARKET, ON_ORDERS, Cast
from holdfast.engine.execution import Submission
from holdfast.guarantees.model import GuaranteeCalled, RecordGuaranteePaid, RecordGuaranteeRefused
from holdfast.kernel.clock import DAY, HOUR, MINUTE, Instant
from holdfast.kernel.rows import Command, Fact
from holdfast.orders.facts import CaptureNoticeAsked
from holdfast.orders.model import ConfirmNotice, PlaceOrder
from holdfast.settlement.facts import CaptureAsked, PayoutAsked
from holdfast.settlement.model import ConfirmPayout, FailPayout, RecordCapture, RecordCaptureFailure
from holdfast.settlement.otherwise import ConfirmRepayment, FailRepayment
from holdfast.settlement.otherwise_facts import RepaymentAsked
from ledger_makers import ACCOUNTS, LEDGER, TRANSFERS, Till
from market_parts import (
    AMOUNTS,
    CLAIMS,
    CONSUMERS,
    GUARANTEES,
    LISTING,
    MERCHANTS,
    ORDERS,
    PEOPLE,
    POLICIES,
    RELEASES,
    START,
    course,
    opening,
    policy,
    sale,
    standing,
)
from who_asks import Asked, asked, said

__all__ = [
    "AMOUNTS",
    "CONSUMERS",
    "LISTING",
    "MERCHANTS",
    "ORDERS",
    "PEOPLE",
    "POLICIES",
    "RELEASES",
    "START",
    "Provider",
    "commands",
    "course",
    "histories",
    "ledger_commands",
    "opening",
    "policy",
    "sale",
    "standing",
]

EXTREMES = st.sampled_from([1, 7, 100, 2**62, 2**63 - 1, 2**63, -5, 0])


@st.composite
def _casts(draw: st.DrawFn) -> Cast:
    return Cast(
        order_id=draw(st.sampled_from(ORDERS)),
        claim_id=draw(st.sampled_from(CLAIMS)),
        merchant_id=draw(st.sampled_from(MERCHANTS)),
        consumer_id=draw(st.sampled_from(CONSUMERS)),
        guarantee_id=draw(st.sampled_from(GUARANTEES)),
        person=draw(st.sampled_from(PEOPLE)),
        amount=draw(AMOUNTS),
        ends=START + draw(st.sampled_from([1, 20, 40, 90, 400])) * DAY,
    )


def _forms(cast: Cast) -> list[Command]:
    """Return every command of a cast, in every form; those about orders twice."""
    return [command for make in (*ON_ORDERS.values(), *MARKET.values()) for command in make(cast)]


@st.composite
def commands(draw: st.DrawFn) -> Asked:
    """Any command but those of the bare ledger, about any of the parties; most about orders."""
    cast = draw(_casts())
    return said(cast.person, draw(st.sampled_from(_forms(cast))))


@st.composite
def _courses(draw: st.DrawFn, sold: Sequence[PlaceOrder]) -> list[Command]:
    """Any command, most about what was sold last, and perhaps what comes of it."""
    cast = draw(_casts())
    if sold and draw(st.integers(0, 3)):
        order = draw(st.sampled_from(sold[-3:]))
        amount = draw(st.sampled_from([order.amount_minor, cast.amount]))
        cast = cast._replace(order_id=order.order_id, merchant_id=order.merchant_id, amount=amount)
    course = [draw(st.sampled_from(_forms(cast)))]
    while (follows := FOLLOWS.get(type(course[-1]))) and draw(st.booleans()):
        course.append(draw(st.sampled_from(MARKET[draw(st.sampled_from(follows))](cast))))
    return course


@st.composite
def ledger_commands(draw: st.DrawFn) -> Command:
    """A command of the bare ledger, over few accounts and few ids, so that they meet."""
    till = Till(
        first_id=draw(st.sampled_from(ACCOUNTS)),
        second_id=draw(st.sampled_from(ACCOUNTS)),
        transfer_id=draw(st.sampled_from(TRANSFERS)),
        other_id=draw(st.sampled_from(TRANSFERS)),
        amount=draw(EXTREMES),
        part=draw(st.sampled_from([None, 1, 7])),
        expires_at=START + draw(st.integers(1, 30)) * DAY,
    )
    return draw(st.sampled_from([command for make in LEDGER.values() for command in make(till)]))


class Provider:
    """The outside world: a provider that answers, fails or keeps silent, the same for the same question.

    Of a hundred questions `fails` are answered with a failure and `silent` not at all. `otherwise`: it says
    late that what failed has gone through and that what went through came back, or it takes another amount.
    """

    def __init__(self, salt: int, fails: int, silent: int, *, otherwise: bool = False) -> None:
        self._salt = salt
        self._otherwise = otherwise
        self._fails = fails
        self._silent = silent

    def react(self, fact: Fact) -> list[tuple[Instant, Command]]:  # noqa: PLR0911 - one a question
        """Answer a fact, as `Home.play` wants it."""
        luck = zlib.crc32(f"{self._salt}/{fact.id}".encode()) % 100
        if luck < self._silent:
            return []
        body, failed = fact.body, luck < self._silent + self._fails
        match body:
            case _ if self._otherwise and luck % 3 == 0 and isinstance(body, _TOLD_OTHERWISE):
                return _otherwise(fact, luck)
            case CaptureNoticeAsked():
                return [(fact.at + MINUTE, ConfirmNotice(order_id=body.order_id))]
            case CaptureAsked() if failed:
                return [(fact.at + HOUR, RecordCaptureFailure(order_id=body.order_id, reason="no money"))]
            case CaptureAsked():
                return [(fact.at + MINUTE, RecordCapture(order_id=body.order_id))]
            case PayoutAsked():
                paid = ConfirmPayout(merchant_id=body.merchant_id, payout_id=body.payout_id)
                fails = FailPayout(
                    merchant_id=body.merchant_id, payout_id=body.payout_id, reason="wrong account"
                )
                answer = fails if failed else paid
                return [(fact.at + 2 * HOUR, answer)]
            case RepaymentAsked():
                bounces, repays = _repaid(body)
                return [(fact.at + 2 * HOUR, bounces if failed else repays)]
            case GuaranteeCalled():
                return [(fact.at + DAY, _answer_of_issuer(body, failed=failed))]
            case _:
                return []


def _repaid(body: RepaymentAsked) -> tuple[FailRepayment, ConfirmRepayment]:
    """Return the two answers to a repayment: it bounces, it arrives."""
    bounces = FailRepayment(repayment_id=body.repayment_id, payment_id=body.payment_id, reason="closed")
    return bounces, ConfirmRepayment(repayment_id=body.repayment_id, payment_id=body.payment_id)


_TOLD_OTHERWISE = (CaptureAsked, PayoutAsked, RepaymentAsked)


def _otherwise(fact: Fact, luck: int) -> list[tuple[Instant, Command]]:
    """Answer twice, late, or with another amount."""
    body, amount = fact.body, 0
    if isinstance(body, CaptureAsked):
        amount = max(1, body.amount_minor * luck // 50)
        answered: list[tuple[Instant, Command]] = [
            (fact.at + HOUR, RecordCaptureFailure(order_id=body.order_id, reason="timeout")),
            (fact.at + luck * DAY, RecordCapture(order_id=body.order_id, amount_minor=amount)),
            (fact.at + 2 * luck * DAY, RecordCapture(order_id=body.order_id, debit_id=fact.id)),
        ]
        if luck % 5 == 0:
            yen = RecordCapture(order_id=body.order_id, amount_minor=amount, currency="JPY")
            return [(fact.at + HOUR, yen), (fact.at + 2 * HOUR, yen), *answered[2:]]
        return answered[luck % 2 :]
    if isinstance(body, PayoutAsked):
        amount = max(1, body.amount_minor * luck // 50)
        fails = FailPayout(merchant_id=body.merchant_id, payout_id=body.payout_id, reason="closed")
        pays = ConfirmPayout(merchant_id=body.merchant_id, payout_id=body.payout_id)
        more = replace(pays, amount_minor=amount, currency="CNY")
        yen = replace(more, currency="JPY")
        bounced = replace(fails, amount_minor=amount, currency="JPY")
        answers = ((fails, pays), (pays, fails), (more, fails), (fails, more), (yen, bounced))[luck % 5]
    else:
        assert isinstance(body, RepaymentAsked)
        bounces, repays = _repaid(body)
        amount = max(1, body.amount_minor * luck // 50)
        more = replace(repays, amount_minor=amount)
        yen = replace(more, currency="JPY")
        answers = ((bounces, repays), (repays, bounces), (more, bounces), (bounces, more), (yen, more))[
            luck % 5
        ]
    return [(fact.at + HOUR, answers[0]), (fact.at + 3 * DAY, answers[1])]


def _answer_of_issuer(body: GuaranteeCalled, *, failed: bool) -> Command:
    key, amount = body.guarantee_id, body.amount_minor
    if failed:
        return RecordGuaranteeRefused(guarantee_id=key, amount_minor=amount, reason="the papers are bad")
    return RecordGuaranteePaid(guarantee_id=key, amount_minor=amount)


@st.composite
def histories(draw: st.DrawFn, *, length: int = 40) -> list[Submission]:
    """A timeline: the parties come in, orders are sold and go their ways, and anything happens in between.

    Ascending by time. Some commands carry an idempotency key, and some of these are sent again.
    """
    at = START
    timeline = [asked(command, at) for command in opening()]
    fresh = iter(ORDERS)
    sold: list[PlaceOrder] = []
    for number in range(draw(st.integers(1, length))):
        order_id = next(fresh, None) if draw(st.booleans()) else None
        if order_id is None:
            chosen: Sequence[Command] = draw(_courses(sold))
        else:
            parties = draw(st.sampled_from(MERCHANTS)), draw(st.sampled_from(CONSUMERS))
            chosen = sale(order_id, *parties, draw(AMOUNTS), draw(st.integers(0, 3)))
            sold += [command for command in chosen if isinstance(command, PlaceOrder)]
        key = f"key-{number}" if draw(st.integers(0, 4)) == 0 else None
        person = draw(st.sampled_from(PEOPLE))
        for place, command in enumerate(chosen):
            if place == 0 or order_id is None:
                at += draw(st.sampled_from([0, MINUTE, HOUR, DAY, 3 * DAY, 16 * DAY]))
            timeline.append(asked(said(person, command), at, key and f"{key}/{place}"))
        if key is not None and draw(st.booleans()):
            timeline.append(asked(said(person, chosen[0]), at, f"{key}/0"))
    return timeline
