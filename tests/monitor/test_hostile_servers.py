"""A log over HTTP from servers that are slow, huge, cut off, or lead elsewhere: a refusal, and soon."""

import gzip
import random
import socket
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from logs import code, run, serving, written

from holdfast.kernel.refusal import Refusal
from holdfast.monitor.web import Web
from waiting import GUARD_SECONDS

Behave = Callable[[socket.socket, str], None]


@contextmanager
def behaving(behave: Behave) -> Generator[str]:
    """A server that does what it likes with each connection and the path that was asked for."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def accept() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection, suppress(OSError):
                    connection.settimeout(GUARD_SECONDS)
                    asked = b""
                    while b"\r\n\r\n" not in asked:
                        more = connection.recv(65_536)
                        if not more:
                            break
                        asked += more
                    if asked:
                        behave(connection, asked.split(b" ")[1].decode())

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            with suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            thread.join()


def head(status: str, *more: str) -> bytes:
    return "\r\n".join((f"HTTP/1.1 {status}", *more, "", "")).encode()


LONG = gzip.compress(b"x" * 10_000_000, mtime=0)


def ok(body: bytes, *more: str) -> bytes:
    return head("200 OK", f"Content-Length: {len(body)}", *more) + body


def saying(answer: bytes) -> Behave:
    return lambda connection, _: connection.sendall(answer)


def fetched(behave: Behave, limit: int = 100, timeout: float = GUARD_SECONDS) -> bytes | None:
    with behaving(behave) as url:
        web = Web(url, timeout)
        try:
            return web.fetch("checkpoint", limit)
        finally:
            web.close()


def refused(behave: Behave, timeout: float = GUARD_SECONDS) -> Refusal:
    with pytest.raises(Refusal) as found:
        fetched(behave, timeout=timeout)
    return found.value


def test_a_file_comes_and_one_that_is_not_there_does_not() -> None:
    assert fetched(saying(ok(b"text"))) == b"text"
    assert fetched(saying(head("200 OK") + b"text")) == b"text"
    assert (
        fetched(saying(head("200 OK", "Transfer-Encoding: chunked") + b"4\r\ntext\r\n0\r\n\r\n")) == b"text"
    )
    assert fetched(saying(ok(gzip.compress(b"text"), "Content-Encoding: gzip"))) == b"text"
    noise = random.Random(1).randbytes(100)
    assert fetched(saying(ok(gzip.compress(noise), "Content-Encoding: gzip"))) == noise
    for status in ("404 Not Found", "410 Gone", "403 Forbidden"):
        assert fetched(saying(head(status, "Content-Length: 0"))) is None


@pytest.mark.parametrize(
    ("answer", "expected", "reason"),
    [
        (ok(b"x" * 101), "log_file_wrong", "longer than 100"),
        (head("200 OK", "Content-Length: 99999999999") + b"x" * 200, "log_file_wrong", "longer than 100"),
        (ok(LONG, "Content-Encoding: gzip"), "log_file_wrong", "longer than 100"),
        (ok(b"text", "Content-Encoding: br"), "log_file_wrong", "nobody asked"),
        (ok(b"text", "Content-Encoding: gzip"), "log_unreachable", "incorrect header"),
        (ok(gzip.compress(b"text", mtime=0)[:-9], "Content-Encoding: gzip"), "log_unreachable", "cut off"),
        (head("200 OK", "Content-Length: 50") + b"x", "log_unreachable", "without sending complete"),
        (head("200 OK", "Transfer-Encoding: chunked") + b"50\r\nx", "log_unreachable", ""),
        (head("500 Broken", "Content-Length: 0"), "log_unreachable", "answers 500"),
        (head("204 No Content"), "log_unreachable", "answers 204"),
        (head("302 Found"), "log_unreachable", "too often"),
        (b"HTTP/9.9 hello\r\n\r\n", "log_unreachable", ""),
        (b"\x1b[31mgarbage\r\n\r\n", "log_unreachable", ""),
        (b"", "log_unreachable", ""),
        (head("200 OK", *["X: y"] * 200), "log_unreachable", ""),
    ],
)
def test_an_answer_that_is_none_is_refused(answer: bytes, expected: str, reason: str) -> None:
    found = refused(saying(answer))
    assert found.code == expected
    assert reason in str(found)
    assert "\x1b" not in str(found)


def test_a_redirect_keeps_the_scheme_and_ends() -> None:
    def moved(where: str) -> bytes:
        return head("302 Found", f"Location: {where}", "Content-Length: 0")

    def behave(connection: socket.socket, path: str) -> None:
        connection.sendall(ok(b"text") if path == "/elsewhere/x" else moved("/elsewhere/x"))

    assert fetched(behave) == b"text"

    def signed(connection: socket.socket, path: str) -> None:
        connection.sendall(ok(b"text") if path == "/elsewhere/x?sig=1" else moved("/elsewhere/x?sig=1"))

    assert fetched(signed) == b"text"
    assert "too often" in str(refused(saying(moved("/checkpoint"))))
    for where in (
        "https://127.0.0.1/",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "data:,x",
        "http://[",
        "http://",
        "http://u:p@127.0.0.1/",
        "http://127.0.0.1/a b",
        "/" + "x" * 70_000,
    ):
        assert refused(saying(moved(where))).code == "log_unreachable"


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\nX: ", head("200 OK", "Content-Length: 90")])
def test_a_server_that_drips_is_cut_off(start: bytes) -> None:
    stop = threading.Event()

    def behave(connection: socket.socket, _: str) -> None:
        connection.sendall(start)
        while not stop.wait(0.05):
            connection.sendall(b"x")

    try:
        found = refused(behave, timeout=0.5)  # it drips until this is answered
    finally:
        stop.set()
    assert "longer than 0.5 seconds" in str(found)


def test_the_time_is_for_all_places_that_it_has_moved_to() -> None:
    never = threading.Event()

    def behave(connection: socket.socket, _: str) -> None:
        never.wait(0.3)  # each answer comes in time; not all of them
        connection.sendall(head("302 Found", "Location: /elsewhere", "Content-Length: 0"))

    assert "longer than 0.5 seconds" in str(refused(behave, timeout=0.5))


def test_a_connection_that_was_dropped_is_made_again() -> None:
    count = 0

    def behave(connection: socket.socket, _: str) -> None:
        nonlocal count
        count += 1
        connection.sendall(ok(str(count).encode()))  # and closes it, which it did not say

    with behaving(behave) as url:
        web = Web(url)
        assert [web.fetch("a", 9), web.fetch("b", 9), web.fetch("c", 9)] == [b"1", b"2", b"3"]
        web.close()


def test_a_connection_is_kept(tmp_path: Path) -> None:
    log = written(tmp_path / "log", 1_000)
    with serving(log.path) as (url, asked):
        assert run(url, tmp_path / "state").fine
    assert len(asked) == 1 + 4 + 4 + 1


def test_nobody_there(tmp_path: Path) -> None:
    with socket.socket() as taken:  # and nobody else can listen there meanwhile
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        assert code(run(url, tmp_path / "state")) == "log_unreachable"


@pytest.mark.parametrize(
    "url",
    [
        "http://",
        "http://h:99999/",
        "http://h:0",
        "http://[::1",
        "gopher://h",
        "HTTP s://h",
        "http://h/?q",
        "http://h/#f",
        "http://u:p@h/",
        "http://h/a b",
        "http://h/\x1b",
        "http://h/é",
    ],
)
def test_a_url_that_is_none(tmp_path: Path, url: str) -> None:
    assert code(run(url, tmp_path / "state")) == "bad_log_place"
