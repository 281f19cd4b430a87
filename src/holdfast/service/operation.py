"""An operation of the service: where it is sent to, what answers it, and what its documentation says.

Each is declared once. The application routes it, the OpenAPI document and the page of operations describe it.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Literal, NamedTuple

import msgspec

from holdfast.kernel.rows import Command
from holdfast.service.answers import JSON, Answering, Asking
from holdfast.service.service import Service

Handle = Callable[[Service, Asking], Awaitable[Answering]]
"""What answers a request; a refusal that it raises is answered as a problem."""

OF_COMMANDS = (400, 403, 404, 408, 409, 413, 415, 422, 429, 500, 503)
"""Statuses of the problems that a command may be answered with."""

OF_READS = (400, 404, 429, 500, 503)
"""Statuses of the problems that a read may be answered with."""

Schema = Mapping[str, Any] | type[msgspec.Struct]
"""A JSON Schema; a struct's type stands for the schema of that struct, within one, too."""

TEXT: Schema = {"type": "string", "minLength": 1}


class Parameter(NamedTuple):
    """A parameter. One of a path is always needed."""

    name: str
    place: Literal["path", "query", "header"]
    schema: Schema = TEXT
    description: str = ""
    example: Any = None


class Sent(NamedTuple):
    """What a request's body has. Of a command's type it is the fields that the path does not say."""

    schema: Schema
    example: Any
    required: bool = True
    media_type: str = JSON


class Given(NamedTuple):
    """What is answered where nothing is wrong. Without a schema there is no body."""

    status: int
    description: str
    schema: Schema | None = None
    example: Any = None
    media_type: str = JSON
    headers: Mapping[str, str] = {}


class Operation(NamedTuple):
    """An operation. `name` is its id in the document, and in the log.

    In `path` stand parameters in braces, each for one segment: `/v1/orders/{id}`. `command` is what it
    submits, where it submits one of the rooms' commands. One that `rehearses` answers `Prefer: dry-run`; any
    other that changes something refuses it, as it would be done else.
    """

    name: str
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"]
    path: str
    tag: str
    summary: str
    handle: Handle
    given: tuple[Given, ...]
    parameters: tuple[Parameter, ...] = ()
    sent: Sent | None = None
    problems: tuple[int, ...] = OF_READS
    command: type[Command] | None = None
    rehearses: bool = False


def in_path(name: str, example: Any = None) -> Parameter:
    """Return a segment of the path."""
    return Parameter(name, "path", example=example)


def in_query(names: Iterable[str], schemas: Mapping[str, Schema]) -> tuple[Parameter, ...]:
    """Return parameters of a query: texts, but where a schema says otherwise."""
    return tuple(Parameter(str(name), "query", schemas.get(name, TEXT)) for name in names)


def ok(schema: Schema, example: Any, description: str = "OK") -> tuple[Given, ...]:
    """Return the one answer of most reads: 200, with a document."""
    return (Given(200, description, schema, example),)
