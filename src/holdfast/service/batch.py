"""Batches: many commands in one request, each with an answer of its own.

They are run in the order in which they stand, as if they were sent one after the other. Each stands by
itself: one that is refused hinders none behind it, and there is no all-or-nothing. They share transactions,
which is what makes them cheap. Between slices of them the loop serves others.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from functools import cache, partial
from typing import Any, NamedTuple

from litestar import Response

from holdfast.engine.execution import Outcome, Submission
from holdfast.engine.front import Asked
from holdfast.engine.rehearsing import Rehearsal
from holdfast.kernel.actor import Actor
from holdfast.kernel.refusal import Refusal, RefusalRecord
from holdfast.kernel.text import Language
from holdfast.postgres.home import Postgres
from holdfast.service import asking, bodies, examples, outcomes, schemas
from holdfast.service.admission import Admitted, admitted, admitted_to
from holdfast.service.answers import JSON, Answering, Asking, headers_of, language_of
from holdfast.service.bodies import Said
from holdfast.service.commands import APPLIED, DRY_RUN, HEADERS, check_said
from holdfast.service.documents import encoded
from holdfast.service.failing import recorded
from holdfast.service.operation import OF_COMMANDS, Given, Operation, Schema, Sent
from holdfast.service.owning import check_own
from holdfast.service.problems import problem, retry_after, status_of
from holdfast.service.receiving import received
from holdfast.service.refusals import BatchTooLong, NoSuchOperation
from holdfast.service.routes import PREFIX, Route, routes
from holdfast.service.service import LIMITS, Service

PATH = f"{PREFIX}/batch"

_SLICE = 100
"""Commands that are read, or answers that are written, before others have their turn."""

_COMMANDS: Schema = {
    "type": "object",
    "properties": {
        "commands": {
            "type": "array",
            "maxItems": LIMITS.batch,
            "items": {
                "type": "object",
                "properties": {
                    "operation": {"type": "string", "description": "An operationId, as PlaceOrder"},
                    "idempotency_key": {"type": ["string", "null"]},
                    "body": {"type": "object", "description": "All fields of it, those of its path, too"},
                },
                "required": ["operation", "body"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["commands"],
    "additionalProperties": False,
}
"""What is sent. What is wrong within a command is told with its answer, so it is not said of the whole."""

_ANSWERS: Schema = {
    "type": "object",
    "properties": {
        "answers": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "status": {"type": "integer"},
                    "headers": {"type": "object", "additionalProperties": {"type": "string"}},
                    "body": {"anyOf": [schemas.FACTS, outcomes.REHEARSED]},
                    "problem": {"$ref": "#/components/schemas/Problem"},
                },
                "required": ["status"],
            },
        },
    },
    "required": ["answers"],
}


class _Read(NamedTuple):
    """A command of a batch as it was read, or why it could not be."""

    route: Route | None
    asked: Asked | None = None
    refusal: RefusalRecord | None = None
    who: Admitted | None = None


@cache
def _by_name() -> Mapping[str, Route]:
    return {route.command.__name__: route for route in routes()}


def operations() -> tuple[Operation, ...]:
    """Return the operation."""
    answered = {"status": 200, "headers": {}, "body": {"facts": [examples.HAPPENED]}}
    return (
        Operation(
            "batch",
            "POST",
            PATH,
            "batch",
            f"多条命令，依次执行，逐条答复 Up to {LIMITS.batch:,} commands, run in order, one answer each",
            _run,
            (
                Given(
                    200,
                    "The answers, in the order of the commands 逐条答复",
                    _ANSWERS,
                    {"answers": [answered]},
                    headers={APPLIED: "dry-run: nothing was done"},
                ),
            ),
            HEADERS,
            Sent(_COMMANDS, {"commands": [_example(route) for route in routes()[:1]]}),
            OF_COMMANDS,
            rehearses=True,
        ),
    )


def _example(route: Route) -> Mapping[str, Any]:
    body = examples.body(route.command, ())
    return {"operation": route.command.__name__, "idempotency_key": "k1", "body": body}


async def _run(service: Service, request: Asking) -> Answering:
    headers = headers_of(request)
    key, who, rehearsal = (
        asking.key(request.scope["headers"]),
        admitted(request),
        asking.is_rehearsal(headers),
    )
    raw = await received(request, headers, service.limits.batch_bytes, service.limits.body_seconds)
    said = bodies.read_many(raw)
    if len(said) > service.limits.batch:
        raise BatchTooLong("/commands", count=len(said), most=service.limits.batch)
    service.admission.admit_many(request, len(said))
    read = await service.readers.read(partial(_owned, [each async for each in _reading(said, key, who)]))
    asked = [each.asked for each in read if each.asked is not None]
    answered = await (_rehearsed if rehearsal else _submitted)(service, asked, who.caller.actor)
    parts = [each async for each in _writing(read, answered, language_of(headers), rehearsal=rehearsal)]
    applied = {APPLIED: DRY_RUN} if rehearsal else {}
    document = b'{"answers":[' + b",".join(parts) + b"]}"
    return Response(document, status_code=200, media_type=JSON, headers=applied)


async def _reading(said: Sequence[Said], key: str | None, who: Admitted) -> AsyncGenerator[_Read]:
    for number, each in enumerate(said):
        if number % _SLICE == 0:
            await asyncio.sleep(0)
        yield _read(each, None if key is None else f"{key}/{number}", who)


def _read(said: Said, derived_key: str | None, asker: Admitted) -> _Read:
    """Read a command. Where it has no key of its own it has one of the request's, with its number."""
    route = _by_name().get(said.operation)
    try:
        if route is None:
            raise NoSuchOperation("/operation", name=said.operation[:100])
        own = said.idempotency_key
        key = derived_key if own is None else asking.key_within(own)
        who = admitted_to(asker, said.operation)
        command = bodies.command(route.command, said.body, {})
        check_said(who, command)
        return _Read(route, Asked(command, key), who=who)
    except Refusal as refusal:
        return _Read(route, refusal=refusal.record())


def _owned(read: Sequence[_Read], home: Postgres) -> list[_Read]:
    """Refuse those that name what is not their caller's, as it stands before any of them is done."""
    return [_own(each, home) for each in read]


def _own(read: _Read, home: Postgres) -> _Read:
    owner = None if read.who is None else read.who.owner
    if read.asked is None or owner is None:
        return read
    try:
        check_own(home, read.asked.command, owner)
    except Refusal as refusal:
        return read._replace(asked=None, refusal=refusal.record())
    return read


async def _submitted(service: Service, asked: Sequence[Asked], actor: Actor) -> list[Rehearsal]:
    """Run them. One whose transaction was lost is answered so, and the others as they were."""
    found = await service.front.submit_all(asked, actor)
    lost = {id(each): recorded(each) for each in found if isinstance(each, BaseException)}
    outcomes_ = [
        Outcome(refusal=lost[id(each)]) if isinstance(each, BaseException) else each for each in found
    ]
    if any(each.replayed_ids for each in outcomes_):
        outcomes_ = await service.readers.read(lambda home: outcomes.recalled(home, outcomes_))
    return [Rehearsal(each) for each in outcomes_]


async def _rehearsed(service: Service, asked: Sequence[Asked], actor: Actor) -> list[Rehearsal]:
    now = service.clock.now()
    submissions = [Submission(command, now, key, actor) for command, key in asked]
    return await service.readers.read(lambda home: outcomes.rehearsed(home, submissions))


async def _writing(
    read: Sequence[_Read], answered: Sequence[Rehearsal], language: Language, *, rehearsal: bool
) -> AsyncGenerator[bytes]:
    coming = iter(answered)
    for number, each in enumerate(read):
        if number % _SLICE == 0:
            await asyncio.sleep(0)
        found = Rehearsal(Outcome(refusal=each.refusal)) if each.asked is None else next(coming)
        yield encoded(_answered(each, found, language, rehearsal=rehearsal))


def _answered(read: _Read, found: Rehearsal, language: Language, *, rehearsal: bool) -> dict[str, Any]:
    """Return an answer: the status and the headers that the command would have had by itself."""
    outcome, route = found.outcome, read.route
    if outcome.refusal is not None:
        after = retry_after(outcome.refusal)
        retry = {} if after is None else {"Retry-After": str(after)}
        return {
            "status": status_of(outcome.refusal),
            "headers": outcomes.replayed(outcome) | retry,
            "problem": problem(outcome.refusal, language, None if route is None else route.command),
        }
    assert route is not None, "what happened was read"
    assert read.asked is not None, "what happened was read"
    assert read.who is not None, "what happened was read"
    if rehearsal:
        return {
            "status": 200,
            "headers": outcomes.replayed(outcome),
            "body": outcomes.would_be(read.who, found),
        }
    return {
        "status": 201 if route.makes else 200,
        "headers": outcomes.headers_of(route, read.asked.command, outcome),
        "body": outcomes.facts_of(read.who, outcome),
    }
