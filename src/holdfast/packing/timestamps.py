"""Asking an authority for a timestamp (RFC 3161) by HTTP, and believing nothing of its answer unseen."""

from collections.abc import Callable
from contextlib import closing

from holdfast.kernel.text import Text, same
from holdfast.outbound import address
from holdfast.outbound.address import BadUrl
from holdfast.outbound.limits import NoAnswer, Within, printable
from holdfast.packing.refusals import TsaUnreachable
from holdfast.trail import timestamp
from holdfast.trail.timestamp import MAX_STAMP, BadTimestamp

Ask = Callable[[bytes], bytes]
"""Sends a request to an authority, and returns its answer."""

TIMEOUT_SECONDS = 20.0

_REQUEST = "application/timestamp-query"
_ANSWER = "application/timestamp-reply"
_HEADERS = {
    "Content-Type": _REQUEST,
    "Accept": _ANSWER,
    "Accept-Encoding": "identity",
    "Connection": "close",
}
_OK = range(200, 300)


def by_http(url: str, *, timeout: float = TIMEOUT_SECONDS) -> Ask:
    """Return what asks the authority at a URL.

    Raises:
        TsaUnreachable: the URL is none.
    """
    try:
        address.split(url)
    except BadUrl as error:
        raise TsaUnreachable(repr(url), reason=error.told) from error

    def ask(request: bytes) -> bytes:
        from holdfast.outbound.client import Client, Request  # noqa: PLC0415 - it brings httpx

        asked = Request("POST", url, _HEADERS, request)
        try:
            with closing(Client()) as client, client.asking(asked, Within(timeout)) as answer:
                status, said = answer.status, answer.header("Content-Type")
                data = answer.read(MAX_STAMP) if status in _OK else b""
        except NoAnswer as error:
            raise TsaUnreachable(url, reason=error.told) from error
        if status not in _OK:
            raise TsaUnreachable(url, reason=Text(f"答复状态 {status}", f"it answered with status {status}"))
        kind = (said or "").partition(";")[0].strip().lower()
        if kind != _ANSWER:
            shown = same(printable(kind)) if said else Text("（无）", "no type")
            raise TsaUnreachable(
                url, reason=Text("答复类型为 {kind}", "it answered with {kind}").fill(kind=shown)
            )
        return data

    return ask


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
        raise BadTimestamp(Text("答复的是另一个请求", "it answers another request"))
    return answer
