"""Each row type's table: worked out from the fields of the struct, so that the two cannot differ."""

import types
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import Annotated, Any, NamedTuple, Union, cast, get_args, get_origin, get_type_hints

import msgspec
from msgspec.structs import astuple

from holdfast.coverage.model import Coverage, Peers
from holdfast.enforcement.model import WindDown
from holdfast.engine.requests import Request
from holdfast.evidence.model import Evidence
from holdfast.guarantees.model import GUARANTEES, Guarantee
from holdfast.kernel.desk import Index
from holdfast.kernel.rows import Row
from holdfast.ledger.model import Account, Hold, Transfer
from holdfast.orders.model import OPEN_ORDERS, PARTS, Order, Snapshot
from holdfast.orders.services import Statement
from holdfast.parties.model import Consumer, Merchant, Owner
from holdfast.policy.model import AdoptedPolicy, InForce
from holdfast.postgres.codec import ENCODERS, NULL, Encode, SqlType, encode_nullable, instant
from holdfast.postgres.progress import Progress
from holdfast.settlement.model import (
    ASKING_CLAIMS,
    HOLDING_CLAIMS,
    SHORT_CLAIMS,
    SHORT_LATE_CLAIMS,
    SHORT_OF_ORDER,
    UPHELD_CLAIMS,
    UPHELD_LATE_CLAIMS,
    Claim,
    Debt,
    Payout,
    Recovery,
)
from holdfast.settlement.otherwise import (
    BOUNCED_REPAYMENTS,
    MISSING_FREEZES,
    Doubt,
    Freeze,
    OwedBack,
    PaidOtherwise,
    Repayment,
    RepaymentPayment,
    Taking,
)
from holdfast.settlement.received import Receipt

Decode = Callable[[Any], Any]


class Column(NamedTuple):
    """A column: its name is the field's. `decode` is None where the driver's value is the field's.

    `encode` is for a value that is there.
    """

    name: str
    kind: SqlType
    optional: bool
    encode: Encode
    decode: Decode | None

    def encode_all(self, values: Sequence[Any]) -> list[bytes]:
        """Return values of many rows in their binary form."""
        first = values[0]
        # Of rows that were made together most columns hold one value: it is encoded once.
        if first == values[-1] and values.count(first) == len(values):
            return [NULL if first is None else self.encode(first)] * len(values)
        if self.optional:
            return encode_nullable(self.encode, values)
        return list(map(self.encode, values))


class Table(NamedTuple):
    """A row type's table. `fixed` are columns that never change, beside the id."""

    row: type[Row]
    name: str
    columns: tuple[Column, ...]
    fixed: frozenset[str]
    names: tuple[str, ...]
    decoders: tuple[tuple[int, Decode], ...]

    @property
    def timed(self) -> bool:
        """Tell whether its rows wake."""
        return any(column.name == "wake_at" for column in self.columns)

    @property
    def changing(self) -> tuple[Column, ...]:
        """Return the columns that an update writes, the id's first."""
        others = (c for c in self.columns if c.name != "id" and c.name not in self.fixed)
        return (self.columns[self.names.index("id")], *others)

    def encode(self, rows: Iterable[Row]) -> list[list[bytes]]:
        """Return the rows' values in their binary form, column by column."""
        values = zip(*map(astuple, rows), strict=True)
        return [column.encode_all(each) for column, each in zip(self.columns, values, strict=True)]

    def decode(self, values: Sequence[Any]) -> Row:
        """Return the row of a result's values, as `wire.row_cursor` has them."""
        fields = list(values)
        for place, decode in self.decoders:
            value = fields[place]
            if value is not None:
                fields[place] = decode(value)
        return self.row(**dict(zip(self.names, fields, strict=True)))


def _column(name: str, hint: Any) -> Column:
    optional = False
    if get_origin(hint) in {Union, types.UnionType} and type(None) in get_args(hint):
        optional = True
        hint = next(arg for arg in get_args(hint) if arg is not type(None))
    kind, decode = _kind(hint)
    return Column(name, kind, optional, ENCODERS[kind], decode)


def _kind(hint: Any) -> tuple[SqlType, Decode | None]:
    if get_origin(hint) is Annotated:
        return (SqlType.TIMESTAMP, instant) if "instant" in hint.__metadata__ else _kind(get_args(hint)[0])
    plain: dict[Any, SqlType] = {str: SqlType.TEXT, int: SqlType.BIGINT, bool: SqlType.BOOLEAN}
    if hint in plain:
        return plain[hint], None
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return SqlType.TEXT, {member.value: member for member in hint}.__getitem__
    decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(cast("Any", hint))
    return SqlType.JSONB, decoder.decode


def _table(row: type[Row], name: str, *fixed: str) -> Table:
    hints = get_type_hints(row, include_extras=True)
    columns = tuple(_column(field.name, hints[field.name]) for field in msgspec.structs.fields(row))
    names = tuple(column.name for column in columns)
    decoders = tuple((place, each.decode) for place, each in enumerate(columns) if each.decode is not None)
    return Table(row, name, columns, frozenset(fixed), names, decoders)


TABLES: dict[type[Row], Table] = {
    table.row: table
    for table in (
        # The order of this table is the order in which locks are taken.
        _table(AdoptedPolicy, "policies"),
        _table(InForce, "policy_in_force"),
        _table(Request, "requests"),
        _table(Snapshot, "snapshots"),
        _table(Owner, "owners"),
        _table(Merchant, "merchants", "currency", "registered_at", "category"),
        _table(Consumer, "consumers", "currency"),
        _table(
            Order,
            "orders",
            "merchant_id",
            "consumer_id",
            "currency",
            "policy_version",
            "snapshot_id",
            "placed_at",
            "durable",
            "first_id",
            "service",
        ),
        _table(Statement, "statements"),
        _table(Claim, "claims", "order_id", "merchant_id", "consumer_id", "currency", "opened_at", "reason"),
        _table(Evidence, "evidence"),
        _table(WindDown, "wind_downs"),
        _table(
            Guarantee,
            "guarantees",
            "merchant_id",
            "currency",
            "kind",
            "issuer",
            "limit_minor",
            "starts_at",
            "ends_at",
            "call",
            "excludes",
            "share_bp",
            "counts_until",
            "call_by",
        ),
        _table(Payout, "payouts"),
        _table(
            Repayment,
            "repayments",
            "order_id",
            "merchant_id",
            "consumer_id",
            "currency",
            "amount_minor",
            "why",
            "since",
        ),
        _table(RepaymentPayment, "repayment_payments", "repayment_id", "asked_minor"),
        _table(OwedBack, "owed_back", "merchant_id", "order_id", "consumer_id", "currency"),
        _table(PaidOtherwise, "paid_otherwise", "merchant_id", "currency"),
        _table(
            Taking,
            "takings",
            "kind",
            "merchant_id",
            "order_id",
            "currency",
            "amount_minor",
            "platform_minor",
            "twice_minor",
            "at",
            "own_minor",
            "available_minor",
            "cover_minor",
            "met_minor",
        ),
        _table(
            Freeze, "freezes", "merchant_id", "currency", "amount_minor", "authority", "document", "since"
        ),
        _table(Doubt, "doubts", "order_id", "merchant_id", "consumer_id", "currency", "amount_minor"),
        _table(Receipt, "receipts", "currency", "amount_minor", "reference", "since"),
        _table(Debt, "debts", "currency"),
        _table(Recovery, "recoveries"),
        _table(Peers, "peers"),
        _table(Coverage, "coverages", "currency"),
        _table(
            Hold,
            "holds",
            "from_id",
            "to_id",
            "currency",
            "amount_minor",
            "reason",
            "placed_at",
            "order_id",
        ),
        _table(Account, "accounts", "currency", "never_negative"),
        _table(Transfer, "transfers"),
        _table(Progress, "progress"),
    )
}

INDEX_CONDITIONS: dict[Index, tuple[str, str]] = {
    OPEN_ORDERS: (
        "merchant_id",
        "state NOT IN ('completed', 'cancelled', 'expired', 'returned', 'written_off')",
    ),
    PARTS: ("first_id", "true"),
    SHORT_CLAIMS: ("merchant_id", "state = 'short' AND NOT late"),
    SHORT_LATE_CLAIMS: ("merchant_id", "state = 'short' AND late"),
    SHORT_OF_ORDER: ("order_id", "state = 'short'"),
    BOUNCED_REPAYMENTS: ("order_id", "state = 'bounced'"),
    MISSING_FREEZES: ("merchant_id", "missing_minor <> 0"),
    UPHELD_CLAIMS: ("merchant_id", "state = 'upheld' AND NOT late"),
    UPHELD_LATE_CLAIMS: ("merchant_id", "state = 'upheld' AND late"),
    ASKING_CLAIMS: ("merchant_id", "asked_minor <> 0"),
    HOLDING_CLAIMS: ("merchant_id", "hold_id IS NOT NULL"),
    GUARANTEES: ("merchant_id", "state IN ('covering', 'callable')"),
}
"""Of each index, the column that is its group, and the condition under which a row is in it."""
