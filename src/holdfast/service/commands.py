"""Commands over HTTP: one operation for each route."""

import inspect
from collections.abc import Iterator
from functools import partial

from holdfast.engine.execution import Outcome, Submission
from holdfast.kernel.rows import Command
from holdfast.service import asking, bodies, examples, outcomes, schemas
from holdfast.service.admission import Admitted, admitted
from holdfast.service.answers import Answering, Asking, answer, headers_of, refused
from holdfast.service.operation import OF_COMMANDS, TEXT, Given, Operation, Parameter, Schema, Sent, in_path
from holdfast.service.outcomes import REHEARSED, REPLAYED
from holdfast.service.owning import check_own
from holdfast.service.permissions import UNSAID
from holdfast.service.receiving import received
from holdfast.service.refusals import NotPermitted
from holdfast.service.routes import Route, routes
from holdfast.service.service import Service

APPLIED = "Preference-Applied"
DRY_RUN = "dry-run"

_ANYTHING: Schema = {"type": "string"}

HEADERS = tuple(
    Parameter(name, "header", schema, text)
    for name, schema, text in (
        (
            "Idempotency-Key",
            TEXT,
            "1 to 255 visible characters: the same key with the same body, the same answer",
        ),
        ("Accept-Language", _ANYTHING, "zh (the default) or en: the language of problems"),
        ("Prefer", _ANYTHING, "dry-run: what would happen is said, and nothing of it is done (RFC 7240)"),
    )
)

_REPLAYED = {REPLAYED: "true: the stored answer"}
_APPLIED = {APPLIED: "dry-run: nothing was done"}
_NO_MONEY = {"facts": [examples.HAPPENED], "transfers": [], "holds": []}


def operations() -> Iterator[Operation]:
    """Give the operations of all routes."""
    for route in routes():
        yield Operation(
            route.command.__name__,
            "POST",
            route.path,
            route.room,
            (inspect.getdoc(route.command) or "").partition("\n")[0],
            partial(_submit, route),
            _given(route),
            (*(in_path(name, examples.value_of(name, str)) for name in route.fields), *HEADERS),
            Sent(route.command, examples.body(route.command, route.fields)),
            OF_COMMANDS,
            route.command,
            rehearses=True,
        )


def _given(route: Route) -> tuple[Given, ...]:
    happened = "It happened: its facts 已发生：所记事实"
    example = {"facts": [examples.HAPPENED]}
    if route.makes:
        return (
            Given(
                201, happened, schemas.FACTS, example, headers=_REPLAYED | {"Location": "Where it is read"}
            ),
            Given(200, "Dry run: what would happen 试算", REHEARSED, _NO_MONEY, headers=_REPLAYED | _APPLIED),
        )
    either: Schema = {"anyOf": [schemas.FACTS, REHEARSED]}
    return (Given(200, happened, either, example, headers=_REPLAYED | _APPLIED),)


async def _submit(route: Route, service: Service, request: Asking) -> Answering:
    headers = headers_of(request)
    by_path = {name: asking.of_path(request.path_params[name]) for name in route.fields}
    key, who, rehearsal = (
        asking.key(request.scope["headers"]),
        admitted(request),
        asking.is_rehearsal(headers),
    )
    raw = await received(request, headers, service.limits.body_bytes, service.limits.body_seconds)
    command = bodies.command(route.command, bodies.read_object(raw), by_path)
    check_said(who, command)
    owner = who.owner
    if owner is not None:
        await service.readers.read(lambda home: check_own(home, command, owner))
    if rehearsal:
        submission = Submission(command, service.clock.now(), key, who.caller.actor)
        return await _rehearse(route, service, request, submission)
    outcome = await service.front.submit(command, key, who.caller.actor)
    if outcome.refusal is not None:
        return _refused(request, route, outcome)
    if outcome.replayed_ids is not None:
        [outcome] = await service.readers.read(lambda home: outcomes.recalled(home, [outcome]))
    status = 201 if route.makes else 200
    return answer(outcomes.facts_of(who, outcome), status, outcomes.headers_of(route, command, outcome))


def check_said(who: Admitted, command: Command) -> None:
    """Require that a command says nothing that is not for its caller to say.

    Raises:
        NotPermitted: it says a field that is for others.
    """
    for name in UNSAID.get(type(command), {}).get(who.caller.role, ()):
        if getattr(command, name):
            said = f"{type(command).__name__}.{name}"
            raise NotPermitted(name, role=who.caller.role.called, operation=said)


async def _rehearse(route: Route, service: Service, request: Asking, submission: Submission) -> Answering:
    [found] = await service.readers.read(lambda home: outcomes.rehearsed(home, [submission]))
    if found.outcome.refusal is not None:
        answering = _refused(request, route, found.outcome)
    else:
        answering = answer(
            outcomes.would_be(admitted(request), found), headers=outcomes.replayed(found.outcome)
        )
    answering.headers[APPLIED] = DRY_RUN
    return answering


def _refused(request: Asking, route: Route, outcome: Outcome) -> Answering:
    assert outcome.refusal is not None, "it was refused"
    problem = refused(request, outcome.refusal, route.command)
    problem.headers.update(outcomes.replayed(outcome))
    return problem
