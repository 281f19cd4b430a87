"""Receiving a request's body, which has bounds: of its length, and of the time until it is there."""

import asyncio

from holdfast.kernel.text import Text
from holdfast.service.answers import Asking
from holdfast.service.asking import Headers
from holdfast.service.refusals import BadRequest, BodyTooLarge, BodyTooSlow, NotJson

_GONE = Text("正文未发完，连接已断", "its body was not sent to its end")


async def received(request: Asking, headers: Headers, most: int, seconds: float) -> bytes:
    """Return the body of a request, of which no more than `most` bytes are read.

    Raises:
        NotJson: it says that it is something else.
        BodyTooLarge: it is longer.
        BodyTooSlow: it is not there in time.
    """
    said = headers.get(b"content-type")
    if said is not None and said.partition(b";")[0].strip().lower() != b"application/json":
        raise NotJson("Content-Type", said=said[:100].decode("latin-1"))
    length = headers.get(b"content-length", b"0")
    if length.isdigit() and int(length[:20]) > most:
        raise BodyTooLarge("body", most=f"{most:,}")
    parts = bytearray()
    try:
        async with asyncio.timeout(seconds):
            more = True
            while more:
                part = await request.receive()
                if part["type"] != "http.request":
                    raise BadRequest("body", reason=_GONE)
                parts += part["body"]
                more = part["more_body"]
                if len(parts) > most:
                    raise BodyTooLarge("body", most=f"{most:,}")
    except TimeoutError as error:
        raise BodyTooSlow("body", seconds=seconds) from error
    return bytes(parts)
