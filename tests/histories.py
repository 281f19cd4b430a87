"""Random histories: every command of the engine, over few parties, so that they meet; and a fickle provider.

`histories()` makes whole timelines for comparing two homes; `commands()` single commands for machines that go
step by step. `Provider` answers what the engine asks of the outside, right, wrong, late or never.
"""

import zlib
from collections.abc import Sequence

from hypothesis import strategies as st
from msgspec.structs import replace

import otherwise
from holdfast.enforcement.model import DeclareAbsconded, WithdrawDeclaration
from holdfast.engine.execution import Submission
from holdfast.guarantees.model import (
    CallTerms,
    Claimed,
    GuaranteeCalled,
    GuaranteeKind,
    RecordGuarantee,
    RecordGuaranteePaid,
    RecordGuaranteeRefused,
    RecordIssuerSettled,
    ReleaseGuarantee,
)
from holdfast.journal.model import ConfirmClock
from holdfast.kernel.clock import DAY, HOUR, MINUTE, Instant, parse
from holdfast.kernel.rows import Command, Fact
from holdfast.orders.facts import CaptureNoticeAsked
from holdfast.orders.model import (
    AnswerAfterSales,
    AskAfterSales,
    AskReturn,
    CancelOrder,
    ConfirmNotice,
    ConfirmOrder,
    ConfirmReturn,
    DeliverOrder,
    Listing,
    Part,
    PlaceOrder,
    ReduceOwed,
    ShipOrder,
)
from holdfast.orders.parts import CancelRest, SplitOrder
from holdfast.orders.services import Line, LoseParcel, PerformOrder, RefuseReturn, WithdrawDelivery
from holdfast.parties.model import (
    ClearMerchant,
    ClosePayLater,
    OpenPayLater,
    RegisterMerchant,
    ReinstateMerchant,
    SetConsumerLimit,
    SuspendMerchant,
)
from holdfast.policy.model import Policy
from holdfast.policy.reading import named
from holdfast.settlement.facts import CaptureAsked, PayoutAsked
from holdfast.settlement.model import (
    CapitaliseFund,
    ConfirmPayout,
    FailPayout,
    OpenClaim,
    PayDeposit,
    RecordCapture,
    RecordCaptureFailure,
    RecordRecovery,
    Refund,
    RejectClaim,
    ReturnDeposit,
    UpholdClaim,
)
from holdfast.settlement.otherwise import ConfirmRepayment, FailRepayment, RecordSeizure
from holdfast.settlement.otherwise_facts import RepaymentAsked

START: Instant = parse("2026-03-01")
MERCHANTS = ("m1", "m2", "m3")
CONSUMERS = ("c1", "c2", "c3")
ORDERS = tuple(f"o{number}" for number in range(1, 13))
CLAIMS = tuple(f"k{number}" for number in range(1, 13))
GUARANTEES = tuple(f"g{number}" for number in range(1, 7))
PEOPLE = ("Li", "Wang", "Zhao")
RELEASES = ("full", "delivery_plus(7)", "rolling_reserve(15%, 30d)", "fixed_deposit(10000)", "covered(0.99)")
LISTING = Listing(title="电热水壶", text="1.7 L", price_minor=10_000, promises=("7 天无理由退货",))

OWNERS = {"m1": ("p1",), "m2": ("p1", "p2"), "m3": ("p3",)}
"""Two merchants share an owner: who runs with one cannot come back with another."""


def policy(release: str, **changes: object) -> Policy:
    """Return the standard policy with this release rule and other numbers, under a version of its own."""
    chosen = named(release)
    if not changes:
        return chosen
    listed = ",".join(f"{name}={value}" for name, value in sorted(changes.items()))
    return replace(chosen, version=f"{chosen.version}+{listed}", **changes)


VARIANTS: tuple[dict[str, object], ...] = (
    {},
    {"claim_stops_capture": False, "claim_holds_payout": False},
    {"advance_on_delivery": True},
    {"claim_stops_capture": False, "advance_on_delivery": True},
    {"refund_without_claim": False, "payout_cycle": 0},
    {"young_orders": 0, "young_for": 0, "prior_run_aways": 1, "payout_cycle": 0, "least_cover_bp": 0},
)

POLICIES: tuple[Policy, ...] = tuple(
    policy(release, **changes) for release in RELEASES for changes in VARIANTS
)
"""Each release rule, with and without what stops a debit, holds a payout and pays in advance."""


def opening() -> list[Command]:
    """Return the commands that bring the parties in."""
    joining: list[Command] = [
        RegisterMerchant(merchant_id=key, name=f"Shop {key}", currency="CNY", owner_ids=OWNERS[key])
        for key in MERCHANTS
    ]
    return joining + [OpenPayLater(consumer_id=key, currency="CNY") for key in CONSUMERS]


def sale(order_id: str, merchant_id: str, consumer_id: str, amount_minor: int, steps: int) -> list[Command]:
    """Return an order that is placed, shipped and delivered, as far as `steps` goes."""
    whole: list[Command] = [
        PlaceOrder(
            order_id=order_id,
            merchant_id=merchant_id,
            consumer_id=consumer_id,
            currency="CNY",
            amount_minor=amount_minor,
            listing=LISTING,
            confirmed=steps > 0,
        ),
        ShipOrder(order_id=order_id, tracking="SF1"),
        DeliverOrder(order_id=order_id),
    ]
    return whole[: max(1, steps)]


def course(order_id: str, merchant_id: str, consumer_id: str, amount_minor: int) -> PlaceOrder:
    """Return the order of a service in three steps, the last of which is a month away."""
    steps = (
        Part(id=f"{order_id}/2", amount_minor=max(1, amount_minor // 3), what="second lesson"),
        Part(id=f"{order_id}/3", amount_minor=max(1, amount_minor // 3), not_before=START + 30 * DAY),
    )
    return PlaceOrder(
        order_id=order_id,
        merchant_id=merchant_id,
        consumer_id=consumer_id,
        currency="CNY",
        amount_minor=amount_minor,
        listing=LISTING,
        service=True,
        what="first lesson",
        parts=steps,
    )


AMOUNTS = st.one_of(st.integers(1, 40_000), st.sampled_from([1, 2, 3, 9_999, 10_000]))


def _about_orders(order_id: str, claim_id: str, amount: int) -> list[Command]:
    return [
        *sale(order_id, MERCHANTS[amount % 3], CONSUMERS[amount % 3], amount, 1),
        ConfirmOrder(order_id=order_id),
        CancelOrder(order_id=order_id, reason="changed my mind"),
        ShipOrder(order_id=order_id),
        DeliverOrder(order_id=order_id),
        ConfirmNotice(order_id=order_id),
        AskReturn(order_id=order_id),
        ConfirmReturn(order_id=order_id),
        SplitOrder(order_id=order_id, parts=(Part(id=f"{order_id}/2", amount_minor=max(1, amount // 3)),)),
        CancelRest(order_id=order_id, reason="enough"),
        LoseParcel(order_id=order_id, reason="lost"),
        WithdrawDelivery(order_id=order_id, reason="another door"),
        RefuseReturn(order_id=order_id, by="the shop", reason="an empty box"),
        PerformOrder(order_id=order_id, lines=(Line(item="a lesson", amount_minor=amount),)),
        course(order_id, MERCHANTS[amount % 3], CONSUMERS[amount % 3], amount),
        AskAfterSales(order_id=order_id, question="how?"),
        AnswerAfterSales(order_id=order_id, answer="so"),
        ReduceOwed(order_id=order_id, owed_minor=amount // 2, reason="kindness"),
        ReduceOwed(order_id=order_id, owed_minor=0, reason="kindness"),
        RecordCapture(order_id=order_id),
        RecordCapture(order_id=order_id, amount_minor=amount),
        RecordCapture(order_id=order_id, amount_minor=amount, debit_id=f"d{amount % 4}"),
        RecordCaptureFailure(order_id=order_id, reason="no money"),
        *otherwise.about_orders(order_id, claim_id, amount),
        Refund(order_id=order_id, amount_minor=amount, reason="kindness"),
        OpenClaim(claim_id=claim_id, order_id=order_id, amount_minor=amount, reason="not as shown"),
        UpholdClaim(claim_id=claim_id, by="arbiter"),
        UpholdClaim(claim_id=claim_id, by="arbiter", amount_minor=max(1, amount // 3)),
        RejectClaim(claim_id=claim_id, by="arbiter", reason="as shown"),
    ]


def _about_merchants(merchant_id: str, person: str, amount: int) -> list[Command]:
    return [
        SuspendMerchant(merchant_id=merchant_id, reason="complaints", by=person),
        ReinstateMerchant(merchant_id=merchant_id, by=person),
        ClearMerchant(merchant_id=merchant_id, by=person, reason="looked at"),
        DeclareAbsconded(merchant_id=merchant_id, by=person, reason="nobody answers"),
        DeclareAbsconded(merchant_id=merchant_id, by=person, reason="the shop is empty"),
        WithdrawDeclaration(merchant_id=merchant_id, by=person),
        PayDeposit(merchant_id=merchant_id, amount_minor=amount),
        ReturnDeposit(merchant_id=merchant_id, amount_minor=amount),
        RecordRecovery(merchant_id=merchant_id, amount_minor=amount, source="police"),
        RecordSeizure(
            seizure_id=f"s{amount % 4}",
            merchant_id=merchant_id,
            amount_minor=amount,
            authority="a court",
            document="(2026) 1",
        ),
        RegisterMerchant(merchant_id="m4", name="Shop m4", currency="CNY", owner_ids=OWNERS[merchant_id]),
    ]


def standing(guarantee_id: str, merchant_id: str, limit_minor: int, **terms: object) -> RecordGuarantee:
    """Return a bank's guarantee for a year, on demand and without exclusions, but for other `terms`."""
    whole = {
        "kind": GuaranteeKind.BANK_GUARANTEE,
        "issuer": "a bank",
        "starts_at": START,
        "ends_at": START + 365 * DAY,
        "call": CallTerms.ON_DEMAND,
        **terms,
    }
    return RecordGuarantee(
        guarantee_id=guarantee_id,
        merchant_id=merchant_id,
        limit_minor=limit_minor,
        **whole,  # pyright: ignore[reportArgumentType]
    )


def _about_guarantees(guarantee_id: str, merchant_id: str, amount: int, ends: Instant) -> list[Command]:
    starts = START + amount % 30 * DAY
    excludes = ((Claimed.LATE,), (Claimed.ORDINARY, Claimed.AWARDS), (Claimed.RUN_AWAYS,))[amount % 3]
    conditional = {"kind": GuaranteeKind.SURETY_INSURANCE, "call": CallTerms.AFTER_RULING}
    return [
        standing(guarantee_id, merchant_id, amount, ends_at=ends),
        standing(guarantee_id, merchant_id, amount * 9, ends_at=ends),
        standing(guarantee_id, merchant_id, amount, starts_at=starts, ends_at=ends),
        standing(guarantee_id, merchant_id, amount, ends_at=ends, excludes=excludes),
        standing(guarantee_id, merchant_id, amount, ends_at=ends, **conditional),
        ReleaseGuarantee(guarantee_id=guarantee_id),
        RecordGuaranteePaid(guarantee_id=guarantee_id, amount_minor=max(1, amount // 9)),
        RecordGuaranteeRefused(guarantee_id=guarantee_id, amount_minor=max(1, amount // 9), reason="fraud"),
        RecordIssuerSettled(guarantee_id=guarantee_id, amount_minor=max(1, amount // 9)),
    ]


def _about_consumers(consumer_id: str, amount: int) -> list[Command]:
    return [
        ClosePayLater(consumer_id=consumer_id),
        OpenPayLater(consumer_id=consumer_id, currency="CNY"),
        SetConsumerLimit(consumer_id=consumer_id, limit_minor=amount * 20),
        CapitaliseFund(currency="CNY", amount_minor=amount),
        ConfirmClock(by=consumer_id, reason="it is"),
    ]


@st.composite
def commands(draw: st.DrawFn) -> Command:
    """Any command but those of the bare ledger, about any of the parties; most about orders."""
    amount = draw(AMOUNTS)
    of_orders = _about_orders(draw(st.sampled_from(ORDERS)), draw(st.sampled_from(CLAIMS)), amount)
    of_merchants = _about_merchants(draw(st.sampled_from(MERCHANTS)), draw(st.sampled_from(PEOPLE)), amount)
    of_consumers = _about_consumers(draw(st.sampled_from(CONSUMERS)), amount)
    of_freezes = otherwise.about_freezes(draw(st.sampled_from(MERCHANTS)), amount)
    of_receipts = otherwise.about_receipts(
        draw(st.sampled_from(ORDERS)), draw(st.sampled_from(MERCHANTS)), amount
    )
    others = (*of_merchants, *of_consumers, *of_freezes, *of_receipts)
    ends = START + draw(st.sampled_from([1, 20, 40, 90, 400])) * DAY
    chosen = draw(st.sampled_from(GUARANTEES)), draw(st.sampled_from(MERCHANTS))
    of_guarantees = _about_guarantees(*chosen, amount, ends)
    return draw(st.sampled_from([*of_orders, *of_orders, *of_guarantees, *others]))


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
    timeline = [Submission(command, at) for command in opening()]
    fresh = iter(ORDERS)
    for number in range(draw(st.integers(1, length))):
        at += draw(st.sampled_from([0, MINUTE, HOUR, DAY, 3 * DAY, 16 * DAY]))
        order_id = next(fresh, None) if draw(st.booleans()) else None
        if order_id is None:
            chosen: Sequence[Command] = [draw(commands())]
        else:
            parties = draw(st.sampled_from(MERCHANTS)), draw(st.sampled_from(CONSUMERS))
            chosen = sale(order_id, *parties, draw(AMOUNTS), draw(st.integers(0, 3)))
        key = f"key-{number}" if draw(st.integers(0, 4)) == 0 else None
        timeline += [Submission(command, at, key and f"{key}/{n}") for n, command in enumerate(chosen)]
        if key is not None and draw(st.booleans()):
            timeline += [Submission(chosen[0], at, f"{key}/0")]
    return timeline
