"""The measures of one run: an aggregation over all outcomes, by merchant and span.

A span is the marketplace's first year, its settled time, or the whole. An order's outcome counts for the
spans in which it was placed, whenever it happens; locked money counts for the time in which it is locked.
"""

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from statistics import median
from typing import Any

import msgspec

from holdfast.claims.facts import ClaimOpened, ClaimRejected
from holdfast.engine.execution import Outcome
from holdfast.kernel.clock import DAY, Instant
from holdfast.kernel.rows import FactBody
from holdfast.lab.guarantees import Guarantee
from holdfast.lab.market import Market
from holdfast.lab.results import SellerFigures, Sums, Waits
from holdfast.lab.sellers import Seller
from holdfast.orders.facts import OrderFact, OrderPlaced
from holdfast.settlement.facts import (
    ClaimForgiven,
    ClaimPaid,
    ClaimRecovered,
    FundRecovered,
    OrderCaptured,
    OrderWrittenOff,
    ProceedsReleased,
    ReserveReleased,
    RestCaptured,
)

Hearer = Callable[[Any, Instant], None]

_LATE = 0.95


class _Span:
    """One merchant's sums over a span; `waits` are of the run, shared by its merchants."""

    __slots__ = (
        "deposit_used",
        "drawn",
        "drawn_on",
        "fees",
        "given",
        "loss",
        "loss_late",
        "loss_recovered",
        "orders",
        "own_fees",
        "platform",
        "recovered",
        "refused",
        "sales",
        "waits",
    )

    def __init__(self, waits: list[float]) -> None:
        self.waits = waits
        self.orders = self.refused = self.sales = self.given = self.platform = 0
        self.loss = self.loss_late = self.loss_recovered = self.drawn = self.recovered = 0
        self.fees = self.own_fees = self.deposit_used = 0
        self.drawn_on: dict[int, int] = {}


class _Cash:
    """A merchant's cash that is cover, as an integral up to `changed_at`, and the debits of strangers."""

    __slots__ = ("captured", "changed_at", "cover", "locked")

    def __init__(self, at: Instant) -> None:
        self.cover = self.locked = self.captured = 0
        self.changed_at = at

    def until(self, at: Instant) -> tuple[int, int]:
        """Return the integral and the sales up to a moment."""
        if at > self.changed_at:
            self.locked += self.cover * (at - self.changed_at)
            self.changed_at = at
        return self.locked, self.captured


_NOTHING = (0, 0)
_Mark = dict[str, tuple[int, int]]


class Measures:
    """The sums of a run. Claims count with whatever comes of them, after the market's end, too."""

    def __init__(self, market: Market) -> None:
        self._begins, self._start, self._ends = market.begins, market.start, market.ends
        self._first_ends = market.first_year_ends
        self._waits: tuple[list[float], list[float], list[float]] = ([], [], [])
        self._spans: dict[str, tuple[_Span, _Span, _Span]] = {}
        self._cash: dict[str, _Cash] = {}
        self._numbers: tuple[dict[str, int] | None, dict[str, int] | None] = (None, None)
        self._marks: dict[str, _Mark] = {}
        self._opened: dict[str, Instant] = {}
        self._gone: Mapping[str, Seller] = {}
        self._short: dict[str, list[_Span]] = {}
        self._drawn: dict[str, deque[tuple[list[_Span], int]]] = {}
        self._digest = hashlib.sha256()
        self._encode = msgspec.json.Encoder().encode
        self.facts = 0
        self._hearers: dict[type[FactBody], Hearer] = {
            OrderPlaced: self._placed,
            OrderCaptured: self._captured,
            RestCaptured: self._captured,
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

    def hear(self, outcome: Outcome) -> None:
        """Hear one outcome."""
        facts = outcome.facts
        self.facts += len(facts)
        for fact in facts:
            self._digest.update(self._encode(fact))
            hear = self._hearers.get(type(fact.body))
            if hear is not None:
                hear(fact.body, fact.at)

    def day_begins(self, at: Instant, sellers: Iterable[Seller]) -> None:
        """Begin a day, before anything of it happens: a span may begin or end with it."""
        if at == self._start:
            self._numbers = (self._numbers[0], {seller.id: seller.number for seller in sellers})
            self._mark("start", at)
        if at == self._first_ends:
            self._numbers = ({seller.id: seller.number for seller in sellers}, self._numbers[1])
            self._mark("first year ends", at)

    def _mark(self, name: str, at: Instant) -> None:
        self._marks[name] = {merchant_id: cash.until(at) for merchant_id, cash in self._cash.items()}

    def _of(self, merchant_id: str) -> tuple[_Span, _Span, _Span]:
        found = self._spans.get(merchant_id)
        if found is None:
            first, settled, whole = (_Span(waits) for waits in self._waits)
            found = self._spans[merchant_id] = (first, settled, whole)
        return found

    def _spans_of(self, merchant_id: str, order_id: str) -> list[_Span]:
        """Return the sums that an order counts for: a merchant's orders are numbered as they are placed."""
        first, settled, whole = self._of(merchant_id)
        found = [whole]
        number = int(order_id.partition("/")[0].rpartition("-")[2])  # a part is numbered as its order
        until, since = self._numbers
        if until is None or number <= until.get(merchant_id, 0):
            found.append(first)
        if since is not None and number > since.get(merchant_id, 0):
            found.append(settled)
        return found

    def refused(self, merchant_id: str, order_id: str) -> None:
        """Hear that an order of a merchant was not taken for want of cover."""
        for span in self._spans_of(merchant_id, order_id):
            span.refused += 1

    def cash_changed(self, merchant_id: str, cash_minor: int, at: Instant) -> None:
        """Take a merchant's new cash as cover: the cash before was locked until now."""
        cash = self._cash_of(merchant_id)
        cash.until(min(at, self._ends))
        cash.cover = cash_minor

    def _cash_of(self, merchant_id: str) -> _Cash:
        found = self._cash.get(merchant_id)
        if found is None:
            found = self._cash[merchant_id] = _Cash(self._begins)
        return found

    def _placed(self, body: OrderPlaced, _at: Instant) -> None:
        for span in self._spans_of(body.merchant_id, body.order_id):
            span.orders += 1

    def _captured(self, body: OrderCaptured | RestCaptured, at: Instant) -> None:
        if _is_own(body):
            return
        if at < self._ends:
            self._cash_of(body.merchant_id).captured += body.amount_minor
        for span in self._spans_of(body.merchant_id, body.order_id):
            span.sales += body.amount_minor

    def _written_off(self, body: OrderWrittenOff, _at: Instant) -> None:
        for span in self._spans_of(body.merchant_id, body.order_id):
            span.platform += body.loss_minor

    def _released(self, body: ProceedsReleased | ReserveReleased, _at: Instant) -> None:
        fees = body.fee_minor + body.fund_minor
        own = fees if _is_own(body) else 0
        for span in self._spans_of(body.merchant_id, body.order_id):
            span.given += body.fund_minor
            span.fees += fees
            span.own_fees += own

    def _opened_claim(self, body: ClaimOpened, at: Instant) -> None:
        self._opened[body.claim_id] = at

    def _closed_claim(self, body: ClaimForgiven | ClaimRejected, _at: Instant) -> None:
        self._opened.pop(body.claim_id, None)

    def _paid(self, body: ClaimPaid, at: Instant) -> None:
        opened = self._opened.pop(body.claim_id, None)
        spans = self._spans_of(body.merchant_id, body.order_id)
        own = _is_own(body)
        if body.missing_minor and not own:
            self._short[body.claim_id] = spans
        if body.from_fund_minor:
            self._drawn.setdefault(body.merchant_id, deque()).append((spans, body.from_fund_minor))
        if opened is None:
            seller = self._gone.get(body.merchant_id)
            opened = None if seller is None else seller.gone_at
        day = (at - self._start) // DAY
        for span in spans:
            span.drawn += body.from_fund_minor
            if body.from_fund_minor:
                span.drawn_on[day] = span.drawn_on.get(day, 0) + body.from_fund_minor
            if own:
                continue
            span.loss += body.missing_minor
            span.loss_late += body.missing_minor if body.late else 0
            span.deposit_used += body.from_deposit_minor
            if opened is not None and body.amount_minor:
                span.waits.append(max(0, at - opened) / DAY)

    def _recovered(self, body: ClaimRecovered, _at: Instant) -> None:
        for span in self._short.get(body.claim_id, ()):
            span.loss_recovered += body.amount_minor

    def _fund_recovered(self, body: FundRecovered, _at: Instant) -> None:
        """Take money that came back as paying the oldest draw first."""
        left, owed = body.amount_minor, self._drawn.get(body.merchant_id, deque())
        while left and owed:
            spans, drawn = owed.popleft()
            part = min(left, drawn)
            left -= part
            for span in spans:
                span.recovered += part
            if part < drawn:
                owed.appendleft((spans, drawn - part))

    def watch(self, sellers: Mapping[str, Seller]) -> None:
        """Take the merchants, to know when they vanish: money refunded unasked waits from then."""
        self._gone = sellers

    @property
    def digest(self) -> str:
        """Return the SHA-256 of all facts so far, in hexadecimal."""
        return self._digest.hexdigest()

    @property
    def waits(self) -> tuple[Waits | None, Waits | None]:
        """Return how long consumers waited for their money: over the first year, and settled."""
        return _waits(self._waits[0]), _waits(self._waits[1])

    def of_seller(self, seller: Seller) -> SellerFigures:
        """Return the sums of a merchant."""
        first, settled, whole = self._of(seller.id)
        all_of_it = self._cash_of(seller.id).until(self._ends)
        year, start = (
            self._marks.get(mark, {}).get(seller.id, otherwise)
            for mark, otherwise in (("first year ends", all_of_it), ("start", _NOTHING))
        )
        if "first year ends" in self._marks and seller.id not in self._marks["first year ends"]:
            year = _NOTHING
        guarantee = seller.guarantee
        return SellerFigures(
            id=seller.id,
            kind=seller.kind,
            joined_day=seller.joined,
            ordinary_minor=seller.ordinary_minor,
            first_year=_sums(first, _NOTHING, year, _premium(guarantee, self._begins, self._first_ends)),
            settled=_sums(settled, start, all_of_it, _premium(guarantee, self._start, self._ends)),
            whole=_sums(whole, _NOTHING, all_of_it, _premium(guarantee, self._begins, self._ends)),
            over=seller.gone_at <= self._ends if seller.gone_at is not None else not seller.goes,
            guaranteed=guarantee is not None,
            drawn_on=tuple(sorted(settled.drawn_on.items())),
        )


def _is_own(body: OrderFact) -> bool:
    """Tell whether an accomplice of the merchant placed the order: its id begins with the merchant's."""
    return body.consumer_id.startswith(f"{body.merchant_id}-")


def _premium(guarantee: Guarantee | None, since: Instant, until: Instant) -> int:
    return 0 if guarantee is None else guarantee.premium_minor(since, until)


def _waits(days: list[float]) -> Waits | None:
    if not days:
        return None
    ordered = sorted(days)
    return Waits(median(ordered), ordered[min(len(ordered) - 1, int(len(ordered) * _LATE))])


def _sums(span: _Span, since: tuple[int, int], until: tuple[int, int], premium_minor: int) -> Sums:
    return Sums(
        orders=span.orders,
        refused=span.refused,
        sales_minor=span.sales,
        sales_in_time_minor=until[1] - since[1],
        locked=(until[0] - since[0]) / DAY,
        loss_gross_minor=span.loss,
        loss_late_minor=span.loss_late,
        loss_recovered_minor=span.loss_recovered,
        drawn_minor=span.drawn,
        recovered_minor=span.recovered,
        given_minor=span.given,
        platform_minor=span.platform,
        fees_minor=span.fees,
        own_fees_minor=span.own_fees,
        deposit_used_minor=span.deposit_used,
        premium_minor=premium_minor,
    )
