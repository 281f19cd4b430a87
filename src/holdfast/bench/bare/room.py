"""What bare money adds to the house, and the commands of a home that has it. See `kernel.room`."""

from collections.abc import Iterator

from holdfast.bench.bare import handlers
from holdfast.bench.bare.model import (
    MoveLinked,
    MoveMoney,
    OpenAccount,
    PlaceHold,
    PostHold,
    ReverseTransfer,
    VoidHold,
)
from holdfast.house import ROOMS, Commands, commands_of
from holdfast.kernel.room import Key, Room
from holdfast.ledger.model import Account, Hold, Transfer


def _of_linked(command: MoveLinked) -> Iterator[Key]:
    for transfer in command.transfers:
        yield Account, transfer.from_id
        yield Account, transfer.to_id
        yield Transfer, transfer.transfer_id


ROOM = Room(
    "bare",
    handles={
        OpenAccount: handlers.open_account,
        MoveMoney: handlers.move,
        MoveLinked: handlers.move_linked,
        PlaceHold: handlers.place_hold,
        PostHold: handlers.post_hold,
        VoidHold: handlers.void_hold,
        ReverseTransfer: handlers.reverse,
    },
    names={
        "hold_id": (Hold,),
        "transfer_id": (Transfer,),
        "from_id": (Account,),
        "to_id": (Account,),
        "account_id": (Account,),
    },
    touches={MoveLinked: _of_linked},
)

WITH_BARE: Commands = commands_of((*ROOMS, ROOM))
"""The commands of the product and those of bare money: a home is built with them explicitly."""
