"""An authority over HTTP: one that answers, and those that answer what they may not, or never."""

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from holdfast.packing.refusals import TsaUnreachable
from holdfast.packing.timestamps import by_http, stamp
from holdfast.trail.timestamp import MAX_STAMP, BadTimestamp
from timestamping import Authority, needs_openssl

Behave = Callable[[BaseHTTPRequestHandler, bytes], None]

KIND = "application/timestamp-reply"


@contextmanager
def behaving(behave: Behave) -> Generator[str]:
    """A server that answers each POST as it is told, on a free port."""

    class Asked(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            behave(self, self.rfile.read(int(self.headers["Content-Length"])))

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is inherited
            """Write nothing."""

    with HTTPServer(("127.0.0.1", 0), Asked) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()


def saying(status: int, body: bytes = b"", kind: str = KIND, location: str = "") -> Behave:
    def behave(asked: BaseHTTPRequestHandler, _body: bytes) -> None:
        asked.send_response(status)
        asked.send_header("Content-Type", kind)
        asked.send_header("Content-Length", str(len(body)))
        if location:
            asked.send_header("Location", location)
        asked.end_headers()
        asked.wfile.write(body)

    return behave


def telling(answer: bytes) -> Behave:
    """Say these bytes, and end the connection."""

    def behave(asked: BaseHTTPRequestHandler, _body: bytes) -> None:
        asked.wfile.write(answer)
        asked.close_connection = True

    return behave


@needs_openssl
def test_an_authority_stamps_what_it_was_asked_for(tmp_path: Path) -> None:
    authority = Authority(tmp_path / "tsa")
    with behaving(lambda asked, body: saying(200, authority.answer(body))(asked, body)) as url:
        assert stamp(b"a package", by_http(url))


@pytest.mark.parametrize(
    ("behave", "reason"),
    [
        (saying(500), "status 500"),
        (saying(302, location="http://127.0.0.1:1/"), "status 302"),
        (saying(200, b"<html>", kind="text/html"), "text/html"),
        (saying(200, b"<html>", kind="text/\x1b[31mhtml"), r"text/\?\[31mhtml|illegal header"),
        (telling(b""), "Server disconnected"),
        (telling(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort"), "without sending complete"),
        (telling(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 101 + b"\r\n"), "more than 100 headers"),
        (telling(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000), "too long"),
        (telling(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"), "illegal"),
    ],
)
def test_an_answer_that_is_none_is_told(behave: Behave, reason: str) -> None:
    with behaving(behave) as url, pytest.raises(TsaUnreachable, match=reason) as refused:
        by_http(url)(b"request")
    assert refused.value.code == "tsa_unreachable"


def test_an_answer_that_comes_byte_by_byte_is_not_waited_for() -> None:
    stop = threading.Event()

    def drips(asked: BaseHTTPRequestHandler, _body: bytes) -> None:
        asked.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while not stop.wait(0.02):
            asked.wfile.write(b"X")

    with behaving(drips) as url:
        try:
            # It goes on dripping until this is answered: who waits for its end, waits for ever.
            with pytest.raises(TsaUnreachable, match=r"longer than 0\.3 seconds"):
                by_http(url, timeout=0.3)(b"request")
        finally:
            stop.set()


def test_of_an_answer_without_an_end_no_more_is_read_than_a_timestamp_has() -> None:
    def floods(asked: BaseHTTPRequestHandler, _body: bytes) -> None:
        asked.wfile.write(f"HTTP/1.1 200 OK\r\nContent-Type: {KIND}\r\n\r\n".encode())
        with suppress(OSError):
            while True:
                asked.wfile.write(bytes(65_536))

    with behaving(floods) as url:
        assert len(by_http(url)(b"request")) == MAX_STAMP + 1
        with pytest.raises(BadTimestamp):
            stamp(b"a package", by_http(url))


def test_an_authority_that_speaks_no_tls() -> None:
    with behaving(saying(200)) as url, pytest.raises(TsaUnreachable, match="SSL"):
        by_http(url.replace("http://", "https://"))(b"request")


@pytest.mark.parametrize("url", ["ftp://tsa.example/", "tsa.example", "file:///etc/passwd"])
def test_an_address_of_no_authority_is_refused(url: str) -> None:
    with pytest.raises(TsaUnreachable, match="does not begin with"):
        by_http(url)
