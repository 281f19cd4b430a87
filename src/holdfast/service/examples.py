"""Examples: a value of every struct, made from its fields' names and types, so that none can be forgotten."""

from collections.abc import Mapping
from enum import StrEnum
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec

from holdfast.kernel.rows import Command
from holdfast.policy.model import Policy
from holdfast.policy_files.reading import named
from holdfast.service.documents import document

_MERCHANT = "shop1"

_BY_NAME: Mapping[str, Any] = {
    "merchant_id": _MERCHANT,
    "order_id": "shop1~1001",
    "claim_id": "shop1~c1",
    "guarantee_id": "shop1~g1",
    "consumer_id": "anna",
    "owner_ids": ["zhou"],
    "currency": "CNY",
    "amount_minor": 12_900,
    "limit_minor": 500_000,
    "price_minor": 12_900,
    "owed_minor": 9_900,
    "name": "Kettles 水壶",
    "category": "kitchen",
    "title": "Kettle 电水壶",
    "text": "1.7 l, steel 不锈钢",
    "reason": "not as shown 货不对板",
    "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "sm3": "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b",
    "media_type": "image/jpeg",
    "size_bytes": 48_211,
    "starts_at": "2026-03-01T00:00:00.000+08:00",
    "ends_at": "2027-03-01T00:00:00.000+08:00",
}

_ID = "shop1~x1"
_AT = "2026-03-01T10:00:00.000+08:00"

HAPPENED: Mapping[str, Any] = {
    "id": "019cacf9d4007000a7a0c1ef3cbe4a27",
    "at": "2026-03-01T02:00:00.000Z",
    "kind": "…",
    "actor": {"nature": "machine", "id": "api", "role": "marketplace", "door": "api"},
    "body": {"type": "…"},
}
"""An example of a fact; its body depends on its kind."""

_OPTIONAL = frozenset({"order_id", "category"})
"""Fields that may be left out and stand in an example: evidence must be about something."""


def example(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """Return an example of a struct as a document: what must be said, and little of what may be."""
    if kind is Policy:
        return document(named("full"))
    hints = get_type_hints(kind, include_extras=True)
    return {
        field.name: value_of(field.name, hints[field.name])
        for field in msgspec.structs.fields(kind)
        if field.required or field.name in _OPTIONAL
    }


def body(command: type[Command], by_path: tuple[str, ...]) -> dict[str, Any]:
    """Return an example of a command's body: what its path says is left out."""
    return {name: value for name, value in example(command).items() if name not in by_path}


def value_of(name: str, hint: Any) -> Any:
    """Return an example of a field."""
    if name in _BY_NAME:
        return _BY_NAME[name]
    if get_origin(hint) is Annotated:
        return _AT if "instant" in hint.__metadata__ else value_of(name, get_args(hint)[0])
    if get_origin(hint) in {Union, UnionType}:
        return value_of(name, next(part for part in get_args(hint) if part is not type(None)))
    if get_origin(hint) is tuple:
        return [value_of(f"one of {name}", get_args(hint)[0])]
    return _plain(name, hint)


def _plain(name: str, hint: Any) -> Any:
    if issubclass(hint, msgspec.Struct):
        tag = hint.__struct_config__.tag
        return {**({} if tag is None else {"type": tag}), **example(hint)}
    if issubclass(hint, StrEnum):
        return next(iter(hint)).value
    if hint is str:
        return _ID if name == "id" or name.endswith("_id") else "as agreed"
    return {bool: False, int: 3}[hint]
