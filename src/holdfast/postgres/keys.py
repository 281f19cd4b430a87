"""Which rows a command or a wake will touch: what it names, and the neighbours of what is named.

This only saves round trips. What is missed here is found by running: the desk asks for it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from holdfast.coverage.model import Coverage, Peers, RecordPeers
from holdfast.enforcement.model import DeclareAbsconded, Stage, WindDown, WithdrawDeclaration
from holdfast.enforcement.sweep import SLICE
from holdfast.engine.execution import Submission
from holdfast.engine.requests import Request
from holdfast.evidence.model import Evidence
from holdfast.guarantees.model import Guarantee
from holdfast.kernel.desk import Page
from holdfast.kernel.rows import Command, Row
from holdfast.ledger import chart
from holdfast.ledger.model import Account, Hold, MoveLinked, Transfer
from holdfast.orders.model import OPEN_ORDERS, Order, PlaceOrder, Snapshot
from holdfast.orders.parts import SplitOrder
from holdfast.orders.services import PerformOrder, Statement
from holdfast.parties.model import Consumer, Merchant, Owner
from holdfast.policy.model import IN_FORCE, AdoptedPolicy, AdoptPolicy, InForce
from holdfast.settlement import recovery
from holdfast.settlement.model import (
    HOLDING_CLAIMS,
    UPHELD_CLAIMS,
    UPHELD_LATE_CLAIMS,
    Claim,
    Debt,
    Payout,
    Recovery,
    RecoveryStage,
)
from holdfast.settlement.otherwise import Doubt, Freeze, Repayment, RepaymentPayment
from holdfast.settlement.received import Receipt

Keys = defaultdict[type[Row], set[str]]
Key = tuple[type[Row], str]

_KINDS: Mapping[str, tuple[type[Row], ...]] = {
    "order_id": (Order,),
    "merchant_id": (Merchant, Coverage),
    "consumer_id": (Consumer,),
    "claim_id": (Claim,),
    "guarantee_id": (Guarantee,),
    "evidence_id": (Evidence,),
    "hold_id": (Hold,),
    "payout_id": (Hold,),
    "payment_id": (Hold, RepaymentPayment),
    "repayment_id": (Repayment,),
    "freeze_id": (Freeze,),
    "doubt_id": (Doubt,),
    "receipt_id": (Receipt,),
    "transfer_id": (Transfer,),
    "from_id": (Account,),
    "to_id": (Account,),
    "account_id": (Account,),
}

_ALSO: Mapping[type[Command], Mapping[str, tuple[type[Row], ...]]] = {
    PerformOrder: {"order_id": (Statement,)},
    DeclareAbsconded: {"merchant_id": (WindDown,)},
    WithdrawDeclaration: {"merchant_id": (WindDown,)},
    RecordPeers: {"category": (Peers,)},
}
"""What a field of one kind of command names beside that."""

_REMEMBERED = 4096
"""Merchants whose neighbours are kept: a slice has the same ones again and again."""

_NAMED: dict[type[Command], tuple[tuple[str, tuple[type[Row], ...]], ...]] = {}


def _named(kind: type[Command]) -> tuple[tuple[str, tuple[type[Row], ...]], ...]:
    """Return the fields of a command that name rows, with the kinds of these rows."""
    found = _NAMED.get(kind)
    if found is None:
        names = [field.name for field in msgspec.structs.fields(kind)]
        named = [(name, _KINDS.get(name, ()) + _ALSO.get(kind, {}).get(name, ())) for name in names]
        found = _NAMED[kind] = tuple((name, kinds) for name, kinds in named if kinds)
    return found


def _named_rows(command: Command) -> Iterator[Key]:
    for name, kinds in _named(type(command)):
        value: str | None = getattr(command, name)
        if value is not None:
            for kind in kinds:
                yield kind, value


def no_keys() -> Keys:
    """Return an empty set of keys."""
    return defaultdict(set)


def add_named(keys: Keys, submission: Submission) -> None:
    """Add the rows that a command names. One that is refused at sight may not come here."""
    command = submission.command
    if submission.key is not None:
        keys[Request].add(submission.key)
    for kind, key in _named_rows(command):
        keys[kind].add(key)
    match command:
        case PlaceOrder():
            keys[Snapshot].add(command.listing.digest())
            keys[Order].update([part.id for part in command.parts])
        case SplitOrder():
            keys[Order].update([part.id for part in command.parts])
        case MoveLinked():
            for transfer in command.transfers:
                add_named(keys, Submission(transfer, submission.at))
        case AdoptPolicy():
            keys[AdoptedPolicy].add(command.policy.version)
            keys[InForce].add(IN_FORCE)
        case _:
            keys[Owner].update(getattr(command, "owner_ids", ()))


def unscouted(command: Command) -> tuple[str, ...]:
    """Return ids that a command names and whose neighbours it will not touch: a new order has none."""
    return (command.order_id, command.merchant_id) if isinstance(command, PlaceOrder) else ()


class OrderSeen(NamedTuple):
    """What an order's neighbours are worked out from."""

    id: str
    merchant_id: str
    consumer_id: str
    currency: str
    policy_version: str
    captured_minor: int
    claim_id: str | None


class ClaimSeen(NamedTuple):
    """What a claim's neighbours are worked out from."""

    id: str
    order_id: str
    merchant_id: str
    currency: str
    hold_id: str | None


SEEN: Mapping[type[Row], type[OrderSeen] | type[ClaimSeen]] = {Order: OrderSeen, Claim: ClaimSeen}
"""Of the kinds that come in numbers, what is read of a row to find its neighbours: a fraction of it."""


class _Shared(NamedTuple):
    """Neighbours that a merchant's rows of one kind have in common: of a thousand, they are added once."""

    of: Callable[[str, str], tuple[Key, ...]]
    merchant_id: str
    currency: str


def _of_order(order: OrderSeen) -> Iterator[Key]:
    yield Consumer, order.consumer_id
    yield AdoptedPolicy, order.policy_version
    if order.claim_id is not None:
        yield Claim, order.claim_id


def _shared_of_order(order: OrderSeen) -> _Shared:
    return _Shared(_of_debited if order.captured_minor else _of_sale, order.merchant_id, order.currency)


@lru_cache(_REMEMBERED)
def _of_debited(merchant_id: str, currency: str) -> tuple[Key, ...]:
    return (
        *_of_sale(merchant_id, currency),
        (Account, chart.merchant(merchant_id, chart.RESERVE, currency)),
    )


@lru_cache(_REMEMBERED)
def _of_sale(merchant_id: str, currency: str) -> tuple[Key, ...]:
    return (
        *_of_merchant(merchant_id, currency),
        (Account, chart.merchant(merchant_id, chart.HELD, currency)),
        (Account, chart.house(chart.FEES, currency)),
        (Account, chart.house(chart.FUND, currency)),
    )


@lru_cache(_REMEMBERED)
def _of_merchant(merchant_id: str, currency: str) -> tuple[Key, ...]:
    return (
        (Merchant, merchant_id),
        (Coverage, merchant_id),
        (Payout, merchant_id),
        (Debt, merchant_id),
        (Account, chart.merchant(merchant_id, chart.AVAILABLE, currency)),
        (Account, chart.house(chart.PSP, currency)),
    )


def _of_claim(claim: ClaimSeen) -> Iterator[Key]:
    yield Order, claim.order_id
    if claim.hold_id is not None:
        yield Hold, claim.hold_id


def _shared_of_claim(claim: ClaimSeen) -> _Shared:
    return _Shared(_of_compensation, claim.merchant_id, claim.currency)


@lru_cache(_REMEMBERED)
def _of_compensation(merchant_id: str, currency: str) -> tuple[Key, ...]:
    own = (chart.HELD, chart.RESERVE, chart.DEPOSIT, chart.OWED)
    return (
        (WindDown, merchant_id),
        *((Account, chart.merchant(merchant_id, kind, currency)) for kind in own),
        (Account, chart.house(chart.FUND, currency)),
        (Account, chart.house(chart.RECEIVABLES, currency)),
    )


def _of_hold(hold: Hold) -> Iterator[Key]:
    yield Account, hold.from_id
    yield Account, hold.to_id


def _of_party(merchant: Merchant) -> Iterator[Key]:
    yield from _of_merchant(merchant.id, merchant.currency)
    for owner_id in merchant.owner_ids:
        yield Owner, owner_id


def _of_payout(payout: Payout) -> Iterator[Key]:
    yield Merchant, payout.id
    if payout.hold_id is not None:
        yield Hold, payout.hold_id


def _of_guarantee(row: Guarantee) -> Iterator[Key]:
    merchant, currency = row.merchant_id, row.currency
    yield from _of_merchant(merchant, currency)
    for kind in (chart.DEPOSIT, chart.OWED):
        yield Account, chart.merchant(merchant, kind, currency)
    for kind in (chart.GUARANTEES, chart.RECEIVABLES, chart.LOSSES):
        yield Account, chart.house(kind, currency)


def _of_wind_down(row: WindDown) -> Iterator[Key]:
    yield Merchant, row.id
    if row.fund_hold_id is not None:
        yield Hold, row.fund_hold_id


def _of_recovery(row: Recovery) -> Iterator[Key]:
    yield Merchant, row.id
    if row.hold_id is not None:
        yield Hold, row.hold_id


_NEIGHBOURS: Mapping[type[Row] | type[OrderSeen] | type[ClaimSeen], Callable[[Any], Iterable[Key]]] = {
    OrderSeen: _of_order,
    ClaimSeen: _of_claim,
    Hold: _of_hold,
    WindDown: _of_wind_down,
    Merchant: _of_party,
    Payout: _of_payout,
    Guarantee: _of_guarantee,
    Recovery: _of_recovery,
}

_SHARED: Mapping[type[Row] | type[OrderSeen] | type[ClaimSeen], Callable[[Any], _Shared]] = {
    OrderSeen: _shared_of_order,
    ClaimSeen: _shared_of_claim,
}

SCOUTED: tuple[type[Row], ...] = (Order, Claim, Hold, WindDown, Merchant, Payout, Recovery)
"""The kinds whose rows have neighbours: they are looked at first, without a lock."""


def add_neighbours(keys: Keys, rows: Iterable[Row | OrderSeen | ClaimSeen]) -> None:
    """Add the rows that are touched with these."""
    shared: set[_Shared] = set()
    for row in rows:
        of = _NEIGHBOURS.get(type(row))
        if of is not None:
            for kind, key in of(row):
                keys[kind].add(key)
        common = _SHARED.get(type(row))
        if common is not None:
            shared.add(common(row))
    for each in shared:
        for kind, key in each.of(each.merchant_id, each.currency):
            keys[kind].add(key)


def pages_of(rows: Iterable[Row | OrderSeen | ClaimSeen]) -> Iterator[Page]:
    """Yield the index pages that wakes of these rows will turn to."""
    for row in rows:
        if isinstance(row, Recovery) and row.stage is RecoveryStage.SHARING:
            yield Page(recovery.index_of(row), row.id, row.cursor, recovery.SLICE)
        elif isinstance(row, WindDown):
            yield from _pages_of_wind_down(row)


def _pages_of_wind_down(row: WindDown) -> Iterator[Page]:
    match row.stage:
        case Stage.ORDERS:
            yield Page(OPEN_ORDERS, row.id, row.cursor, SLICE)
        case Stage.WAITING:
            yield Page(HOLDING_CLAIMS, row.id, "", SLICE)
            yield Page(UPHELD_CLAIMS, row.id, "", 1)
        case Stage.GATHERING | Stage.SWEEPING:
            yield Page(UPHELD_LATE_CLAIMS if row.late else UPHELD_CLAIMS, row.id, row.cursor, SLICE)
        case _:
            return
