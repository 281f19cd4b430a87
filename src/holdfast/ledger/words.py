"""What is said of the facts of this room. Places in braces are fields of the fact's body."""

from collections.abc import Mapping

from holdfast.kernel.rows import FactBody
from holdfast.kernel.text import Text
from holdfast.ledger.model import (
    AccountOpened,
    HoldEnded,
    HoldPlaced,
    HoldPosted,
    MoneyMoved,
    TransferReversed,
)

WORDS: Mapping[type[FactBody], Text] = {
    AccountOpened: Text(
        "开立账户 {account_id}，币种 {currency}",
        "account {account_id} was opened in {currency}",
    ),
    HoldEnded: Text(
        "冻结 {hold_id} {state}；退回 {released_minor}",
        "hold {hold_id} was {state}; {released_minor} went back",
    ),
    HoldPlaced: Text(
        "在 {from_id} 为 {to_id} 冻结 {amount_minor}（{reason}）",
        "{amount_minor} was reserved on {from_id} for {to_id} ({reason})",
    ),
    HoldPosted: Text(
        "冻结 {hold_id} 划付 {amount_minor}",
        "{amount_minor} of hold {hold_id} was posted",
    ),
    MoneyMoved: Text(
        "{amount_minor} 由 {from_id} 划转到 {to_id}（{reason}）",
        "{amount_minor} went from {from_id} to {to_id} ({reason})",
    ),
    TransferReversed: Text(
        "划转 {transfer_id} 被冲回：{amount_minor}",
        "transfer {transfer_id} was sent back: {amount_minor}",
    ),
}
