"""Answers: documents with what belongs to them in headers, and refusals as problems."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any, Self

from litestar import Request, Response
from litestar.types import HTTPResponseBodyEvent, HTTPResponseStartEvent, Send

from holdfast.kernel.refusal import RefusalRecord
from holdfast.kernel.rows import Command
from holdfast.kernel.text import Language
from holdfast.service.asking import Headers
from holdfast.service.documents import encoded
from holdfast.service.languages import preferred
from holdfast.service.problems import MEDIA_TYPE, challenged, problem, retry_after, status_of

JSON = "application/json"

Asking = Request[Any, Any, Any]
Answering = Response[bytes]


class Ready(Response[bytes]):
    """An answer whose bytes are ready: it is sent as it is, without what Litestar does to other answers."""

    def to_asgi_response(self, *_: Any, **_more: Any) -> Self:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return what sends it: itself."""
        return self

    async def __call__(self, scope: object, receive: object, send: Send) -> None:  # noqa: ARG002 - of ASGI
        """Send it. RFC 9110 has neither length nor type where there is no content."""
        headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in self.headers.items()]
        if self.status_code not in _EMPTY:
            headers += [
                (b"content-type", str(self.media_type).encode()),
                (b"content-length", str(len(self.content)).encode()),
            ]
        status = self.status_code or 200
        await send(HTTPResponseStartEvent(type="http.response.start", status=status, headers=headers))
        await send(HTTPResponseBodyEvent(type="http.response.body", body=self.content, more_body=False))


_EMPTY = frozenset({204, 304})

_TAG = re.compile(rb'(?:W/)?("[^"]*")')


def headers_of(request: Asking) -> Headers:
    """Return the headers of a request by their names in small letters; one that came twice is a list."""
    found: Headers = {}
    for name, value in request.scope["headers"]:
        found[name] = found[name] + b", " + value if name in found else value
    return found


def language_of(headers: Headers) -> Language:
    """Return the language that a reader prefers."""
    said = headers.get(b"accept-language")
    return preferred(None if said is None else said.decode("latin-1"))


def answer(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Answering:
    """Return a document."""
    return Ready(encoded(value), status_code=status, media_type=JSON, headers=dict(headers or {}))


def tagged(request: Asking, value: Any) -> Answering:
    """Return a document with its entity tag; nothing of it where the asker has it already (RFC 9110 §13)."""
    content = encoded(value)
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    known = headers_of(request).get(b"if-none-match", b"")
    if known.strip() == b"*" or tag.encode() in _TAG.findall(known):
        return Ready(b"", status_code=304, headers=headers)
    return Ready(content, media_type=JSON, headers=headers)


def refused(request: Asking, record: RefusalRecord, command: type[Command] | None = None) -> Answering:
    """Return a refusal as a problem, in the language that is preferred."""
    language = language_of(headers_of(request))
    headers = {"Content-Language": language, "Vary": "Accept-Language", "Cache-Control": "no-store"}
    after = retry_after(record)
    if after is not None:
        headers["Retry-After"] = str(after)
    challenge = challenged(record)
    if challenge is not None:
        headers["WWW-Authenticate"] = challenge
    request.scope["state"]["refusal"] = record.code
    return Ready(
        encoded(problem(record, language, command)),
        status_code=status_of(record),
        media_type=MEDIA_TYPE,
        headers=headers,
    )
