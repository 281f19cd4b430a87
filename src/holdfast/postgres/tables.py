"""The object-relational mapping: each table is derived from the fields of its struct."""

import types
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import Annotated, Any, NamedTuple, Union, cast, get_args, get_origin, get_type_hints

import msgspec
from msgspec.structs import astuple

from holdfast.house import KEPT
from holdfast.kernel.room import STAYS, Kept
from holdfast.kernel.rows import Row
from holdfast.postgres.codec import ENCODERS, NULL, Encode, SqlType, encode_nullable, instant
from holdfast.postgres.progress import Progress

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
    def changing(self) -> tuple[Column, ...]:
        """Return the columns that an update writes, the id's first."""
        others = (c for c in self.columns if c.name != "id" and c.name not in self.fixed)
        return (self.columns[self.names.index("id")], *others)

    def encode(self, rows: Iterable[Row]) -> list[list[bytes]]:
        """Return the rows' values in their binary form, column by column."""
        values = zip(*map(astuple, rows), strict=True)
        return [column.encode_all(each) for column, each in zip(self.columns, values, strict=True)]

    def decode(self, values: Sequence[Any]) -> Row:
        """Return the row of a result's values, as a `wire.row_cursor` returns them."""
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
    kept.row: _table(kept.row, kept.table, *kept.fixed)
    for kept in (*KEPT.values(), Kept(Progress, "progress", STAYS))
}
"""The tables, in the order in which locks are taken."""
