"""The oracle: it hears every command and fact, and judges whether the promise was kept.

It knows commands, facts, transfers, and the numbers that are published: exposure, and the cover that policy
requires. It never asks a handler. Each clause (`clauses`) is reported once a trial, at its first break.

The promise where an order does not go the usual way:

- *Parts*, whether parcels, pieces sent back or steps of a service, are orders: each clause holds of each part
  as it does of an order, and together they are debited at most the ordered amount (`captures`).
- *An order that has not arrived*, was lost, or was withdrawn as delivered, is not debited. Where money had
  moved, or was on its way, the withdrawal is a claim of the consumer's; if the window has closed, it is a
  late one.
- *A refused return* is no return: the order goes on, its window runs from delivery, and the consumer claims.
- *A chargeback* takes from its own order, and of the merchant's other money only a part that no running
  window needs: never from the fund, and of an absconded merchant nothing that sweeps share. The platform
  bears the missing part, which the merchant owes; an amount that the consumer had got back before is the
  platform's alone. Neither is promised to anybody, so neither counts as a loss of running windows or as the
  ring's gain: it is the platform's risk, as an advance is that its consumer never pays (`takings`).
- *A seizure* takes available money, reserve and deposit, nothing that orders hold, and of an absconded
  merchant nothing at all. Cover that it takes is promised no more: as much may then stand uncovered, and be
  missed, beyond the line (`promise`). It is no gain of the ring's. Whatever else the law takes, the platform
  pays.
- *Another policy* is the promise from its adoption on. Exposure that stood uncovered within the line of the
  policy before closes with its windows; windows are as long as the policy says under which the order was
  placed.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence

from msgspec.structs import replace

from holdfast.claims.facts import ClaimOpened
from holdfast.coverage.model import Coverage
from holdfast.enforcement.model import MerchantAbsconded, WindDownFinished
from holdfast.kernel.clock import Instant
from holdfast.kernel.rows import Fact, FactBody
from holdfast.lab.attack.books import Entries
from holdfast.lab.attack.captures import Captures
from holdfast.lab.attack.clauses import Break, Clause
from holdfast.lab.attack.closeness import Closeness
from holdfast.lab.attack.promise import Promise
from holdfast.lab.attack.reach import reachable, unclaimed
from holdfast.lab.attack.schedule import RING
from holdfast.lab.attack.takings import TO_CONSUMER, Takings
from holdfast.lab.attack.tallies import FEES, FUND, PSP, Cash, Tallies, Tally
from holdfast.lab.attack.watched import Watched
from holdfast.ledger.model import Transfer
from holdfast.orders.facts import OrderPlaced, PartBegan
from holdfast.policy.model import Policy, PolicyAdopted
from holdfast.policy.release import Full, Release
from holdfast.settlement.facts import (
    AdvanceTakenBack,
    ClaimPaid,
    ClaimRecovered,
    FundRecovered,
    OrderCaptured,
    OrderCompleted,
    PayoutAsked,
)
from holdfast.settlement.otherwise_facts import ClaimMet, MoneySeized, RepaymentConfirmed

_PAID = (*TO_CONSUMER, RepaymentConfirmed)
_RUNNING = "running"
_LATE = "late"


class Oracle:
    """Judges one trial. `step` is the number of the step that runs: whoever performs the steps sets it."""

    def __init__(self, home: Watched, promised: Policy, judged_as: Release | None = None) -> None:
        self.breaks: dict[Clause, Break] = {}
        self.closeness = Closeness()
        self.step = 0
        self.tallies = Tallies()
        self._home = home
        self._promise = Promise(promised, judged_as)
        self._entries = Entries()
        self._cash = Cash(self.tallies)
        self._captures = Captures()
        self._takings = Takings()
        self._captured: dict[str, Instant] = {}
        self._closed: set[str] = set()
        self._late: dict[str, bool] = {}
        self._lines: dict[str, int] = {}
        self._late_paid: defaultdict[str, int] = defaultdict(int)

    def hear(self, at: Instant, facts: Sequence[Fact]) -> None:
        """Judge one command, or one deadline, by its facts and transfers."""
        transfers, before = self._home.take()
        if (failed := self._home.failed) is not None:
            what = f"{failed.what} failed: {type(failed.error).__name__}: {failed.error}"
            self._broke(Clause.STUCK, "", at, 0, 0, what)
        if not facts and not transfers:
            return
        self._lines = {shop: self._promise.line(row, at) for shop, row in before.items()}
        for fact in facts:
            self._parties(fact.body, at, before)
        for transfer in transfers:
            self._entries.add(transfer)
            self.tallies.add(transfer)
            self._cash.add(transfer)
        for fact in facts:
            self._fact(fact.body, at, transfers)
        self._see_payments(at, facts, transfers)
        self._see_late(at)
        self._see_earned(at)
        self._promise.settle(row for shop in before if (row := self._home.row(Coverage, shop)) is not None)
        self._see_cover(at, facts, before)
        self._see_fees(at, transfers)

    def about_to_vanish(self, shop: str, at: Instant) -> None:
        """Note the published numbers of a merchant, before people declare that it is gone."""
        row = self._home.row(Coverage, shop)
        tally = self.tallies[shop]
        if tally.gone_at is None:
            tally.line = self._promise.line(row, at)
            tally.peak_line = max(tally.peak_line, tally.line)
        if row is not None and tally.gone_at is None:
            required = self._promise.required(row, at)
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

    def _parties(self, body: FactBody, at: Instant, before: dict[str, Coverage | None]) -> None:
        """Note whose order is whose, and changes of the promise, before anything is judged."""
        match body:
            case OrderPlaced() | PartBegan():
                self.tallies.shop_of[body.order_id] = body.merchant_id
                self.tallies.consumer_of[body.order_id] = body.consumer_id
                self._promise.placed(body)
            case PolicyAdopted():
                for row in self._home.rows(Coverage):
                    tally = self.tallies[row.id]
                    tally.peak_line = max(tally.peak_line, self._promise.line(row, at))
                self._promise.adopted(body.policy, self._home.rows(Coverage), at)
            case MoneySeized(merchant_id=shop):
                of_cover = body.from_reserve_minor + body.from_deposit_minor
                self.tallies[shop].seized += of_cover
                self._cash.seized(shop, of_cover + body.from_available_minor)
                row, was = self._home.row(Coverage, shop), before.get(shop)
                if row is not None and was is not None:
                    self._promise.seized(row, was, of_cover, at)
            case _:
                pass

    def _fact(self, body: FactBody, at: Instant, transfers: Sequence[Transfer]) -> None:
        self._see_ways(body, at, transfers)
        match body:
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
            case ClaimRecovered() | ClaimMet() | FundRecovered():
                self._recovered(body)
            case MerchantAbsconded():
                self.tallies[body.merchant_id].gone_at = at
            case WindDownFinished():
                self._see_left(body.merchant_id, at)
            case _:
                pass

    def _see_ways(self, body: FactBody, at: Instant, transfers: Sequence[Transfer]) -> None:
        """See that only arrived orders are debited, and that other takings come from where they may."""
        shop = str(getattr(body, "merchant_id", ""))
        if wrong := self._captures.hear(body, at):
            self._broke(Clause.CAPTURED, shop, at, 0, int(getattr(body, "amount_minor", 0)), wrong)
        gone = self.tallies[shop].gone_at is not None if shop else False
        if wrong := self._takings.hear(body, transfers, gone=gone):
            self._broke(Clause.TAKEN, shop, at, 0, int(getattr(body, "amount_minor", 0)), wrong)

    def _recovered(self, body: ClaimRecovered | ClaimMet | FundRecovered) -> None:
        tally = self.tallies[body.merchant_id]
        if isinstance(body, ClaimMet) and not body.was_short:
            return
        if not isinstance(body, FundRecovered):
            tally.short -= body.amount_minor
            if self._is_late(body):
                return
            tally.missing -= body.amount_minor
            self._cash.miss(body.order_id, -body.amount_minor)
        if tally.gone_at is None and not isinstance(body, ClaimMet):
            tally.made_good += body.amount_minor

    def _is_late(self, body: ClaimPaid | ClaimRecovered | ClaimMet) -> bool:
        """Tell whether a claim came after its window: those nobody opened come of returns and run-aways."""
        return self._late.setdefault(body.claim_id, body.order_id in self._closed)

    def _see_window(self, body: OrderCompleted, at: Instant) -> None:
        order, policy = body.order_id, self._promise.of_order(body.order_id)
        least = max(
            self._captures.delivered.get(order, 0) + policy.claim_window,
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
        if self._promise.made:
            full = isinstance(self._promise.policy.release, Full)
            clause = Clause.WINDOW_PAID if full else Clause.LINE
            self._see_line(clause, tally, shop, at, loss, what)

    def _see_line(self, clause: Clause, tally: Tally, shop: str, at: Instant, loss: int, what: str) -> None:
        if tally.gone_at is not None:
            line, loss = tally.line, tally.loss_after
            what += tally.published
        else:
            now = self._promise.line(self._home.row(Coverage, shop), at)
            line = max(now, self._lines.get(shop, 0))
            tally.peak_line = max(tally.peak_line, line)
        if loss > line:
            self._broke(clause, shop, at, line, loss, what)
        most = tally.peak_line + tally.seized
        if tally.loss > most:
            self._broke(Clause.LIFE, shop, at, most, tally.loss, what)
        self.closeness.came("loss", (loss - line) / max(1, tally.captured))

    def _see_whole(self, body: ClaimPaid, at: Instant) -> None:
        """See that a claim on a merchant that is there is short only where nothing is left to pay it from."""
        if not body.missing_minor:
            return
        left = reachable(self._home, body.merchant_id) + max(0, self._home.available(FUND))
        if left > 0:
            what = f"claim {body.claim_id} misses {body.missing_minor}, while {left} are there"
            claimed = body.amount_minor + body.missing_minor
            self._broke(Clause.NOT_WHOLE, body.merchant_id, at, claimed, body.amount_minor, what)

    def _see_left(self, shop: str, at: Instant) -> None:
        """See that a merchant that is gone keeps nothing while claims of running windows are short.

        Whoever has not claimed yet, and still may in its window, has the same right to the money that is
        there.
        """
        missing, left = (
            self.tallies[shop].missing,
            reachable(self._home, shop) - unclaimed(self._home, shop, at),
        )
        if missing > 0 and left > 0:
            what = f"running windows miss {missing}, and the merchant still has {left}"
            self._broke(Clause.LEFT_OVER, shop, at, 0, left, what)

    def _see_payments(self, at: Instant, facts: Sequence[Fact], transfers: Sequence[Transfer]) -> None:
        """See that consumers got the amounts that facts say."""
        told: dict[str, int] = {}
        for fact in facts:
            if isinstance(fact.body, _PAID):
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
            if paid and missing > 0 and self._promise.made:
                what = f"late claims had {paid} of the merchant's money while running windows miss {missing}"
                self._broke(Clause.LATE, shop, at, 0, paid, what)
        self._late_paid.clear()

    def _see_earned(self, at: Instant) -> None:
        """See that others bore no more for a merchant than its sales have paid."""
        if not self._promise.made:
            return
        for shop, tally in self.tallies.items():
            if not (tally.fund_out or tally.missing):
                continue
            beyond = tally.unearned - self._promise.policy.late_fund_minor - tally.seized
            self.closeness.came("unearned", beyond / max(1, tally.captured))
            if beyond > 0:
                what = f"the fund paid {tally.fund_out}, running windows miss {tally.missing}"
                self._broke(Clause.EARNED, shop, at, tally.paid, tally.paid + beyond, what)
            if tally.loss > tally.paid:
                what = f"running windows lost {tally.loss} of what stood uncovered"
                self._broke(Clause.BOUGHT, shop, at, tally.paid, tally.loss, what)

    def _see_cover(self, at: Instant, facts: Sequence[Fact], before: dict[str, Coverage | None]) -> None:
        """See that cover which left the merchant's side was not needed."""
        if not self._promise.made:
            return
        paid = {_cause(fact.body, late=self._is_late) for fact in facts}
        asked = {fact.body.merchant_id for fact in facts if isinstance(fact.body, PayoutAsked)}
        for shop in sorted(asked | before.keys()):
            row = self._home.row(Coverage, shop)
            if row is None or self.tallies[shop].gone_at is not None:
                continue
            required = self._promise.required(row, at)
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
        """Tell whether cover went down, and the lack of it went up, by the record as it is now."""
        if before is None or row.cover_minor >= before.cover_minor:
            return False
        lacks = self._promise.required(row, at) - row.cover_minor
        as_of_now = replace(row, exposure_minor=before.exposure_minor)
        return lacks > self._promise.required(as_of_now, at) - before.cover_minor

    def _note(self, shop: str, row: Coverage, required: int) -> None:
        """Note how close this moment is to one at which vanishing would pay."""
        tally = self.tallies[shop]
        line = max(0, row.exposure_minor - required)
        tally.peak_line = max(tally.peak_line, line)
        sold = max(1, tally.captured)
        self.closeness.lacked((required - row.cover_minor) / sold, self.step)
        if line and shop in RING:
            self.closeness.worth((line + tally.loss - tally.paid) / sold, self.step)

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
        if not self._promise.made:
            return
        earned = self._cash.legitimate + len(RING) * self._promise.policy.late_fund_minor
        sold = sum(self.tallies[shop].captured for shop in RING)
        self.closeness.came("gain", (self._cash.gain - earned) / max(1, sold))
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
