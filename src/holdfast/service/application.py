"""All operations as one ASGI application."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any, cast

from litestar import Litestar, Response
from litestar.exceptions import HTTPException, MethodNotAllowedException, NotFoundException
from litestar.handlers import HTTPRouteHandler

from holdfast.kernel.refusal import RefusalRecord
from holdfast.markets.refusals import NoSuchMarket
from holdfast.service import watching
from holdfast.service.answers import Answering, Asking, headers_of, refused
from holdfast.service.asking import is_rehearsal
from holdfast.service.catalogue import catalogue
from holdfast.service.entrance import Entrance
from holdfast.service.failing import recorded
from holdfast.service.markets import Markets, led_by
from holdfast.service.operation import Operation
from holdfast.service.permissions import OPEN
from holdfast.service.refusals import BadMethod, BadRequest, NoSuchPath, NotRehearsed
from holdfast.service.service import Service
from holdfast.service.staying import stay

_SAFE = frozenset({"GET", "HEAD"})

OPERATION = "operation"
"""The option of a route under which its operation is found."""


def application(service: Service, markets: Markets | None = None) -> Entrance:
    """Return the application of a live market, and of the sandboxes among `markets`, behind its entrance."""
    those = Markets(service) if markets is None else markets
    litestar = Litestar(
        [_routed(those, each) for each in catalogue()],
        exception_handlers={Exception: _failed},
        openapi_config=None,
        request_max_body_size=None,
        logging_config=None,
    )
    return Entrance(litestar, service.clock, service.limits.hosts)


def _routed(markets: Markets, operation: Operation) -> HTTPRouteHandler:
    """Return the route of an operation; the first of a path answers its OPTIONS, too.

    Litestar's own answer names the methods of one handler, and a path may have several.
    """

    async def handle(request: Asking) -> Answering:
        if request.method == "OPTIONS":
            return Response(b"", status_code=204, headers={"Allow": _allowed(request)})
        if operation.method not in _SAFE and not operation.rehearses and is_rehearsal(headers_of(request)):
            raise NotRehearsed("Prefer")
        async with (
            _market(markets, operation, request) as service,
            service.admission.admitting(operation.name, request),
        ):
            await stay(service, request)
            answer = await operation.handle(service, request)
            await watching.record(service, operation.name, request, answer)
            return answer

    first = next(each for each in catalogue() if each.path == operation.path)
    methods: list[Any] = [operation.method, *(["OPTIONS"] if first is operation else [])]
    path = operation.path.replace("}", ":str}")  # with the types of its parameters
    return HTTPRouteHandler(path, http_method=methods, name=operation.name, opt={OPERATION: operation})(
        handle
    )


@asynccontextmanager
async def _market(markets: Markets, operation: Operation, request: Asking) -> AsyncGenerator[Service]:
    """Give the market's service that a request is led to by its credential, where one is asked for.

    Raises:
        NoSuchMarket: it leads nowhere: that is a guess like any other, and counted as one.
        TooMany: there were too many from there.
    """
    if operation.name in OPEN:
        yield markets.own
        return
    led = led_by(headers_of(request))
    if not markets.is_open(led):  # looking one up, and opening it, is work
        markets.own.admission.check_guesses(request)
    try:
        async with markets.using(led) as service:
            yield service
    except NoSuchMarket:
        markets.own.admission.count_guess(request)
        raise


def _failed(request: Asking, error: Exception) -> Answering:
    """Answer what an operation raised: a refusal as it is, anything else as an error of ours."""
    scope = cast("Mapping[str, Any]", request.scope)
    handler: HTTPRouteHandler | None = scope.get("route_handler")
    operation: Operation | None = None if handler is None else handler.opt.get(OPERATION)
    command = None if operation is None else operation.command
    answer = refused(request, _record(request, error), command)
    if isinstance(error, MethodNotAllowedException):
        answer.headers["Allow"] = _allowed(request)
    return answer


def _record(request: Asking, error: Exception) -> RefusalRecord:
    match error:
        case NotFoundException():
            refusal = NoSuchPath("path")
        case MethodNotAllowedException():
            refusal = BadMethod("method", method=request.method)
        case HTTPException() if error.status_code < 500:  # noqa: PLR2004 - what Litestar could not read
            refusal = BadRequest("request", reason=error.detail)
        case _:
            return recorded(error)
    return refusal.record()


def _allowed(request: Asking) -> str:
    """Return the methods that the path of a request has."""
    router: Any = request.app.asgi_router
    path: str = request.scope["path"]
    found = ["OPTIONS"]
    for method in sorted({each.method for each in catalogue()}):
        try:
            router.handle_routing(path=path.rstrip("/") or "/", method=method)
        except HTTPException:
            continue
        found += ["GET", "HEAD"] if method == "GET" else [method]
    return ", ".join(sorted(found))
