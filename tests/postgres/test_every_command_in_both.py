"""One story in which every command is accepted: both homes tell it the same."""

from collections.abc import Iterator, Sequence
from heapq import heappop, heappush
from random import Random

import pytest
from two_homes import both

from every_command import MARKET, Cast
from histories import PEOPLE, START, opening, policy, sale
from holdfast.audit.checks import audit
from holdfast.bench.bare.room import WITH_BARE
from holdfast.engine.agenda import answered
from holdfast.engine.execution import Submission
from holdfast.engine.failures import InternalError
from holdfast.journal.model import DestroyKeys, DestroyKeysAgain, RestartLog
from holdfast.journal.proposals import WithdrawProposal
from holdfast.kernel.actor import LIBRARY
from holdfast.kernel.clock import DAY, HOUR, MINUTE, Instant
from holdfast.kernel.ids import Ids
from holdfast.kernel.rows import Command, Fact
from holdfast.orders.facts import CaptureNoticeAsked
from holdfast.orders.model import (
    ConfirmNotice,
    ReduceOwed,
)
from holdfast.parties.model import SetConsumerLimit
from holdfast.postgres.home import Postgres
from holdfast.settlement.facts import CaptureAsked, PayoutAsked
from holdfast.settlement.model import (
    ConfirmPayout,
    FailPayout,
    RecordCapture,
    RecordCaptureFailure,
)
from holdfast.settlement.otherwise import ConfirmRepayment, FailRepayment
from holdfast.settlement.otherwise_facts import RepaymentAsked
from ledger_makers import LEDGER, Till
from who_asks import Asked, asked, said

POLICY = policy("fixed_deposit(1)", fee_bp=0, fund_share_bp=0, payout_cycle=0, access_people=1)
"""Proceeds go at the debit: what is claimed after that comes from elsewhere, or is short."""


def react(fact: Fact) -> Iterator[tuple[Instant, Command]]:
    """Answer as a provider to which the debit of o7, m3's first payout and repayments unasked for fail."""
    at = fact.at + MINUTE
    match fact.body:
        case CaptureNoticeAsked(order_id=order_id):
            yield at, ConfirmNotice(order_id=order_id)
        case CaptureAsked(order_id="o7"):
            yield at, RecordCaptureFailure(order_id="o7", reason="no money")
        case CaptureAsked(order_id=order_id):
            yield at, RecordCapture(order_id=order_id)
        case PayoutAsked(merchant_id="m3", payout_id=key) if fact.at < START + 11 * DAY:
            yield at, FailPayout(merchant_id="m3", payout_id=key, reason="timeout")
        case PayoutAsked(merchant_id=merchant_id, payout_id=key):
            yield at, ConfirmPayout(merchant_id=merchant_id, payout_id=key)
        case RepaymentAsked(repayment_id=key, payment_id=payment_id) if fact.actor != LIBRARY:
            yield at, FailRepayment(repayment_id=key, payment_id=payment_id, reason="timeout")
        case RepaymentAsked(repayment_id=key, payment_id=payment_id):
            yield at, ConfirmRepayment(repayment_id=key, payment_id=payment_id)
        case _:
            return


MARKET_BY_NAME = {kind.__name__: make for kind, make in MARKET.items()}
LEDGER_BY_NAME = {kind.__name__: make for kind, make in LEDGER.items()}


OF_THE_LOG = {DestroyKeys, DestroyKeysAgain, RestartLog, WithdrawProposal}
"""Accepted only where a log is kept, as memory has none: see tests/publishing and test_proposals_in_both."""


def of(cast: Cast, names: str) -> list[Command]:
    """Return these commands of a cast, each in its first form."""
    return [MARKET_BY_NAME[name](cast)[0] for name in names.split()]


def of_the_ledger() -> list[Command]:
    """Two accounts, money moved between them, held and sent back."""
    there = Till("debts", "safe", "x1", "x2", 100, None, START + DAY)
    back = there._replace(first_id="safe", second_id="debts", amount=10)

    def ask(till: Till, names: str) -> list[Command]:
        return [LEDGER_BY_NAME[name](till)[0] for name in names.split()]

    return [
        *ask(back, "OpenAccount"),
        *ask(there, "OpenAccount MoveMoney"),
        *ask(there._replace(transfer_id="x3"), "MoveLinked"),
        *ask(back._replace(transfer_id="x4", other_id="x5"), "PlaceHold PostHold"),
        *ask(back._replace(transfer_id="x6"), "PlaceHold VoidHold"),
        *ask(there, "ReverseTransfer"),
    ]


A = Cast("o1", "k1", "m1", "c1", "g1", "Li", 1_000, START + 400 * DAY)
B = A._replace(order_id="o2", claim_id="k2", merchant_id="m2", guarantee_id="g2")
W = A._replace(person="Wang")
C = A._replace(order_id="o3", claim_id="k3", merchant_id="m3", guarantee_id="g3", consumer_id="c3")


def of_access() -> list[Asked]:
    """Keys and a person come and go; what only the person itself may do, it does."""
    by_itself = of(W, "SetPassword AddPasskey BeginSession")
    return [
        *of(A, "IssueKey RotateKey RevokeKey RecordRead"),
        *of(W, "EnrolPerson InvitePerson LinkIdentity RecordWrongPassword"),
        *(said("Wang", each) for each in by_itself),
        *of(W, "KeepSession EndSession EndSessions RemovePasskey UnlinkIdentity"),
        *of(W, "ChangeRole SuspendPerson ReinstatePerson"),
    ]


def on_the_first_day() -> list[Asked]:
    """Everybody comes in, money is put in, and orders are sold, some of which go astray."""
    limits = [SetConsumerLimit(consumer_id=key, limit_minor=10**9) for key in ("c1", "c2", "c3")]
    sold = [each for n in (1, 4, 5, 7, 10, 11) for each in sale(f"o{n}", "m1", "c1", 9_000, 3)]
    return [
        *opening(),
        *limits,
        *of_the_ledger(),
        *of(A, "CapitaliseFund PayDeposit RecordPeers RecordGuarantee ConfirmClock"),
        *of(A, "RecordUnassigned RecordProviderFee RecordEvidence RecordCustody ReturnDeposit"),
        MARKET_BY_NAME["AssignReceipt"](A)[1],
        *of(A, "DeclareAbsconded WithdrawDeclaration"),
        *of(B, "RecordGuarantee ReleaseGuarantee PayDeposit RecordFreeze RecordFreezeLifted"),
        *of(B, "PayDeposit RecordSeizure"),
        *of(C, "ClosePayLater OpenPayLater"),
        *of_access(),
        *of(A, "RegisterEndpoint ChangeEndpoint RotateSecret ReplayDeliveries TryEndpoint"),
        *of(A, "DisableEndpoint EnableEndpoint RemoveEndpoint"),
        *sold,
        *of(A._replace(order_id="o4"), "AskReturn ConfirmReturn"),
        *of(A._replace(order_id="o5"), "AskReturn RefuseReturn"),
        *of(A._replace(order_id="o7"), "AskAfterSales AnswerAfterSales"),
        *sale("o2", "m2", "c2", 1_000, 0),
        *of(B, "ConfirmOrder CancelOrder"),
        *sale("o3", "m2", "c2", 1_000, 2),
        *of(C, "LoseParcel ShipOrder DeliverOrder WithdrawDelivery"),
        *sale("o6", "m2", "c2", 2_000, 1),
        *of(B._replace(order_id="o6"), "SplitOrder CancelRest"),
        MARKET_BY_NAME["PlaceOrder"](B._replace(order_id="o9", consumer_id="c2"))[1],
        *of(B._replace(order_id="o9", amount=100), "PerformOrder"),
        *sale("o8", "m3", "c3", 9_000, 3),
    ]


LATER: list[tuple[int, Sequence[Asked]]] = [
    (1, of(C, "SuspendMerchant")),
    (
        10,
        [
            *of(A._replace(amount=8_000), "OpenClaim UpholdClaim"),
            *of(A, "RecordGuaranteePaid RecordGuaranteeRefused RecordIssuerSettled"),
            *of(A, "RecordRefundReturned RetryRepayment RecordRecovery"),
            *of(B._replace(order_id="o11"), "OpenClaim RejectClaim"),
            *of(C._replace(order_id="o8"), "Refund"),
            ReduceOwed(order_id="o7", owed_minor=10, reason="kindness"),
            *of(A._replace(order_id="o10", claim_id="b1"), "RecordChargeback RecordChargebackWon"),
            *of(A._replace(order_id="o10", claim_id="p1"), "RecordPaidTwice"),
            RecordCapture(order_id="o10", amount_minor=1_000),
            *of(A._replace(order_id="o10"), "DismissDoubt"),
            RecordCapture(order_id="o10", amount_minor=1_000),
            *of(A._replace(order_id="o10"), "ConfirmDoubt"),
            *of(C, "ReinstateMerchant"),
        ],
    ),
    (20, [said(person, each) for person in PEOPLE[:2] for each in of(A, "DeclareAbsconded")]),
    (21, [*of(B, "ClearMerchant"), *of(A, "AdoptPolicy")]),
]


def story() -> list[Submission]:
    """Return the whole of it."""
    timeline = [asked(command, START) for command in on_the_first_day()]
    return timeline + [asked(command, START + day * DAY) for day, commands in LATER for command in commands]


@pytest.mark.parametrize("most", [1, 400])
def test_a_story_in_which_every_command_is_accepted(migrated_url: str, most: int) -> None:
    with both(migrated_url, most, commands=WITH_BARE) as homes:
        homes.adopt(POLICY, START - 1)
        heard = homes.play(story(), react=react)
        homes.assert_same()
        told = [(each.command, outcome) for each, _, outcome in heard if each is not None]
        assert [(command, outcome.refusal) for command, outcome in told if not outcome.accepted] == []
        seen = {type(command) for command, _ in told} | OF_THE_LOG
        lacking = sorted(kind.__name__ for kind in WITH_BARE.handlers.keys() - seen)
        assert lacking == [], "no home is seen to accept these commands: let each happen in this story"
        assert audit(homes.postgres).findings == []


def test_it_goes_through_where_each_command_is_a_transaction_of_its_own(migrated_url: str) -> None:
    """A try that misses rows is run again, and makes other ids: no command may look its own new rows up."""
    coming = [(each.at, number, each) for number, each in enumerate(story())]
    told = accepted = 0
    with Postgres.open(migrated_url, ids=Ids(Random(1)), commands=WITH_BARE) as home:
        home.adopt(POLICY, START - 1)
        for hour in range(22 * DAY // HOUR):
            now = START + hour * HOUR
            home.advance(now)
            while True:
                facts = home.feed(told, 1_000)
                answers = [answered(answer, now) for fact in facts for answer in react(fact)]
                for number, answer in enumerate(answers, start=1_000 * (told + 1)):
                    heappush(coming, (answer.at, number, answer))
                told += len(facts)
                if not coming or coming[0][0] > now:
                    break
                [outcome] = home.run([heappop(coming)[2]._replace(at=now)])
                assert outcome.refusal is None or outcome.refusal.code != InternalError.code
                accepted += outcome.refusal is None
        assert coming == []
        assert accepted > len(story())
        assert audit(home).findings == []
