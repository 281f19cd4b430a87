"""The book of coverage, for other rooms: a merchant's coverage is read, and changed by one call and write."""

import msgspec
from msgspec.structs import replace

from holdfast.coverage import rules
from holdfast.coverage.model import Coverage, CoverFellShort, CoverRestored
from holdfast.coverage.record import current, peers_of
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import FactBody
from holdfast.parties.model import Merchant
from holdfast.policy.model import Policy, adopted


def coverage(desk: Desk, merchant_id: str) -> Coverage:
    """Return the merchant's coverage; where there is no row yet, one of zeros."""
    found = desk.find(Coverage, merchant_id)
    if found is not None:
        return found
    return Coverage(id=merchant_id, currency=desk.need(Merchant, merchant_id).currency)


class Added(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The changes of a merchant's sums, in minor units; below zero where money goes.

    `completed` is the amount of one order whose window closed, which counts as one where it is `whole` and no
    part that was split from another; `earned` its fees and fund share; `owed` the amount that the fund or an
    issuer paid or a claim misses, negative where it came back. `guaranteed` is the cover that guarantees
    count for, `uncalled` the amount that may be called of them. `asked` is the part of open claims that
    nothing is kept for, `to_freeze` the part of authorities' freezes that was not there.
    """

    exposure: int = 0
    cover: int = 0
    captured: int = 0
    completed: int = 0
    claimed: int = 0
    earned: int = 0
    owed: int = 0
    guaranteed: int = 0
    uncalled: int = 0
    asked: int = 0
    whole: bool = True
    to_freeze: int = 0


def adjust(desk: Desk, merchant_id: str, now: Instant, added: Added) -> list[FactBody]:
    """Add to the merchant's sums, and report when cover crosses the level for new orders."""
    policy = adopted(desk, desk.policy_version)
    stored = coverage(desk, merchant_id)
    before = current(desk, stored, policy, now, begins=added.captured > 0)
    since = before.first_captured_at
    # A row of many sums, written out: it is made with nearly every fact.
    sums = Coverage(
        id=merchant_id,
        currency=before.currency,
        exposure_minor=before.exposure_minor + added.exposure,
        cover_minor=before.cover_minor + added.cover,
        captured_minor=before.captured_minor + added.captured,
        completed_minor=before.completed_minor + added.completed,
        completed_orders=before.completed_orders + (added.whole and added.completed > 0),
        claimed_minor=before.claimed_minor + added.claimed,
        first_captured_at=now if since is None and added.captured else since,
        short=before.short,
        turned_at=before.turned_at,
        windows=before.windows,
        ordinary_minor=before.ordinary_minor,
        last_peak_minor=before.last_peak_minor,
        peak_minor=max(before.peak_minor, before.exposure_minor + added.exposure),
        recent_captured_minor=before.recent_captured_minor + added.captured,
        recent_claimed_minor=before.recent_claimed_minor + added.claimed,
        peer_hazard_ppm=before.peer_hazard_ppm,
        earned_minor=before.earned_minor + added.earned,
        owed_minor=before.owed_minor + added.owed,
        guaranteed_minor=before.guaranteed_minor + added.guaranteed,
        ran=before.ran,
        uncalled_minor=before.uncalled_minor + added.uncalled,
        asked_minor=before.asked_minor + added.asked,
        to_freeze_minor=before.to_freeze_minor + added.to_freeze,
    )
    return _kept(desk, stored, sums, policy, now)


def _kept(desk: Desk, stored: Coverage, sums: Coverage, policy: Policy, now: Instant) -> list[FactBody]:
    """Put the sums in place of the stored ones.

    `carried_minor` keeps the uncovered exposure that the line allowed when it was longer: it may stand.
    """
    merchant_id = sums.id
    assert sums.exposure_minor >= 0, f"{merchant_id}: exposure below zero"
    assert sums.cover_minor >= 0, f"{merchant_id}: cover below zero"
    assert sums.guaranteed_minor >= 0, f"{merchant_id}: guarantees below zero"
    assert sums.asked_minor >= 0, f"{merchant_id}: claims ask less than nothing"
    assert sums.to_freeze_minor >= 0, f"{merchant_id}: less than nothing is to be frozen"
    uncovered = sums.uncovered_minor
    if uncovered and uncovered > (line := rules.line(sums, policy, now)):
        allowed = max(rules.line(stored, policy, now), stored.carried_minor)
        if (carried := min(uncovered, allowed)) > line:
            sums = replace(sums, carried_minor=carried)
    least = rules.least_for_orders(sums, policy, now)
    short = sums.all_cover_minor < least
    if short is sums.short:
        desk.put(sums, stored)
        return []
    desk.put(replace(sums, short=short), stored)
    return [_crossed(sums, least, short=short)]


def may_leave(desk: Desk, merchant_id: str, now: Instant, exposure_drop: int = 0, kept_minor: int = 0) -> int:
    """Return how much cover may leave the merchant's side, in minor units, together with `exposure_drop`.

    See `rules`. The policy in force decides, whatever policy an order was placed under.
    """
    policy = adopted(desk, desk.policy_version)
    return rules.may_leave(coverage(desk, merchant_id), policy, now, exposure_drop, kept_minor)


def count_run_away(desk: Desk, merchant_id: str, now: Instant) -> Coverage:
    """Add a run-away to the record of the merchant's category, in the window in which it ran.

    From now on no more of its exposure may stand uncovered. Returns its coverage.
    """
    policy = adopted(desk, desk.policy_version)
    peers = peers_of(desk, merchant_id)
    sums = coverage(desk, merchant_id)
    telling = rules.tells_milli(sums.windows, policy)
    desk.put(
        replace(peers, run_aways=peers.run_aways + 1, windows_milli=peers.windows_milli + telling), peers
    )
    stood = min(sums.uncovered_minor, max(rules.line(sums, policy, now), sums.carried_minor))
    ran = replace(sums, ran=True, carried_minor=stood)
    desk.put(ran, sums)
    return ran


def _crossed(sums: Coverage, least: int, *, short: bool) -> FactBody:
    if short:
        return CoverFellShort(
            merchant_id=sums.id,
            exposure_minor=sums.exposure_minor,
            cover_minor=sums.all_cover_minor,
            missing_minor=least - sums.all_cover_minor,
        )
    return CoverRestored(
        merchant_id=sums.id, exposure_minor=sums.exposure_minor, cover_minor=sums.all_cover_minor
    )
