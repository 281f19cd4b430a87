"""What the room of parties has. See `kernel.room`."""

from collections.abc import Iterator
from functools import lru_cache

from holdfast.kernel.room import STAYS, Kept, Key, Neighbours, Room, States
from holdfast.ledger import chart
from holdfast.ledger.model import Account
from holdfast.parties import handlers
from holdfast.parties.model import (
    TRANSITIONS,
    ClearMerchant,
    ClosePayLater,
    Consumer,
    Merchant,
    OpenPayLater,
    Owner,
    RegisterMerchant,
    ReinstateMerchant,
    SetConsumerLimit,
    SuspendMerchant,
)
from holdfast.parties.settings import SETTINGS
from holdfast.parties.words import WORDS

_REMEMBERED = 4096
"""Merchants whose neighbours are kept: slices have the same ones again and again."""


def _owners(command: RegisterMerchant) -> Iterator[Key]:
    for owner_id in command.owner_ids:
        yield Owner, owner_id


def _of_merchant(owner_ids: tuple[str, ...]) -> Iterator[Key]:
    for owner_id in owner_ids:
        yield Owner, owner_id


@lru_cache(_REMEMBERED)
def _money(merchant_id: str, currency: str) -> tuple[Key, ...]:
    return (
        (Account, chart.merchant(merchant_id, chart.AVAILABLE, currency)),
        (Account, chart.house(chart.PSP, currency)),
    )


ROOM = Room(
    "parties",
    handles={
        RegisterMerchant: handlers.register_merchant,
        SuspendMerchant: handlers.suspend,
        ReinstateMerchant: handlers.reinstate,
        ClearMerchant: handlers.clear,
        OpenPayLater: handlers.open_pay_later,
        ClosePayLater: handlers.close_pay_later,
        SetConsumerLimit: handlers.set_limit,
    },
    keeps=(
        Kept(Owner, "owners", STAYS),
        Kept(
            Merchant,
            "merchants",
            STAYS,
            fixed=("currency", "registered_at", "category"),
            states=States("Merchants", TRANSITIONS),
            named_after="merchant_id",
        ),
        Kept(Consumer, "consumers", STAYS, fixed=("currency",)),
    ),
    names={"merchant_id": (Merchant,), "consumer_id": (Consumer,)},
    touches={RegisterMerchant: _owners},
    still=frozenset(
        {
            RegisterMerchant,
            SuspendMerchant,
            ReinstateMerchant,
            ClearMerchant,
            OpenPayLater,
            ClosePayLater,
            SetConsumerLimit,
        }
    ),
    neighbours=(
        Neighbours(Merchant, ("owner_ids",), _of_merchant),
        Neighbours(Merchant, ("id", "currency"), _money, money=True),
    ),
    settings=SETTINGS,
    words=WORDS,
)
