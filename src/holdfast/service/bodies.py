"""From the bytes of a request to a command: strictly, so that no two readers see two commands in them.

A body is one JSON object in UTF-8, each name in it once, not nested deeper than any command is. What is
wrong with it is told with a JSON pointer (RFC 6901) to the field that is at fault.
"""

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NoReturn, cast

import msgspec

from holdfast.kernel.refusal import Refusal
from holdfast.kernel.rows import Command
from holdfast.kernel.text import Text, same
from holdfast.service.refusals import BadField, BadJson, MissingField, UnknownField
from holdfast.service.times import inner, read_all

DEPTH = 20
"""Brackets within brackets: no command has more than six."""

_AROUND = 3
"""Brackets around each body, where one has many commands."""

_EMPTY = Text("是空的", "it is empty")
_ENCODING = Text("不是 UTF-8", "it is not UTF-8")
_DEEP = Text(f"嵌套超过 {DEPTH} 层", f"it is nested deeper than {DEPTH}")
_SYNTAX = Text("第 {line} 行第 {column} 列不是 JSON", "line {line}, column {column} is no JSON")
_NUMBER = Text("含有不能读取的数", "it has a number that cannot be read")
_TWICE = Text("名称 {name!r} 出现两次", "the name {name!r} stands in an object twice")
_LONE = Text("含有孤立代理码点", "it has a lone surrogate, which is no character")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_ARRAY = Text("不是 JSON 对象", "it is no JSON object")

_TYPES: Mapping[str, Text] = {
    "int": Text("整数", "an integer"),
    "float": Text("小数", "a number with a fraction"),
    "str": Text("文字", "a string"),
    "bool": Text("真假值", "true or false"),
    "null": Text("null", "null"),
    "array": Text("列表", "a list"),
    "object": Text("对象", "an object"),
}
_EXPECTED = re.compile(r"Expected `([^`]+)`, got `([^`]+)`")
_WANTED = Text("应为{wanted}，收到的是{got}", "{wanted} is expected, and {got} was sent")
_MISSING = re.compile(r"Object missing required field `(.+)`", re.DOTALL)
_UNKNOWN = re.compile(r"Object contains unknown field `(.+)`", re.DOTALL)
_INVALID = re.compile(r"Invalid (?:enum )?value (.+)", re.DOTALL)
_CHOICE = Text("没有取值 {value}", "{value} is none of its values")
_PLACE = re.compile(r"^(.*) - at `\$(.*)`$", re.DOTALL)
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]")


def read_object(raw: bytes) -> dict[str, Any]:
    """Read a body; nothing at all is an object without fields.

    Raises:
        BadJson: it is no JSON object, or one that says something twice.
    """
    if not raw:
        return {}
    found = _sound(raw) if _brackets(raw) <= DEPTH else None
    return _read_closely(raw, DEPTH) if found is None else found


class Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One command of a body of many: the name of its operation, its fields, and its key where it has one."""

    operation: str
    body: dict[str, Any]
    idempotency_key: str | None = None


class _Many(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    commands: list[Said]


def read_many(raw: bytes) -> list[Said]:
    """Read a body of many commands.

    Raises:
        BadJson: it is no JSON object, or one that says something twice, anywhere within it.
        BadField, MissingField, UnknownField: it is no list of commands; at a JSON pointer.
    """
    found = _sound(raw)
    if found is None:
        found = _read_closely(raw, DEPTH + _AROUND)
    try:
        many = msgspec.convert(found, _Many)
    except msgspec.ValidationError as error:
        raise _at_fault(str(error)) from error
    for each in many.commands:
        again = msgspec.json.encode(each.body)
        if _brackets(again) > DEPTH and _depth(again.decode()) > DEPTH:
            raise BadJson("body", reason=_DEEP)
    return many.commands


def _sound(raw: bytes) -> dict[str, Any] | None:
    """Return an object that is quickly seen to be sound; None where a body wants a closer look.

    Of two fields of one name msgspec drops the first, and a colon with it. So what was read is written again:
    where nothing was dropped it has as many colons as the body. An escaped colon would count once more.
    """
    if b"\\u003" in raw:
        return None
    try:
        found: Any = msgspec.json.decode(raw)
        again = msgspec.json.encode(found)
    except (msgspec.MsgspecError, UnicodeError, RecursionError, OverflowError):
        return None
    if not isinstance(found, dict) or again.count(b":") != raw.count(b":"):
        return None
    return cast("dict[str, Any]", found)


def _brackets(raw: bytes) -> int:
    return raw.count(b"{") + raw.count(b"[")


def _read_closely(raw: bytes, depth: int) -> dict[str, Any]:
    """Read a body so that whatever is wrong with it is told."""
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise BadJson("body", reason=_ENCODING) from error
    # Few brackets are not nested deeply, and to count them is a fiftieth of looking where they stand.
    if text.count("{") + text.count("[") > depth and _depth(text) > depth:
        raise BadJson("body", reason=_DEEP)
    try:
        value: Any = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        reason = _SYNTAX.fill(line=error.lineno, column=error.colno) if text.strip() else _EMPTY
        raise BadJson("body", reason=reason) from error
    except ValueError as error:  # an integer of more digits than Python reads
        raise BadJson("body", reason=_NUMBER) from error
    if not isinstance(value, dict):
        raise BadJson("body", reason=_ARRAY)
    found = cast("dict[str, Any]", value)
    if _SURROGATE.search(text) and not _is_unicode(found):
        raise BadJson("body", reason=_LONE)
    return found


def _depth(text: str) -> int:
    """Return how deep brackets are nested at most; those within strings are passed over."""
    deepest = depth = 0
    for sign in re.findall(r'"(?:[^"\\]|\\.)*"|[\[{\]}]', text, re.DOTALL):
        if sign in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif sign in "]}":
            depth -= 1
    return deepest


def _is_unicode(value: object) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise BadJson("body", reason=_TWICE.fill(name=name[:100]))
        found[name] = value
    return found


def _no_number(_text: str) -> NoReturn:
    raise BadJson("body", reason=_NUMBER)


def command(kind: type[Command], said: Mapping[str, Any], by_path: Mapping[str, str]) -> Command:
    """Make a command of what a body and a path say.

    Raises:
        BadField, MissingField, UnknownField: at the JSON pointer of a field.
    """
    for name in said.keys() - _own_names(kind) or said.keys() & by_path.keys():
        raise UnknownField(f"/{escaped(name)}", name=name[:100])
    _check_within(kind, said, "")
    whole = {**read_all(kind, said), **by_path}
    try:
        return msgspec.convert(whole, kind)
    except msgspec.ValidationError as error:
        raise _at_fault(str(error)) from error
    except Refusal as refusal:  # a struct that checks itself, as an amount of money does
        raise BadField("", reason=refusal.told()) from refusal


def _check_within(kind: type[msgspec.Struct], value: Any, pointer: str) -> None:
    """Refuse names within a body that none of its structs has: msgspec passes them over.

    Raises:
        UnknownField: at its JSON pointer.
    """
    for name, other in inner(kind).items():
        part = value.get(name)
        parts = enumerate(cast("list[Any]", part)) if isinstance(part, list) else [(None, part)]
        for number, each in parts:
            if isinstance(each, dict):
                place = f"{pointer}/{name}" if number is None else f"{pointer}/{name}/{number}"
                for strange in cast("dict[str, Any]", each).keys() - _names(other):
                    raise UnknownField(f"{place}/{escaped(strange)}", name=strange[:100])
                _check_within(other, each, place)


@cache
def _own_names(kind: type[Command]) -> frozenset[str]:
    return frozenset(kind.__struct_fields__)


@cache
def _names(kind: type[msgspec.Struct]) -> frozenset[str]:
    tag_field = kind.__struct_config__.tag_field
    return frozenset([*kind.__struct_fields__, *([] if tag_field is None else [tag_field])])


def _at_fault(message: str) -> Refusal:
    """Return the refusal that a message of msgspec stands for."""
    place = _PLACE.match(message)
    text, pointer = (message, "") if place is None else (place[1], _pointer(place[2]))
    for pattern, refuse in _SAYINGS:
        if found := pattern.match(text):
            return refuse(pointer, found)
    return BadField(pointer, reason=same(text))


def _missing(pointer: str, found: re.Match[str]) -> Refusal:
    return MissingField(f"{pointer}/{found[1]}", name=found[1])


def _unknown(pointer: str, found: re.Match[str]) -> Refusal:
    return UnknownField(f"{pointer}/{escaped(found[1])}", name=found[1][:100])


def _expected(pointer: str, found: re.Match[str]) -> Refusal:
    wanted = found[1].split(" | ")[0]
    reason = _WANTED.fill(wanted=_TYPES.get(wanted, same(wanted)), got=_TYPES.get(found[2], same(found[2])))
    return BadField(pointer, reason=reason)


def _invalid(pointer: str, found: re.Match[str]) -> Refusal:
    return BadField(pointer, reason=_CHOICE.fill(value=found[1][:100]))


_SAYINGS: tuple[tuple[re.Pattern[str], Callable[[str, re.Match[str]], Refusal]], ...] = (
    (_MISSING, _missing),
    (_UNKNOWN, _unknown),
    (_EXPECTED, _expected),
    (_INVALID, _invalid),
)


def _pointer(path: str) -> str:
    """Return a path of msgspec, `.listing.promises[0]`, as a JSON pointer."""
    return "".join(f"/{name or number}" for name, number in _STEP.findall(path))


def escaped(name: str) -> str:
    """Return a name as a step of a JSON pointer (RFC 6901), cut where it is long."""
    return name[:100].replace("~", "~0").replace("/", "~1")
