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
        "开立账户",
        "account {account_id} was opened in {currency}",
    ),
    HoldEnded: Text(
        "冻结结束",
        "hold {hold_id} was {state}; {released_minor} went back",
    ),
    HoldPlaced: Text(
        "冻结款项",
        "{amount_minor} was reserved on {from_id} for {to_id} ({reason})",
    ),
    HoldPosted: Text(
        "冻结款项划付",
        "{amount_minor} of hold {hold_id} was posted",
    ),
    MoneyMoved: Text(
        "款项划转",
        "{amount_minor} went from {from_id} to {to_id} ({reason})",
    ),
    TransferReversed: Text(
        "划转被冲回",
        "transfer {transfer_id} was sent back: {amount_minor}",
    ),
}
