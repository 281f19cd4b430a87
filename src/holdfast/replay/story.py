"""The story of merchants that ran away: a chronicle of each, day by day, from the facts."""

from collections.abc import Callable, Mapping
from typing import Any

from holdfast.claims.facts import ClaimOpened
from holdfast.enforcement.model import MerchantAbsconded, WindDownFinished
from holdfast.kernel.clock import DAY, Instant
from holdfast.kernel.rows import FactBody
from holdfast.orders.facts import (
    OrderCancelled,
    OrderDelivered,
    OrderPlaced,
    OrderShipped,
    ServicePerformed,
)
from holdfast.orders.model import PlaceOrder
from holdfast.replay.compensated import PaidClaim, sources_of
from holdfast.replay.results import RunAway, StoryEvent
from holdfast.settlement.facts import (
    ClaimForgiven,
    ClaimPaid,
    ClaimRecovered,
    FundRecovered,
    OrderCaptured,
    PayoutConfirmed,
    PayoutHeld,
    ProceedsReleased,
    RestCaptured,
)

DAYS_BEFORE = 14
"""How much of the good time before the run-away belongs to its story."""


class Chronicle:
    """The chronicle of one merchant that is going to vanish: its facts, summed by day and kind."""

    __slots__ = (
        "_sums",
        "captures_stopped_minor",
        "declared_at",
        "finished_at",
        "merchant_id",
        "vanished_at",
    )

    def __init__(self, merchant_id: str, vanished_at: Instant) -> None:
        self.merchant_id = merchant_id
        self.vanished_at = vanished_at
        self.declared_at: Instant | None = None
        self.finished_at: Instant | None = None
        self.captures_stopped_minor = 0
        self._sums: dict[tuple[int, str], list[int]] = {}

    def note(self, at: Instant, kind: str, amount_minor: int) -> None:
        """Add one event to its day."""
        entry = self._sums.setdefault((at // DAY, kind), [0, 0])
        entry[0] += 1
        entry[1] += amount_minor

    def events(self) -> list[StoryEvent]:
        """Return the events from the last good days on, ascending by time, one of each kind a day."""
        first = self.vanished_at // DAY - DAYS_BEFORE
        told = [
            StoryEvent(at=day * DAY, kind=kind, count=count, amount_minor=amount)
            for (day, kind), (count, amount) in self._sums.items()
            if day >= first
        ]
        told.append(StoryEvent(at=self.vanished_at, kind="vanished", count=1, amount_minor=0))
        if self.declared_at is not None:
            told.append(StoryEvent(at=self.declared_at, kind="declared", count=1, amount_minor=0))
        return sorted(told, key=lambda event: event.at)

    def told(self, claims: list[PaidClaim]) -> RunAway:
        """Return the run-away, with its own of the claims: those paid since it vanished."""
        owed = [
            claim
            for claim in claims
            if claim.merchant_id == self.merchant_id and claim.paid_at >= self.vanished_at
        ]
        return RunAway(
            merchant_id=self.merchant_id,
            vanished_at=self.vanished_at,
            declared_at=self.declared_at,
            finished_at=self.finished_at,
            consumers=len({claim.consumer_id for claim in owed}),
            orders=len({claim.order_id for claim in owed}),
            owed_minor=sum(claim.claimed_minor for claim in owed),
            compensated_minor=sum(claim.compensated_minor for claim in owed),
            uncovered_minor=sum(claim.missing_minor for claim in owed),
            late_uncovered_minor=sum(claim.late_missing_minor for claim in owed),
            captures_stopped_minor=self.captures_stopped_minor,
            sources=sources_of(owed),
            events=self.events(),
        )


class Chronicles:
    """The chronicles of all merchants that vanish, and the debits that were stopped on any merchant.

    `captures_stopped_minor` is what consumers were not debited for: claims met before the debit, and orders
    that ended because the merchant ran.
    """

    def __init__(self, vanished: Mapping[str, Instant]) -> None:
        self.captures_stopped_minor = 0
        self._of = {merchant: Chronicle(merchant, at) for merchant, at in vanished.items()}
        self._absconded: set[str] = set()
        self._cancelled: set[str] = set()
        self.hearers: dict[type[FactBody], Callable[[Any, Instant], None]] = {
            OrderPlaced: self._amount("placed"),
            OrderShipped: self._count("shipped"),
            OrderDelivered: self._amount("delivered"),
            ServicePerformed: self._amount("delivered"),
            OrderCaptured: self._amount("captured"),
            RestCaptured: self._amount("captured"),
            PayoutConfirmed: self._amount("paid_out"),
            PayoutHeld: self._amount("payout_held"),
            ClaimRecovered: self._amount("recovered"),
            FundRecovered: self._amount("recovered"),
            ProceedsReleased: self._released,
            ClaimOpened: self._claimed,
            ClaimPaid: self._paid,
            ClaimForgiven: self._forgiven,
            OrderCancelled: self._ended,
            MerchantAbsconded: self._declared,
            WindDownFinished: self._finished,
        }

    def told(self, claims: list[PaidClaim]) -> list[RunAway]:
        """Return all run-aways, ascending by the time of vanishing."""
        found = [chronicle.told(claims) for chronicle in self._of.values()]
        return sorted(found, key=lambda run: (run.vanished_at, run.merchant_id))

    def refused(self, command: PlaceOrder, at: Instant) -> None:
        """Note an order that was not taken."""
        self._note(command.merchant_id, at, "order_refused", command.amount_minor)

    def _note(self, merchant_id: str, at: Instant, kind: str, amount_minor: int) -> None:
        chronicle = self._of.get(merchant_id)
        if chronicle is not None:
            chronicle.note(at, kind, amount_minor)

    def _amount(self, kind: str) -> Callable[[Any, Instant], None]:
        chronicles = self._of

        def hear(body: Any, at: Instant) -> None:
            chronicle = chronicles.get(body.merchant_id)
            if chronicle is not None:
                chronicle.note(at, kind, body.amount_minor)

        return hear

    def _count(self, kind: str) -> Callable[[Any, Instant], None]:
        chronicles = self._of

        def hear(body: Any, at: Instant) -> None:
            chronicle = chronicles.get(body.merchant_id)
            if chronicle is not None:
                chronicle.note(at, kind, 0)

        return hear

    def _released(self, body: ProceedsReleased, at: Instant) -> None:
        self._note(body.merchant_id, at, "released", body.available_minor)

    def _claimed(self, body: ClaimOpened, at: Instant) -> None:
        self._note(body.merchant_id, at, "claim_opened", body.amount_minor)
        if body.payout_held_minor:
            self._note(body.merchant_id, at, "payout_held", body.payout_held_minor)

    def _paid(self, body: ClaimPaid, at: Instant) -> None:
        if body.amount_minor:
            self._note(body.merchant_id, at, "compensated", body.amount_minor)
        if body.missing_minor:
            self._note(body.merchant_id, at, "uncovered", body.missing_minor)

    def _forgiven(self, body: ClaimForgiven, at: Instant) -> None:
        """A claim was met before the debit; one that ended with its cancelled order stopped nothing more."""
        if body.order_id not in self._cancelled:
            self._stopped(body.merchant_id, at, body.amount_minor)
            self._note(body.merchant_id, at, "capture_stopped", body.amount_minor)

    def _ended(self, body: OrderCancelled, at: Instant) -> None:
        """An order ended without a debit: to the run-away's credit only where the merchant had run."""
        self._cancelled.add(body.order_id)
        self._note(body.merchant_id, at, "cancelled", body.released_minor)
        if body.merchant_id in self._absconded:
            self._stopped(body.merchant_id, at, body.released_minor)

    def _stopped(self, merchant_id: str, at: Instant, amount_minor: int) -> None:
        self.captures_stopped_minor += amount_minor
        chronicle = self._of.get(merchant_id)
        if chronicle is not None and at >= chronicle.vanished_at:
            chronicle.captures_stopped_minor += amount_minor

    def _declared(self, body: MerchantAbsconded, at: Instant) -> None:
        self._absconded.add(body.merchant_id)
        chronicle = self._of.get(body.merchant_id)
        if chronicle is not None:
            chronicle.declared_at = at

    def _finished(self, body: WindDownFinished, at: Instant) -> None:
        chronicle = self._of.get(body.merchant_id)
        if chronicle is not None:
            chronicle.finished_at = at
