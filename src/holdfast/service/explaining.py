"""What explains the service: its health, what a code means, the OpenAPI document, the page of operations."""

import asyncio

import psycopg
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from holdfast.kernel.refusal import NotFound, Refusal
from holdfast.kernel.text import Text
from holdfast.policy.model import IN_FORCE, InForce
from holdfast.postgres.home import Postgres
from holdfast.service import openapi, page
from holdfast.service.answers import Answering, Asking, answer, tagged
from holdfast.service.documents import encoded
from holdfast.service.problems import explanation
from holdfast.service.routes import PREFIX
from holdfast.service.service import Service

LIVE = "/health/live"
READY = "/health/ready"

_PAGE = "text/html; charset=utf-8"
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_CODE = Text("代码", "code")


def operations(service: Service) -> list[HTTPRouteHandler]:
    """Return the operations that explain."""
    return [_live(), _ready(service), _problem(), _openapi(), _docs()]


def _live() -> HTTPRouteHandler:
    async def handle() -> Answering:
        return answer({"live": True})

    return get(LIVE, name="live")(handle)


def _ready(service: Service) -> HTTPRouteHandler:
    async def handle() -> Answering:
        try:
            async with asyncio.timeout(service.limits.ready_seconds):
                in_force = await service.readers.read(_in_force)
        except (TimeoutError, psycopg.Error, Refusal):
            return answer({"ready": False, "why": "database"}, 503)
        return answer({"ready": True, "policy": in_force})

    return get(READY, name="ready")(handle)


def _in_force(home: Postgres) -> str | None:
    row = home.row(InForce, IN_FORCE)
    return None if row is None else row.version


def _problem() -> HTTPRouteHandler:
    async def handle(request: Asking) -> Answering:
        code = request.path_params["id"]
        kind = Refusal.registry.get(code)
        if kind is None:
            raise NotFound(f"problem:{code}", kind=_CODE)
        return tagged(request, explanation(kind))

    return get(f"{PREFIX}/problems/{{id:str}}", name="problem")(handle)


def _openapi() -> HTTPRouteHandler:
    content = encoded(openapi.document())

    async def handle() -> Answering:
        return Response(content, media_type="application/json")

    return get(f"{PREFIX}/openapi.json", name="openapi")(handle)


def _docs() -> HTTPRouteHandler:
    content = page.page(openapi.document()).encode()

    async def handle() -> Answering:
        return Response(content, media_type=_PAGE, headers={"Content-Security-Policy": _POLICY})

    return get(f"{PREFIX}/docs", name="docs")(handle)
