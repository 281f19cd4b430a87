"""The coverage of one merchant, and the record of its peers."""

from holdfast.kernel.clock import Instant
from holdfast.kernel.rows import Command, FactBody, Row
from holdfast.kernel.text import Text


class Coverage(Row, frozen=True, kw_only=True):
    """Exposure, cover and record of a merchant; `id` is the merchant's. Amounts in minor units.

    `exposure_minor` is the amount that could justly be claimed if it vanished now: of every order whose
    window is open, the debited (or advanced) amount that was not awarded back. Nothing is kept for a claim
    after the window. `cover_minor` is held + reserve + deposit, and `guaranteed_minor` the guarantees that
    count beside it. `short` tells that cover is below the level that policy requires for new orders.

    The exposure that may stand uncovered, the line, is earned: `earned_minor` is the sum of fees and fund
    shares that its sales have paid, `owed_minor` the sum that the fund paid for it or its claims miss, and
    that has not come back. `carried_minor` stood uncovered within a line that was longer, and closes with its
    windows. `ran`: it was declared absconded. `uncalled_minor` may still be called of guarantees, whether
    they count or not; 0 where there are none. `asked_minor` is the part of open claims that nothing is kept
    for, `to_freeze_minor` the part of authorities' freezes that was not there.

    The record: the amount captured, the part of it that came through its window, the amount claimed with
    right. Time is counted in windows of claims, the present one since `turned_at`; `windows` were survived
    with sales. The most that was exposed at once is `peak_minor` in the present one, `last_peak_minor` in the
    one before, and `ordinary_minor` a moving mean of those before that, which have all closed (`record`).
    `recent_captured_minor` and `recent_claimed_minor` are halved as a window ends. `peer_hazard_ppm` is the
    hazard of the merchant's category as the last one ended: run-aways in a million first windows.
    """

    called = Text("担保", "coverage")

    currency: str
    exposure_minor: int = 0
    cover_minor: int = 0
    captured_minor: int = 0
    completed_minor: int = 0
    completed_orders: int = 0
    claimed_minor: int = 0
    first_captured_at: Instant | None = None
    short: bool = False
    turned_at: Instant | None = None
    windows: int = 0
    ordinary_minor: int = 0
    last_peak_minor: int = 0
    peak_minor: int = 0
    recent_captured_minor: int = 0
    recent_claimed_minor: int = 0
    peer_hazard_ppm: int = 0
    earned_minor: int = 0
    owed_minor: int = 0
    carried_minor: int = 0
    guaranteed_minor: int = 0
    ran: bool = False
    uncalled_minor: int = 0
    asked_minor: int = 0
    to_freeze_minor: int = 0

    @property
    def all_cover_minor(self) -> int:
        """Return cover in money and in guarantees, in minor units."""
        return self.cover_minor + self.guaranteed_minor

    @property
    def uncovered_minor(self) -> int:
        """Return the exposure that is not covered, in minor units: the cost of a run-away now."""
        return max(0, self.exposure_minor - self.all_cover_minor)


class Peers(Row, frozen=True, kw_only=True):
    """The record of all merchants of a category together; `id` is the category.

    `windows_milli` are thousandths of windows survived. Each counts by how telling it is of a newcomer: a
    merchant's first for nearly one, its hundredth for little (`rules.tells_milli`).
    """

    called = Text("同类商家", "category")

    run_aways: int = 0
    windows_milli: int = 0


class RecordPeers(Command, frozen=True, kw_only=True):
    """Set the record of a category from outside data, in place of its own so far.

    `windows` are first windows, of claims, that merchants of the category survived or ran in.
    """

    category: str
    run_aways: int
    windows: int


class PeersRecorded(FactBody, frozen=True, kw_only=True):
    """The record of a category was set."""

    category: str
    run_aways: int
    windows: int


class CoverFellShort(FactBody, frozen=True, kw_only=True):
    """Cover fell below the level that new orders require: a top-up of the deposit is due."""

    merchant_id: str
    exposure_minor: int
    cover_minor: int
    missing_minor: int


class CoverRestored(FactBody, frozen=True, kw_only=True):
    """Cover is again at the level that new orders require."""

    merchant_id: str
    exposure_minor: int
    cover_minor: int
