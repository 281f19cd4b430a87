"""The OpenAPI document (3.1): an operation for each command and each read, with an example for each."""

import inspect
from collections.abc import Iterable
from functools import cache
from typing import Any

from holdfast.kernel.refusal import NotFound
from holdfast.service import reads, schemas
from holdfast.service.asking import MOST
from holdfast.service.commands import REPLAYED
from holdfast.service.examples import body, example, value_of
from holdfast.service.problems import MEDIA_TYPE, problem
from holdfast.service.resources import Resource, resources
from holdfast.service.routes import PREFIX, Route, routes

_JSON = "application/json"
_STATUSES = (400, 403, 404, 408, 409, 413, 415, 422, 429, 500, 503)
_OF_READS = (400, 404, 429, 500, 503)

_HEADERS: tuple[tuple[str, str], ...] = (
    ("Idempotency-Key", "1 to 255 visible characters: the same key with the same body gets the same answer"),
    ("Holdfast-Person", "The person who decides, percent-encoded UTF-8; else the marketplace's machine asks"),
    ("Accept-Language", "zh (the default) or en: the language of problems"),
)


_HAPPENED: dict[str, Any] = {
    "id": "019cacf9d4007000a7a0c1ef3cbe4a27",
    "at": "2026-03-01T02:00:00.000Z",
    "kind": "…",
    "actor": {"nature": "machine", "id": "api", "role": "marketplace", "door": "api"},
    "body": {"type": "…"},
}
"""An example of a fact; its body depends on its kind."""


@cache
def document() -> dict[str, Any]:
    """Return the whole document."""
    kinds = [*(route.command for route in routes()), *(each.kind for each in resources())]
    names, found = schemas.schemas(kinds)
    paths: dict[str, dict[str, Any]] = {}
    for route in routes():
        schema = schemas.body(found[names[route.command]], route.command, route.fields)
        paths.setdefault(route.path, {})["post"] = _command(route, schema)
    for each in resources():
        row = {"$ref": f"#/components/schemas/{names[each.kind]}"}
        paths.setdefault(each.path, {})["get"] = _collection(each, row)
        paths.setdefault(f"{each.path}/{{id}}", {})["get"] = _single(each, row)
    fact = {"$ref": "#/components/schemas/Fact"}
    paths |= _others(fact)
    components = {**found, "Problem": schemas.problem(), "Fact": schemas.fact()}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Holdfast 稳付", "version": PREFIX.strip("/"), "license": {"name": "Apache-2.0"}},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": dict(sorted(components.items()))},
    }


def _first_line(kind: type[object]) -> str:
    return (inspect.getdoc(kind) or "").partition("\n")[0]


def _command(route: Route, schema: dict[str, Any]) -> dict[str, Any]:
    said = body(route.command, route.fields)
    facts = {
        "type": "object",
        "properties": {"facts": {"type": "array", "items": {"$ref": "#/components/schemas/Fact"}}},
        "required": ["facts"],
    }
    done = {
        "description": "It happened: its facts 已发生：所记事实",
        "headers": {REPLAYED: {"description": "true: the stored answer", "schema": {"type": "string"}}},
        "content": {_JSON: {"schema": facts, "example": {"facts": [_HAPPENED]}}},
    }
    return {
        "operationId": route.command.__name__,
        "tags": [route.room],
        "summary": _first_line(route.command),
        "x-person": route.command.approval.by_person,
        "parameters": [*(_in_path(name) for name in route.fields), *(_header(*each) for each in _HEADERS)],
        "requestBody": {
            "required": bool(schema["required"]),
            "content": {_JSON: {"schema": schema, "example": said}},
        },
        "responses": {"201" if route.makes else "200": done, **_problems(_STATUSES)},
    }


def _collection(each: Resource, row: dict[str, Any]) -> dict[str, Any]:
    known = reads.OF_LISTED if each.by_subject else reads.OF_ROWS
    shown = {"items": [example(each.kind)], "next": None}
    summary = f"{each.kind.called.zh}，逐页 {each.kind.called.en}: page by page"
    return _read(f"list_{each.name}", each.name, summary, map(_in_query, known), schemas.page(row), shown)


def _single(each: Resource, row: dict[str, Any]) -> dict[str, Any]:
    summary = f"{each.kind.called.zh} {each.kind.called.en}: {_first_line(each.kind)}"
    asked = [_in_path("id"), _header("If-None-Match", "The ETag that is known: 304 while it is the same")]
    said = _read(f"get_{each.name}", each.name, summary, asked, row, example(each.kind))
    said["responses"]["304"] = {"description": "It is as If-None-Match says 未变"}
    return said


def _others(fact: dict[str, Any]) -> dict[str, Any]:
    anything: dict[str, Any] = {"type": "object"}
    known = dict.fromkeys([*reads.OF_FACTS, *reads.OF_FEED])
    facts = (
        "事实，逐页；after_position：按提交顺序 Facts page by page; after_position: in the order of commits"
    )
    nothing: dict[str, Any] = {"items": [], "next": None}
    coded = problem(NotFound("order:o1", kind=resources()[0].kind.called).record(), "en")
    return {
        reads.FACTS: {
            "get": _read("list_facts", "facts", facts, map(_in_query, known), schemas.page(fact), nothing)
        },
        f"{reads.FACTS}/{{id}}": {
            "get": _read("get_fact", "facts", "一条事实 A fact", [_in_path("id")], fact, _HAPPENED)
        },
        reads.TASKS: {
            "get": _read(
                "list_tasks",
                "tasks",
                "待办事项 What waits for people",
                map(_in_query, reads.OF_TASKS),
                schemas.page(anything),
                nothing,
            )
        },
        f"{PREFIX}/problems/{{id}}": {
            "get": _read(
                "get_problem", "problems", "代码的含义 What a code means", [_in_path("id")], anything, coded
            )
        },
        "/health/live": {"get": _read("live", "health", "在运行 It runs", [], anything, {"live": True})},
        "/health/ready": {
            "get": _read("ready", "health", "可用 It takes requests", [], anything, {"ready": True})
        },
    }


def _read(
    name: str, tag: str, summary: str, parameters: Iterable[dict[str, Any]], schema: Any, shown: Any
) -> dict[str, Any]:
    return {
        "operationId": name.replace("-", "_"),
        "tags": [tag],
        "summary": summary,
        "parameters": list(parameters),
        "responses": {
            "200": {"description": "OK", "content": {_JSON: {"schema": schema, "example": shown}}},
            **_problems(_OF_READS),
        },
    }


def _problems(statuses: Iterable[int]) -> dict[str, Any]:
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        str(status): {"description": "A problem 问题，见其 code", "content": content} for status in statuses
    }


def _in_path(name: str) -> dict[str, Any]:
    schema = {"type": "string"}
    return {"name": name, "in": "path", "required": True, "schema": schema, "example": value_of(name, str)}


def _in_query(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    match name:
        case "limit":
            schema = {"type": "integer", "minimum": 1, "maximum": MOST}
        case "after_position":
            schema = {"type": "integer", "minimum": 0}
        case "newest_first":
            schema = {"type": "boolean"}
        case "since" | "until":
            schema = schemas.TIME
        case "kind":
            schema = {"type": "array", "items": {"type": "string"}}
        case _:
            pass
    return {"name": str(name), "in": "query", "required": False, "schema": schema}


def _header(name: str, description: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "description": description, "schema": {"type": "string"}}
