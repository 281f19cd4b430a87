"""Exposure and cover of every merchant, rebuilt from the facts alone.

The engine keeps both in its rows; here they are worked out a second time, from what any reader of the journal
sees. A test compares the two: were a fact to say too little, they would part.
"""

from collections.abc import Callable
from typing import Any

from holdfast.enforcement.model import MerchantAbsconded
from holdfast.guarantees.model import (
    GuaranteeBegan,
    GuaranteeCalled,
    GuaranteeFact,
    GuaranteeLapsed,
    GuaranteeRecorded,
    GuaranteeRefused,
    GuaranteeReleased,
    GuaranteeUncounted,
)
from holdfast.kernel.clock import Instant
from holdfast.kernel.rows import FactBody
from holdfast.orders.facts import OrderPlaced, PartBegan
from holdfast.parties.model import MerchantReinstated, MerchantStatus, MerchantSuspended
from holdfast.settlement.facts import (
    AdvanceTakenBack,
    ClaimPaid,
    CoverFreed,
    DepositPaid,
    DepositReturned,
    OrderCaptured,
    OrderCompleted,
    OrderRefunded,
    OrderWrittenOff,
    ProceedsAdvanced,
    ProceedsReleased,
    ReserveReleased,
    RestCaptured,
)
from holdfast.settlement.otherwise_facts import (
    ChargebackWon,
    ChargedBack,
    FreezeLifted,
    MoneyFrozen,
    MoneySeized,
    MoreFrozen,
)

_RECOUNTED: tuple[type[GuaranteeFact], ...] = (
    GuaranteeRecorded,
    GuaranteeBegan,
    GuaranteeUncounted,
    GuaranteeRefused,
    GuaranteeReleased,
    GuaranteeLapsed,
)
"""The facts after which a guarantee counts for another amount."""


class Standing:
    """One merchant: what it sold, what is exposed and covered, and its worst moments. Amounts in minor units.

    `cover_minor` is cover in money; `guaranteed_minor` is what guarantees count for beside it.
    `min_ratio` is the least cover over exposure, None if it was never exposed; `worst_gap_minor` the most
    that exposure exceeded cover by: what a run-away at that instant would have left open.
    """

    __slots__ = (
        "cover_minor",
        "exposure_minor",
        "guaranteed_minor",
        "merchant_id",
        "min_ratio",
        "orders",
        "peak_exposure_minor",
        "sales_minor",
        "status",
        "worst_gap_minor",
    )

    def __init__(self, merchant_id: str) -> None:
        self.merchant_id = merchant_id
        self.status = MerchantStatus.ACTIVE
        self.orders = 0
        self.sales_minor = 0
        self.exposure_minor = 0
        self.cover_minor = 0
        self.guaranteed_minor = 0
        self.peak_exposure_minor = 0
        self.worst_gap_minor = 0
        self.min_ratio: float | None = None

    def look(self) -> None:
        """Take note of the ratio as it stands after a whole transaction."""
        exposure = self.exposure_minor
        if exposure <= 0:
            return
        cover = self.cover_minor + self.guaranteed_minor
        self.peak_exposure_minor = max(self.peak_exposure_minor, exposure)
        self.worst_gap_minor = max(self.worst_gap_minor, exposure - cover)
        ratio = cover / exposure
        if self.min_ratio is None or ratio < self.min_ratio:
            self.min_ratio = ratio


class _Part:
    """The contribution of an order to its merchant's sums: exposed and advanced, in minor units."""

    __slots__ = ("advanced", "exposed")

    def __init__(self) -> None:
        self.exposed = 0
        self.advanced = 0


class Standings:
    """All merchants, and the sums over them. Hand in facts by `hearers`; `settle` after each transaction.

    `locked` is the integral of cover in money over time, in minor units times milliseconds, up to
    `changed_at`: the last transaction that changed exposure or cover.
    """

    def __init__(self) -> None:
        self.merchants: dict[str, Standing] = {}
        self.exposure_minor = 0
        self.cover_minor = 0
        self.sales_minor = 0
        self._parts: dict[str, _Part] = {}
        self._counted: dict[str, int] = {}
        self._touched: list[Standing] = []
        self.changed_at: Instant = 0
        self._last_cover = 0
        self.locked = 0
        self.hearers: dict[type[FactBody], Callable[[Any, Instant], None]] = {
            OrderPlaced: self._placed,
            PartBegan: self._began,
            ProceedsAdvanced: self._advanced,
            OrderCaptured: self._captured,
            RestCaptured: self._rest,
            ChargedBack: self._charged_back,
            ChargebackWon: self._won_back,
            MoneySeized: self._seized,
            MoneyFrozen: self._seized,
            MoreFrozen: self._seized,
            FreezeLifted: self._lifted,
            OrderCompleted: self._completed,
            OrderWrittenOff: self._written_off,
            ProceedsReleased: self._released,
            ReserveReleased: self._reserve_released,
            AdvanceTakenBack: self._taken_back,
            OrderRefunded: self._refunded,
            ClaimPaid: self._paid,
            DepositPaid: self._deposit_paid,
            DepositReturned: self._deposit_returned,
            CoverFreed: self._freed,
            MerchantAbsconded: self._absconded,
            MerchantSuspended: self._suspended,
            MerchantReinstated: self._reinstated,
            **dict.fromkeys(_RECOUNTED, self._recounted),
            GuaranteeCalled: self._called,
        }

    def settle(self, at: Instant) -> None:
        """Look at the merchants that a transaction touched; the cover before it lasted until `at`."""
        if not self._touched:
            return
        self.locked += self._last_cover * (at - self.changed_at)
        self.changed_at = at
        self._last_cover = self.cover_minor
        for standing in self._touched:
            standing.look()
        self._touched.clear()

    def of(self, merchant_id: str) -> Standing:
        """Return a merchant's standing; it begins with zeros."""
        found = self.merchants.get(merchant_id)
        if found is None:
            found = self.merchants[merchant_id] = Standing(merchant_id)
        return found

    def _change(self, merchant_id: str, exposure: int, cover: int) -> Standing:
        standing = self.of(merchant_id)
        standing.exposure_minor += exposure
        standing.cover_minor += cover
        self.exposure_minor += exposure
        self.cover_minor += cover
        self._touched.append(standing)
        return standing

    def _part(self, order_id: str) -> _Part:
        found = self._parts.get(order_id)
        if found is None:
            found = self._parts[order_id] = _Part()
        return found

    def _placed(self, body: OrderPlaced, _at: Instant) -> None:
        self.of(body.merchant_id).orders += 1

    def _began(self, body: PartBegan, _at: Instant) -> None:
        """What a part exposes, the order that it was split from exposes no more."""
        part, of = self._part(body.order_id), self._part(body.of_id)
        part.exposed, part.advanced = body.exposed_minor, body.advanced_minor
        of.exposed -= body.exposed_minor
        of.advanced -= body.advanced_minor

    def _advanced(self, body: ProceedsAdvanced, _at: Instant) -> None:
        part = self._part(body.order_id)
        part.advanced = part.exposed = body.amount_minor
        self._change(body.merchant_id, body.amount_minor, body.amount_minor)

    def _captured(self, body: OrderCaptured, _at: Instant) -> None:
        part = self._part(body.order_id)
        fresh = 0 if part.advanced else body.amount_minor
        part.exposed += fresh
        self._change(body.merchant_id, fresh, fresh).sales_minor += body.amount_minor
        self.sales_minor += body.amount_minor

    def _rest(self, body: RestCaptured, _at: Instant) -> None:
        self._part(body.order_id).exposed += body.exposed_minor
        self._change(body.merchant_id, body.exposed_minor, body.fresh_minor).sales_minor += body.amount_minor
        self.sales_minor += body.amount_minor

    def _completed(self, body: OrderCompleted | OrderWrittenOff, _at: Instant) -> None:
        part = self._part(body.order_id)
        self._change(body.merchant_id, -part.exposed, 0)
        part.exposed = 0

    def _written_off(self, body: OrderWrittenOff, at: Instant) -> None:
        self._completed(body, at)
        self._part(body.order_id).advanced = 0

    def _released(self, body: ProceedsReleased, _at: Instant) -> None:
        self._change(body.merchant_id, 0, body.reserve_minor - body.held_minor)

    def _reserve_released(self, body: ReserveReleased, _at: Instant) -> None:
        gone = body.amount_minor + body.fee_minor + body.fund_minor + body.loss_minor
        self._change(body.merchant_id, 0, -gone)

    def _lower(self, order_id: str, amount_minor: int) -> int:
        """Lower an order's exposure by a settled sum, and return the actual decrease."""
        part = self._part(order_id)
        less = min(part.exposed, amount_minor)
        part.exposed -= less
        return less

    def _taken_back(self, body: AdvanceTakenBack, _at: Instant) -> None:
        self._part(body.order_id).advanced -= body.amount_minor
        less = self._lower(body.order_id, body.amount_minor + body.missing_minor)
        self._change(body.merchant_id, -less, -(body.held_minor + body.reserve_minor + body.deposit_minor))

    def _refunded(self, body: OrderRefunded, _at: Instant) -> None:
        cover = body.from_order_minor + body.from_reserve_minor + body.from_deposit_minor
        self._change(body.merchant_id, -self._lower(body.order_id, body.amount_minor), -cover)

    def _charged_back(self, body: ChargedBack, _at: Instant) -> None:
        others = body.twice_minor + body.from_credit_minor + body.met_minor
        less = self._lower(body.order_id, body.amount_minor - others)
        cover = body.from_order_minor + body.from_reserve_minor + body.from_deposit_minor
        self._change(body.merchant_id, -less, -cover)

    def _won_back(self, body: ChargebackWon, _at: Instant) -> None:
        self._part(body.order_id).exposed += body.exposed_minor
        cover = body.to_order_minor + body.to_deposit_minor
        self._change(body.merchant_id, body.exposed_minor, cover)

    def _lifted(self, body: FreezeLifted, _at: Instant) -> None:
        self._change(body.merchant_id, 0, body.to_deposit_minor)

    def _seized(self, body: MoneySeized | MoneyFrozen | MoreFrozen, _at: Instant) -> None:
        self._change(body.merchant_id, 0, -(body.from_reserve_minor + body.from_deposit_minor))

    def _paid(self, body: ClaimPaid, _at: Instant) -> None:
        less = self._lower(body.order_id, body.amount_minor + body.missing_minor)
        cover = body.from_order_minor + body.from_reserve_minor + body.from_deposit_minor
        self._change(body.merchant_id, -less, -cover)

    def _deposit_paid(self, body: DepositPaid, _at: Instant) -> None:
        self._change(body.merchant_id, 0, body.amount_minor)

    def _deposit_returned(self, body: DepositReturned, _at: Instant) -> None:
        self._change(body.merchant_id, 0, -body.amount_minor)

    def _freed(self, body: CoverFreed, _at: Instant) -> None:
        self._change(body.merchant_id, 0, -(body.reserve_minor + body.deposit_minor))

    def _recounted(self, body: GuaranteeFact, _at: Instant) -> None:
        """A guarantee counts for more or less."""
        before = self._counted.get(body.guarantee_id, 0)
        self._counted[body.guarantee_id] = body.counted_minor
        self._change(body.merchant_id, 0, 0).guaranteed_minor += body.counted_minor - before

    def _called(self, body: GuaranteeCalled, at: Instant) -> None:
        """What is called for no claim goes into the deposit."""
        self._recounted(body, at)
        if body.claim_id is None:
            self._change(body.merchant_id, 0, body.amount_minor)

    def _absconded(self, body: MerchantAbsconded, _at: Instant) -> None:
        self.of(body.merchant_id).status = MerchantStatus.ABSCONDED

    def _suspended(self, body: MerchantSuspended, _at: Instant) -> None:
        self.of(body.merchant_id).status = MerchantStatus.SUSPENDED

    def _reinstated(self, body: MerchantReinstated, _at: Instant) -> None:
        self.of(body.merchant_id).status = MerchantStatus.ACTIVE
