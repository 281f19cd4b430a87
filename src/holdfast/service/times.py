"""Instants in documents: RFC 3339 outside, milliseconds inside, wherever they stand in a struct."""

import datetime as dt
import re
from functools import cache
from typing import Any, cast, get_type_hints

import msgspec

from holdfast.engine.bounds import EARLIEST, LATEST
from holdfast.kernel.clock import DAY, HOUR, MINUTE, SECOND, Duration, Instant, day, instant
from holdfast.kernel.text import Text
from holdfast.service.refusals import BadField
from holdfast.telling.documents import instants, structs_in, written

__all__ = ["inner", "instants", "read", "read_all", "read_duration", "structs_in", "written"]

_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)

_NO_TIME = Text(
    "不是带时区的 RFC 3339 时间，如 2026-03-01T10:00:00+08:00",
    "it is no time of RFC 3339 with its offset, as 2026-03-01T10:00:00+08:00",
)

_LASTS = re.compile(
    r"P(?:(\d{1,4})W)?(?:(\d{1,6})D)?(?:T(?=\d)(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,9})S)?)?", re.ASCII
)
_UNITS = (7 * DAY, DAY, HOUR, MINUTE, SECOND)

_NO_DURATION = Text(
    "不是 ISO 8601 时长，如 P90D、PT2H30M；年、月长短不一，不能用",
    "it is no duration of ISO 8601, as P90D or PT2H30M; years and months have no one length",
)

_TOO_FAR = Text("不在 {earliest} 与 {latest} 之间", "it is not between {earliest} and {latest}")


def read(text: object, pointer: str) -> Instant:
    """Read a time of a document.

    Raises:
        BadField: it is none, or has no offset.
    """
    if not isinstance(text, str) or not _RFC_3339.fullmatch(text):
        raise BadField(pointer, reason=_NO_TIME)
    try:
        at = instant(dt.datetime.fromisoformat(text.upper()))
    except (ValueError, OverflowError) as error:
        raise BadField(pointer, reason=_NO_TIME) from error
    if not EARLIEST <= at <= LATEST:
        raise BadField(pointer, reason=_TOO_FAR.fill(earliest=day(EARLIEST), latest=day(LATEST)))
    return at


def read_duration(text: object, pointer: str) -> Duration:
    """Read how long something lasts, as ISO 8601 writes it: `P90D`, `PT2H30M`. Months have no one length.

    Raises:
        BadField: it is none.
    """
    found = _LASTS.fullmatch(text) if isinstance(text, str) else None
    if found is None or not any(found.groups()):
        raise BadField(pointer, reason=_NO_DURATION)
    return sum(int(each or 0) * unit for each, unit in zip(found.groups(), _UNITS, strict=True))


@cache
def inner(kind: type[msgspec.Struct]) -> dict[str, type[msgspec.Struct]]:
    """Return the fields of a struct that hold one other kind of struct, or a list of them."""
    hints = get_type_hints(kind, include_extras=True)
    found = {name: set(structs_in(hints[name])) for name in kind.__struct_fields__}
    return {name: kinds.pop() for name, kinds in found.items() if len(kinds) == 1}


def read_all(kind: type[msgspec.Struct], value: Any, pointer: str = "") -> Any:
    """Return a document with its times read, as the fields of a struct are.

    Raises:
        BadField: one is no time; its JSON pointer (RFC 6901) says which.
    """
    if isinstance(value, list):
        parts = enumerate(cast("list[Any]", value))
        return [read_all(kind, each, f"{pointer}/{number}") for number, each in parts]
    if not isinstance(value, dict):
        return value  # whoever makes a struct of it says what it should be
    document = dict(cast("dict[str, Any]", value))
    for name in instants(kind):
        if document.get(name) is not None:
            document[name] = read(document[name], f"{pointer}/{name}")
    for name, other in _timed(kind).items():
        if name in document:
            document[name] = read_all(other, document[name], f"{pointer}/{name}")
    return document


@cache
def _timed(kind: type[msgspec.Struct]) -> dict[str, type[msgspec.Struct]]:
    """Return the fields of a struct that hold structs with instants in them, at whatever depth."""
    return {name: other for name, other in inner(kind).items() if instants(other) or _timed(other)}
