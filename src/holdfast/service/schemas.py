"""Schemas of the OpenAPI document: JSON Schemas of bodies, rows and facts, from their types."""

from collections.abc import Collection, Iterable
from typing import Any

import msgspec

from holdfast.kernel.rows import Command
from holdfast.service.times import instants, structs_in

_PLACE = "#/components/schemas/{name}"

TIME: dict[str, Any] = {"type": "string", "format": "date-time"}

_PROBLEM_TEXTS = ("type", "title", "detail", "code", "where", "pointer", "fix")


def schemas(kinds: Iterable[type[msgspec.Struct]]) -> tuple[dict[type[msgspec.Struct], str], dict[str, Any]]:
    """Return the names of the schemas of these structs, and all schemas, with those that they refer to."""
    wanted = list(_all(kinds))
    references, found = msgspec.json.schema_components(wanted, ref_template=_PLACE)
    names = {
        kind: str(reference["$ref"]).rpartition("/")[2]
        for kind, reference in zip(wanted, references, strict=True)
    }
    for kind, name in names.items():
        for field in instants(kind):
            schema = found[name]["properties"][field]
            nullable = "anyOf" in schema or "default" in schema
            found[name]["properties"][field] = {"anyOf": [TIME, {"type": "null"}]} if nullable else TIME
    return names, found


def _all(kinds: Iterable[type[msgspec.Struct]]) -> dict[type[msgspec.Struct], None]:
    """Return these structs and all that are within them, once each."""
    found: dict[type[msgspec.Struct], None] = {}
    todo = list(kinds)
    while todo:
        kind = todo.pop()
        if kind in found:
            continue
        found[kind] = None
        for field in msgspec.structs.fields(kind):
            todo += structs_in(field.type)
    return found


def body(schema: dict[str, Any], command: type[Command], by_path: Iterable[str]) -> dict[str, Any]:
    """Return the schema of a command's body: without its name, and without what its path says."""
    out = {"type", *by_path}
    return {
        "type": "object",
        "title": command.__name__,
        "properties": {name: part for name, part in schema["properties"].items() if name not in out},
        "required": [name for name in schema.get("required", ()) if name not in out],
        "additionalProperties": False,
    }


def leave_out(schema: dict[str, Any], names: Collection[str]) -> None:
    """Let a schema have no need of these properties."""
    schema["required"] = [name for name in schema.get("required", ()) if name not in names]


def problem() -> dict[str, Any]:
    """Return the schema of a problem (RFC 9457)."""
    return {
        "type": "object",
        "properties": {
            **{name: {"type": "string"} for name in _PROBLEM_TEXTS},
            "status": {"type": "integer"},
        },
        "required": ["type", "title", "status", "detail", "code", "where", "fix"],
    }


_ACTOR = {
    "type": "object",
    "properties": {name: {"type": "string"} for name in ("nature", "id", "role", "door")},
}

FACT: dict[str, Any] = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "at": TIME,
        "kind": {"type": "string"},
        "actor": {"anyOf": [_ACTOR, {"type": "null"}]},
        "body": {"type": "object", "properties": {"type": {"type": "string"}}, "required": ["type"]},
        "position": {"type": "integer"},
    },
    "required": ["id", "at", "kind", "actor", "body"],
}
"""A fact as it is answered; of its body, what all have."""

FACTS: dict[str, Any] = {
    "type": "object",
    "properties": {"facts": {"type": "array", "items": FACT}},
    "required": ["facts"],
}
"""What a command is answered with."""


_OF_PARTS: dict[str, Any] = {
    "amount_minor": {"type": "integer"},
    "posted_minor": {"type": "integer"},
    "order_id": {"type": ["string", "null"]},
}


def part(names: Iterable[str]) -> dict[str, Any]:
    """Return the schema of some fields of a movement of money."""
    fields = {name: _OF_PARTS.get(name, {"type": "string"}) for name in names}
    return {"type": "object", "properties": fields, "required": list(fields)}


def page(item: Any) -> dict[str, Any]:
    """Return the schema of a page of items, by the schema or the struct of one."""
    return {
        "type": "object",
        "properties": {
            "items": {"type": "array", "items": item},
            "next": {"type": ["string", "integer", "null"]},
        },
        "required": ["items", "next"],
    }
