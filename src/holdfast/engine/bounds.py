"""Bounds: the validation of every command, before it runs, against what a database can store.

PostgreSQL's text has no U+0000, its UTF-8 no surrogates, its bigint 64 bits, and an index entry a maximal
length. A command beyond that is refused here, in both homes alike: it would else fail a whole batch.
"""

import struct
from collections.abc import Callable, Iterator
from operator import attrgetter
from types import UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin, get_type_hints

import msgspec

from holdfast.house import KEPT
from holdfast.journal.requests import SEPARATOR
from holdfast.kernel.clock import DAY, Instant, day, parse
from holdfast.kernel.desk import Desk
from holdfast.kernel.money import MAX_MINOR, AmountOverflow
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.rows import Command, Row
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text

MAX_ID = 400
"""Characters of an id or a key: two of them, of 4 bytes each, still fit into an entry of an index's page."""

MAX_TEXT = 100_000
"""Characters of all texts of a command together."""

EARLIEST: Instant = parse("0001-01-01") + DAY
LATEST: Instant = parse("9000-01-01")
"""The latest time that a command may name: policies add years to it, and the sum is still a date."""


class BadText(Refusal):
    """A text cannot be kept as it is."""

    code = "bad_text"
    sort = Sort.MALFORMED
    what = Text("此文字{reason}", "this text {reason}")
    fix = Text(
        "请去掉 U+0000 和孤立代理码点，键中去掉 U+001F；编号和键最多 400 个字符，命令最多 100,000 个",
        (
            "Leave out U+0000 and lone surrogates, in keys U+001F; ids and keys have up to 400 characters, "
            "commands 100,000"
        ),
    )


class BadInstant(Refusal):
    """A time lies outside of the calendar."""

    code = "bad_instant"
    sort = Sort.MALFORMED
    what = Text(
        "自 1970-01-01 起 {at} 毫秒，不在 {earliest} 与 {latest} 之间",
        "{at} ms from 1970-01-01 is no time between {earliest} and {latest}",
    )
    fix = Text("请填自 1970-01-01 UTC 起的毫秒数", "Send milliseconds since 1970-01-01 UTC")


_SEPARATES = Text(
    "含有 U+001F，它用来分隔行为人与键", "has the character U+001F, which stands between actors and keys"
)
_TOO_MUCH = Text("过长：命令的全部文字合计", "is too long: all texts of the command together")
_LONG = Text("有 {length} 个字符，最多 {most} 个", "has {length} characters, {most} are kept")
_ZERO = Text("含有 U+0000", "has the character U+0000")
_LONE = Text("含有孤立代理码点", "has a lone surrogate, which is no character")

_Taker = Callable[[Any], tuple[Any, ...]]
_Sums = tuple[_Taker | None, Callable[..., bytes]]


class _Plan(NamedTuple):
    """The compiled validation of one type of struct: the paths of its texts, and getters of its values.

    `others` are getters of nested values: lists, and structs of several types.
    """

    names: tuple[str, ...]
    texts: _Taker
    numbers: _Taker
    times: _Taker
    others: _Taker


def check(command: Command, key: str | None) -> None:
    """Refuse a command that cannot be stored.

    Raises:
        BadText: a character that no text may have; an id, a key or the whole command is too long.
        AmountOverflow: a number of more than 64 bits.
        BadInstant: a time before the year 1 or after the year 8999.
    """
    if key is not None:
        _check_text("key", key, most=MAX_ID)
        if SEPARATOR in key:
            raise BadText("key", reason=_SEPARATES)
    if _check_struct(command) > MAX_TEXT:
        raise BadText(type(command).__name__, reason=_TOO_MUCH)


def _check_struct(value: msgspec.Struct) -> int:
    """Check a struct with its nested values; return the number of characters of all its texts."""
    plan = _PLANS.get(type(value)) or _plan(type(value))
    texts = plan.texts(value)
    joined = "".join(texts)
    length = len(joined)
    if length > MAX_ID or "\0" in joined or not (joined.isascii() or _is_unicode(joined)):
        for name, text in zip(plan.names, texts, strict=True):
            _check_text(name, text, most=MAX_ID if name.endswith(("_id", "version")) else MAX_TEXT)
    for number in plan.numbers(value):
        if number is not None and not -MAX_MINOR <= number <= MAX_MINOR:
            raise AmountOverflow(type(value).__name__, amount=_readable(number))
    for at in plan.times(value):
        if at is not None and not EARLIEST <= at <= LATEST:
            raise BadInstant(
                type(value).__name__, at=_readable(at), earliest=day(EARLIEST), latest=day(LATEST)
            )
    for other in plan.others(value):
        if other:
            length += _check_other(other)
    return length


def check_changes(desk: Desk) -> None:
    """Refuse a command whose changed rows cannot be stored: sums that no longer fit into 64 bits.

    Raises:
        AmountOverflow: which row it is, and the number.
    """
    for kind, key, _ in desk.changes:
        if kind in _PARTS:
            continue
        take, pack = _SUMS.get(kind) or _sums(kind)
        row = None if take is None else desk.find(kind, key)
        if take is None or row is None:
            continue
        try:
            pack(*take(row))
        except struct.error:
            numbers = [number for number in take(row) if not -MAX_MINOR <= number <= MAX_MINOR]
            where = f"{kind.__name__.lower()}:{key}"
            raise AmountOverflow(where, amount=_readable(numbers[0] if numbers else 0)) from None


def _sums(kind: type[Row]) -> _Sums:
    """Return a getter of a row's numbers, and a packer of as many 64-bit integers that fails beyond them."""
    names = [
        name
        for name, hint in get_type_hints(kind, include_extras=True).items()
        if hint is int and name in kind.__struct_fields__
    ]
    take = None if kind.immutable or not names else _taker(names)
    made = _SUMS[kind] = take, struct.Struct(f">{len(names)}q").pack
    return made


def _check_other(value: msgspec.Struct | tuple[Any, ...]) -> int:
    if isinstance(value, msgspec.Struct):
        return _check_struct(value)
    length = 0
    for each in value:
        if isinstance(each, str):
            _check_text("list", each, most=MAX_TEXT)
            length += len(each)
        else:
            length += _check_struct(each)
    return length


def _check_text(where: str, text: str, most: int) -> None:
    if len(text) > most:
        raise BadText(where, reason=_LONG.fill(length=f"{len(text):,}", most=f"{most:,}"))
    if "\0" in text:
        raise BadText(where, reason=_ZERO)
    if not (text.isascii() or _is_unicode(text)):
        raise BadText(where, reason=_LONE)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _readable(number: int) -> str:
    return str(number) if number.bit_length() <= 256 else f"of {number.bit_length()} bits"  # noqa: PLR2004


def _fields(kind: type[msgspec.Struct], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the path and the type of every field, those of structs inside included."""
    for name, hint in get_type_hints(kind, include_extras=True).items():
        if name in kind.__struct_fields__:
            if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
                yield from _fields(hint, f"{prefix}{name}.")
            else:
                yield prefix + name, hint


def _sort(hint: Any) -> str:
    """Return the sort of a field by its type: texts, numbers, times or others."""
    if get_origin(hint) in {Union, UnionType}:
        inner = {_sort(arg) for arg in get_args(hint) if arg is not type(None)}
        return inner.pop() if inner in ({"numbers"}, {"times"}) else "others"
    if get_origin(hint) is Annotated:
        return "times" if "instant" in hint.__metadata__ else _sort(get_args(hint)[0])
    return {str: "texts", int: "numbers", bool: "numbers"}.get(hint, "others")


def _taker(paths: list[str]) -> _Taker:
    if not paths:
        return lambda _value: ()
    take = attrgetter(*paths)
    return take if len(paths) > 1 else lambda value: (take(value),)


def _plan(kind: type[msgspec.Struct]) -> _Plan:
    paths: dict[str, list[str]] = {"texts": [], "numbers": [], "times": [], "others": []}
    for path, hint in _fields(kind):
        paths[_sort(hint)].append(path)
    made = _Plan(tuple(paths["texts"]), *(_taker(each) for each in paths.values()))
    _PLANS[kind] = made
    return made


_PLANS: dict[type[msgspec.Struct], _Plan] = {}

_SUMS: dict[type[Row], _Sums] = {}

_PARTS: frozenset[type[Row]] = frozenset(kept.row for kept in KEPT.values() if kept.bounded)
"""Rows that need no check: their numbers are parts of numbers that were checked already."""
