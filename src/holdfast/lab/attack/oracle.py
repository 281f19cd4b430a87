"""The oracle: it hears what happened and judges whether what was promised came.

It knows commands, facts, transfers, and the numbers that are published: exposure, and what policy requires
as cover. It never asks a handler. Each clause (`clauses`) is reported once a trial, at its first break.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence

import msgspec
from msgspec.structs import replace

from holdfast.coverage.model import Coverage
from holdfast.coverage.rules import required_cover
from holdfast.enforcement.model import MerchantAbsconded, WindDownFinished
from holdfast.kernel.clock import Instant
from holdfast.kernel.rows import Fact, FactBody
from holdfast.lab.attack.books import Entries
from holdfast.lab.attack.clauses import Break, Clause
from holdfast.lab.attack.schedule import CURRENCY, RING
from holdfast.lab.attack.tallies import FEES, FUND, PSP, Cash, Tallies, Tally
from holdfast.lab.attack.watched import Watched
from holdfast.ledger import chart
from holdfast.ledger.model import Transfer
from holdfast.orders.facts import OrderDelivered, OrderPlaced, PartBegan, ServicePerformed
from holdfast.orders.model import ENDED, Order
from holdfast.policy.model import Policy
from holdfast.policy.release import Covered, Full
from holdfast.settlement.facts import (
    AdvanceTakenBack,
    ClaimOpened,
    ClaimPaid,
    ClaimRecovered,
    FundRecovered,
    OrderCaptured,
    OrderCompleted,
    OrderRefunded,
    PayoutAsked,
)

_TO_CONSUMER = (ClaimPaid, ClaimRecovered, OrderRefunded)
_RUNNING = "running"
_LATE = "late"


class Closeness(msgspec.Struct):
    """How close a trial came to a break, clause by clause, as shares of what was sold; above 0 it is one.

    `deficit` is what running windows lacked of their cover, `bought` by how much the line was more than what
    the merchant's sales had paid, each at the step at which it was the most.
    """

    loss: float = -1.0
    unearned: float = -1.0
    gain: float = -1.0
    deficit: float = -1.0
    bought: float = -1.0
    deficit_step: int = 0
    bought_step: int = 0


class Oracle:
    """Judges one trial. `step` is the number of the step that runs: whoever performs the steps sets it."""

    def __init__(self, home: Watched, promised: Policy) -> None:
        self.breaks: dict[Clause, Break] = {}
        self.closeness = Closeness()
        self.step = 0
        self.tallies = Tallies()
        self._home = home
        self._policy = promised
        self._promises = isinstance(promised.release, Full | Covered)
        self._entries = Entries()
        self._cash = Cash(self.tallies)
        self._delivered: dict[str, Instant] = {}
        self._captured: dict[str, Instant] = {}
        self._closed: set[str] = set()
        self._late: dict[str, bool] = {}
        self._lines: dict[str, int] = {}
        self._late_paid: defaultdict[str, int] = defaultdict(int)

    def hear(self, at: Instant, facts: Sequence[Fact]) -> None:
        """Judge one command, or one deadline, and what came of it."""
        transfers, before = self._home.take()
        if not facts and not transfers:
            return
        self._lines = {shop: self._line(row, at) for shop, row in before.items()}
        for fact in facts:
            self._parties(fact.body)
        for transfer in transfers:
            self._entries.add(transfer)
            self.tallies.add(transfer)
            self._cash.add(transfer)
        for fact in facts:
            self._fact(fact.body, at, transfers)
        self._see_payments(at, facts, transfers)
        self._see_late(at)
        self._see_earned(at)
        self._see_cover(at, facts, before)
        self._see_fees(at, transfers)

    def about_to_vanish(self, shop: str, at: Instant) -> None:
        """Note what is published of a merchant, before people declare that it is gone."""
        row = self._home.row(Coverage, shop)
        tally = self.tallies[shop]
        if tally.gone_at is None:
            tally.line = self._line(row, at)
            tally.peak_line = max(tally.peak_line, tally.line)
        if row is not None and tally.gone_at is None:
            required = required_cover(row, self._policy, at)
            sums = f"exposure {row.exposure_minor}, required {required}, cover {row.cover_minor}"
            tally.published = f"; published at vanishing: {sums}"

    def finish(self, at: Instant) -> None:
        """Judge the whole, once nothing is to come."""
        for wrong in self._entries.compare(self._home):
            self._broke(Clause.BOOKS, "", at, 0, 0, wrong)
        for shop, tally in self.tallies.items():
            if tally.gone_at is not None:
                self._see_left(shop, at)
        self._see_gain(at)

    def _broke(self, clause: Clause, shop: str, at: Instant, promised: int, came: int, what: str) -> None:
        if clause not in self.breaks:
            self.breaks[clause] = Break(
                clause=clause, shop=shop, at=at, promised_minor=promised, came_minor=came, what=what
            )

    def _line(self, row: Coverage | None, at: Instant) -> int:
        """Return what may stand uncovered: exposure less required cover, as it is published."""
        if row is None or not self._promises:
            return 0
        return max(0, row.exposure_minor - required_cover(row, self._policy, at))

    def _parties(self, body: FactBody) -> None:
        if isinstance(body, OrderPlaced | PartBegan):
            self.tallies.shop_of[body.order_id] = body.merchant_id
            self.tallies.consumer_of[body.order_id] = body.consumer_id

    def _fact(self, body: FactBody, at: Instant, transfers: Sequence[Transfer]) -> None:
        match body:
            case OrderDelivered(order_id=order) | ServicePerformed(order_id=order):
                self._delivered[order] = at
            case OrderCaptured(order_id=order):
                self._captured[order] = at
                self.tallies[body.merchant_id].captured += body.amount_minor
            case OrderCompleted():
                self._see_window(body, at)
                self._closed.add(body.order_id)
            case ClaimOpened():
                self._late[body.claim_id] = body.order_id in self._closed
            case ClaimPaid():
                self._claim_paid(body, at, transfers)
            case ClaimRecovered() | FundRecovered():
                self._recovered(body)
            case MerchantAbsconded():
                self.tallies[body.merchant_id].gone_at = at
            case WindDownFinished():
                self._see_left(body.merchant_id, at)
            case _:
                pass

    def _recovered(self, body: ClaimRecovered | FundRecovered) -> None:
        tally = self.tallies[body.merchant_id]
        if isinstance(body, ClaimRecovered):
            tally.short -= body.amount_minor
            if self._is_late(body):
                return
            tally.missing -= body.amount_minor
            self._cash.miss(body.order_id, -body.amount_minor)
        if tally.gone_at is None:
            tally.made_good += body.amount_minor

    def _is_late(self, body: ClaimPaid | ClaimRecovered) -> bool:
        """Tell whether a claim came after its window: those nobody opened come of returns and run-aways."""
        return self._late.setdefault(body.claim_id, body.order_id in self._closed)

    def _see_window(self, body: OrderCompleted, at: Instant) -> None:
        order, policy = body.order_id, self._policy
        least = max(
            self._delivered.get(order, 0) + policy.claim_window,
            self._captured.get(order, 0) + policy.claim_window - policy.trial,
        )
        if at < least and body.amount_minor:
            what = f"the window of {order} closed {least - at} ms early"
            self._broke(Clause.WINDOW_CUT, body.merchant_id, at, body.amount_minor, 0, what)

    def _claim_paid(self, body: ClaimPaid, at: Instant, transfers: Sequence[Transfer]) -> None:
        tally = self.tallies[body.merchant_id]
        tally.short += body.missing_minor
        mine = [one for one in transfers if one.order_id == body.order_id and one.to_id == PSP]
        paid_by_fund = sum(one.amount_minor for one in mine if one.from_id == FUND)
        if self._is_late(body):
            self._late_paid[body.merchant_id] += sum(one.amount_minor for one in mine) - paid_by_fund
            return
        loss = paid_by_fund + body.missing_minor
        tally.missing += body.missing_minor
        self._cash.miss(body.order_id, body.missing_minor)
        shop, claim = body.merchant_id, body.claim_id
        if tally.gone_at is not None:
            tally.loss_after += loss
        else:
            tally.loss_before += loss
            self._see_whole(body, at)
        if not loss:
            return
        what = f"claim {claim}: the fund paid {paid_by_fund}, {body.missing_minor} are missing"
        match self._policy.release:
            case Full():
                claimed = body.amount_minor + body.missing_minor
                self._broke(Clause.WINDOW_PAID, shop, at, claimed, claimed - loss, what)
            case Covered():
                self._see_line(tally, shop, at, loss, what)
            case _:
                pass

    def _see_line(self, tally: Tally, shop: str, at: Instant, loss: int, what: str) -> None:
        if tally.gone_at is not None:
            line, loss = tally.line, tally.loss_after
            what += tally.published
        else:
            now = self._line(self._home.row(Coverage, shop), at)
            line = max(now, self._lines.get(shop, 0))
            tally.peak_line = max(tally.peak_line, line)
        if loss > line:
            self._broke(Clause.LINE, shop, at, line, loss, what)
        if tally.loss > tally.peak_line:
            self._broke(Clause.LIFE, shop, at, tally.peak_line, tally.loss, what)
        self._closer("loss", (loss - line) / max(1, tally.captured))

    def _see_whole(self, body: ClaimPaid, at: Instant) -> None:
        """See that a claim on a merchant that is there is short only where nothing is left to pay it from."""
        if not body.missing_minor:
            return
        left = self._reachable(body.merchant_id) + max(0, self._home.available(FUND))
        if left > 0:
            what = f"claim {body.claim_id} misses {body.missing_minor}, while {left} are there"
            claimed = body.amount_minor + body.missing_minor
            self._broke(Clause.NOT_WHOLE, body.merchant_id, at, claimed, body.amount_minor, what)

    def _reachable(self, shop: str) -> int:
        """Return what a merchant has that no running window of another order holds."""
        kinds = (chart.AVAILABLE, chart.RESERVE, chart.DEPOSIT, chart.HELD)
        has = sum(max(0, self._home.available(chart.merchant(shop, kind, CURRENCY))) for kind in kinds)
        held = sum(
            order.held_minor
            for order in self._home.rows(Order)
            if order.merchant_id == shop and order.state not in ENDED
        )
        return has - held

    def _unclaimed(self, shop: str, at: Instant) -> int:
        """Return what consumers may still be paid in running windows beyond what their orders hold.

        The window of an order stands still while a claim is being decided.
        """
        return sum(
            max(0, order.captured_minor - order.awarded_minor - order.held_minor)
            for order in self._home.rows(Order)
            if order.merchant_id == shop
            and order.window_ends_at is not None
            and order.window_ends_at > (order.disputed_at or at)
        )

    def _see_left(self, shop: str, at: Instant) -> None:
        """See that a merchant that is gone keeps nothing while claims of running windows are short.

        Whoever has not claimed yet, and still may in its window, has the same right to what is there.
        """
        missing, left = self.tallies[shop].missing, self._reachable(shop) - self._unclaimed(shop, at)
        if missing > 0 and left > 0:
            what = f"running windows miss {missing}, and the merchant still has {left}"
            self._broke(Clause.LEFT_OVER, shop, at, 0, left, what)

    def _see_payments(self, at: Instant, facts: Sequence[Fact], transfers: Sequence[Transfer]) -> None:
        """See that consumers got what facts say."""
        told: dict[str, int] = {}
        for fact in facts:
            if isinstance(fact.body, _TO_CONSUMER):
                told[fact.body.order_id] = told.get(fact.body.order_id, 0) + fact.body.amount_minor
        for transfer in transfers:
            if transfer.to_id == PSP and transfer.order_id is not None:
                told[transfer.order_id] = told.get(transfer.order_id, 0) - transfer.amount_minor
        for order, left in told.items():
            if left:
                what = f"{order}: facts and transfers to the consumer differ by {left}"
                self._broke(Clause.BOOKS, self.tallies.shop_of[order], at, 0, left, what)

    def _see_late(self, at: Instant) -> None:
        """See that no late claim had of the merchant's money while running windows were short."""
        for shop, paid in self._late_paid.items():
            missing = self.tallies[shop].missing
            if paid and missing > 0 and self._promises:
                what = f"late claims had {paid} of the merchant's money while running windows miss {missing}"
                self._broke(Clause.LATE, shop, at, 0, paid, what)
        self._late_paid.clear()

    def _see_earned(self, at: Instant) -> None:
        """See that others bore no more for a merchant than its sales have paid."""
        if not self._promises:
            return
        for shop, tally in self.tallies.items():
            if not (tally.fund_out or tally.missing):
                continue
            beyond = tally.unearned - self._policy.late_fund_minor
            self._closer("unearned", beyond / max(1, tally.captured))
            paid = tally.fees + tally.fund_back
            if beyond > 0:
                what = f"the fund paid {tally.fund_out}, running windows miss {tally.missing}"
                self._broke(Clause.EARNED, shop, at, paid, paid + tally.unearned, what)
            if tally.loss > paid:
                what = f"running windows lost {tally.loss} of what stood uncovered"
                self._broke(Clause.BOUGHT, shop, at, paid, tally.loss, what)

    def _see_cover(self, at: Instant, facts: Sequence[Fact], before: dict[str, Coverage | None]) -> None:
        """See that what left the merchant's side was not needed as cover."""
        if not self._promises:
            return
        paid = {_cause(fact.body, late=self._is_late) for fact in facts}
        asked = {fact.body.merchant_id for fact in facts if isinstance(fact.body, PayoutAsked)}
        for shop in sorted(asked | before.keys()):
            row = self._home.row(Coverage, shop)
            if row is None or self.tallies[shop].gone_at is not None:
                continue
            required = required_cover(row, self._policy, at)
            self._note(shop, row, required)
            if row.cover_minor >= required:
                continue
            if shop in asked:
                what = f"a payout was asked for with cover {row.cover_minor} of {required}"
                self._broke(Clause.GUARD, shop, at, required, row.cover_minor, what)
            if shop in before and (_RUNNING, shop) not in paid and self._grew(row, before[shop], at):
                clause = Clause.LATE if (_LATE, shop) in paid else Clause.GUARD
                kinds = " ".join(sorted({type(fact.body).__name__ for fact in facts}))
                what = f"cover {row.cover_minor} of {required} is left after {kinds}"
                self._broke(clause, shop, at, required, row.cover_minor, what)

    def _grew(self, row: Coverage, before: Coverage | None, at: Instant) -> bool:
        """Tell whether cover went down, and what it lacks went up, by the record as it is now."""
        if before is None or row.cover_minor >= before.cover_minor:
            return False
        lacks = required_cover(row, self._policy, at) - row.cover_minor
        as_of_now = replace(row, exposure_minor=before.exposure_minor)
        return lacks > required_cover(as_of_now, self._policy, at) - before.cover_minor

    def _note(self, shop: str, row: Coverage, required: int) -> None:
        """Note how close this moment is to one at which vanishing would pay."""
        tally, closeness = self.tallies[shop], self.closeness
        line = max(0, row.exposure_minor - required)
        tally.peak_line = max(tally.peak_line, line)
        sold = max(1, tally.captured)
        deficit = (required - row.cover_minor) / sold
        if deficit > closeness.deficit:
            closeness.deficit, closeness.deficit_step = deficit, self.step
        bought = (line + tally.unearned) / sold
        if line and shop in RING and bought > closeness.bought:
            closeness.bought, closeness.bought_step = bought, self.step

    def _closer(self, name: str, value: float) -> None:
        setattr(self.closeness, name, max(value, getattr(self.closeness, name)))

    def _see_fees(self, at: Instant, transfers: Sequence[Transfer]) -> None:
        for transfer in transfers:
            if transfer.to_id == FEES and transfer.order_id is not None:
                shop = self.tallies.shop_of[transfer.order_id]
                short = self.tallies[shop].short
                if short > 0:
                    what = f"a fee of {transfer.amount_minor} was taken while consumers miss {short}"
                    self._broke(Clause.FEE_FIRST, shop, at, 0, transfer.amount_minor, what)

    def _see_gain(self, at: Instant) -> None:
        """See that the ring has no more of others' money than honest sales brought it."""
        if not self._promises:
            return
        earned = self._cash.legitimate + len(RING) * self._policy.late_fund_minor
        sold = sum(self.tallies[shop].captured for shop in RING)
        self._closer("gain", (self._cash.gain - earned) / max(1, sold))
        if self._cash.gain > earned:
            what = "what came to shops and accomplices, less what they paid"
            self._broke(Clause.GAIN, RING[0], at, earned, self._cash.gain, what)


def _cause(body: FactBody, late: Callable[[ClaimPaid], bool]) -> tuple[str, str] | None:
    """Return for whom cover may have gone down with a fact: a running window, or a late claim; and where."""
    match body:
        case ClaimPaid(merchant_id=shop):
            return (_LATE if late(body) else _RUNNING), shop
        case AdvanceTakenBack(merchant_id=shop):
            return _RUNNING, shop
        case _:
            return None
