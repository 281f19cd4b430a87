"""Files of a log over HTTP: a bounded answer within a bounded time, from the scheme that was named.

A redirect is followed where it keeps the scheme; gzip is taken off as far as the bound goes.
"""

import http.client
import threading
import time
import zlib
from urllib.parse import SplitResult, urljoin, urlsplit

from holdfast.monitor.refusals import BadLogPlace, LogFileWrong, LogUnreachable
from holdfast.trail.deadline import Deadline

TIMEOUT = 30.0
"""Seconds for a whole answer."""

_OK = 200
_MISSING = frozenset({403, 404, 410})
_MOVED = frozenset({301, 302, 303, 307, 308})
_HOPS = 4
_HEADERS = {"Accept-Encoding": "gzip, identity", "User-Agent": "holdfast-monitor"}
_GZIP = 16 + zlib.MAX_WBITS

_FAILED = (OSError, http.client.HTTPException, UnicodeError, zlib.error)


class Web:
    """The files below a URL. The connection is kept between them."""

    def __init__(self, url: str, timeout: float = TIMEOUT) -> None:
        """Name a prefix.

        Raises:
            BadLogPlace: it is none.
        """
        parts = _parts(url)
        if parts.query or parts.fragment or "@" in parts.netloc:
            raise BadLogPlace(repr(url), reason="the URL of a log has no query, no fragment and no password")
        self.name = url.rstrip("/")
        self._scheme = parts.scheme
        self._timeout = timeout
        self._connection: http.client.HTTPConnection | None = None
        self._peer = ("", "")

    def fetch(self, path: str, limit: int) -> bytes | None:
        """Return a file, or None where there is none. See `source.Source`."""
        url = f"{self.name}/{path}"
        where = url
        for _ in range(_HOPS):
            status, found = self._answer(where, url, limit)
            if status == _OK:
                return found
            if status in _MISSING:
                return None
            if status not in _MOVED:
                raise LogUnreachable(url, reason=f"the server answers {status}")
            where = self._moved(url, where, found.decode("latin-1"))
        raise LogUnreachable(url, reason="it is moved too often")

    def _moved(self, url: str, where: str, location: str) -> str:
        try:
            target = urljoin(where, location)
            parts = _parts(target)
        except (ValueError, BadLogPlace) as error:
            raise LogUnreachable(url, reason="it is moved to what is no URL") from error
        if parts.scheme != self._scheme:
            raise LogUnreachable(url, reason=f"it is moved from {self._scheme} to {parts.scheme}")
        return target

    def _answer(self, where: str, url: str, limit: int) -> tuple[int, bytes]:
        """Return the status of an answer, and its body; of one that moves, where to."""
        kept = self._connection is not None
        late = threading.Event()
        try:
            try:
                return self._exchange(where, url, limit, late)
            except (ConnectionError, http.client.BadStatusLine):
                self.close()
                if not kept or late.is_set():
                    raise
                return self._exchange(where, url, limit, late)
        except LogFileWrong:
            self.close()
            raise
        except _FAILED as error:
            self.close()
            slow = late.is_set() or isinstance(error, TimeoutError)
            reason = f"it took longer than {self._timeout:g} seconds" if slow else _said(error)
            raise LogUnreachable(url, reason=reason) from error

    def _exchange(self, where: str, url: str, limit: int, late: threading.Event) -> tuple[int, bytes]:
        parts = _parts(where)
        most = limit + limit // 64 + 1_024  # what does not compress is a little longer for it
        begun = time.monotonic()
        connection = self._connected(parts)
        with Deadline(connection.sock, self._timeout - (time.monotonic() - begun), late):
            connection.request("GET", _target(parts), headers=_HEADERS)
            response = connection.getresponse()
            if response.status != _OK:
                response.close()
                self.close()
                return response.status, (response.headers.get("Location") or "").encode("latin-1", "replace")
            if response.length is not None and response.length > most:
                raise LogFileWrong(url, reason=f"it is longer than {limit:,} bytes")
            data = response.read(most)
        if late.is_set() or (response.length and len(data) < most):
            raise http.client.IncompleteRead(data[:0], response.length)
        if not response.isclosed():  # there may be more of it, which is not what the next request asks for
            self.close()
        return _OK, _plain(url, response.headers.get("Content-Encoding"), data, limit)

    def _connected(self, parts: SplitResult) -> http.client.HTTPConnection:
        peer = (parts.scheme, parts.netloc)
        if self._connection is None or self._peer != peer or self._connection.sock is None:
            self.close()
            kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
            self._connection, self._peer = (
                kind(parts.hostname or "", parts.port, timeout=self._timeout),
                peer,
            )
            self._connection.connect()
        return self._connection

    def close(self) -> None:
        """End the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _plain(url: str, encoding: str | None, data: bytes, limit: int) -> bytes:
    if (encoding or "identity").lower() == "gzip":
        unpacking = zlib.decompressobj(_GZIP)
        data = unpacking.decompress(data, limit + 1)
        if not unpacking.eof and len(data) <= limit:
            raise zlib.error("its compressed form is cut off")
    elif (encoding or "identity").lower() != "identity":
        raise LogFileWrong(url, reason="it is encoded in a way that nobody asked for")
    if len(data) > limit:
        raise LogFileWrong(url, reason=f"it is longer than {limit:,} bytes")
    return data


def _target(parts: SplitResult) -> str:
    """Return what is asked for: where a log has moved to may need a query, to be let in."""
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _parts(url: str) -> SplitResult:
    """Split a URL.

    Raises:
        BadLogPlace: it is not one of a log.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadLogPlace(repr(url), reason=f"it is no URL: {error}") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0:
        raise BadLogPlace(repr(url), reason="it does not begin with http:// or https:// and a host")
    if not url.isascii() or not url.isprintable() or " " in url:
        raise BadLogPlace(repr(url), reason="a URL is printable ASCII")
    return parts


def _said(error: BaseException) -> str:
    text = str(error) or type(error).__name__
    return "".join(sign if sign.isprintable() else "?" for sign in text[:200])
