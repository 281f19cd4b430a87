"""Commands over HTTP: one operation for each route."""

import asyncio
import inspect
from collections.abc import Iterator, Sequence
from functools import partial
from urllib.parse import quote

from holdfast.engine.execution import Outcome
from holdfast.kernel.rows import Command, Fact
from holdfast.kernel.text import Text
from holdfast.service import asking, bodies, examples, schemas
from holdfast.service.answers import Answering, Asking, answer, headers_of, refused
from holdfast.service.documents import fact
from holdfast.service.operation import OF_COMMANDS, Given, Operation, Parameter, Sent, in_path
from holdfast.service.refusals import BadRequest, BodyTooLarge, BodyTooSlow, NotJson
from holdfast.service.resources import resources
from holdfast.service.routes import Route, routes
from holdfast.service.service import Limits, Service

_GONE = Text("正文未发完，连接已断", "its body was not sent to its end")

REPLAYED = "Idempotency-Replayed"

_HEADERS = tuple(
    Parameter(name, "header", description=text)
    for name, text in (
        ("Idempotency-Key", "1 to 255 visible characters: the same key with the same body: the same answer"),
        ("Holdfast-Person", "The person who decides, percent-encoded UTF-8; else the marketplace's machine"),
        ("Accept-Language", "zh (the default) or en: the language of problems"),
    )
)


def operations() -> Iterator[Operation]:
    """Give the operations of all routes."""
    for route in routes():
        given = Given(
            201 if route.makes else 200,
            "It happened: its facts 已发生：所记事实",
            schemas.FACTS,
            {"facts": [examples.HAPPENED]},
            headers={REPLAYED: "true: the stored answer"},
        )
        yield Operation(
            route.command.__name__,
            "POST",
            route.path,
            route.room,
            (inspect.getdoc(route.command) or "").partition("\n")[0],
            partial(_submit, route),
            (given,),
            (*(in_path(name, examples.value_of(name, str)) for name in route.fields), *_HEADERS),
            Sent(route.command, examples.body(route.command, route.fields)),
            OF_COMMANDS,
            route.command,
        )


async def _submit(route: Route, service: Service, request: Asking) -> Answering:
    headers = headers_of(request)
    by_path = {name: asking.of_path(request.path_params[name]) for name in route.fields}
    key, actor = asking.key(headers), asking.actor(headers)
    raw = await _body(request, headers, service.limits)
    command = bodies.command(route.command, bodies.read_object(raw), by_path)
    outcome = await service.front.submit(command, key, actor)
    if outcome.refusal is not None:
        problem = refused(request, outcome.refusal, route.command)
        if outcome.replayed_ids is not None:
            problem.headers[REPLAYED] = "true"
        return problem
    return await _accepted(service, route, command, outcome)


async def _body(request: Asking, headers: asking.Headers, limits: Limits) -> bytes:
    """Return the body, read no further than one may be long.

    Raises:
        NotJson: it says that it is something else.
        BodyTooLarge: it is longer.
        BodyTooSlow: it is not there in time.
    """
    said = headers.get(b"content-type")
    if said is not None and said.partition(b";")[0].strip().lower() != b"application/json":
        raise NotJson("Content-Type", said=said[:100].decode("latin-1"))
    length = headers.get(b"content-length", b"0")
    if length.isdigit() and int(length[:20]) > limits.body_bytes:
        raise BodyTooLarge("body", most=f"{limits.body_bytes:,}")
    parts = bytearray()
    try:
        async with asyncio.timeout(limits.body_seconds):
            more = True
            while more:
                part = await request.receive()
                if part["type"] != "http.request":
                    raise BadRequest("body", reason=_GONE)
                parts += part["body"]
                more = part["more_body"]
                if len(parts) > limits.body_bytes:
                    raise BodyTooLarge("body", most=f"{limits.body_bytes:,}")
    except TimeoutError as error:
        raise BodyTooSlow("body", seconds=limits.body_seconds) from error
    return bytes(parts)


async def _accepted(service: Service, route: Route, command: Command, outcome: Outcome) -> Answering:
    facts: Sequence[Fact] = outcome.facts
    headers: dict[str, str] = {}
    ids = outcome.replayed_ids
    if ids is not None:
        facts = await service.readers.read(lambda home: home.facts_of_ids(ids))
        headers[REPLAYED] = "true"
    if route.makes:
        headers |= _location(route, command)
    status = 201 if route.makes else 200
    return answer({"facts": [fact(each) for each in facts]}, status, headers)


def _location(route: Route, command: Command) -> dict[str, str]:
    """Return where what was made is read, where its id is known from the command."""
    first = command.__struct_fields__[0]
    if first.endswith("_id") and any(each.path == route.path for each in resources()):
        made = getattr(command, first)
        return {} if made is None else {"Location": f"{route.path}/{quote(made, safe='~')}"}
    return {}
