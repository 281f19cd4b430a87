"""Files of a log over HTTP, with bounds on the size and the time of an answer.

A redirect is followed where it keeps the scheme; gzip is decompressed up to the bound.
"""

import zlib
from urllib.parse import urljoin

from holdfast.kernel.text import Text, same
from holdfast.monitor.refusals import BadLogPlace, LogFileWrong, LogUnreachable
from holdfast.outbound import address
from holdfast.outbound.address import BadUrl
from holdfast.outbound.client import Answer, Client, Request
from holdfast.outbound.limits import NoAnswer, Within

TIMEOUT = 30.0
"""Seconds for a whole answer, from where it has moved to, too."""

_OK = 200
_MISSING = frozenset({403, 404, 410})
_MOVED = frozenset({301, 302, 303, 307, 308})
_HOPS = 4
_HEADERS = {"Accept-Encoding": "gzip, identity", "User-Agent": "holdfast-monitor"}
_GZIP = 16 + zlib.MAX_WBITS


class Web:
    """The files below a URL. The connection is kept between them."""

    def __init__(self, url: str, timeout: float = TIMEOUT) -> None:
        """Name a prefix.

        Raises:
            BadLogPlace: it is none.
        """
        try:
            self._scheme = address.prefix(url).scheme
        except BadUrl as error:
            raise BadLogPlace(repr(url), reason=error.told) from error
        self.name = url.rstrip("/")
        self._timeout = timeout
        self._client = Client()

    def fetch(self, path: str, limit: int) -> bytes | None:
        """Return a file, or None where there is none. See `source.Source`."""
        url = f"{self.name}/{path}"
        where, within = url, Within(self._timeout)
        for _ in range(_HOPS):
            status, found = self._answer(where, url, limit, within)
            if status == _OK:
                return found
            if status in _MISSING:
                return None
            if status not in _MOVED:
                raise LogUnreachable(url, reason=Text(f"服务器答复 {status}", f"the server answers {status}"))
            where = self._moved(url, where, found.decode())
        raise LogUnreachable(url, reason=Text("转址次数过多", "it is moved too often"))

    def _moved(self, url: str, where: str, location: str) -> str:
        try:
            target = urljoin(where, location)
            scheme = address.split(target).scheme
        except ValueError as error:
            raise LogUnreachable(
                url, reason=Text("转往的不是网址", "it is moved to what is no URL")
            ) from error
        if scheme != self._scheme:
            raise LogUnreachable(
                url,
                reason=Text(
                    f"由 {self._scheme} 转到 {scheme}", f"it is moved from {self._scheme} to {scheme}"
                ),
            )
        return target

    def _answer(self, where: str, url: str, limit: int, within: Within) -> tuple[int, bytes]:
        """Return the status of an answer, and its body; of one that moves, where to."""
        try:
            with self._client.asking(Request("GET", where, _HEADERS), within) as answer:
                if answer.status == _OK:
                    return _OK, _body(url, answer, limit)
                return answer.status, (answer.header("Location") or "").encode()
        except NoAnswer as error:
            raise LogUnreachable(url, reason=error.told) from error

    def close(self) -> None:
        """End the connection."""
        self._client.close()


def _body(url: str, answer: Answer, limit: int) -> bytes:
    most = limit + limit // 64 + 1_024  # what does not compress is a little longer for it
    if answer.length is not None and answer.length > most:
        raise LogFileWrong(url, reason=Text(f"超过 {limit:,} 字节", f"it is longer than {limit:,} bytes"))
    data = answer.read(most)
    encoding = (answer.header("Content-Encoding") or "identity").lower()
    if encoding == "gzip":
        data = _unpacked(data, limit)
    elif encoding != "identity":
        raise LogFileWrong(
            url, reason=Text("以无人请求的方式编码", "it is encoded in a way that nobody asked for")
        )
    if len(data) > limit:
        raise LogFileWrong(url, reason=Text(f"超过 {limit:,} 字节", f"it is longer than {limit:,} bytes"))
    return data


def _unpacked(data: bytes, limit: int) -> bytes:
    """Decompress gzip up to a limit, as a few bytes may expand to a thousand times as many (a zip bomb).

    Raises:
        NoAnswer: it is none, or is cut off.
    """
    unpacking = zlib.decompressobj(_GZIP)
    try:
        found = unpacking.decompress(data, limit + 1)
    except zlib.error as error:
        raise NoAnswer(same(error)) from error
    if not unpacking.eof and len(found) <= limit:
        raise NoAnswer(Text("压缩内容被截断", "its compressed form is cut off"))
    return found
