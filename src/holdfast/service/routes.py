"""Routes of commands: one rule, from a command's name and its first field; and a table where it reads badly.

A command whose first field is the id of a thing stands below that thing: `ShipOrder(order_id)` is
`POST /v1/orders/{order_id}/ship`. What is left of its name, without the thing and without `Record`, is what
is done. Where nothing is left the thing itself is made: `RecordGuarantee` is `POST /v1/guarantees`.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

import msgspec

from holdfast.access.room import ROOM as ACCESS
from holdfast.claims.model import OpenClaim
from holdfast.coverage.model import RecordPeers
from holdfast.evidence.model import RecordEvidence
from holdfast.house import HANDLERS, ROOMS
from holdfast.journal.model import ConfirmClock, DestroyKeys, DestroyKeysAgain, RestartLog
from holdfast.kernel.rows import Command
from holdfast.orders.model import PlaceOrder
from holdfast.parties.model import OpenPayLater, RegisterMerchant
from holdfast.policy.model import AdoptPolicy
from holdfast.settlement.model import CapitaliseFund, ConfirmPayout, FailPayout
from holdfast.settlement.otherwise import RecordPaidTwice, RecordRefundReturned
from holdfast.settlement.received import RecordProviderFee, RecordUnassigned
from holdfast.webhooks.model import (
    ChangeEndpoint,
    DisableEndpoint,
    EnableEndpoint,
    RegisterEndpoint,
    RemoveEndpoint,
    ReplayDeliveries,
    RotateSecret,
    TryEndpoint,
)

PREFIX = "/v1"

SHAPED: Mapping[type[Command], str] = {
    PlaceOrder: "orders",
    RegisterMerchant: "merchants",
    OpenPayLater: "consumers",
    OpenClaim: "claims",
    RecordEvidence: "evidence",
    RecordUnassigned: "receipts",
    RecordPaidTwice: "overpayments",
    RecordRefundReturned: "returned-refunds",
    RecordProviderFee: "provider-fees",
    AdoptPolicy: "policies",
    RecordPeers: "peers",
    CapitaliseFund: "fund",
    ConfirmClock: "clock/confirm",
    ConfirmPayout: "merchants/{merchant_id}/payouts/{payout_id}/confirm",
    FailPayout: "merchants/{merchant_id}/payouts/{payout_id}/fail",
    RegisterEndpoint: "webhooks",
    ChangeEndpoint: "webhooks/{endpoint_id}/change",
    RotateSecret: "webhooks/{endpoint_id}/rotate-secret",
    EnableEndpoint: "webhooks/{endpoint_id}/enable",
    DisableEndpoint: "webhooks/{endpoint_id}/disable",
    RemoveEndpoint: "webhooks/{endpoint_id}/remove",
    ReplayDeliveries: "webhooks/{endpoint_id}/replay",
    TryEndpoint: "webhooks/{endpoint_id}/try",
}
"""Where a person would look for a command elsewhere than the rule puts it."""

NOT_SENT: frozenset[type[Command]] = frozenset({DestroyKeys, DestroyKeysAgain, RestartLog, *ACCESS.handles})
"""Commands that no client sends: they need the log and its keys, or say what a door has found itself."""

_WORD = re.compile(r"[A-Z][a-z]*")
_FIELD = re.compile(r"\{(\w+)\}")


class Route(NamedTuple):
    """Where a command is sent to: its path with `{fields}`, which are fields of the command."""

    command: type[Command]
    path: str

    @property
    def fields(self) -> tuple[str, ...]:
        """Return the fields that the path says."""
        return tuple(_FIELD.findall(self.path))

    @property
    def makes(self) -> bool:
        """Tell whether the command makes what it is sent to: the path names no thing that is there."""
        return not self.fields

    @property
    def room(self) -> str:
        """Return the name of the room that answers the command."""
        return next(room.name for room in ROOMS if self.command in room.handles)


def plural(thing: str) -> str:
    """Return a thing's collection.

    >>> plural("order"), plural("evidence"), plural("wind_down")
    ('orders', 'evidence', 'wind-downs')
    """
    name = thing.replace("_", "-")
    return name if name == "evidence" else f"{name}s"


def derived(command: type[Command]) -> str:
    """Return the path that the rule gives a command, below the prefix.

    >>> from holdfast.parties.model import SetConsumerLimit
    >>> derived(SetConsumerLimit)
    'consumers/{consumer_id}/set-limit'
    """
    field = msgspec.structs.fields(command)[0].name
    thing = field.removesuffix("_id")
    words = [word.lower() for word in _WORD.findall(command.__name__)]
    left = [word for word in words if word not in {"record", *thing.split("_")}]
    return "/".join([plural(thing), f"{{{field}}}", "-".join(left)] if left else [plural(thing)])


@cache
def routes() -> tuple[Route, ...]:
    """Return the routes of all commands that a client may send, in the order of their rooms."""
    return tuple(
        Route(command, f"{PREFIX}/{SHAPED.get(command) or derived(command)}")
        for command in HANDLERS
        if command not in NOT_SENT
    )
