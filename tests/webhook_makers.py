"""The commands about endpoints of webhooks, for random histories: a few endpoints, so that commands meet."""

from collections.abc import Callable, Mapping
from typing import Protocol

from holdfast.kernel.identity import within
from holdfast.kernel.rows import Command
from holdfast.webhooks.model import (
    BodyForm,
    ChangeEndpoint,
    DisabledWhy,
    DisableEndpoint,
    EnableEndpoint,
    RegisterEndpoint,
    RemoveEndpoint,
    ReplayDeliveries,
    RotateSecret,
    Scheme,
    TryEndpoint,
)


class Whose(Protocol):
    """What is taken of a cast: see `every_command.Cast`."""

    @property
    def merchant_id(self) -> str:
        """Return whose endpoint it is."""
        ...

    @property
    def amount(self) -> int:
        """Return a number that varies."""
        ...


def _mine(c: Whose) -> str:
    return within(c.merchant_id, f"e{c.amount % 2}")


def _registrations(c: Whose) -> list[Command]:
    plain = RegisterEndpoint(endpoint_id=_mine(c), url="https://shop.example/hook", merchant_id=c.merchant_id)
    return [
        plain,
        RegisterEndpoint(
            endpoint_id="all",
            url="https://marketplace.example/hook?key=1",
            kinds=("OrderPlaced", "ClaimOpened"),
            form=BodyForm.CLOUDEVENTS,
            schemes=(Scheme.ED25519, Scheme.HMAC),
        ),
    ]


def _changes(c: Whose) -> list[Command]:
    return [
        ChangeEndpoint(endpoint_id=_mine(c), url=f"https://shop.example/{c.amount % 3}"),
        ChangeEndpoint(endpoint_id=_mine(c), kinds=("OrderPlaced",), form=BodyForm.CLOUDEVENTS),
        ChangeEndpoint(endpoint_id="all", kinds=()),
    ]


def _rotations(c: Whose) -> list[Command]:
    return [
        RotateSecret(endpoint_id=_mine(c)),
        RotateSecret(endpoint_id=_mine(c), scheme=Scheme.ED25519, grace_hours=c.amount % 3),
    ]


def _replays(c: Whose) -> list[Command]:
    return [
        ReplayDeliveries(endpoint_id=_mine(c), from_position=c.amount % 40),
        ReplayDeliveries(endpoint_id=_mine(c), since=0),
        ReplayDeliveries(endpoint_id=_mine(c), message="0" * 32),
    ]


WEBHOOKS: Mapping[type[Command], Callable[[Whose], list[Command]]] = {
    RegisterEndpoint: _registrations,
    ChangeEndpoint: _changes,
    RotateSecret: _rotations,
    EnableEndpoint: lambda c: [EnableEndpoint(endpoint_id=_mine(c))],
    DisableEndpoint: lambda c: [
        DisableEndpoint(endpoint_id=_mine(c)),
        DisableEndpoint(endpoint_id=_mine(c), why=DisabledWhy.GONE, url="https://shop.example/1"),
    ],
    RemoveEndpoint: lambda c: [RemoveEndpoint(endpoint_id=_mine(c))],
    ReplayDeliveries: _replays,
    TryEndpoint: lambda c: [TryEndpoint(endpoint_id=_mine(c))],
}
"""Each command about endpoints, in some forms."""

OF_WEBHOOKS: Mapping[type[Command], tuple[type[Command], ...]] = {
    RegisterEndpoint: (RotateSecret, DisableEndpoint, ReplayDeliveries),
    DisableEndpoint: (EnableEndpoint, RemoveEndpoint),
}
"""What comes of such a command in life: see `every_command.FOLLOWS`."""
