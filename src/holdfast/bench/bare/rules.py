"""What a bare transfer or hold must satisfy, beside the rules of the ledger."""

from holdfast.bench.bare.model import MoveMoney
from holdfast.kernel.text import Text
from holdfast.ledger.chart import is_of_chart, is_of_provider
from holdfast.ledger.model import Hold, Transfer
from holdfast.ledger.refusals import (
    AccountOfChart,
    Exists,
    ExistsWithDifferentAccounts,
    ExistsWithDifferentAmount,
    TransferOfCaptures,
)


def check_own_transfer(transfer_id: str) -> None:
    """Refuse an id that is kept for the debits that a provider tells of: it would hide one of them."""
    if is_of_provider(transfer_id):
        raise TransferOfCaptures(f"transfer:{transfer_id}")


def check_own(*account_ids: str) -> None:
    """Refuse accounts of the chart: a bare transfer there would leave orders, cover and claims behind."""
    for account_id in account_ids:
        if is_of_chart(account_id):
            raise AccountOfChart(f"account:{account_id}")


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
