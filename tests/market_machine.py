"""A market that anything may happen to, one step at a time, audited after each: for every home.

`machine(make_home)` returns a Hypothesis state machine over the homes that `make_home` opens.
"""

import itertools
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from random import Random

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from histories import (
    AMOUNTS,
    CONSUMERS,
    MERCHANTS,
    ORDERS,
    PEOPLE,
    POLICIES,
    START,
    Provider,
    commands,
    course,
    opening,
    sale,
)
from holdfast.audit.checks import audit
from holdfast.claims.facts import ClaimOpened
from holdfast.claims.model import OpenClaim, RejectClaim, UpholdClaim
from holdfast.enforcement.model import DeclareAbsconded
from holdfast.engine.execution import Outcome
from holdfast.engine.home import Home
from holdfast.guarantees.model import GuaranteePaid
from holdfast.kernel.clock import DAY, HOUR, MINUTE, Instant
from holdfast.kernel.rows import Command, Fact
from holdfast.ledger.model import Account
from holdfast.orders.facts import OrderPlaced, OrderSplit, PartBegan
from holdfast.orders.model import (
    TRANSITIONS,
    AnswerAfterSales,
    AskAfterSales,
    AskReturn,
    CancelOrder,
    ConfirmNotice,
    ConfirmOrder,
    ConfirmReturn,
    DeliverOrder,
    LoseParcel,
    Order,
    Part,
    ReduceOwed,
    RefuseReturn,
    ShipOrder,
    WithdrawDelivery,
)
from holdfast.orders.parts import SplitOrder
from holdfast.orders.services import Line, PerformOrder
from holdfast.policy.model import AdoptPolicy, Policy
from holdfast.policy.release import Full
from holdfast.settlement.facts import (
    ClaimPaid,
    ClaimRecovered,
    DepositPaid,
    DepositReturned,
    FundCapitalised,
    OrderCaptured,
    OrderCompleted,
    OrderRefunded,
    PayoutConfirmed,
    PayoutReturned,
    RecoveryRecorded,
    RestCaptured,
)
from holdfast.settlement.model import Claim, ClaimState, RecordCapture, RecordCaptureFailure, Refund
from holdfast.settlement.otherwise_facts import (
    ChargebackWon,
    ChargedBack,
    DebitedBeyond,
    MoneySeized,
    OwedBackReturned,
    PaidTwice,
    ProviderFeeTaken,
    ReceiptAssigned,
    ReceiptRecorded,
    RefundReturned,
    RepaymentConfirmed,
)
from otherwise import waiting
from who_asks import Asked, Said, asked

MakeHome = Callable[[], AbstractContextManager[Home]]

_IN = (
    OrderCaptured,
    RestCaptured,
    DebitedBeyond,
    RefundReturned,
    PayoutReturned,
    DepositPaid,
    FundCapitalised,
    RecoveryRecorded,
    GuaranteePaid,
    ReceiptRecorded,
    OwedBackReturned,
    ChargebackWon,
)
_OUT = (
    PayoutConfirmed,
    RepaymentConfirmed,
    ChargedBack,
    MoneySeized,
    DepositReturned,
    ClaimPaid,
    ClaimRecovered,
    OrderRefunded,
    PaidTwice,
    ReceiptAssigned,
    ProviderFeeTaken,
)
CURRENCIES = ("CNY", "JPY")


def at_provider(facts: list[Fact], currency: str) -> int:
    """Return what the journal says came in at the provider in a currency, less what went out."""
    moved = 0
    for fact in facts:
        body = fact.body
        if isinstance(body, (*_IN, *_OUT)) and (getattr(body, "currency", "") or CURRENCIES[0]) == currency:
            moved += body.amount_minor if isinstance(body, _IN) else -body.amount_minor
    return moved


def fitting(order: Order, claim_id: str, percent: int) -> list[Command]:
    """Return the commands that an order's state knows; they ask for `percent` of what there is."""
    key = order.id
    owed = order.owed_minor * percent // 100
    due = max(1, (order.owed_minor or order.captured_minor - order.awarded_minor) * percent // 100)
    claim = OpenClaim(claim_id=claim_id, order_id=key, amount_minor=due, reason="not as shown")
    whole: list[Command] = [
        ConfirmOrder(order_id=key),
        CancelOrder(order_id=key, reason="changed my mind", taken_back=True),
        ShipOrder(order_id=key),
        DeliverOrder(order_id=key),
        PerformOrder(order_id=key, lines=(Line(item="a lesson", amount_minor=max(1, owed)),)),
        SplitOrder(order_id=key, parts=(Part(id=f"{claim_id}p", amount_minor=max(1, owed)),)),
        LoseParcel(order_id=key, reason="lost"),
        WithdrawDelivery(order_id=key, reason="another door"),
        ConfirmNotice(order_id=key),
        AskReturn(order_id=key),
        ConfirmReturn(order_id=key),
        RefuseReturn(order_id=key, reason="an empty box"),
        AskAfterSales(order_id=key, question="how?"),
        AnswerAfterSales(order_id=key, answer="so"),
        ReduceOwed(order_id=key, owed_minor=owed, reason="kindness"),
        RecordCapture(order_id=key),
        RecordCapture(order_id=key, amount_minor=due),
        RecordCaptureFailure(order_id=key, reason="no money"),
        Refund(order_id=key, amount_minor=due, reason="kindness"),
        claim,
        claim,
    ]
    return [command for command in whole if type(command).__name__ in TRANSITIONS[order.state]]


class Market(RuleBasedStateMachine):
    """Merchants, consumers and their orders; subclasses say in which home, see `machine`."""

    def __init__(self) -> None:
        super().__init__()
        self.opened = self.open_home()
        self.home: Home = self.opened.__enter__()
        self.now: Instant = START
        self.policies: list[Policy] = []
        self.numbers = itertools.count(len(ORDERS) + 1)
        self.declared = 0

    def open_home(self) -> AbstractContextManager[Home]:
        """Open the home that this market lives in."""
        raise NotImplementedError

    def teardown(self) -> None:
        """Close the home."""
        self.opened.__exit__(None, None, None)

    def run_all(self, chosen: Sequence[Asked]) -> list[Outcome]:
        """Run commands now, as one batch."""
        return self.home.run([asked(command, self.now) for command in chosen])

    @initialize(policy=st.sampled_from(POLICIES))
    def opens(self, policy: Policy) -> None:
        """Bring a policy into force and the parties in."""
        self.policies.append(policy)
        self.home.adopt(policy, self.now)
        for outcome in self.run_all(opening()):
            assert outcome.accepted, outcome.refusal

    @rule(
        parties=st.tuples(st.sampled_from(MERCHANTS), st.sampled_from(CONSUMERS)),
        amount=AMOUNTS,
        steps=st.sampled_from([0, 1, 2, 3, 3, 3]),
    )
    def sells(self, parties: tuple[str, str], amount: int, steps: int = 3) -> None:
        """Sell an order, as far as its delivery or less far."""
        order_id = next((key for key in ORDERS if self.home.row(Order, key) is None), None)
        self.run_all(sale(order_id or f"o{next(self.numbers)}", *parties, amount, steps))

    @rule(
        parties=st.tuples(st.sampled_from(MERCHANTS), st.sampled_from(CONSUMERS)),
        amount=st.integers(3, 40_000),
    )
    def sells_a_course(self, parties: tuple[str, str], amount: int) -> None:
        """Sell a service in three steps, the last of which is a month away."""
        self.run_all([course(f"o{next(self.numbers)}", *parties, amount)])

    @rule(command=commands())
    def happens(self, command: Asked) -> None:
        """Let anything happen: it is done, or refused."""
        before = len(list(self.home.facts()))
        [outcome] = self.run_all([command])
        made = len(list(self.home.facts())) - before
        assert made == len(outcome.facts)
        assert outcome.accepted or not made
        if isinstance(command, AdoptPolicy) and outcome.accepted:
            self.policies.append(command.policy)

    @rule(
        days=st.sampled_from([0, 1, 1, 3, 7, 8, 15, 30, 200]),
        salt=st.integers(0, 99),
        luck=st.sampled_from([(0, 0), (0, 0), (50, 0), (0, 50), (30, 30)]),
    )
    def lives(self, days: int, salt: int, luck: tuple[int, int]) -> None:
        """Let time pass, with a provider that answers, fails or keeps silent."""
        self.now += days * DAY + (HOUR if days else MINUTE)
        provider = Provider(salt, *luck, otherwise=salt % 2 == 1)
        heard: list[Instant] = []
        self.home.play([], react=provider.react, listen=lambda _s, at, _o: heard.append(at), until=self.now)
        assert heard == sorted(heard)

    @rule(number=st.integers(0, 99), choice=st.integers(0, 99), percent=st.integers(1, 100))
    def goes_on(self, number: int, choice: int, percent: int) -> None:
        """Let something happen to an order that may happen to it as it stands."""
        live = [order for order in self.home.rows(Order) if fitting(order, "", percent)]
        if live:
            order = live[number % len(live)]
            fits = fitting(order, f"{order.id}/{next(self.numbers)}", percent)
            self.run_all([fits[choice % len(fits)]])

    @rule(number=st.integers(0, 99), ruling=st.sampled_from(["whole", "part", "none"]))
    def decides(self, number: int, ruling: str) -> None:
        """Decide one of the open claims."""
        undecided = [claim for claim in self.home.rows(Claim) if claim.state is ClaimState.OPEN]
        if undecided:
            claim = undecided[number % len(undecided)]
            part = -(-claim.claimed_minor // 3) if ruling == "part" else None
            upheld = UpholdClaim(claim_id=claim.id, amount_minor=part)
            rejected = RejectClaim(claim_id=claim.id, reason="as shown")
            self.run_all([rejected if ruling == "none" else upheld])

    @rule(number=st.integers(0, 999), percent=st.integers(1, 100))
    def somebody_answers(self, number: int, percent: int) -> None:
        """Answer something of what is with the wrong person, right or wrong."""
        chosen = waiting(self.home, f"e{next(self.numbers)}", percent)
        if chosen:
            self.run_all([chosen[number % len(chosen)]])

    @rule(seed=st.integers(0, 9_999))
    def a_month_passes(self, seed: int) -> None:
        """Let a market live for a month: sales, claims and rulings by the throw of a die."""
        rng = Random(seed)
        for _ in range(10):
            self.sells((rng.choice(MERCHANTS), rng.choice(CONSUMERS)), rng.randint(1, 9_999))
            for _ in range(3):
                self.goes_on(rng.randrange(99), rng.randrange(99), rng.choice([1, 50, 100]))
            self.decides(rng.randrange(99), rng.choice(["whole", "part", "none"]))
            self.lives(rng.randint(0, 6), seed, rng.choice([(0, 0), (0, 0), (30, 20)]))

    @precondition(lambda self: self.declared < len(MERCHANTS))
    @rule(merchant=st.sampled_from(MERCHANTS), wait=st.integers(0, 3))
    def runs_away(self, merchant: str, wait: int) -> None:
        """Declare that a merchant ran away, by as many people as it takes."""
        for person in PEOPLE[:2]:
            self.run_all([Said(person, DeclareAbsconded(merchant_id=merchant, reason="gone"))])
            self.now += wait * HOUR
        self.declared += 1

    @invariant()
    def nothing_is_wrong(self) -> None:
        """Every invariant holds after every step."""
        report = audit(self.home)
        assert not report.findings, "\n".join(f"{f.where}: {f.what}" for f in report.findings)
        for each in report.astray:
            assert each.since is not None, each
            assert START <= each.since <= self.now, each
            assert each.amount.amount_minor > 0 or "doubt:" in each.waits_for, each

    @invariant()
    def provider_and_journal_agree(self) -> None:
        """What stands at the provider is what the journal says came in and went out."""
        for currency in CURRENCIES:
            psp = self.home.row(Account, f"psp/{currency}")
            assert (0 if psp is None else -psp.posted_minor) == at_provider(list(self.home.facts()), currency)

    @invariant()
    def owed_only_goes_down(self) -> None:
        """No order owes more than when it was placed, and none was debited twice."""
        placed: dict[str, int] = {}
        for fact in self.home.facts():
            if isinstance(fact.body, OrderPlaced | PartBegan):
                placed[fact.body.order_id] = fact.body.amount_minor
            elif isinstance(fact.body, OrderSplit):
                placed[fact.body.order_id] = fact.body.left_minor
            elif isinstance(fact.body, OrderCaptured):
                taken = placed.pop(fact.body.order_id)
                assert fact.body.amount_minor <= taken

    @invariant()
    def full_is_never_short(self) -> None:
        """Under `full`, where a claim stops the order, a claim inside its window is paid, fund or no fund."""
        if not all(isinstance(each.release, Full) and each.claim_stops_capture for each in self.policies):
            return
        ended: set[str] = set()
        late: set[str] = set()
        for fact in self.home.facts():
            match fact.body:
                case OrderCompleted(order_id=order_id):
                    ended.add(order_id)
                case ClaimOpened(order_id=order_id, claim_id=claim_id) if order_id in ended:
                    late.add(claim_id)
                case ClaimPaid(claim_id=claim_id, missing_minor=missing) if claim_id not in late:
                    assert not missing, f"{claim_id} is short"
                case _:
                    pass


def machine(make_home: MakeHome) -> type[Market]:
    """Return the machine over the homes that `make_home` opens."""

    class MarketInAHome(Market):
        def open_home(self) -> AbstractContextManager[Home]:
            return make_home()

    return MarketInAHome
