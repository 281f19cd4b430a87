"""What the room of webhooks has. See `kernel.room`."""

from collections.abc import Mapping

from holdfast.kernel.room import STAYS, Handler, Kept, Room, States
from holdfast.kernel.rows import Command
from holdfast.webhooks import handlers
from holdfast.webhooks.checks import CHECKS
from holdfast.webhooks.model import (
    ENDPOINTS_OF_MERCHANT,
    TRANSITIONS,
    ChangeEndpoint,
    DisableEndpoint,
    EnableEndpoint,
    EndpointKeys,
    RegisterEndpoint,
    RemoveEndpoint,
    ReplayDeliveries,
    RotateSecret,
    TryEndpoint,
    WebhookEndpoint,
)
from holdfast.webhooks.words import WORDS

_HANDLES: Mapping[type[Command], Handler] = {
    RegisterEndpoint: handlers.register,
    ChangeEndpoint: handlers.change,
    RotateSecret: handlers.rotate,
    EnableEndpoint: handlers.enable,
    DisableEndpoint: handlers.disable,
    RemoveEndpoint: handlers.remove,
    ReplayDeliveries: handlers.replay,
    TryEndpoint: handlers.try_out,
}


ROOM = Room(
    "webhooks",
    handles=_HANDLES,
    still=frozenset(_HANDLES),
    keeps=(
        Kept(
            WebhookEndpoint,
            "webhooks",
            STAYS,
            fixed=("merchant_id", "registered_at"),
            indexes=(ENDPOINTS_OF_MERCHANT,),
            states=States("Webhook endpoints", TRANSITIONS),
            begun_by={"EndpointRegistered": "endpoint_id"},
        ),
        Kept(EndpointKeys, "webhook_keys", STAYS),
    ),
    names={"endpoint_id": (WebhookEndpoint, EndpointKeys)},
    checks=CHECKS,
    words=WORDS,
)
