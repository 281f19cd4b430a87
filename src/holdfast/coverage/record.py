"""The record of a merchant and of its category, renewed as each window of the merchant ends.

The category is read and written once a window and merchant, not with each fact: so that no row is hot, and a
merchant's limits depend on its own row alone.
"""

from msgspec.structs import replace

from holdfast.coverage.model import Coverage, Peers, PeersRecorded, RecordPeers
from holdfast.coverage.refusals import BadPeers
from holdfast.coverage.rules import peer_hazard_ppm, tells_milli
from holdfast.kernel.clock import DAY, Duration, Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.money import share
from holdfast.kernel.rows import FactBody
from holdfast.parties.model import Merchant
from holdfast.parties.rules import check_category
from holdfast.policy.model import Policy

_FORGOTTEN = 62
"""The number of windows after which a 64-bit sum that is halved at each of them is zero."""

_FEW = 4
"""The number of windows in which the ordinary size of a merchant is learned faster."""

RISES_BP = 12_500
"""The maximal growth of the ordinary size in one window: to this share of itself, in basis points."""

_MOST = 10**12


def window_length(policy: Policy) -> Duration:
    """Return the length of a window of record: that of claims, and at least a day."""
    return max(DAY, policy.claim_window)


def current(desk: Desk, sums: Coverage, policy: Policy, now: Instant, *, begins: bool) -> Coverage:
    """Return the merchant's coverage with its record up to `now`; `begins`: it begins with this debit."""
    if sums.turned_at is None:
        if not begins:
            return sums
        hazard = peer_hazard_ppm(peers_of(desk, sums.id), policy)
        return replace(sums, turned_at=now, peer_hazard_ppm=hazard)
    elapsed = (now - sums.turned_at) // window_length(policy)
    return sums if elapsed <= 0 else _turned(desk, sums, policy, elapsed)


def _turned(desk: Desk, sums: Coverage, policy: Policy, elapsed: int) -> Coverage:
    """Close the window that ran, and those without any event since, with the present exposure in them."""
    assert sums.turned_at is not None
    peers = peers_of(desk, sums.id)
    sold = sums.peak_minor > 0
    if sold:
        telling = tells_milli(sums.windows, policy)
        known, peers = peers, replace(peers, windows_milli=peers.windows_milli + telling)
        desk.put(peers, known)
    ordinary, last, peak = sums.ordinary_minor, sums.last_peak_minor, sums.peak_minor
    for _ in range(min(elapsed, _FORGOTTEN)):
        ordinary, last, peak = renewed(ordinary, last, sums.windows), peak, sums.exposure_minor
    return replace(
        sums,
        turned_at=sums.turned_at + elapsed * window_length(policy),
        windows=sums.windows + sold,
        ordinary_minor=ordinary,
        last_peak_minor=last,
        peak_minor=peak,
        recent_captured_minor=sums.recent_captured_minor >> min(elapsed, _FORGOTTEN),
        recent_claimed_minor=sums.recent_claimed_minor >> min(elapsed, _FORGOTTEN),
        peer_hazard_ppm=peer_hazard_ppm(peers, policy),
    )


def renewed(ordinary_minor: int, peak_minor: int, windows: int) -> int:
    """Return the ordinary exposure, in minor units, with one more window's peak.

    It moves by a quarter of the difference, by half while there are few windows, and rises by no more than a
    quarter: whoever sells six times as much for a month is not taken for six times as large.
    """
    if windows <= _FEW:
        return (ordinary_minor + peak_minor) // 2 if ordinary_minor else peak_minor
    moved = (3 * ordinary_minor + peak_minor) // 4
    return min(moved, share(ordinary_minor, RISES_BP)) if ordinary_minor else moved


def peers_of(desk: Desk, merchant_id: str) -> Peers:
    """Return the record of the merchant's category; where there is no row yet, one of zeros."""
    category = desk.need(Merchant, merchant_id).category
    return desk.find(Peers, category) or Peers(id=category)


def record_peers(desk: Desk, command: RecordPeers, _now: Instant) -> list[FactBody]:
    """Set the record of a category from outside data: it takes effect as each merchant's next window ends.

    Raises:
        BadPeers: the counts contradict each other, or are out of range.
    """
    check_category(command.category)
    if not 0 <= command.run_aways <= command.windows <= _MOST:
        raise BadPeers(f"category:{command.category}", run_aways=command.run_aways, windows=command.windows)
    found = desk.find(Peers, command.category) or Peers(id=command.category)
    desk.put(replace(found, run_aways=command.run_aways, windows_milli=1000 * command.windows), found)
    return [PeersRecorded(category=command.category, run_aways=command.run_aways, windows=command.windows)]
