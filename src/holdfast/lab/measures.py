"""What one run found out: it hears every outcome once, in order, and keeps sums by merchant."""

import hashlib
from collections.abc import Callable, Mapping
from statistics import median
from typing import Any

import msgspec

from holdfast.engine.execution import Outcome
from holdfast.kernel.clock import DAY, Instant
from holdfast.kernel.rows import FactBody
from holdfast.lab.market import Market
from holdfast.lab.results import SellerFigures
from holdfast.lab.sellers import Seller
from holdfast.orders.model import OrderPlaced
from holdfast.settlement.facts import (
    ClaimForgiven,
    ClaimOpened,
    ClaimPaid,
    ClaimRecovered,
    ClaimRejected,
    FundRecovered,
    OrderCaptured,
    OrderWrittenOff,
    ProceedsReleased,
    ReserveReleased,
)

Hearer = Callable[[Any, Instant], None]


class _Sums:
    """One merchant's sums. `locked` is an integral, in minor units times milliseconds, up to `changed_at`."""

    __slots__ = (
        "changed_at",
        "cover",
        "drawn",
        "drawn_on",
        "given",
        "in_time",
        "locked",
        "loss",
        "orders",
        "platform",
        "recovered",
        "refused",
        "sales",
    )

    def __init__(self) -> None:
        self.cover = self.locked = self.changed_at = 0
        self.sales = self.in_time = self.orders = self.refused = 0
        self.loss = self.drawn = self.recovered = self.given = self.platform = 0
        self.drawn_on: dict[int, int] = {}


class Measures:
    """The sums of a run. Only the measured time counts, and for claims whatever comes of it after its end."""

    def __init__(self, market: Market) -> None:
        self._start = market.start
        self._ends = market.ends
        self._sums: dict[str, _Sums] = {}
        self._opened: dict[str, Instant] = {}
        self._gone: Mapping[str, Seller] = {}
        self._short: set[str] = set()
        self._waits: list[float] = []
        self._digest = hashlib.sha256()
        self._encode = msgspec.json.Encoder().encode
        self.facts = 0
        self._hearers: dict[type[FactBody], Hearer] = {
            OrderPlaced: self._placed,
            OrderCaptured: self._captured,
            OrderWrittenOff: self._written_off,
            ProceedsReleased: self._released,
            ReserveReleased: self._released,
            ClaimOpened: self._opened_claim,
            ClaimForgiven: self._closed_claim,
            ClaimRejected: self._closed_claim,
            ClaimPaid: self._paid,
            ClaimRecovered: self._recovered,
            FundRecovered: self._fund_recovered,
        }

    def _of(self, merchant_id: str) -> _Sums:
        found = self._sums.get(merchant_id)
        if found is None:
            found = self._sums[merchant_id] = _Sums()
        return found

    def hear(self, outcome: Outcome) -> None:
        """Hear one outcome."""
        facts = outcome.facts
        self.facts += len(facts)
        for fact in facts:
            self._digest.update(self._encode(fact))
            hear = self._hearers.get(type(fact.body))
            if hear is not None:
                hear(fact.body, fact.at)

    def refused(self, merchant_id: str, at: Instant) -> None:
        """Hear that an order of a merchant was not taken for want of cover."""
        if at >= self._start:
            self._of(merchant_id).refused += 1

    def cover_changed(self, merchant_id: str, cover_minor: int, at: Instant) -> None:
        """Hear what a merchant's cover is now: what it was until now was locked so long."""
        sums = self._of(merchant_id)
        self._lock_until(sums, at)
        sums.cover = cover_minor

    def _lock_until(self, sums: _Sums, at: Instant) -> None:
        at = min(max(at, self._start), self._ends)
        sums.locked += sums.cover * (at - max(sums.changed_at, self._start))
        sums.changed_at = at

    def _placed(self, body: OrderPlaced, at: Instant) -> None:
        if at >= self._start:
            self._of(body.merchant_id).orders += 1

    def _captured(self, body: OrderCaptured, at: Instant) -> None:
        if at >= self._start:
            sums = self._of(body.merchant_id)
            sums.sales += body.amount_minor
            if at < self._ends:
                sums.in_time += body.amount_minor

    def _written_off(self, body: OrderWrittenOff, at: Instant) -> None:
        if at >= self._start:
            self._of(body.merchant_id).platform += body.loss_minor

    def _released(self, body: ProceedsReleased | ReserveReleased, at: Instant) -> None:
        if at >= self._start:
            self._of(body.merchant_id).given += body.fund_minor

    def _opened_claim(self, body: ClaimOpened, at: Instant) -> None:
        self._opened[body.claim_id] = at

    def _closed_claim(self, body: ClaimForgiven | ClaimRejected, _at: Instant) -> None:
        self._opened.pop(body.claim_id, None)

    def _paid(self, body: ClaimPaid, at: Instant) -> None:
        opened = self._opened.pop(body.claim_id, None)
        if at < self._start:
            return
        sums = self._of(body.merchant_id)
        if body.missing_minor:
            sums.loss += body.missing_minor
            self._short.add(body.claim_id)
        if body.from_fund_minor:
            sums.drawn += body.from_fund_minor
            day = (at - self._start) // DAY
            sums.drawn_on[day] = sums.drawn_on.get(day, 0) + body.from_fund_minor
        if opened is None:
            seller = self._gone.get(body.merchant_id)
            opened = None if seller is None else seller.gone_at
        if opened is not None and body.amount_minor:
            self._waits.append(max(0, at - opened) / DAY)

    def _recovered(self, body: ClaimRecovered, at: Instant) -> None:
        if body.claim_id in self._short and at >= self._start:
            self._of(body.merchant_id).loss -= body.amount_minor

    def _fund_recovered(self, body: FundRecovered, at: Instant) -> None:
        if at >= self._start:
            self._of(body.merchant_id).recovered += body.amount_minor

    def watch(self, sellers: Mapping[str, Seller]) -> None:
        """Know when merchants vanish: what is refunded unasked waits from then."""
        self._gone = sellers

    @property
    def digest(self) -> str:
        """Return the SHA-256 of all facts so far, in hexadecimal."""
        return self._digest.hexdigest()

    @property
    def days_until_paid(self) -> float | None:
        """Return the median time from a claim, or from a vanishing, until the consumer was paid."""
        return median(self._waits) if self._waits else None

    def of_seller(self, seller: Seller) -> SellerFigures:
        """Return what a merchant comes to."""
        sums = self._of(seller.id)
        self._lock_until(sums, self._ends)
        return SellerFigures(
            id=seller.id,
            kind=seller.kind,
            joined_day=seller.joined,
            ordinary_minor=seller.ordinary_minor,
            orders=sums.orders,
            refused=sums.refused,
            sales_minor=sums.sales,
            sales_in_time_minor=sums.in_time,
            locked=sums.locked / DAY,
            loss_minor=sums.loss,
            drawn_minor=sums.drawn,
            recovered_minor=sums.recovered,
            given_minor=sums.given,
            platform_minor=sums.platform,
            drawn_on=tuple(sorted(sums.drawn_on.items())),
        )
