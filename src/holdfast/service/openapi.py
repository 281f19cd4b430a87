"""The OpenAPI document (3.1) of operations, each with its example."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

import msgspec

from holdfast.kernel.rows import Command
from holdfast.service import schemas
from holdfast.service.operation import Given, Operation, Parameter, Sent
from holdfast.service.permissions import HIDDEN, OPEN, line_of
from holdfast.service.problems import MEDIA_TYPE
from holdfast.service.reach import ROLES
from holdfast.service.routes import PREFIX

OF_CALLERS = (401, 403, 429)
"""Statuses of the problems of whoever asks, whatever is asked."""

_BEARER = "A key, `hf_live_…`, or a person's session, `hf_session_…`"


def document(operations: Iterable[Operation]) -> dict[str, Any]:
    """Return the document of these operations."""
    found = list(operations)
    names, components = schemas.schemas(dict.fromkeys(kind for each in found for kind in _kinds(each)))
    writer = _Writer(found, names, components)
    paths: dict[str, dict[str, Any]] = {}
    for each in found:
        paths.setdefault(each.path, {})[each.method.lower()] = writer.operation(each)
    for kind, hidden in HIDDEN.items():
        if kind in names:
            schemas.leave_out(components[names[kind]], frozenset[str]().union(*hidden.values()))
    components |= {"Problem": schemas.problem()}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Holdfast 稳付", "version": PREFIX.strip("/"), "license": {"name": "Apache-2.0"}},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(components.items())),
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "description": _BEARER}},
        },
    }


def _kinds(operation: Operation) -> Iterator[type[msgspec.Struct]]:
    """Give the structs that the schemas of an operation name."""
    sent = operation.sent
    for schema in (*([] if sent is None else [sent.schema]), *(each.schema for each in operation.given)):
        yield from _structs(schema)


def _structs(schema: Any) -> Iterator[type[msgspec.Struct]]:
    if isinstance(schema, type):
        yield cast("type[msgspec.Struct]", schema)
    elif isinstance(schema, Mapping):
        for part in cast("Mapping[str, Any]", schema).values():
            yield from _structs(part)
    elif isinstance(schema, list | tuple):
        for part in cast("Iterable[Any]", schema):
            yield from _structs(part)


class _Writer:
    """Writes operations, by the names and the schemas of the structs in them."""

    def __init__(
        self,
        operations: Sequence[Operation],
        names: Mapping[type[msgspec.Struct], str],
        components: Mapping[str, Any],
    ) -> None:
        self._all = operations
        self._names = names
        self._components = components

    def operation(self, each: Operation) -> dict[str, Any]:
        """Return an operation."""
        said: dict[str, Any] = {
            "operationId": each.name,
            "tags": [each.tag],
            "summary": each.summary,
            "parameters": [self._parameter(parameter) for parameter in each.parameters],
        }
        if each.name in OPEN:
            said["security"] = []
        else:
            said["security"] = [{"bearer": []}]
            said["x-roles"] = {
                role.value: reach.value for role in ROLES if (reach := line_of(each.name).reach(role))
            }
        if each.command is not None:
            said["x-person"] = each.command.approval.by_person
        if each.sent is not None:
            said["requestBody"] = self._sent(each.sent, each)
        answers = {str(given.status): self._given(given) for given in each.given}
        links = self._links(each)
        if links:
            answers[str(each.given[0].status)]["links"] = links
        refused = each.problems if each.name in OPEN else {*each.problems, *OF_CALLERS}
        return {**said, "responses": {**answers, **_problems(sorted(refused))}}

    def _links(self, each: Operation) -> dict[str, Any]:
        """Return where one may go on with what a command made: by its id, which the body says."""
        if each.command is None or "{" in each.path:
            return {}
        made = each.command.__struct_fields__[0]
        below = {f"{each.path}/{{id}}": "id", f"{each.path}/{{{made}}}": made}
        return {
            other.name: {"operationId": other.name, "parameters": {name: f"$request.body#/{made}"}}
            for other in self._all
            for place, name in below.items()
            if made.endswith("_id") and (other.path == place or other.path.startswith(f"{place}/"))
        }

    def _parameter(self, each: Parameter) -> dict[str, Any]:
        found: dict[str, Any] = {"name": each.name, "in": each.place, "schema": self._schema(each.schema)}
        found["required"] = each.place == "path"
        if each.description:
            found["description"] = each.description
        if each.example is not None:
            found["example"] = each.example
        return found

    def _sent(self, sent: Sent, each: Operation) -> dict[str, Any]:
        if isinstance(sent.schema, type) and issubclass(sent.schema, Command):
            by_path = [parameter.name for parameter in each.parameters if parameter.place == "path"]
            schema = schemas.body(self._components[self._names[sent.schema]], sent.schema, by_path)
        else:
            schema = self._schema(sent.schema)
        required = sent.required and bool(schema.get("required", True))
        content = {sent.media_type: {"schema": schema, "example": sent.example}}
        return {"required": required, "content": content}

    def _given(self, given: Given) -> dict[str, Any]:
        found: dict[str, Any] = {"description": given.description}
        if given.headers:
            found["headers"] = {
                name: {"description": text, "schema": {"type": "string"}}
                for name, text in given.headers.items()
            }
        if given.schema is not None:
            content: dict[str, Any] = {"schema": self._schema(given.schema)}
            if given.example is not None:
                content["example"] = given.example
            found["content"] = {given.media_type.partition(";")[0]: content}
        return found

    def _schema(self, schema: Any) -> Any:
        """Return a schema with a reference for each struct in it."""
        if isinstance(schema, type):
            name = self._names[cast("type[msgspec.Struct]", schema)]
            return {"$ref": f"#/components/schemas/{name}"}
        if isinstance(schema, Mapping):
            return {name: self._schema(part) for name, part in cast("Mapping[str, Any]", schema).items()}
        if isinstance(schema, list | tuple):
            return [self._schema(part) for part in cast("Iterable[Any]", schema)]
        return schema


def _problems(statuses: Iterable[int]) -> dict[str, Any]:
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        str(status): {"description": "A problem 问题，见其 code", "content": content} for status in statuses
    }
