"""One request to a stranger over HTTP, and an answer of bounded size and time. Nothing is followed."""

import http.client
import threading
import time
from typing import NamedTuple
from urllib.parse import urlsplit

from holdfast.trail.deadline import Deadline, connect
from holdfast.witness.refusals import BadWitnessUrl, WitnessUnreachable

_SHOWN = 200


class Within:
    """So many seconds for several requests together, from now on."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Return how many are left; no less than a moment."""
        return max(self._end - time.monotonic(), 0.001)


class Request(NamedTuple):
    """A request below the prefix of a witness."""

    method: str
    url: str
    path: str
    body: bytes | None = None


class Answer(NamedTuple):
    """What came back, as far as it was read."""

    status: int
    kind: str | None
    body: bytes

    @property
    def shown(self) -> str:
        """Return the beginning of it as a line that harms no terminal."""
        text = self.body[:_SHOWN].decode("utf-8", "replace").strip()
        return "".join(sign if sign.isprintable() else "?" for sign in text) or "nothing"


def exchange(request: Request, limit: int, within: Within) -> Answer:
    """Ask, and return the answer; of a body that is longer than `limit`, one byte more than that.

    Args:
        request: what is asked.
        limit: how many bytes an answer may have.
        within: the time for all of it.

    Raises:
        BadWitnessUrl: the URL is not http or https, or has what a prefix has not.
        WitnessUnreachable: there was no whole answer in time.
    """
    url = request.url
    connection, path = _connection(request, within.left())
    late = threading.Event()
    slow = f"it took longer than {within.seconds:g} seconds"
    headers = {"Connection": "close"} | ({} if request.body is None else {"Content-Type": "text/plain"})
    try:
        connect(connection, within.left(), late)
        with Deadline(connection.sock, within.left(), late):
            connection.request(request.method, path, request.body, headers)
            response = connection.getresponse()
            data = response.read(limit + 1)
        if response.length and len(data) <= limit:
            raise http.client.IncompleteRead(data, response.length)
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        reason = slow if late.is_set() else str(error) or repr(error)
        raise WitnessUnreachable(url, reason=reason) from error
    finally:
        connection.close()
    if late.is_set():
        raise WitnessUnreachable(url, reason=slow)
    return Answer(response.status, response.headers.get("Content-Type"), data)


def _connection(request: Request, timeout: float) -> tuple[http.client.HTTPConnection, str]:
    url = request.url
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadWitnessUrl(repr(url), reason=str(error)) from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise BadWitnessUrl(repr(url), reason="it does not begin with http:// or https:// and a host")
    if parts.query or parts.fragment or "@" in parts.netloc:
        raise BadWitnessUrl(repr(url), reason="a prefix has no query, no fragment and no password")
    if not url.isascii() or not url.isprintable() or " " in url:
        raise BadWitnessUrl(repr(url), reason="a URL is printable ASCII")
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    return kind(parts.hostname, port, timeout=timeout), parts.path.rstrip("/") + request.path
