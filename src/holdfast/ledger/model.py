"""Accounts, transfers and holds. A transfer takes from one account and gives to another, in one currency.

The product has no command of its own for them: other rooms post and hold by `book`, and tell facts of theirs.
The facts below are told by the expiry of a hold, and by bare money (`bench.bare`), which earlier releases
answered: journals have them, so they are read, told and audited for ever.
"""

from holdfast.kernel.clock import Instant
from holdfast.kernel.rows import FactBody, Row
from holdfast.kernel.text import Named, Text


class Account(Row, frozen=True, kw_only=True):
    """Balances in minor units. The sum of all accounts of a currency is zero.

    `posted_minor` is what is there; `pending_out_minor` of it is reserved by holds; `pending_in_minor` may
    come.
    `version` counts the entries.
    """

    called = Text("账户", "account")

    currency: str
    never_negative: bool
    posted_minor: int = 0
    pending_out_minor: int = 0
    pending_in_minor: int = 0
    version: int = 0


class Transfer(Row, frozen=True, kw_only=True):
    """A posted transfer: two entries, each with the balance after it and its account's version.

    A gap in the versions of an account, or a balance that is not the one before plus the amount, shows that
    somebody tampered.
    """

    called = Text("转账", "transfer")

    immutable = True

    from_id: str
    to_id: str
    currency: str
    amount_minor: int
    from_balance_minor: int
    from_version: int
    to_balance_minor: int
    to_version: int
    at: Instant
    reason: str
    order_id: str | None = None
    hold_id: str | None = None
    reverses_id: str | None = None

    def version_of(self, account_id: str) -> int:
        """Return the version that an account of the transfer had after it."""
        return self.from_version if self.from_id == account_id else self.to_version


class HoldState(Named):
    """Where a hold stands. A voided or expired hold may have been posted in part."""

    PENDING = "pending", "冻结中"
    POSTED = "posted", "已入账"
    VOIDED = "voided", "已撤销"
    EXPIRED = "expired", "已到期"


PAYOUT = "payout"
"""The reason of a hold that is a payout: it is asked for no more once it has ended."""


class Hold(Row, frozen=True, kw_only=True):
    """An amount reserved on `from_id` for `to_id`; `posted_minor` of it was posted, in parts or at once."""

    called = Text("冻结", "hold")

    from_id: str
    to_id: str
    currency: str
    amount_minor: int
    posted_minor: int
    state: HoldState
    reason: str
    placed_at: Instant
    order_id: str | None = None
    wake_at: Instant | None = None

    @property
    def open_minor(self) -> int:
        """Return what is still reserved."""
        return self.amount_minor - self.posted_minor if self.state is HoldState.PENDING else 0


TRANSITIONS: dict[HoldState, dict[str, HoldState]] = {
    HoldState.PENDING: {
        "post": HoldState.POSTED,
        "void": HoldState.VOIDED,
        "expire": HoldState.EXPIRED,
    },
    HoldState.POSTED: {},
    HoldState.VOIDED: {},
    HoldState.EXPIRED: {},
}


class AccountOpened(FactBody, frozen=True, kw_only=True):
    """An account came into being."""

    account_id: str
    currency: str
    never_negative: bool


class MoneyMoved(FactBody, frozen=True, kw_only=True):
    """An amount went from one account to another."""

    transfer_id: str
    from_id: str
    to_id: str
    currency: str
    amount_minor: int
    reason: str


class HoldPlaced(FactBody, frozen=True, kw_only=True):
    """An amount was reserved."""

    hold_id: str
    from_id: str
    to_id: str
    currency: str
    amount_minor: int
    reason: str


class HoldPosted(FactBody, frozen=True, kw_only=True):
    """A part of a hold, or all of it, was posted."""

    hold_id: str
    transfer_id: str
    amount_minor: int


class HoldEnded(FactBody, frozen=True, kw_only=True):
    """A hold was voided or expired; `released_minor` went back."""

    hold_id: str
    state: HoldState
    released_minor: int


class TransferReversed(FactBody, frozen=True, kw_only=True):
    """A transfer was sent back by another."""

    transfer_id: str
    reversal_id: str
    amount_minor: int
