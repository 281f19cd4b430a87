"""What the ledger has. See `kernel.room`."""

from collections.abc import Iterator

from holdfast.kernel.room import STAYS, Kept, Key, Neighbours, Room, States
from holdfast.ledger import handlers
from holdfast.ledger.checks import CHECKS
from holdfast.ledger.model import (
    PAYOUT,
    TRANSITIONS,
    Account,
    Hold,
    HoldState,
    MoveLinked,
    MoveMoney,
    OpenAccount,
    PlaceHold,
    PostHold,
    ReverseTransfer,
    Transfer,
    VoidHold,
)
from holdfast.ledger.words import WORDS


def _of_linked(command: MoveLinked) -> Iterator[Key]:
    for transfer in command.transfers:
        yield Account, transfer.from_id
        yield Account, transfer.to_id
        yield Transfer, transfer.transfer_id


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
    handles={
        OpenAccount: handlers.open_account,
        MoveMoney: handlers.move,
        MoveLinked: handlers.move_linked,
        PlaceHold: handlers.place_hold,
        PostHold: handlers.post_hold,
        VoidHold: handlers.void_hold,
        ReverseTransfer: handlers.reverse,
    },
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
        "hold_id": (Hold,),
        "payout_id": (Hold,),
        "payment_id": (Hold,),
        "transfer_id": (Transfer,),
        "from_id": (Account,),
        "to_id": (Account,),
        "account_id": (Account,),
    },
    touches={MoveLinked: _of_linked},
    neighbours=(Neighbours(Hold, ("from_id", "to_id"), _of_hold),),
    checks=CHECKS,
    words=WORDS,
)
