"""Changing a merchant's coverage: one call with all that changed, so that the row is written once."""

from msgspec.structs import replace

from holdfast.coverage.model import Coverage, CoverFellShort, CoverRestored
from holdfast.coverage.record import current
from holdfast.coverage.rules import least_for_orders
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import FactBody
from holdfast.policy.model import adopted


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
    policy = adopted(desk, desk.policy_version)
    before = current(desk, merchant_id, policy, now, begins=captured > 0)
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
        turned_at=before.turned_at,
        windows=before.windows,
        ordinary_minor=before.ordinary_minor,
        last_peak_minor=before.last_peak_minor,
        peak_minor=max(before.peak_minor, before.exposure_minor + exposure),
        recent_captured_minor=before.recent_captured_minor + captured,
        recent_claimed_minor=before.recent_claimed_minor + claimed,
        peer_hazard_ppm=before.peer_hazard_ppm,
    )
    assert sums.exposure_minor >= 0, f"{merchant_id}: exposure below zero"
    assert sums.cover_minor >= 0, f"{merchant_id}: cover below zero"
    least = least_for_orders(sums, policy, now)
    short = sums.cover_minor < least
    if short is before.short:
        desk.put(sums)
        return []
    desk.put(replace(sums, short=short))
    return [_crossed(sums, least, short=short)]


def _crossed(sums: Coverage, least: int, *, short: bool) -> FactBody:
    if short:
        return CoverFellShort(
            merchant_id=sums.id,
            exposure_minor=sums.exposure_minor,
            cover_minor=sums.cover_minor,
            missing_minor=least - sums.cover_minor,
        )
    return CoverRestored(
        merchant_id=sums.id, exposure_minor=sums.exposure_minor, cover_minor=sums.cover_minor
    )
