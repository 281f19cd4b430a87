"""What the ledger has. See `kernel.room`."""

from collections.abc import Iterator

from holdfast.kernel.room import STAYS, Kept, Key, Neighbours, Room, States
from holdfast.ledger.checks import CHECKS
from holdfast.ledger.model import PAYOUT, TRANSITIONS, Account, Hold, HoldState, Transfer
from holdfast.ledger.words import WORDS


def _of_hold(from_id: str, to_id: str) -> Iterator[Key]:
    yield Account, from_id
    yield Account, to_id


def _is_past_payout(hold: Hold) -> bool:
    return hold.state is not HoldState.PENDING and hold.order_id is None and hold.reason == PAYOUT


def _once_written(_transfer: Transfer) -> bool:
    """Tell that nothing happens to an entry of the books."""
    return True


ROOM = Room(
    "ledger",
    keeps=(
        Kept(
            Hold,
            "holds",
            _is_past_payout,
            fixed=(
                "from_id",
                "to_id",
                "currency",
                "amount_minor",
                "reason",
                "placed_at",
                "order_id",
            ),
            states=States("Holds", TRANSITIONS),
            bounded=True,
        ),
        Kept(Account, "accounts", STAYS, fixed=("currency", "never_negative")),
        Kept(Transfer, "transfers", _once_written, bounded=True),
    ),
    names={
        "payout_id": (Hold,),
        "payment_id": (Hold,),
    },
    neighbours=(Neighbours(Hold, ("from_id", "to_id"), _of_hold),),
    checks=CHECKS,
    words=WORDS,
)
