"""Claims on debited money: the sums claimed, paid by each source, and left unpaid."""

from collections.abc import Callable, Iterable, Mapping
from statistics import median
from typing import Any

from holdfast.claims.facts import ClaimOpened
from holdfast.kernel.clock import DAY, Instant
from holdfast.kernel.rows import FactBody
from holdfast.replay.results import Sources
from holdfast.settlement.facts import ClaimPaid, ClaimRecovered


class PaidClaim:
    """A claim that came to payment. Amounts in minor units; `missing_minor` is what nobody has paid yet.

    `since` is when the consumer claimed, or its merchant vanished where it was refunded unasked; `whole_at`
    is when all of it was paid, None where some is missing.
    """

    __slots__ = (
        "claimed_minor",
        "consumer_id",
        "late",
        "merchant_id",
        "missing_minor",
        "order_id",
        "paid_at",
        "since",
        "sources",
        "whole_at",
    )

    def __init__(self, body: ClaimPaid, since: Instant, at: Instant) -> None:
        self.order_id = body.order_id
        self.merchant_id = body.merchant_id
        self.consumer_id = body.consumer_id
        self.claimed_minor = body.amount_minor + body.missing_minor
        self.missing_minor = body.missing_minor
        self.late = body.late
        self.since = since
        self.paid_at = at
        self.whole_at = None if body.missing_minor else at
        self.sources = Sources(
            order=body.from_order_minor,
            available=body.from_available_minor,
            reserve=body.from_reserve_minor,
            deposit=body.from_deposit_minor,
            fund=body.from_fund_minor,
            guarantee=body.from_guarantee_minor,
        )

    @property
    def late_missing_minor(self) -> int:
        """Return the unpaid sum of a late claim, in minor units; 0 for others."""
        return self.missing_minor if self.late else 0

    @property
    def compensated_minor(self) -> int:
        """Return the sum that was paid, later recoveries included, in minor units."""
        return self.claimed_minor - self.missing_minor


class PaidClaims:
    """All claims that came to payment, in the order in which they did. Hand in facts by `hearers`."""

    def __init__(self, vanished: Mapping[str, Instant]) -> None:
        self._vanished = vanished
        self._opened: dict[str, Instant] = {}
        self._claims: dict[str, PaidClaim] = {}
        self.hearers: dict[type[FactBody], Callable[[Any, Instant], None]] = {
            ClaimOpened: self._open,
            ClaimPaid: self._pay,
            ClaimRecovered: self._recover,
        }

    def all(self) -> list[PaidClaim]:
        """Return the claims, first paid first."""
        return list(self._claims.values())

    def _open(self, body: ClaimOpened, at: Instant) -> None:
        self._opened[body.claim_id] = at

    def _pay(self, body: ClaimPaid, at: Instant) -> None:
        since = self._opened.get(body.claim_id)
        if since is None:
            since = min(at, self._vanished.get(body.merchant_id, at))
        self._claims[body.claim_id] = PaidClaim(body, since, at)

    def _recover(self, body: ClaimRecovered, at: Instant) -> None:
        """What is recovered is the merchant's own money: it counts as its available."""
        claim = self._claims[body.claim_id]
        claim.missing_minor = body.missing_minor
        claim.sources.available += body.amount_minor
        if not body.missing_minor:
            claim.whole_at = at


def sources_of(claims: Iterable[PaidClaim]) -> Sources:
    """Add up where the claims' compensation came from."""
    total = Sources()
    for claim in claims:
        total.order += claim.sources.order
        total.available += claim.sources.available
        total.reserve += claim.sources.reserve
        total.deposit += claim.sources.deposit
        total.fund += claim.sources.fund
        total.guarantee += claim.sources.guarantee
    return total


def median_days(claims: Iterable[PaidClaim]) -> float | None:
    """Return the median days from claiming to the whole payment; None where nothing was paid in whole."""
    spans = [claim.whole_at - claim.since for claim in claims if claim.whole_at is not None]
    return median(spans) / DAY if spans else None
