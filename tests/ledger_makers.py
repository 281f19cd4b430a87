"""A maker for every command of the bare ledger, which markets have no use for. See `every_command`."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from msgspec.structs import replace

from holdfast.bench.bare.model import (
    MoveLinked,
    MoveMoney,
    OpenAccount,
    PlaceHold,
    PostHold,
    ReverseTransfer,
    VoidHold,
)
from holdfast.kernel.clock import Instant
from holdfast.kernel.rows import Command


class Till(NamedTuple):
    """The accounts, ids and amounts of a command: all that a maker chooses from."""

    first_id: str
    second_id: str
    transfer_id: str
    other_id: str
    amount: int
    part: int | None
    expires_at: Instant

    @property
    def move(self) -> MoveMoney:
        """Between the two accounts."""
        return MoveMoney(
            transfer_id=self.transfer_id,
            from_id=self.first_id,
            to_id=self.second_id,
            currency="CNY",
            amount_minor=self.amount,
        )

    @property
    def hold(self) -> PlaceHold:
        """The same, reserved."""
        return PlaceHold(
            hold_id=self.transfer_id,
            from_id=self.first_id,
            to_id=self.second_id,
            currency="CNY",
            amount_minor=self.amount,
        )


ACCOUNTS = ("cash", "till", "safe", "debts")
TRANSFERS = tuple(f"x{number}" for number in range(1, 9))

LEDGER: Mapping[type[Command], Callable[[Till], list[Command]]] = {
    OpenAccount: lambda t: [
        OpenAccount(account_id=t.first_id, currency="CNY", never_negative=t.first_id != "debts")
    ],
    MoveMoney: lambda t: [t.move],
    MoveLinked: lambda t: [
        MoveLinked(
            transfers=(
                t.move,
                replace(
                    t.move, transfer_id=t.other_id, from_id=t.second_id, to_id=t.first_id, amount_minor=1
                ),
            )
        )
    ],
    PlaceHold: lambda t: [
        t.hold,
        replace(t.hold, from_id="debts", amount_minor=100, expires_at=t.expires_at),
    ],
    PostHold: lambda t: [PostHold(hold_id=t.transfer_id, transfer_id=t.other_id, amount_minor=t.part)],
    VoidHold: lambda t: [VoidHold(hold_id=t.transfer_id)],
    ReverseTransfer: lambda t: [ReverseTransfer(transfer_id=t.transfer_id)],
}
