"""Performs a schedule on the core in memory, with a provider that answers, fails or is slow."""

from collections.abc import Iterable
from random import Random

import msgspec

from holdfast.enforcement.model import DeclareAbsconded, WithdrawDeclaration
from holdfast.engine.execution import Outcome, Submission
from holdfast.kernel.clock import DAY, HOUR, MINUTE, Instant
from holdfast.kernel.ids import Ids
from holdfast.kernel.rows import Command, Fact
from holdfast.lab.attack.clauses import Break
from holdfast.lab.attack.oracle import Closeness, Oracle
from holdfast.lab.attack.schedule import (
    CONSUMERS,
    CURRENCY,
    RING,
    SHOPS,
    START,
    Do,
    Schedule,
    Step,
    policy_of,
    promised,
)
from holdfast.lab.attack.watched import Watched
from holdfast.ledger import chart
from holdfast.orders.model import (
    AnswerAfterSales,
    AskAfterSales,
    AskReturn,
    CancelOrder,
    ConfirmReturn,
    DeliverOrder,
    Listing,
    Order,
    OrderState,
    PlaceOrder,
    ReduceOwed,
    ShipOrder,
)
from holdfast.parties.model import (
    OpenPayLater,
    RegisterMerchant,
    ReinstateMerchant,
    SetConsumerLimit,
    SuspendMerchant,
)
from holdfast.psp.sandbox import ANSWERS
from holdfast.settlement.claims import claimable
from holdfast.settlement.facts import CaptureAsked, PayoutAsked
from holdfast.settlement.model import (
    CapitaliseFund,
    Claim,
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

LISTING = Listing(title="a kettle", text="1.7 l", price_minor=10_000)
PEOPLE = ("Li", "Wang")
NO_LIMIT = 10**12
WHOLE = 100
SLOW = 5 * DAY
"""How long a slow debit is on its way."""

AFTERWARDS_HOURS = (2, 15 * 24, 30, 3 * 24, 3 * 24, 12 * 24)
"""After the last step: paused debits come after 15 days, and their windows run for 8 more."""


class Trial(msgspec.Struct, frozen=True):
    """What came of a schedule: breaks by clause, how close it came, and which steps were refused."""

    breaks: tuple[Break, ...]
    closeness: Closeness
    refused: frozenset[int]
    ended_at: Instant


def perform(schedule: Schedule) -> Trial:
    """Perform a schedule from its first step until nothing is to come, and judge it."""
    stage = Stage(schedule)
    refused = frozenset(
        number for number, step in enumerate(schedule.steps) if not stage.perform(number, step)
    )
    stage.afterwards()
    return Trial(tuple(stage.oracle.breaks.values()), stage.oracle.closeness, refused, stage.now)


class Stage:
    """A home, its policy, and who is there."""

    def __init__(self, schedule: Schedule) -> None:
        self.now: Instant = START
        self.home = Watched(Ids(Random(1)))  # noqa: S311 - ids of a simulation
        self.oracle = Oracle(self.home, promised(schedule.setting))
        self._failing: set[str] = set()
        self._slow: set[str] = set()
        self._unpaid: set[str] = set()
        self._claims = 0
        self.home.adopt(policy_of(schedule.setting), START - 1)
        for command in _opening(schedule.setting.capital_minor):
            assert self._do(command), command

    def perform(self, number: int, step: Step) -> bool:
        """Perform a step; tell whether anything was done."""
        self.oracle.step = number
        match step.do:
            case Do.WAIT:
                self._wait(step.hours)
                return True
            case Do.DEBITS_FAIL | Do.DEBITS_SLOW | Do.DEBITS_WORK | Do.PAYOUTS_FAIL | Do.PAYOUTS_WORK:
                return self._provide(step)
            case Do.TAKE_DEPOSIT:
                return self._take_deposit(step)
            case _:
                done = False
                for command in self._commands(step):
                    done = self._do(command) or done
                return done

    def afterwards(self) -> None:
        """Let everybody claim who still may on a merchant that is gone, until nothing is to come."""
        gone = sorted(shop for shop, tally in self.oracle.tallies.items() if tally.gone_at is not None)
        for hours in AFTERWARDS_HOURS:
            self._wait(hours)
            for order in list(self.home.rows(Order)):
                if order.merchant_id in gone and order.state is OrderState.CAPTURED and order.exposed_minor:
                    for do in (Do.CLAIM, Do.UPHOLD):
                        for command in self._of_order(Step(do), order):
                            self._do(command)
        self.oracle.finish(self.now)

    def _do(self, command: Command) -> bool:
        if isinstance(command, DeclareAbsconded):
            self.oracle.about_to_vanish(command.merchant_id, self.now)
        [outcome] = self.home.run([Submission(command, self.now)])
        self.oracle.hear(self.now, outcome.facts)
        return outcome.accepted

    def _wait(self, hours: int) -> None:
        self.now += hours * HOUR
        self.home.play((), react=self._answers, listen=self._heard, until=self.now)

    def _heard(self, _submission: Submission | None, at: Instant, outcome: Outcome) -> None:
        self.oracle.hear(at, outcome.facts)

    def _answers(self, fact: Fact) -> Iterable[tuple[Instant, Command]]:
        """Answer as the provider does: what it was asked for is done, fails, or takes its time."""
        body = fact.body
        if isinstance(body, CaptureAsked) and body.consumer_id in self._failing:
            return [(fact.at + MINUTE, RecordCaptureFailure(order_id=body.order_id, reason="no money"))]
        if isinstance(body, CaptureAsked) and body.consumer_id in self._slow:
            return [(fact.at + SLOW, RecordCapture(order_id=body.order_id))]
        if isinstance(body, PayoutAsked) and body.merchant_id in self._unpaid:
            failed = FailPayout(merchant_id=body.merchant_id, payout_id=body.payout_id, reason="no such card")
            return [(fact.at + 2 * HOUR, failed)]
        answer = ANSWERS.get(type(body))
        return answer(fact) if answer is not None else ()

    def _provide(self, step: Step) -> bool:
        for chosen, do in ((self._failing, Do.DEBITS_FAIL), (self._slow, Do.DEBITS_SLOW)):
            if step.do is do:
                chosen.add(step.who)
            elif step.do is Do.DEBITS_WORK:
                chosen.discard(step.who)
        if step.do is Do.PAYOUTS_FAIL:
            self._unpaid.add(step.shop)
        elif step.do is Do.PAYOUTS_WORK:
            self._unpaid.discard(step.shop)
        return True

    def _take_deposit(self, step: Step) -> bool:
        """Take out what can be had: all that was asked for, or else ever smaller parts."""
        deposit = chart.merchant(step.shop, chart.DEPOSIT, CURRENCY)
        left = part = min(step.minor, self.home.available(deposit))
        done = False
        while part > 0:
            if self._do(ReturnDeposit(merchant_id=step.shop, amount_minor=part)):
                done = True
                left -= part
            part = min(part // 2, left)
        return done

    def _commands(self, step: Step) -> list[Command]:
        if step.do in {Do.SELL, Do.PLACE}:
            return _sale(step)
        if step.shop:
            return _of_shop(step)
        order = self.home.row(Order, f"o{step.order}")
        return [] if order is None else self._of_order(step, order)

    def _of_order(self, step: Step, order: Order) -> list[Command]:
        if step.do is Do.CLAIM:
            self._claims += 1
            claim = f"{order.id}c{self._claims}"
            part = _part(order, step.percent)
            return [OpenClaim(claim_id=claim, order_id=order.id, amount_minor=part, reason="not as shown")]
        if step.do is Do.UPHOLD:
            return self._decision(order, step.percent)
        command = _of_order(step, order)
        return [] if command is None else [command]

    def _decision(self, order: Order, percent: int) -> list[Command]:
        claim = None if order.claim_id is None else self.home.row(Claim, order.claim_id)
        if claim is None:
            return []
        part = max(1, claim.claimed_minor * percent // 100)
        return [UpholdClaim(claim_id=claim.id, by="panel", amount_minor=part)]


def _part(order: Order, percent: int) -> int:
    return max(1, claimable(order) * percent // WHOLE)


def _of_order(step: Step, order: Order) -> Command | None:  # noqa: PLR0911 - a table
    key = order.id
    match step.do:
        case Do.SHIP:
            return ShipOrder(order_id=key)
        case Do.DELIVER:
            return DeliverOrder(order_id=key)
        case Do.CANCEL:
            return CancelOrder(order_id=key, reason="changed my mind")
        case Do.SEND_BACK:
            return AskReturn(order_id=key)
        case Do.TAKE_BACK:
            return ConfirmReturn(order_id=key)
        case Do.ASK:
            return AskAfterSales(order_id=key, question="how?")
        case Do.ANSWER:
            return AnswerAfterSales(order_id=key, answer="so")
        case Do.REFUND:
            return Refund(order_id=key, amount_minor=_part(order, step.percent), reason="kindness")
        case _:
            return _owed(step, order)


def _owed(step: Step, order: Order) -> Command | None:
    match step.do:
        case Do.REJECT if order.claim_id is not None:
            return RejectClaim(claim_id=order.claim_id, by="panel", reason="as shown")
        case Do.REDUCE:
            left = order.owed_minor * (WHOLE - step.percent) // WHOLE
            return ReduceOwed(order_id=order.id, owed_minor=left, reason="kindness")
        case Do.PAY_LATE if order.state in {OrderState.OVERDUE, OrderState.WRITTEN_OFF}:
            return RecordCapture(order_id=order.id)
        case _:
            return None


def _sale(step: Step) -> list[Command]:
    key = f"o{step.order}"
    place = PlaceOrder(
        order_id=key,
        merchant_id=step.shop,
        consumer_id=step.who,
        currency=CURRENCY,
        amount_minor=step.minor,
        listing=LISTING,
    )
    return [place] if step.do is Do.PLACE else [place, ShipOrder(order_id=key), DeliverOrder(order_id=key)]


def _of_shop(step: Step) -> list[Command]:  # noqa: PLR0911 - a table
    shop = step.shop
    declarations = [DeclareAbsconded(merchant_id=shop, by=person, reason="gone") for person in PEOPLE]
    match step.do:
        case Do.PAY_DEPOSIT:
            return [PayDeposit(merchant_id=shop, amount_minor=step.minor)]
        case Do.SUSPEND:
            return [SuspendMerchant(merchant_id=shop, reason="looked into", by="Li")]
        case Do.REINSTATE:
            return [ReinstateMerchant(merchant_id=shop, by="Li")]
        case Do.DECLARE:
            return [declarations[0]]
        case Do.WITHDRAW:
            return [WithdrawDeclaration(merchant_id=shop, by=PEOPLE[0])]
        case Do.VANISH:
            return [*declarations]
        case Do.RECOVER:
            return [RecordRecovery(merchant_id=shop, amount_minor=step.minor, source="police")]
        case _:
            return []


def _opening(capital_minor: int) -> list[Command]:
    """Return what brings the parties in: the ring's shops have one owner, and nobody a limit."""
    commands: list[Command] = [
        RegisterMerchant(
            merchant_id=shop,
            name=shop,
            currency=CURRENCY,
            owner_ids=("owner-of-the-ring" if shop in RING else f"owner-of-{shop}",),
        )
        for shop in SHOPS
    ]
    for consumer in CONSUMERS:
        commands.append(OpenPayLater(consumer_id=consumer, currency=CURRENCY))
        commands.append(SetConsumerLimit(consumer_id=consumer, limit_minor=NO_LIMIT))
    if capital_minor:
        commands.append(CapitaliseFund(currency=CURRENCY, amount_minor=capital_minor))
    return commands
