"""What can be kept at all, asked of every command before anything else: texts, numbers and times.

PostgreSQL's text has no U+0000 and its UTF-8 no surrogates, its bigint has 64 bits, and an index entry has its
length. A command beyond that is refused here, in both homes alike, so that it fails nobody else of its batch.
"""

from collections.abc import Callable, Iterator
from itertools import chain
from operator import attrgetter
from types import UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin, get_type_hints

import msgspec

from holdfast.kernel.clock import DAY, Instant, iso, parse
from holdfast.kernel.money import MAX_MINOR, AmountOverflow
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.rows import Command

MAX_ID = 400
"""Characters of an id or a key: an entry of a PostgreSQL index holds 2,700 bytes, two such ids at worst."""

MAX_BYTES = 1_000_000
"""Bytes of a whole command as JSON."""

EARLIEST: Instant = parse("0001-01-01") + DAY
LATEST: Instant = parse("9000-01-01")
"""What a command may name as a time; policies add years to it, and all of that is still a date."""


class BadText(Refusal):
    """A text cannot be kept, or is too long."""

    code = "bad_text"
    what = "{reason}"
    fix = "Send text without U+0000 and lone surrogates, ids of up to 400 characters, commands of up to 1 MB"


class BadInstant(Refusal):
    """A time lies outside of the calendar."""

    code = "bad_instant"
    what = "{milliseconds} ms from 1970 is no time between {earliest} and {latest}"
    fix = "Send milliseconds since 1970-01-01 UTC"


class _Plan(NamedTuple):
    """How to take a command's texts that are ids, its numbers and its times; a tuple each."""

    ids: Callable[[Any], tuple[str | None, ...]]
    numbers: Callable[[Any], tuple[int | None, ...]]
    times: Callable[[Any], tuple[Instant | None, ...]]
    lists: tuple[str, ...]


_encode = msgspec.json.encode


def check(command: Command, key: str | None) -> None:
    """Refuse what cannot be kept, and what has no end.

    Raises:
        BadText: a character that no text may have, an id or a key that is too long, a command that is.
        AmountOverflow: a number of more than 64 bits.
        BadInstant: a time before the year 1, or after the year 8999.
    """
    name = type(command).__name__
    try:
        data = _encode(command)
        if key is not None:
            key.encode()
    except UnicodeEncodeError as error:
        raise BadText(name, reason="a lone surrogate is no character") from error
    except OverflowError as error:
        raise AmountOverflow(name, amount="a number") from error
    if b"\\u0000" in data and _has_null(msgspec.to_builtins(command)):
        raise BadText(name, reason="U+0000 stands in a text")
    if key is not None and (len(key) > MAX_ID or "\0" in key):
        raise BadText("key", reason="the key is longer than 400 characters, or U+0000 stands in it")
    if len(data) > MAX_BYTES:
        raise BadText(name, reason=f"the command has {len(data):,} bytes")
    _check_fields(command, name, long=len(data) > MAX_ID)
