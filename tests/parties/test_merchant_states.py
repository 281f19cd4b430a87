"""Every standing of a merchant × every command: it goes where the table says, or is refused."""

from enum import StrEnum

import pytest

from holdfast.enforcement.model import DeclareAbsconded
from holdfast.parties.model import Merchant, MerchantStatus, ReinstateMerchant, SuspendMerchant
from one_market import OneMarket
from walking import Walker, steps_of
from who_asks import Said

SUSPEND = SuspendMerchant(merchant_id="m1", reason="complaints")


def declared(market: OneMarket, event: str) -> OneMarket:
    """One person has declared it, where another's declaration is to be what counts."""
    if event == "DeclareAbsconded":
        market.do(Said("Li", DeclareAbsconded(merchant_id="m1", reason="gone")))
    return market


def active(event: str) -> OneMarket:
    return declared(OneMarket(), event)


def suspended(event: str) -> OneMarket:
    market = OneMarket()
    market.do(SUSPEND)
    return declared(market, event)


def absconded(_event: str) -> OneMarket:
    market = declared(OneMarket(), "DeclareAbsconded")
    market.do(Said("Zhao", DeclareAbsconded(merchant_id="m1", reason="gone")))
    return market


MERCHANTS = Walker(
    Merchant,
    "m1",
    reach={
        MerchantStatus.ACTIVE: active,
        MerchantStatus.SUSPENDED: suspended,
        MerchantStatus.ABSCONDED: absconded,
    },
    asks={
        "SuspendMerchant": lambda _: SUSPEND,
        "ReinstateMerchant": lambda _: ReinstateMerchant(merchant_id="m1"),
        "DeclareAbsconded": lambda _: Said("Wang", DeclareAbsconded(merchant_id="m1", reason="gone")),
    },
    happens={},
    field="status",
)


@pytest.mark.parametrize(("state", "event"), steps_of(MERCHANTS))
def test_every_state_and_event(state: StrEnum, event: str) -> None:
    MERCHANTS.walk(state, event)


def test_the_walk_is_whole() -> None:
    MERCHANTS.check()
