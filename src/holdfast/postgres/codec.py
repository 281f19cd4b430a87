"""PostgreSQL's binary encoding of values, each prefixed by its length in four bytes: as in COPY and arrays.

The form is that of the types' send and receive functions (PostgreSQL manual, §55.2.2 COPY BINARY, and
src/backend/utils/adt). Encoding each value once serves both ways of writing: rows to COPY, columns to unnest.
"""

import struct
from collections.abc import Callable, Iterable
from enum import StrEnum
from functools import partial
from typing import Any

import msgspec

NULL = b"\xff\xff\xff\xff"

_LENGTH = struct.Struct(">i").pack
_INT8 = struct.Struct(">iq").pack
_MICROSECONDS = struct.Struct(">q").unpack
_JSONB = struct.Struct(">iB").pack
_ARRAY = struct.Struct(">iiIii").pack
_EMPTY_ARRAY = struct.Struct(">iiI").pack
_TRUE = b"\x00\x00\x00\x01\x01"
_FALSE = b"\x00\x00\x00\x01\x00"
_UUID_LENGTH = b"\x00\x00\x00\x10"

_POSTGRES_EPOCH_MS = 946_684_800_000
_POSTGRES_EPOCH_US = _POSTGRES_EPOCH_MS * 1000

COPY_HEADER = b"PGCOPY\n\xff\r\n\x00" + b"\x00" * 8
COPY_TRAILER = b"\xff\xff"

Encode = Callable[[Any], bytes]


class SqlType(StrEnum):
    """The column types that are used, by their SQL names."""

    TEXT = "text"
    BIGINT = "bigint"
    BOOLEAN = "boolean"
    TIMESTAMP = "timestamptz"
    UUID = "uuid"
    JSONB = "jsonb"


OIDS: dict[SqlType, tuple[int, int]] = {
    SqlType.TEXT: (25, 1009),
    SqlType.BIGINT: (20, 1016),
    SqlType.BOOLEAN: (16, 1000),
    SqlType.TIMESTAMP: (1184, 1185),
    SqlType.UUID: (2950, 2951),
    SqlType.JSONB: (3802, 3807),
}
"""The object ids of each type and of its array type (pg_type.dat)."""


def _text(value: str) -> bytes:
    data = value.encode()
    return _LENGTH(len(data)) + data


def _boolean(value: bool) -> bytes:  # noqa: FBT001 - the value itself
    return _TRUE if value else _FALSE


def _timestamp(value: int) -> bytes:
    return _INT8(8, value * 1000 - _POSTGRES_EPOCH_US)


def _uuid(value: str) -> bytes:
    return _UUID_LENGTH + bytes.fromhex(value)


def _jsonb(value: Any) -> bytes:
    data = msgspec.json.encode(value)
    return _JSONB(len(data) + 1, 1) + data


ENCODERS: dict[SqlType, Encode] = {
    SqlType.TEXT: _text,
    SqlType.BIGINT: partial(_INT8, 8),
    SqlType.BOOLEAN: _boolean,
    SqlType.TIMESTAMP: _timestamp,
    SqlType.UUID: _uuid,
    SqlType.JSONB: _jsonb,
}


def encode_nullable(encode: Encode, values: Iterable[Any]) -> list[bytes]:
    """Encode values of which some may be None: SQL's null."""
    return [NULL if value is None else encode(value) for value in values]


def array(kind: SqlType, values: Iterable[bytes]) -> bytes:
    """Return a one-dimensional array of encoded values, without a length of its own."""
    items = list(values)
    oid = OIDS[kind][0]
    if not items:
        return _EMPTY_ARRAY(0, 0, oid)
    return _ARRAY(1, 1, oid, len(items), 1) + b"".join(items)


def from_postgres(data: bytes | bytearray | memoryview) -> int:
    """Return the instant of a timestamptz in its binary form."""
    return instant(_MICROSECONDS(data)[0])


def instant(microseconds: int) -> int:
    """Return the instant of a timestamptz by its microseconds since 2000."""
    return microseconds // 1000 + _POSTGRES_EPOCH_MS
