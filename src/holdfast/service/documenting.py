"""The operations that describe all others: the OpenAPI document, and the page of operations."""

from collections.abc import Iterable

from litestar import Response

from holdfast.service import openapi, page
from holdfast.service.answers import Answering, Asking
from holdfast.service.documents import encoded
from holdfast.service.operation import Given, Operation, ok
from holdfast.service.routes import PREFIX
from holdfast.service.service import Service

_PAGE = "text/html; charset=utf-8"
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def operations(others: Iterable[Operation]) -> tuple[Operation, ...]:
    """Return what describes these operations, and itself."""

    async def described(_service: Service, _request: Asking) -> Answering:
        return Response(document, media_type="application/json")

    async def shown(_service: Service, _request: Asking) -> Answering:
        return Response(shown_page, media_type=_PAGE, headers={"Content-Security-Policy": _POLICY})

    own = (
        Operation(
            "openapi",
            "GET",
            f"{PREFIX}/openapi.json",
            "explaining",
            "全部操作，OpenAPI 3.1 All operations for programs",
            described,
            ok({"type": "object"}, {"openapi": "3.1.0"}),
        ),
        Operation(
            "docs",
            "GET",
            f"{PREFIX}/docs",
            "explaining",
            "全部操作，一页 All operations for people",
            shown,
            (Given(200, "OK", {"type": "string"}, media_type=_PAGE),),
        ),
    )
    found = openapi.document((*others, *own))
    document, shown_page = encoded(found), page.page(found).encode()
    return own
