"""Asking an authority for a timestamp (RFC 3161) by HTTP, and believing nothing of its answer unseen."""

import threading
import urllib.request
from collections.abc import Callable
from http.client import HTTPException
from queue import Empty, Queue
from typing import Any, TypeVar
from urllib.error import HTTPError

from holdfast.packing.refusals import TsaUnreachable
from holdfast.trail import timestamp
from holdfast.trail.timestamp import MAX_STAMP, BadTimestamp

Ask = Callable[[bytes], bytes]
"""Sends a request to an authority, and returns its answer."""

T = TypeVar("T")

TIMEOUT_SECONDS = 20.0

_REQUEST = "application/timestamp-query"
_ANSWER = "application/timestamp-reply"


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """An authority answers where it is asked."""

    def redirect_request(self, *_asked: Any, **_named: Any) -> None:
        """Follow no redirection."""


def by_http(url: str, *, timeout: float = TIMEOUT_SECONDS) -> Ask:
    """Return what asks the authority at a URL.

    Raises:
        TsaUnreachable: the URL is none.
    """
    if not url.lower().startswith(("http://", "https://")):
        raise TsaUnreachable(repr(url), reason="its address does not begin with http:// or https://")
    opener = urllib.request.build_opener(_NoRedirect)

    def ask(request: bytes) -> bytes:
        asked = urllib.request.Request(  # noqa: S310 - the scheme was checked
            url, data=request, headers={"Content-Type": _REQUEST, "Accept": _ANSWER}
        )
        try:
            data, kind = _within(timeout, lambda: _exchanged(opener, asked, timeout))
        except HTTPError as error:
            error.close()
            raise TsaUnreachable(url, reason=f"it answered with status {error.code}") from error
        except (OSError, HTTPException, ValueError) as error:
            slow = isinstance(error, TimeoutError) or isinstance(getattr(error, "reason", None), TimeoutError)
            said = f"it took longer than {timeout:g} seconds" if slow else str(error)[:200]
            raise TsaUnreachable(url, reason=said or type(error).__name__) from error
        if kind != _ANSWER:
            raise TsaUnreachable(url, reason=f"it answered with {kind[:80]}")
        return data

    return ask


def _exchanged(
    opener: urllib.request.OpenerDirector, asked: urllib.request.Request, timeout: float
) -> tuple[bytes, str]:
    with opener.open(asked, timeout=timeout) as answer:
        return answer.read(MAX_STAMP + 1), answer.headers.get_content_type()


def _within(seconds: float, job: Callable[[], T]) -> T:
    """Return what a job returns, or raises, within a time for all of it: an answer may come byte by byte.

    Raises:
        TimeoutError: it is not done by then; it is left to itself.
    """
    done: Queue[T | Exception] = Queue(1)

    def work() -> None:
        try:
            done.put(job())
        except Exception as error:  # noqa: BLE001 - it is raised where it is waited for
            done.put(error)

    threading.Thread(target=work, daemon=True).start()
    try:
        found = done.get(timeout=seconds)
    except Empty as error:
        raise TimeoutError from error
    if isinstance(found, Exception):
        raise found
    return found


def stamp(message: bytes, ask: Ask) -> bytes:
    """Return an authority's answer over a message; it is of these bytes and of this request.

    Raises:
        TsaUnreachable: no answer came.
        BadTimestamp, TimestampOfOther: the answer is none, was not granted, or is of something else.
    """
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder, decode_timestamp_response  # noqa: PLC0415

    request = TimestampRequestBuilder().data(message).hash_algorithm(HashAlgorithm.SHA256).build()
    answer = ask(request.as_bytes())
    timestamp.check(answer, message, None)
    if decode_timestamp_response(answer).tst_info.nonce != request.nonce:
        raise BadTimestamp("it answers another request")
    return answer
