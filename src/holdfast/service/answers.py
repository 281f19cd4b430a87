"""Answers: documents with what belongs to them in headers, and refusals as problems."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from litestar import Request, Response

from holdfast.kernel.refusal import RefusalRecord
from holdfast.kernel.rows import Command
from holdfast.service.asking import Headers
from holdfast.service.documents import encoded
from holdfast.service.languages import preferred
from holdfast.service.problems import MEDIA_TYPE, problem, retry_after, status_of

JSON = "application/json"

Asking = Request[Any, Any, Any]
Answering = Response[bytes]

_TAG = re.compile(rb'(?:W/)?("[^"]*")')


def headers_of(request: Asking) -> Headers:
    """Return the headers of a request by their names in small letters; of one that came twice, the last."""
    return dict(request.scope["headers"])


def answer(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Answering:
    """Return a document."""
    return Response(encoded(value), status_code=status, media_type=JSON, headers=dict(headers or {}))


def tagged(request: Asking, value: Any) -> Answering:
    """Return a document with its entity tag; nothing of it where the asker has it already (RFC 9110 §13)."""
    content = encoded(value)
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    known = headers_of(request).get(b"if-none-match", b"")
    if known.strip() == b"*" or tag.encode() in _TAG.findall(known):
        return Response(b"", status_code=304, headers=headers)
    return Response(content, media_type=JSON, headers=headers)


def refused(request: Asking, record: RefusalRecord, command: type[Command] | None = None) -> Answering:
    """Return a refusal as a problem, in the language that is preferred."""
    said = headers_of(request).get(b"accept-language")
    language = preferred(None if said is None else said.decode("latin-1"))
    headers = {"Content-Language": language, "Vary": "Accept-Language", "Cache-Control": "no-store"}
    after = retry_after(record)
    if after is not None:
        headers["Retry-After"] = str(after)
    request.scope["state"]["refusal"] = record.code
    return Response(
        encoded(problem(record, language, command)),
        status_code=status_of(record),
        media_type=MEDIA_TYPE,
        headers=headers,
    )
