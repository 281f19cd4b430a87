"""The coverage of one merchant."""

from holdfast.kernel.clock import Instant
from holdfast.kernel.rows import FactBody, Row


class Coverage(Row, frozen=True, kw_only=True):
    """Exposure, cover and record of a merchant; `id` is the merchant's. Amounts in minor units.

    `exposure_minor` is what could justly be claimed if it vanished now: of every order whose window is open,
    what was debited (or advanced) and not awarded back. A claim after the window is paid from the waterfall
    too, but nothing is kept for it beforehand. `cover_minor` is held + reserve +
    deposit. The record: what was captured, what of it came through its window, what was claimed with right.
    `short` tells that cover is below what policy requires for new orders.
    """

    currency: str
    exposure_minor: int = 0
    cover_minor: int = 0
    captured_minor: int = 0
    completed_minor: int = 0
    completed_orders: int = 0
    claimed_minor: int = 0
    first_captured_at: Instant | None = None
    short: bool = False


class CoverFellShort(FactBody, frozen=True, kw_only=True):
    """Cover fell below what new orders require: a top-up of the deposit is due."""

    merchant_id: str
    exposure_minor: int
    cover_minor: int
    missing_minor: int


class CoverRestored(FactBody, frozen=True, kw_only=True):
    """Cover is again what new orders require."""

    merchant_id: str
    exposure_minor: int
    cover_minor: int
