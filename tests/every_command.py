"""A maker for every command: what a random history may ask, of whomever it is about.

Each maker returns its command in the forms in which it is tried. What answers a question of the engine bears
an id that it made: those commands come from `histories.Provider`, which hears the questions.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from msgspec.structs import replace

from access_makers import AFTER, ON_ACCESS
from holdfast.claims.model import OpenClaim, RejectClaim, UpholdClaim
from holdfast.coverage.model import RecordPeers
from holdfast.enforcement.model import DeclareAbsconded, WithdrawDeclaration
from holdfast.evidence.model import CustodyAction, RecordCustody, RecordEvidence
from holdfast.evidence.rules import digest_of
from holdfast.guarantees.model import (
    CallTerms,
    Claimed,
    GuaranteeKind,
    RecordGuarantee,
    RecordGuaranteePaid,
    RecordGuaranteeRefused,
    RecordIssuerSettled,
    ReleaseGuarantee,
)
from holdfast.journal.model import ConfirmClock, DestroyKeys, DestroyKeysAgain, RestartLog
from holdfast.journal.proposals import WithdrawProposal, proposal_id
from holdfast.kernel.clock import DAY, Instant
from holdfast.kernel.identity import within
from holdfast.kernel.rows import Command
from holdfast.orders.model import (
    AnswerAfterSales,
    AskAfterSales,
    AskReturn,
    CancelOrder,
    ConfirmNotice,
    ConfirmOrder,
    ConfirmReturn,
    DeliverOrder,
    LoseParcel,
    Part,
    PlaceOrder,
    ReduceOwed,
    RefuseReturn,
    ShipOrder,
    WithdrawDelivery,
)
from holdfast.orders.parts import CancelRest, SplitOrder
from holdfast.orders.services import Line, PerformOrder
from holdfast.parties.model import (
    ClearMerchant,
    ClosePayLater,
    OpenPayLater,
    RegisterMerchant,
    ReinstateMerchant,
    SetConsumerLimit,
    SuspendMerchant,
)
from holdfast.policy.model import AdoptPolicy
from holdfast.settlement.model import (
    CapitaliseFund,
    ConfirmPayout,
    FailPayout,
    PayDeposit,
    RecordCapture,
    RecordCaptureFailure,
    RecordRecovery,
    Refund,
    ReturnDeposit,
)
from holdfast.settlement.otherwise import (
    ConfirmDoubt,
    ConfirmRepayment,
    DismissDoubt,
    FailRepayment,
    RecordChargeback,
    RecordChargebackWon,
    RecordFreeze,
    RecordFreezeLifted,
    RecordPaidTwice,
    RecordRefundReturned,
    RecordSeizure,
    RetryRepayment,
)
from holdfast.settlement.received import AssignReceipt, RecordProviderFee, RecordUnassigned, Target
from market_parts import OWNERS, POLICIES, START, course, sale, standing
from webhook_makers import OF_WEBHOOKS, WEBHOOKS


class Cast(NamedTuple):
    """Whom a command is about, how much it is about, and until when: all that a maker chooses from."""

    order_id: str
    claim_id: str
    merchant_id: str
    consumer_id: str
    guarantee_id: str
    person: str
    amount: int
    ends: Instant

    @property
    def currency(self) -> str:
        """The parties' currency, left out or said, or another."""
        return ("", "CNY", "JPY")[self.amount % 3]

    def numbered(self, letter: str) -> str:
        """Return one of four ids, so that what bears them meets."""
        return f"{letter}{self.amount % 4}"

    def part_of(self, number: int) -> int:
        """Return a part of the amount, but never nothing."""
        return max(1, self.amount // number)


Maker = Callable[[Cast], list[Command]]


def _debits(c: Cast) -> list[Command]:
    plain = RecordCapture(order_id=c.order_id)
    told = replace(plain, amount_minor=c.amount)
    yen = replace(told, currency="JPY")
    named = c.numbered("d")
    return [plain, told, replace(told, debit_id=named), yen, replace(yen, debit_id=named)]


def _rulings(c: Cast) -> list[Command]:
    return [UpholdClaim(claim_id=c.claim_id), UpholdClaim(claim_id=c.claim_id, amount_minor=c.part_of(3))]


def _chargebacks(c: Cast) -> list[Command]:
    plain = RecordChargeback(
        chargeback_id=c.claim_id, order_id=c.order_id, amount_minor=c.amount, reason="fraud"
    )
    return [plain, replace(plain, currency=c.currency)]


def _chargebacks_won(c: Cast) -> list[Command]:
    plain = RecordChargebackWon(chargeback_id=c.claim_id)
    return [plain, replace(plain, amount_minor=c.part_of(2), currency=c.currency)]


ON_ORDERS: Mapping[type[Command], Maker] = {
    PlaceOrder: lambda c: [
        sale(c.order_id, c.merchant_id, c.consumer_id, c.amount, 1)[0],
        course(c.order_id, c.merchant_id, c.consumer_id, c.amount),
    ],
    ConfirmOrder: lambda c: [ConfirmOrder(order_id=c.order_id)],
    CancelOrder: lambda c: [CancelOrder(order_id=c.order_id, reason="changed my mind")],
    ShipOrder: lambda c: [ShipOrder(order_id=c.order_id)],
    DeliverOrder: lambda c: [DeliverOrder(order_id=c.order_id)],
    ConfirmNotice: lambda c: [ConfirmNotice(order_id=c.order_id)],
    AskReturn: lambda c: [AskReturn(order_id=c.order_id)],
    ConfirmReturn: lambda c: [ConfirmReturn(order_id=c.order_id)],
    SplitOrder: lambda c: [
        SplitOrder(order_id=c.order_id, parts=(Part(id=f"{c.order_id}/2", amount_minor=c.part_of(3)),))
    ],
    CancelRest: lambda c: [CancelRest(order_id=c.order_id, reason="enough")],
    LoseParcel: lambda c: [LoseParcel(order_id=c.order_id, reason="lost")],
    WithdrawDelivery: lambda c: [WithdrawDelivery(order_id=c.order_id, reason="another door")],
    RefuseReturn: lambda c: [RefuseReturn(order_id=c.order_id, reason="an empty box")],
    PerformOrder: lambda c: [
        PerformOrder(order_id=c.order_id, lines=(Line(item="a lesson", amount_minor=c.amount),))
    ],
    AskAfterSales: lambda c: [AskAfterSales(order_id=c.order_id, question="how?")],
    AnswerAfterSales: lambda c: [AnswerAfterSales(order_id=c.order_id, answer="so")],
    ReduceOwed: lambda c: [
        ReduceOwed(order_id=c.order_id, owed_minor=owed, reason="kindness") for owed in (c.amount // 2, 0)
    ],
    RecordCapture: _debits,
    RecordCaptureFailure: lambda c: [RecordCaptureFailure(order_id=c.order_id, reason="no money")],
    Refund: lambda c: [Refund(order_id=c.order_id, amount_minor=c.amount, reason="kindness")],
    OpenClaim: lambda c: [
        OpenClaim(claim_id=c.claim_id, order_id=c.order_id, amount_minor=c.amount, reason="not as shown")
    ],
    UpholdClaim: _rulings,
    RejectClaim: lambda c: [RejectClaim(claim_id=c.claim_id, reason="as shown")],
    RecordChargeback: _chargebacks,
    RecordChargebackWon: _chargebacks_won,
    RecordRefundReturned: lambda c: [
        RecordRefundReturned(
            repayment_id=c.claim_id,
            order_id=c.order_id,
            amount_minor=c.amount,
            reason="closed",
            currency=c.currency,
        )
    ],
    RecordPaidTwice: lambda c: [
        RecordPaidTwice(
            payment_id=c.claim_id,
            order_id=c.order_id,
            amount_minor=c.amount,
            reason="by mistake",
            currency=c.currency,
        )
    ],
    RetryRepayment: lambda c: [RetryRepayment(repayment_id=c.claim_id)],
    ConfirmDoubt: lambda c: [ConfirmDoubt(doubt_id=f"{c.order_id}/CNY/{c.amount}", debit_id=c.numbered("d"))],
    DismissDoubt: lambda c: [DismissDoubt(doubt_id=f"{c.order_id}/CNY/{c.amount}", reason="told twice")],
}
"""The commands about an order and what it brought, which most histories are about."""


def _guarantees(c: Cast) -> list[Command]:
    starts = START + c.amount % 30 * DAY
    excludes = ((Claimed.LATE,), (Claimed.ORDINARY, Claimed.AWARDS), (Claimed.RUN_AWAYS,))[c.amount % 3]
    plain = standing(c.guarantee_id, c.merchant_id, c.amount, ends_at=c.ends)
    return [
        plain,
        replace(plain, limit_minor=c.amount * 9),
        replace(plain, starts_at=starts),
        replace(plain, excludes=excludes),
        replace(plain, kind=GuaranteeKind.SURETY_INSURANCE, call=CallTerms.AFTER_RULING),
    ]


def _seizures(c: Cast) -> list[Command]:
    plain = RecordSeizure(
        seizure_id=c.numbered("s"),
        merchant_id=c.merchant_id,
        amount_minor=c.amount,
        authority="a court",
        document="(2026) 1",
    )
    return [plain, replace(plain, freeze_id=c.numbered("f"), currency=c.currency)]


def _freezes_lifted(c: Cast) -> list[Command]:
    whole = RecordFreezeLifted(freeze_id=c.numbered("f"), document="(2026) 3")
    return [whole, replace(whole, amount_minor=c.part_of(2))]


def _assigned(c: Cast) -> list[Command]:
    targets = (
        (Target.ORDER, c.order_id),
        (Target.DEPOSIT, c.merchant_id),
        (Target.DEBT, c.merchant_id),
        (Target.OWED_BACK, f"consumer/{c.order_id}/CNY"),
        (Target.SENDER, "its bank"),
    )
    return [
        AssignReceipt(receipt_id=c.numbered("r"), to=to, target_id=target_id) for to, target_id in targets
    ]


def _file(c: Cast) -> str:
    """Return the hash of one of two files."""
    return f"{c.amount % 2:064x}"


def _evidence(c: Cast) -> list[Command]:
    of_merchant = RecordEvidence(
        merchant_id=c.merchant_id,
        sha256=_file(c),
        sm3=_file(c),
        size_bytes=c.amount,
        media_type="image/jpeg",
        source="the consumer's album",
        device="a telephone",
        captured_at=START,
        operator=c.person,
    )
    of_order = replace(of_merchant, merchant_id=None, order_id=c.order_id)
    return [of_merchant, of_order, replace(of_merchant, merchant_id=None, claim_id=c.claim_id)]


def _custody(c: Cast) -> list[Command]:
    subjects = (("merchant", c.merchant_id), ("order", c.order_id), ("claim", c.claim_id))
    return [
        RecordCustody(
            evidence_id=within(c.merchant_id, digest_of(kind, subject_id, _file(c))),
            action=CustodyAction.HANDED_OVER,
            operator=c.person,
            device="a telephone",
            occurred_at=START,
        )
        for kind, subject_id in subjects
    ]


ON_OTHERS: Mapping[type[Command], Maker] = {
    RegisterMerchant: lambda c: [
        RegisterMerchant(
            merchant_id="m4", name="Shop m4", currency="CNY", owner_ids=OWNERS[c.merchant_id], category="toys"
        )
    ],
    SuspendMerchant: lambda c: [SuspendMerchant(merchant_id=c.merchant_id, reason="complaints")],
    ReinstateMerchant: lambda c: [ReinstateMerchant(merchant_id=c.merchant_id)],
    ClearMerchant: lambda c: [ClearMerchant(merchant_id=c.merchant_id, reason="looked at")],
    DeclareAbsconded: lambda c: [
        DeclareAbsconded(merchant_id=c.merchant_id, reason=reason)
        for reason in ("nobody answers", "the shop is empty")
    ],
    WithdrawDeclaration: lambda c: [WithdrawDeclaration(merchant_id=c.merchant_id)],
    PayDeposit: lambda c: [PayDeposit(merchant_id=c.merchant_id, amount_minor=c.amount)],
    ReturnDeposit: lambda c: [ReturnDeposit(merchant_id=c.merchant_id, amount_minor=c.amount)],
    RecordRecovery: lambda c: [
        RecordRecovery(merchant_id=c.merchant_id, amount_minor=c.amount, source="police")
    ],
    RecordSeizure: _seizures,
    RecordFreeze: lambda c: [
        RecordFreeze(
            freeze_id=c.numbered("f"),
            merchant_id=c.merchant_id,
            amount_minor=c.amount,
            authority="a court",
            document="(2026) 2",
            currency=c.currency,
        )
    ],
    RecordFreezeLifted: _freezes_lifted,
    RecordUnassigned: lambda c: [
        RecordUnassigned(
            receipt_id=c.numbered("r"), currency=currency, amount_minor=c.amount, reference="for o99"
        )
        for currency in ("CNY", "JPY")
    ],
    AssignReceipt: _assigned,
    RecordProviderFee: lambda c: [
        RecordProviderFee(fee_id=c.numbered("r"), currency="CNY", amount_minor=c.amount, what="0.6 %")
    ],
    RecordGuarantee: _guarantees,
    ReleaseGuarantee: lambda c: [ReleaseGuarantee(guarantee_id=c.guarantee_id)],
    RecordGuaranteePaid: lambda c: [
        RecordGuaranteePaid(guarantee_id=c.guarantee_id, amount_minor=c.part_of(9))
    ],
    RecordGuaranteeRefused: lambda c: [
        RecordGuaranteeRefused(guarantee_id=c.guarantee_id, amount_minor=c.part_of(9), reason="fraud")
    ],
    RecordIssuerSettled: lambda c: [
        RecordIssuerSettled(guarantee_id=c.guarantee_id, amount_minor=c.part_of(9))
    ],
    OpenPayLater: lambda c: [OpenPayLater(consumer_id=c.consumer_id, currency="CNY")],
    ClosePayLater: lambda c: [ClosePayLater(consumer_id=c.consumer_id)],
    SetConsumerLimit: lambda c: [SetConsumerLimit(consumer_id=c.consumer_id, limit_minor=c.amount * 20)],
    CapitaliseFund: lambda c: [CapitaliseFund(currency="CNY", amount_minor=c.amount)],
    RecordPeers: lambda c: [
        RecordPeers(category=category, run_aways=c.amount % 3, windows=c.amount % 51)
        for category in ("", "toys")
    ],
    AdoptPolicy: lambda c: [AdoptPolicy(policy=POLICIES[c.amount % len(POLICIES)])],
    RecordEvidence: _evidence,
    RecordCustody: _custody,
    ConfirmClock: lambda _: [ConfirmClock(reason="it is")],
    DestroyKeys: lambda c: [DestroyKeys(subject=f"consumer:{c.consumer_id}")],
    DestroyKeysAgain: lambda c: [
        DestroyKeysAgain(subject=f"merchant:{c.merchant_id}", tags=("t",), reason="it came back")
    ],
    WithdrawProposal: lambda c: [
        WithdrawProposal(proposal_id=proposal_id(DestroyKeys(subject=f"consumer:{c.consumer_id}")))
    ],
    RestartLog: lambda _: [RestartLog(origin="log.example/other", vkey="log.example/other+00000000+AA==")],
}
"""The commands about merchants, consumers, the fund, evidence and policy."""

MARKET: Mapping[type[Command], Maker] = {**ON_ORDERS, **ON_OTHERS, **ON_ACCESS, **WEBHOOKS}

ANSWERS = frozenset({ConfirmPayout, FailPayout, ConfirmRepayment, FailRepayment})
"""What only `histories.Provider` can make: answers to payments, by ids that the engine made."""

FOLLOWS: Mapping[type[Command], tuple[type[Command], ...]] = {
    PlaceOrder: (CancelOrder, SplitOrder, PerformOrder),
    SplitOrder: (CancelRest,),
    ShipOrder: (LoseParcel, DeliverOrder),
    DeliverOrder: (AskReturn, WithdrawDelivery, OpenClaim),
    AskReturn: (ConfirmReturn, RefuseReturn),
    AskAfterSales: (AnswerAfterSales,),
    RecordCapture: (Refund, OpenClaim, ConfirmDoubt, DismissDoubt),
    OpenClaim: (UpholdClaim, UpholdClaim, RejectClaim, RecordEvidence, RecordChargeback),
    UpholdClaim: (RecordRecovery, RecordRefundReturned),
    RecordChargeback: (RecordChargebackWon,),
    RecordRefundReturned: (RetryRepayment,),
    SuspendMerchant: (ReinstateMerchant,),
    DeclareAbsconded: (WithdrawDeclaration,),
    PayDeposit: (ReturnDeposit, RecordFreeze),
    RecordFreeze: (RecordFreezeLifted, RecordSeizure),
    RecordUnassigned: (AssignReceipt,),
    RecordGuarantee: (ReleaseGuarantee, OpenClaim),
    RecordEvidence: (RecordCustody,),
    **AFTER,
    **OF_WEBHOOKS,
}
"""What comes of a command in life, of the same cast: alone it would find nothing that it applies to."""
