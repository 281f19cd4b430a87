"""The world outside of the engine, as a replay assumes it: provider, arbiters, consumers of run-aways.

It is pure: what it answers depends on the fact alone, so a batch that is run again is answered the same.
"""

import zlib
from collections.abc import Callable, Mapping, Sequence

import msgspec

from holdfast.claims.facts import ClaimOpened
from holdfast.claims.model import OpenClaim, UpholdClaim
from holdfast.enforcement.model import DebitPaused
from holdfast.importers.history import Vanishing
from holdfast.kernel.clock import DAY, HOUR, Instant
from holdfast.kernel.rows import Answer, Fact
from holdfast.psp import sandbox
from holdfast.replay.money_back import REFUNDED, MoneyBack
from holdfast.replay.people import ARBITER
from holdfast.replay.results import Assumption
from holdfast.settlement.facts import OrderCaptured
from holdfast.settlement.model import Refund

Answers = Sequence[Answer]

WHOLE_PERCENT = 100

_NOTHING = MoneyBack(None)


class Assumptions(msgspec.Struct, frozen=True, kw_only=True):
    """The assumptions about events that a history lacks. Each is an option, and is printed."""

    claim_days: int = 3
    declare_days: int = 3
    score_1_percent: int = 100
    score_2_percent: int = 50
    run_away_claim_percent: int = 100
    consumer_limit_minor: int = 10**13

    def listed(self) -> list[Assumption]:
        """Return them with their meaning."""
        return [
            Assumption(
                "--claim-days",
                str(self.claim_days),
                "一项投诉从提出到裁决的天数",
                "days from a claim to its decision",
            ),
            Assumption(
                "--declare-days",
                str(self.declare_days),
                "商家失联后，两人宣布其跑路的天数",
                "days after vanishing until two people declare it",
            ),
            Assumption(
                "--score-1-percent",
                str(self.score_1_percent),
                "一星评价视为正当索赔，占订单金额的百分比",
                "a review of 1 is a justified claim for this share of the order, in percent",
            ),
            Assumption(
                "--score-2-percent",
                str(self.score_2_percent),
                "二星评价视为正当索赔，占订单金额的百分比",
                "a review of 2 is a justified claim for this share of the order, in percent",
            ),
            Assumption(
                "--run-away-claim-percent",
                str(self.run_away_claim_percent),
                "商家跑路时，处于保障期内的已扣款订单及被暂停扣款的订单提出索赔的比例",
                "share of orders, in their window or paused before the debit, that claim when the "
                "merchant runs, in percent",
            ),
            Assumption(
                "--consumer-limit",
                str(self.consumer_limit_minor),
                "每位消费者的额度（最小货币单位）；历史数据中没有额度",
                "limit of each consumer in minor units; the history tells none",
            ),
        ]


class World:
    """Answers facts: the provider, the arbiter, merchants that refund, and the consumers of run-aways.

    `back` is what goes back of orders that have refunds, by their ids.
    """

    def __init__(
        self,
        assumptions: Assumptions,
        vanishings: Mapping[str, Instant],
        back: Mapping[str, MoneyBack] | None = None,
    ) -> None:
        self._claim_takes = assumptions.claim_days * DAY
        self._percent = assumptions.run_away_claim_percent
        self._vanishings = vanishings
        self._back = back or {}
        self._answers: dict[type, Callable[[Fact], Answers]] = {
            **sandbox.ANSWERS,
            ClaimOpened: self._decide,
            OrderCaptured: self._after_the_capture,
            DebitPaused: self._claim_instead_of_paying,
        }

    def react(self, fact: Fact) -> Answers:
        """Return the replies of the outside world to a fact, with their times."""
        answer = self._answers.get(type(fact.body))
        return [] if answer is None else answer(fact)

    def _decide(self, fact: Fact) -> Answers:
        body = fact.body
        assert isinstance(body, ClaimOpened)
        return [(fact.at + self._claim_takes, UpholdClaim(claim_id=body.claim_id), ARBITER)]

    def _after_the_capture(self, fact: Fact) -> Answers:
        """Refund what went back later than the debit; and claim where the merchant is not there any more."""
        body = fact.body
        assert isinstance(body, OrderCaptured)
        vanished = self._vanishings.get(body.merchant_id)
        back = self._back.get(body.order_id, _NOTHING)
        refunds: list[Answer] = []
        lefts, lost_minor = [body.amount_minor], back.lost_minor
        for refund in back.refunds:
            if body.amount_minor <= refund.owed_minor:
                continue  # it was made before: so much less was debited
            at = max(refund.at, fact.at)
            if vanished is not None and at >= vanished:  # it vanished while the debit was on its way
                lost_minor += refund.amount_minor
                continue
            lefts.append(lefts[-1] - refund.amount_minor)
            command = Refund(order_id=body.order_id, amount_minor=refund.amount_minor, reason=REFUNDED)
            refunds.append((at, command))
        if vanished is None:
            return refunds
        at = max(vanished, fact.at) + HOUR
        if self._claims(body.order_id) and at < body.window_ends_at:
            # Of these claims the engine takes the first that is not beyond what its refunds have left.
            return [*refunds, *((at, _claim(body.order_id, left)) for left in lefts if left)]
        at = max(at, back.lost_at)  # in the history it asked for this money, and was to get it
        return [*refunds, (at, _claim(body.order_id, lost_minor))] if lost_minor else refunds

    def _claim_instead_of_paying(self, fact: Fact) -> Answers:
        body = fact.body
        assert isinstance(body, DebitPaused)
        if not self._claims(body.order_id):
            return []
        return [(fact.at + HOUR, _claim(body.order_id, body.amount_minor))]

    def _claims(self, order_id: str) -> bool:
        """Tell whether this order's consumer claims: the same for the same order, in every policy."""
        return zlib.crc32(order_id.encode()) % WHOLE_PERCENT < self._percent


def _claim(order_id: str, amount_minor: int) -> OpenClaim:
    return OpenClaim(
        claim_id=f"{order_id}/run-away",
        order_id=order_id,
        amount_minor=amount_minor,
        reason="the merchant does not answer",
    )


def vanishing_times(vanishings: list[Vanishing]) -> dict[str, Instant]:
    """Return when each merchant vanishes: where it is named twice, the first time counts."""
    times: dict[str, Instant] = {}
    for vanishing in vanishings:
        times[vanishing.merchant_id] = min(vanishing.at, times.get(vanishing.merchant_id, vanishing.at))
    return times
