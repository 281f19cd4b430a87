"""Changing a merchant's coverage: one call with all that changed, so that the row is written once."""

from holdfast.coverage.model import Coverage, CoverFellShort, CoverRestored
from holdfast.coverage.rules import least_for_orders
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import FactBody
from holdfast.parties.model import Merchant
from holdfast.policy.model import adopted


def coverage(desk: Desk, merchant_id: str) -> Coverage:
    """Return the merchant's coverage; it begins with zeros."""
    found = desk.find(Coverage, merchant_id)
    if found is not None:
        return found
    return Coverage(id=merchant_id, currency=desk.need(Merchant, merchant_id).currency)


def adjust(
    desk: Desk,
    merchant_id: str,
    now: Instant,
    *,
    exposure: int = 0,
    cover: int = 0,
    captured: int = 0,
    completed: int = 0,
    claimed: int = 0,
) -> list[FactBody]:
    """Add to the merchant's sums, and tell when cover crosses what new orders require.

    `completed` is the amount of one order whose window closed.
    """
    before = coverage(desk, merchant_id)
    since = before.first_captured_at
    sums = Coverage(
        id=merchant_id,
        currency=before.currency,
        exposure_minor=before.exposure_minor + exposure,
        cover_minor=before.cover_minor + cover,
        captured_minor=before.captured_minor + captured,
        completed_minor=before.completed_minor + completed,
        completed_orders=before.completed_orders + (completed > 0),
        claimed_minor=before.claimed_minor + claimed,
        first_captured_at=now if since is None and captured else since,
        short=before.short,
    )
    assert sums.exposure_minor >= 0, f"{merchant_id}: exposure below zero"
    assert sums.cover_minor >= 0, f"{merchant_id}: cover below zero"
    least = least_for_orders(sums, adopted(desk, desk.policy_version), now)
    short = sums.cover_minor < least
    if short is before.short:
        desk.put(sums)
        return []
    return _crossed(desk, sums, least, short=short)


def _crossed(desk: Desk, sums: Coverage, least: int, *, short: bool) -> list[FactBody]:
    desk.put(
        Coverage(
            id=sums.id,
            currency=sums.currency,
            exposure_minor=sums.exposure_minor,
            cover_minor=sums.cover_minor,
            captured_minor=sums.captured_minor,
            completed_minor=sums.completed_minor,
            completed_orders=sums.completed_orders,
            claimed_minor=sums.claimed_minor,
            first_captured_at=sums.first_captured_at,
            short=short,
        )
    )
    if short:
        return [
            CoverFellShort(
                merchant_id=sums.id,
                exposure_minor=sums.exposure_minor,
                cover_minor=sums.cover_minor,
                missing_minor=least - sums.cover_minor,
            )
        ]
    return [
        CoverRestored(merchant_id=sums.id, exposure_minor=sums.exposure_minor, cover_minor=sums.cover_minor)
    ]
