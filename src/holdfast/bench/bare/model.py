"""The commands of bare money: accounts, transfers and holds beside those of orders, claims and deposits."""

from holdfast.kernel.clock import Instant
from holdfast.kernel.rows import Command


class OpenAccount(Command, frozen=True, kw_only=True):
    """Open an account of one's own beside those of the chart."""

    account_id: str
    currency: str
    never_negative: bool = True


class MoveMoney(Command, frozen=True, kw_only=True):
    """Transfer an amount. `transfer_id` is the idempotency: sent again it answers *exists*."""

    transfer_id: str
    from_id: str
    to_id: str
    currency: str
    amount_minor: int
    reason: str = "transfer"


class MoveLinked(Command, frozen=True, kw_only=True):
    """Transfer several amounts, all or none, in their order."""

    transfers: tuple[MoveMoney, ...]


class PlaceHold(Command, frozen=True, kw_only=True):
    """Reserve an amount; it expires at `expires_at`, or never."""

    hold_id: str
    from_id: str
    to_id: str
    currency: str
    amount_minor: int
    reason: str = "hold"
    expires_at: Instant | None = None


class PostHold(Command, frozen=True, kw_only=True):
    """Post all of a hold, or a part: it may be posted in several parts up to its amount."""

    hold_id: str
    transfer_id: str
    amount_minor: int | None = None


class VoidHold(Command, frozen=True, kw_only=True):
    """Give back what a hold still reserves."""

    hold_id: str


class ReverseTransfer(Command, frozen=True, kw_only=True):
    """Send a transfer back, once only."""

    transfer_id: str
