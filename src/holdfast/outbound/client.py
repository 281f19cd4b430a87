"""The client, on httpx: one deadline for the whole exchange, and a body that is read up to a limit."""

import ssl
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import NamedTuple, cast

import httpcore
import httpx

from holdfast.kernel.text import Text, same
from holdfast.outbound.limits import NoAnswer, Within
from holdfast.outbound.network import Network

MAX_HEADERS = 100
"""Headers that an answer may have; all of them together are 100 KB at most, which is httpcore's bound."""

_LATE = (httpcore.TimeoutException, httpx.TimeoutException)
_DROPPED = (httpcore.NetworkError, httpcore.RemoteProtocolError)
_FAILED = (
    *_LATE,
    *_DROPPED,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
    httpx.HTTPError,
    httpx.InvalidURL,
    OSError,
)


class Request(NamedTuple):
    """A request. No header is sent but these, Host and Content-Length."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None = None


class Answer:
    """A streamed answer: its head is read, its body on demand."""

    def __init__(self, response: httpx.Response, within: Within) -> None:
        self._response = response
        self._within = within

    @property
    def status(self) -> int:
        """Return the status."""
        return self._response.status_code

    def header(self, name: str) -> str | None:
        """Return a header, or None where there is none."""
        return self._response.headers.get(name)

    @property
    def length(self) -> int | None:
        """Return how many bytes the body has, as it says; None where it does not say."""
        said = self.header("Content-Length")
        return int(said) if said is not None and said.isdecimal() else None

    def read(self, limit: int) -> bytes:
        """Return the body as it was sent; of one that is longer than `limit`, one byte more than that.

        Raises:
            NoAnswer: it did not come whole, or not in time.
        """
        data = bytearray()
        with _told(self._within):
            for piece in self._response.iter_raw():
                data += piece
                if len(data) > limit:
                    break
        return bytes(data[: limit + 1])


class Client:
    """A client for successive requests over a kept-alive connection. It is not thread-safe."""

    def __init__(self) -> None:
        self._network = Network()
        self._http = httpx.Client(
            transport=_Transport(self._network),
            trust_env=False,
            follow_redirects=False,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        )

    @contextmanager
    def asking(self, request: Request, within: Within) -> Generator[Answer]:
        """Ask, and give the answer as soon as its head is there.

        A GET whose kept connection was dropped meanwhile is asked once more, over a new one.

        Raises:
            NoAnswer: none came whole, or none in time.
        """
        self._network.within = within
        with _told(within):
            response = self._sent(request)
        try:
            _check(response)
            yield Answer(response, within)
        finally:
            response.close()  # and the connection, where there is more of it

    def _sent(self, request: Request) -> httpx.Response:
        asked = httpx.Request(
            request.method, request.url, headers=dict(request.headers), content=request.body
        )
        before = self._network.connected
        try:
            return self._http.send(asked, stream=True)
        except _DROPPED:
            was_kept = self._network.connected == before
            if request.method != "GET" or not was_kept or self._network.within.over:
                raise
            return self._http.send(asked, stream=True)

    def close(self) -> None:
        """End the connection."""
        self._http.close()


def _check(response: httpx.Response) -> None:
    """Refuse the head of an answer that h11 lets pass.

    Raises:
        NoAnswer: it has too many headers, or is of another HTTP than 1.0 and 1.1.
    """
    if response.http_version not in {"HTTP/1.0", "HTTP/1.1"}:
        raise NoAnswer(Text(f"所用协议为 {response.http_version}", f"it speaks {response.http_version}"))
    if len(response.headers.raw) > MAX_HEADERS:
        raise NoAnswer(Text(f"响应头超过 {MAX_HEADERS} 个", f"it has more than {MAX_HEADERS} headers"))


@contextmanager
def _told(within: Within) -> Generator[None]:
    """Turn whatever fails into `NoAnswer`."""
    try:
        yield
    except _FAILED as error:
        late = within.over or isinstance(error, _LATE)
        reason = (
            Text(f"超过 {within.seconds:g} 秒", f"it took longer than {within.seconds:g} seconds")
            if late
            else same(str(error) or type(error).__name__)
        )
        raise NoAnswer(reason) from error


class _Transport(httpx.BaseTransport):
    """What httpx sends by: its own transport takes no network."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._pools: dict[str, httpcore.ConnectionPool] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, and return the answer's head."""
        url = request.url
        asked = httpcore.Request(
            request.method,
            httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        answer = self._pool(url.scheme).handle_request(asked)
        told = cast("dict[str, bytes]", answer.extensions)  # pyright: ignore[reportUnknownMemberType]
        return httpx.Response(
            answer.status,
            headers=answer.headers,
            stream=_Body(answer),
            extensions={"http_version": told["http_version"]},
        )

    def _pool(self, scheme: str) -> httpcore.ConnectionPool:
        """Return what keeps the connection. Whom the system believes is read for TLS alone: it takes long."""
        if scheme not in self._pools:
            self._pools[scheme] = httpcore.ConnectionPool(
                ssl_context=ssl.create_default_context() if scheme == "https" else None,
                max_connections=1,
                network_backend=self._network,
            )
        return self._pools[scheme]

    def close(self) -> None:
        """End all connections."""
        for pool in self._pools.values():
            pool.close()


class _Body(httpx.SyncByteStream):
    """The bytes of an answer's body, as they come."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        return self._answer.iter_stream()

    def close(self) -> None:
        """Let go of the connection: it is kept where the body was read to its end, and else closed."""
        self._answer.close()
