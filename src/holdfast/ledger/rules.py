"""The rules of transfers and holds: each is a line and its name."""

from holdfast.kernel.money import MAX_MINOR
from holdfast.ledger.model import Account, Hold
from holdfast.ledger.refusals import (
    AmountMustBePositive,
    BalanceOverflow,
    CurrenciesMustMatch,
    ExceedsHold,
    InsufficientFunds,
)


def available(account: Account) -> int:
    """Return the available balance: what a hold reserves is available to nothing else."""
    return account.posted_minor - account.pending_out_minor


def check_positive(amount_minor: int) -> None:
    """Refuse an amount that is not above zero."""
    if amount_minor <= 0:
        raise AmountMustBePositive("amount_minor", amount=amount_minor)


def check_currency(account: Account, currency: str) -> None:
    """Refuse an account of another currency."""
    if account.currency != currency:
        raise CurrenciesMustMatch(f"account:{account.id}", kept=account.currency, asked=currency)


def check_leaves(account: Account, amount_minor: int) -> None:
    """Refuse to take more than is available from an account that is never negative."""
    left = account.posted_minor - account.pending_out_minor - amount_minor
    if left < 0 and account.never_negative:
        raise InsufficientFunds(
            f"account:{account.id}", available=left + amount_minor, asked=amount_minor, missing=-left
        )
    if left < -MAX_MINOR:
        raise BalanceOverflow(f"account:{account.id}")


def check_arrives(account: Account, amount_minor: int) -> None:
    """Refuse a balance that would not fit into 64 bits."""
    if account.posted_minor + account.pending_in_minor + amount_minor > MAX_MINOR:
        raise BalanceOverflow(f"account:{account.id}")


def check_within(hold: Hold, amount_minor: int) -> None:
    """Refuse to post more than the hold still reserves."""
    if amount_minor > hold.open_minor:
        raise ExceedsHold(f"hold:{hold.id}", open=hold.open_minor, asked=amount_minor)
