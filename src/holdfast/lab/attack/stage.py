"""Performs a schedule on the core in memory, with a provider that answers, fails or is slow."""

from collections.abc import Iterable
from random import Random

import msgspec

from holdfast.claims.model import OpenClaim, UpholdClaim
from holdfast.enforcement.model import DeclareAbsconded
from holdfast.engine.execution import Outcome, Submission
from holdfast.kernel.actor import Actor
from holdfast.kernel.clock import DAY, HOUR, MINUTE, Instant
from holdfast.kernel.ids import Ids
from holdfast.kernel.rows import Command, Fact
from holdfast.lab.attack import acts
from holdfast.lab.attack.clauses import Break
from holdfast.lab.attack.closeness import Closeness
from holdfast.lab.attack.oracle import Oracle
from holdfast.lab.attack.schedule import (
    CURRENCY,
    ORDERING,
    START,
    Do,
    Schedule,
    Step,
    adopted,
    judged_as,
    policy_of,
    promised,
)
from holdfast.lab.attack.watched import Watched
from holdfast.ledger import chart
from holdfast.orders.model import Order, OrderState
from holdfast.policy.model import AdoptPolicy
from holdfast.psp.sandbox import ANSWERS
from holdfast.settlement.facts import CaptureAsked, PayoutAsked
from holdfast.settlement.model import Claim, FailPayout, RecordCapture, RecordCaptureFailure, ReturnDeposit
from holdfast.settlement.otherwise import RecordChargeback, RecordSeizure

SLOW = 5 * DAY
"""How long a slow debit is on its way."""

AFTERWARDS_HOURS = (2, 15 * 24, 30, 3 * 24, 3 * 24, 12 * 24)
"""After the last step: paused debits come after 15 days, and their windows run for 8 more."""


class Trial(msgspec.Struct, frozen=True):
    """The result of a schedule: breaks by clause, its closeness, and the refused steps."""

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
        self._setting = schedule.setting
        self.oracle = Oracle(self.home, promised(schedule.setting), judged_as(schedule.setting))
        self._failing: set[str] = set()
        self._slow: set[str] = set()
        self._unpaid: set[str] = set()
        self._claims = 0
        self._taken = 0
        self.home.adopt(policy_of(schedule.setting), START - 1)
        for command in acts.opening(schedule.setting.capital_minor):
            assert self._do(command), command

    def perform(self, number: int, step: Step) -> bool:
        """Perform a step; tell whether anything was done."""
        self.oracle.step = number
        match step.do:
            case Do.WAIT:
                self._wait(step.hours)
                return True
            case Do.CAPTURES_FAIL | Do.CAPTURES_SLOW | Do.CAPTURES_WORK | Do.PAYOUTS_FAIL | Do.PAYOUTS_WORK:
                return self._provide(step)
            case Do.TAKE_DEPOSIT:
                return self._take_deposit(step)
            case _:
                done = False
                for place, command in enumerate(self._commands(step)):
                    done = self._do(command, acts.PEOPLE[place % len(acts.PEOPLE)]) or done
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

    def _do(self, command: Command, person: Actor = acts.PEOPLE[0]) -> bool:
        if isinstance(command, DeclareAbsconded):
            self.oracle.about_to_vanish(command.merchant_id, self.now)
        [outcome] = self.home.run([acts.asked(command, self.now, person)])
        self.oracle.hear(self.now, outcome.facts)
        return outcome.accepted

    def _wait(self, hours: int) -> None:
        self.now += hours * HOUR
        self.home.play((), react=self._answers, listen=self._heard, until=self.now)

    def _heard(self, _submission: Submission | None, at: Instant, outcome: Outcome) -> None:
        self.oracle.hear(at, outcome.facts)

    def _answers(self, fact: Fact) -> Iterable[tuple[Instant, Command]]:
        """Answer as the provider does: a request is done, fails, or takes its time."""
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
        for chosen, do in ((self._failing, Do.CAPTURES_FAIL), (self._slow, Do.CAPTURES_SLOW)):
            if step.do is do:
                chosen.add(step.who)
            elif step.do is Do.CAPTURES_WORK:
                chosen.discard(step.who)
        if step.do is Do.PAYOUTS_FAIL:
            self._unpaid.add(step.shop)
        elif step.do is Do.PAYOUTS_WORK:
            self._unpaid.discard(step.shop)
        return True

    def _take_deposit(self, step: Step) -> bool:
        """Take out as much of the deposit as cover allows: the amount asked for, or ever smaller parts."""
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
        if step.do in ORDERING:
            return acts.sale(step)
        if step.do is Do.ADOPT:
            return [AdoptPolicy(policy=adopted(self._setting, step.policy))]
        if step.do is Do.SEIZE:
            return [self._seizure(step)]
        if step.shop:
            return acts.of_shop(step)
        order = self.home.row(Order, f"o{step.order}")
        return [] if order is None else self._of_order(step, order)

    def _of_order(self, step: Step, order: Order) -> list[Command]:
        if step.do is Do.CLAIM:
            self._claims += 1
            claim = f"{order.id}c{self._claims}"
            part = acts.part_of(order, step.percent)
            return [OpenClaim(claim_id=claim, order_id=order.id, amount_minor=part, reason="not as shown")]
        if step.do is Do.UPHOLD:
            return self._decision(order, step.percent)
        if step.do is Do.CHARGE_BACK:
            return [self._charged_back(order, step.percent)]
        command = acts.of_order(step, order, self.now)
        return [] if command is None else [command]

    def _decision(self, order: Order, percent: int) -> list[Command]:
        claim = None if order.claim_id is None else self.home.row(Claim, order.claim_id)
        if claim is None:
            return []
        part = max(1, claim.claimed_minor * percent // 100)
        return [UpholdClaim(claim_id=claim.id, amount_minor=part)]

    def _charged_back(self, order: Order, percent: int) -> Command:
        """Have a bank take a share of a debit back, as often as it likes."""
        self._taken += 1
        return RecordChargeback(
            chargeback_id=f"b{self._taken}",
            order_id=order.id,
            amount_minor=max(1, order.captured_minor * percent // 100),
            reason="not by me",
        )

    def _seizure(self, step: Step) -> Command:
        self._taken += 1
        return RecordSeizure(
            seizure_id=f"s{self._taken}",
            merchant_id=step.shop,
            amount_minor=step.minor,
            authority="a court",
            document="an order",
        )
