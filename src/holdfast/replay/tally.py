"""The tally of one policy: an aggregation over all outcomes of a replay, each heard once and in order.

It reads facts and refusals only, never rows: whoever has the journal can work out the same figures.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from holdfast.engine.execution import Outcome, Submission
from holdfast.kernel.clock import DAY, Instant, day
from holdfast.kernel.refusal import RefusalRecord
from holdfast.kernel.rows import FactBody
from holdfast.kernel.zones import day_begins, day_number, local_day
from holdfast.orders.facts import OrderPlaced, OwedReduced
from holdfast.orders.model import PlaceOrder
from holdfast.replay.compensated import PaidClaim, PaidClaims, median_days, sources_of
from holdfast.replay.drops import Drops
from holdfast.replay.money_back import REFUNDED
from holdfast.replay.results import Day, MerchantRisk, PolicyResult
from holdfast.replay.standing import Standing, Standings
from holdfast.replay.story import Chronicles
from holdfast.settlement.facts import FundRecovered, OrderRefunded

RISKIEST = 25
"""Merchants that a result lists."""

_BEFORE_ALL: Instant = -(2**62)

Hearer = Callable[[Any, Instant], None]


class Tally:
    """Listens to one replay: `vanished` tells which merchants vanish, and when. Days are those of a zone."""

    def __init__(self, vanished: Mapping[str, Instant], place: dt.tzinfo = dt.UTC) -> None:
        self._place = place
        self.facts = 0
        self._drops = Drops()
        self._gmv_minor = 0
        self._placed_at: Instant = _BEFORE_ALL
        self._fund_recovered_minor = 0
        self._refunded_minor = 0
        self._standings = Standings()
        self._claims = PaidClaims(vanished)
        self._chronicles = Chronicles(vanished)
        self._hearers = self._joined()
        self._days: list[Day] = []
        self._today = 0
        self._day_ends: Instant = _BEFORE_ALL
        self._sales_before = 0
        self._now = _BEFORE_ALL

    def _joined(self) -> dict[type[FactBody], tuple[Hearer, ...]]:
        """Return, for each type of fact, everybody who hears it."""
        hearers: defaultdict[type[FactBody], list[Hearer]] = defaultdict(list)
        own: dict[type[FactBody], Hearer] = {
            OrderPlaced: self._placed,
            FundRecovered: self._fund_recovered,
            OwedReduced: self._owes_less,
            OrderRefunded: self._refunded,
        }
        for part in (own, self._standings.hearers, self._claims.hearers, self._chronicles.hearers):
            for kind, hear in part.items():
                hearers[kind].append(hear)
        return {kind: tuple(all_of_them) for kind, all_of_them in hearers.items()}

    def listen(self, submission: Submission | None, at: Instant, outcome: Outcome) -> None:
        """Hear one outcome; a deadline that a pause kept back past its time counts as of now."""
        at = max(at, self._now)
        self._now = at
        if at >= self._day_ends:
            self._begin_day(at)
        facts = outcome.facts
        if not facts:
            if outcome.refusal is not None and submission is not None:
                self._refused(submission, outcome.refusal)
            return
        self.facts += len(facts)
        hearers = self._hearers
        for fact in facts:
            body = fact.body
            for hear in hearers.get(type(body), ()):
                hear(body, at)
        self._standings.settle(at)

    def standing(self, merchant_id: str) -> Standing:
        """Return a merchant's exposure and cover, as the facts so far tell them."""
        return self._standings.of(merchant_id)

    def _refused(self, submission: Submission, refusal: RefusalRecord) -> None:
        command = submission.command
        self._drops.refused(command, refusal)
        if isinstance(command, PlaceOrder):
            self._placed_at = submission.at
            self._chronicles.refused(command, submission.at)

    def _placed(self, body: OrderPlaced, at: Instant) -> None:
        self._gmv_minor += body.amount_minor
        self._placed_at = at

    def _fund_recovered(self, body: FundRecovered, _at: Instant) -> None:
        self._fund_recovered_minor += body.amount_minor

    def _owes_less(self, body: OwedReduced, _at: Instant) -> None:
        if body.reason == REFUNDED:
            self._refunded_minor += body.by_minor

    def _refunded(self, body: OrderRefunded, _at: Instant) -> None:
        if body.reason == REFUNDED:
            self._refunded_minor += body.amount_minor

    def _begin_day(self, at: Instant) -> None:
        """Close every day before `at`: nothing changes while nothing is heard."""
        if self._day_ends == _BEFORE_ALL:
            self._today = day_number(at, self._place)
        else:
            self._close_day()
            self._today += 1
        while (ends := day_begins(self._today + 1, self._place)) <= at:
            self._close_day()
            self._today += 1
        self._day_ends = ends

    def _close_day(self) -> None:
        standings = self._standings
        self._days.append(
            Day(
                date=day(self._today * DAY),
                exposure_minor=standings.exposure_minor,
                cover_minor=standings.cover_minor,
                locked_minor=standings.cover_minor,
                sales_minor=standings.sales_minor - self._sales_before,
            )
        )
        self._sales_before = standings.sales_minor

    def _days_until(self, at: Instant) -> list[Day]:
        last = local_day(at, self._place) if at > _BEFORE_ALL else ""
        return [one for one in self._days if one.date <= last]

    def result(self, policy: str, *, ledger_sum_minor: int, seconds: float) -> PolicyResult:
        """Close the last day and return everything that was found. Call it once, at the end.

        Days after the last order and the last change of exposure or cover are left out: only old deadlines
        fall on them.
        """
        self._close_day()
        claims = self._claims.all()
        sales = self._standings.sales_minor
        uncovered = sum(claim.missing_minor for claim in claims)
        claimed = sum(claim.claimed_minor for claim in claims)
        last_at = max(self._placed_at, self._standings.changed_at)
        ratios = [s.min_ratio for s in self._standings.merchants.values() if s.min_ratio is not None]
        return PolicyResult(
            policy=policy,
            gmv_minor=self._gmv_minor,
            claims=len(claims),
            claimed_minor=claimed,
            compensated_minor=claimed - uncovered,
            uncovered_minor=uncovered,
            late_claimed_minor=sum(claim.claimed_minor for claim in claims if claim.late),
            late_uncovered_minor=sum(claim.late_missing_minor for claim in claims),
            sources=sources_of(claims),
            fund_recovered_minor=self._fund_recovered_minor,
            min_coverage_ratio=min(ratios, default=None),
            locked_days_of_sales=self._standings.locked / DAY / sales if sales else 0.0,
            ledger_sum_minor=ledger_sum_minor,
            facts=self.facts,
            seconds=seconds,
            captures_stopped_minor=self._chronicles.captures_stopped_minor,
            orders_refused=self._drops.codes.total(),
            consumers_compensated=len({c.consumer_id for c in claims if c.compensated_minor}),
            consumers_uncovered=len({c.consumer_id for c in claims if c.missing_minor}),
            median_days_until_paid=median_days(claims),
            days=self._days_until(last_at),
            riskiest=self._riskiest(claims),
            run_aways=self._chronicles.told(claims),
            refusals=dict(sorted(self._drops.codes.items())),
            captured_minor=sales,
            refunded_minor=self._refunded_minor,
            refused_minor=self._drops.refused_minor,
            cut_short=self._drops.cut_short(),
            not_taken=self._drops.all(),
        )

    def _riskiest(self, claims: list[PaidClaim]) -> list[MerchantRisk]:
        """Rank merchants by the uncovered sum that they left, then by their largest gap of cover."""
        by_merchant: defaultdict[str, list[PaidClaim]] = defaultdict(list)
        for claim in claims:
            by_merchant[claim.merchant_id].append(claim)
        risks = [
            (standing.worst_gap_minor, _risk(standing, by_merchant.get(merchant_id, [])))
            for merchant_id, standing in self._standings.merchants.items()
            if standing.peak_exposure_minor
        ]
        risks.sort(key=lambda it: (-it[1].uncovered_minor, -it[0], -it[1].claimed_minor, it[1].merchant_id))
        return [risk for _, risk in risks[:RISKIEST]]


def _risk(standing: Standing, claims: list[PaidClaim]) -> MerchantRisk:
    return MerchantRisk(
        merchant_id=standing.merchant_id,
        sales_minor=standing.sales_minor,
        orders=standing.orders,
        claims=len(claims),
        claimed_minor=sum(claim.claimed_minor for claim in claims),
        uncovered_minor=sum(claim.missing_minor for claim in claims),
        peak_exposure_minor=standing.peak_exposure_minor,
        min_ratio=standing.min_ratio,
        status=standing.status.value,
    )
