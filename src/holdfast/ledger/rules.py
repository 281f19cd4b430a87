"""The rules of transfers and holds: each is a line and its name."""

from holdfast.kernel.money import MAX_MINOR
from holdfast.kernel.text import Text
from holdfast.ledger.chart import is_of_chart, is_of_provider
from holdfast.ledger.model import Account, Hold, MoveMoney, Transfer
from holdfast.ledger.refusals import (
    AccountOfChart,
    AmountMustBePositive,
    BalanceOverflow,
    CurrenciesMustMatch,
    ExceedsHold,
    Exists,
    ExistsWithDifferentAccounts,
    ExistsWithDifferentAmount,
    InsufficientFunds,
    TransferOfCaptures,
)


def available(account: Account) -> int:
    """Return the available balance: what a hold reserves is available to nothing else."""
    return account.posted_minor - account.pending_out_minor


def check_own_transfer(transfer_id: str) -> None:
    """Refuse an id that is kept for the debits that a provider tells of: it would hide one of them."""
    if is_of_provider(transfer_id):
        raise TransferOfCaptures(f"transfer:{transfer_id}")


def check_own(*account_ids: str) -> None:
    """Refuse accounts of the chart: a bare transfer there would leave orders, cover and claims behind."""
    for account_id in account_ids:
        if is_of_chart(account_id):
            raise AccountOfChart(f"account:{account_id}")


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


def check_same(recorded: Transfer | Hold, asked: MoveMoney | Hold, kind: str) -> None:
    """Answer a re-sent id: *exists*, or exists with something different. Always refuses."""
    where = f"{kind}:{recorded.id}"
    if recorded.amount_minor != asked.amount_minor:
        raise ExistsWithDifferentAmount(where, recorded=recorded.amount_minor, asked=asked.amount_minor)
    pair = (recorded.from_id, recorded.to_id, recorded.currency)
    if pair != (asked.from_id, asked.to_id, asked.currency):
        between = Text(f"{pair[0]} 到 {pair[1]}（{pair[2]}）", f"{pair[0]} to {pair[1]} in {pair[2]}")
        raise ExistsWithDifferentAccounts(where, recorded=between)
    raise Exists(where, kind=type(recorded).called)


def check_within(hold: Hold, amount_minor: int) -> None:
    """Refuse to post more than the hold still reserves."""
    if amount_minor > hold.open_minor:
        raise ExceedsHold(f"hold:{hold.id}", open=hold.open_minor, asked=amount_minor)
