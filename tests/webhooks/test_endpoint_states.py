"""Every state of an endpoint × every event: it goes where the table says, or is refused and stays."""

from collections.abc import Callable
from enum import StrEnum

import pytest

from holdfast.kernel.rows import Command
from holdfast.webhooks.model import (
    ChangeEndpoint,
    DisableEndpoint,
    EnableEndpoint,
    EndpointState,
    RegisterEndpoint,
    RemoveEndpoint,
    ReplayDeliveries,
    RotateSecret,
    TryEndpoint,
    WebhookEndpoint,
)
from one_market import OneMarket
from walking import Walker, steps_of

REGISTER = RegisterEndpoint(endpoint_id="e1", url="https://shop.example/hook")
DISABLE = DisableEndpoint(endpoint_id="e1")
REMOVE = RemoveEndpoint(endpoint_id="e1")


def after(*commands: Command) -> Callable[[str], OneMarket]:
    def reach(_event: str) -> OneMarket:
        market = OneMarket()
        market.do(REGISTER, *commands)
        return market

    return reach


def asking(command: Command) -> Callable[[OneMarket], Command]:
    return lambda _market: command


WALKER = Walker(
    WebhookEndpoint,
    "e1",
    reach={
        EndpointState.ENABLED: after(),
        EndpointState.DISABLED: after(DISABLE),
        EndpointState.REMOVED: after(REMOVE),
    },
    asks={
        "ChangeEndpoint": asking(ChangeEndpoint(endpoint_id="e1", kinds=("OrderPlaced",))),
        "RotateSecret": asking(RotateSecret(endpoint_id="e1")),
        "ReplayDeliveries": asking(ReplayDeliveries(endpoint_id="e1", from_position=0)),
        "TryEndpoint": asking(TryEndpoint(endpoint_id="e1")),
        "EnableEndpoint": asking(EnableEndpoint(endpoint_id="e1")),
        "DisableEndpoint": asking(DISABLE),
        "RemoveEndpoint": asking(REMOVE),
    },
    happens={},
)


def test_the_walker_knows_every_state_and_event() -> None:
    WALKER.check()


@pytest.mark.parametrize(("state", "event"), steps_of(WALKER))
def test_every_event_in_every_state(state: StrEnum, event: str) -> None:
    WALKER.walk(state, event)
