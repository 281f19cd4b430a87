"""Who trades in the loads, and what the callers ask for."""

from collections.abc import Sequence
from random import Random

from holdfast.bench.bare.model import MoveMoney, OpenAccount
from holdfast.engine.execution import Submission
from holdfast.engine.home import Home
from holdfast.kernel.clock import Instant
from holdfast.kernel.rows import Command
from holdfast.orders.model import Listing, PlaceOrder
from holdfast.parties.model import OpenPayLater, RegisterMerchant, SetConsumerLimit

ACCOUNTS = 10_000
MERCHANTS = 1_000
CONSUMERS = 20_000
LISTINGS = 20
"""Listings of a merchant: the first order of each keeps a snapshot, the later ones find it."""

_CURRENCY = "CNY"
_AMOUNT = 1_000
_LIMIT = 10**12
_AT_ONCE = 2_000

Asked = tuple[Command, str | None]
"""A command and its idempotency key."""


def open_accounts(home: Home, now: Instant) -> None:
    """Open the accounts between which transfers go."""
    accounts = (
        OpenAccount(account_id=_account(n), currency=_CURRENCY, never_negative=False) for n in range(ACCOUNTS)
    )
    _run(home, list(accounts), now)


def open_market(home: Home, now: Instant) -> None:
    """Take in merchants and consumers; each consumer may owe more than a run can place."""
    merchants = [
        RegisterMerchant(merchant_id=f"m{n}", name=f"商家 {n}", currency=_CURRENCY, owner_ids=(f"owner{n}",))
        for n in range(MERCHANTS)
    ]
    consumers = [OpenPayLater(consumer_id=f"c{n}", currency=_CURRENCY) for n in range(CONSUMERS)]
    limits = [SetConsumerLimit(consumer_id=f"c{n}", limit_minor=_LIMIT) for n in range(CONSUMERS)]
    for commands in (merchants, consumers, limits):
        _run(home, commands, now)


def _run(home: Home, commands: Sequence[Command], now: Instant) -> None:
    for start in range(0, len(commands), _AT_ONCE):
        batch = [Submission(command, now) for command in commands[start : start + _AT_ONCE]]
        assert all(outcome.accepted for outcome in home.run(batch)), "the load's parties were refused"


def _account(number: int) -> str:
    return f"account-{number}"


class Transfers:
    """Plain transfers between two accounts each, drawn by chance; the transfer's id makes it idempotent."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._made = 0

    def next(self) -> Asked:
        """Return the next transfer."""
        self._made += 1
        source = self._rng.randrange(ACCOUNTS)
        target = (source + 1 + self._rng.randrange(ACCOUNTS - 1)) % ACCOUNTS
        command = MoveMoney(
            transfer_id=f"transfer-{self._made:010}",
            from_id=_account(source),
            to_id=_account(target),
            currency=_CURRENCY,
            amount_minor=_AMOUNT,
        )
        return command, None


class Orders:
    """Orders of consumers and listings drawn by chance, each with a random key, as clients send them."""

    def __init__(self, rng: Random, merchants: int | None = None) -> None:
        self._rng = rng
        self._made = 0
        self._merchants = MERCHANTS if merchants is None else merchants

    def next(self) -> Asked:
        """Return the next order."""
        self._made += 1
        rng = self._rng
        merchant = rng.randrange(self._merchants)
        listing = Listing(
            title=f"商品 {merchant}-{rng.randrange(LISTINGS)}",
            text="详情 " * 20,
            price_minor=_AMOUNT,
            photo_hashes=("ab" * 32,),
            promises=("七天无理由退货",),
            refund_terms="七天无理由",
        )
        command = PlaceOrder(
            order_id=f"order-{self._made:010}",
            merchant_id=f"m{merchant}",
            consumer_id=f"c{rng.randrange(CONSUMERS)}",
            currency=_CURRENCY,
            amount_minor=_AMOUNT,
            listing=listing,
        )
        return command, f"{rng.getrandbits(128):032x}"
