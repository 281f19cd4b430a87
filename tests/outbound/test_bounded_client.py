"""The client against servers that drip, flood, lie, break off or lead elsewhere: an answer or a reason."""

import socket
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strangers import Behave, Stranger, behaving, head, leaving, ok, saying

from holdfast.outbound.client import MAX_HEADERS, Client, Request
from holdfast.outbound.limits import NoAnswer, Within
from thorough import examples
from waiting import GUARD_SECONDS

SOON = 0.3
"""Seconds after which a test's server, which never comes to an end, is to be left."""

SLOW = r"longer than 0\.3 seconds"


def got(
    stranger: Stranger, *, limit: int = 100, seconds: float = GUARD_SECONDS, body: bytes | None = None
) -> bytes:
    """What a stranger answers, of any status."""
    method = "GET" if body is None else "POST"
    asked = Request(method, f"{stranger.url}/it", {"Connection": "close"}, body)
    with closing(Client()) as client, client.asking(asked, Within(seconds)) as answer:
        return answer.read(limit)


@pytest.mark.parametrize(
    "answer",
    [
        ok(b"text"),
        head("200 OK") + b"text",
        head("200 OK", "Transfer-Encoding: chunked") + b"1\r\nt\r\n3;a=b\r\next\r\n0\r\n\r\n",
        head("100 Continue") + head("103 Early Hints", "Link: x") + ok(b"text"),
        head("404 Not Found", "Content-Length: 4") + b"text",
        ok(b"text", *["X: y"] * (MAX_HEADERS - 1)),
    ],
)
def test_a_whole_answer_comes(answer: bytes) -> None:
    with behaving(leaving(answer)) as stranger:
        assert got(stranger) == b"text"


def test_nothing_is_sent_but_what_was_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No proxy, password or cookie of whoever runs it, and no word of what it is made of."""
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with behaving(saying(ok(b"text", "Set-Cookie: a=b; Path=/"))) as stranger, closing(Client()) as client:
        for _ in range(2):
            asked = Request("GET", f"{stranger.url}/a%2Fb/c?d=e", {"X-Y": "z"})
            with client.asking(asked, Within(GUARD_SECONDS)) as answer:
                assert answer.read(9) == b"text"
        kept = client._http.cookies  # pyright: ignore[reportPrivateUsage] - a million answers may set as many
        assert len(kept) == 0
    sent = f"GET /a%2Fb/c?d=e HTTP/1.1\r\nHost: 127.0.0.1:{stranger.port}\r\nX-Y: z\r\n\r\n".encode()
    assert stranger.asked == [sent, sent]


@pytest.mark.parametrize(
    "start",
    [
        b"",
        b"HTTP/1.1 2",
        head("100 Continue"),
        b"HTTP/1.1 200 OK\r\nX: ",
        head("200 OK"),
        head("200 OK", "Content-Length: 9999"),
        head("200 OK", "Transfer-Encoding: chunked") + b"1\r\nt\r\n1;",
    ],
)
def test_a_server_that_drips_is_left(start: bytes) -> None:
    stop = threading.Event()

    def drips(connection: socket.socket, _: bytes) -> None:
        connection.sendall(start)
        while not stop.wait(0.02):
            connection.sendall(b"1")

    with behaving(drips) as stranger:
        try:
            with pytest.raises(NoAnswer, match=SLOW):  # whoever waited for its end, would wait for ever
                got(stranger, limit=10_000, seconds=SOON)
        finally:
            stop.set()


def test_a_server_that_takes_nothing_is_left() -> None:
    stop = threading.Event()

    def idles(_: socket.socket, __: bytes) -> None:
        stop.wait()

    with behaving(idles) as stranger:
        try:
            with pytest.raises(NoAnswer, match=SLOW):
                got(stranger, seconds=SOON, body=bytes(64_000_000))
        finally:
            stop.set()


def endless(begin: bytes, more: bytes) -> Behave:
    def floods(connection: socket.socket, _: bytes) -> None:
        connection.sendall(begin)
        while True:
            connection.sendall(more)

    return floods


@pytest.mark.parametrize(
    ("begin", "more"),
    [
        (b"HTTP/1.1 200 OK\r\nX: ", b"x" * 65_536),
        (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 10_000),
        (b"HTTP/1.1 200 ", b"O" * 65_536),
        (head("200 OK", "Transfer-Encoding: chunked") + b"1;", b"x" * 65_536),
    ],
)
def test_a_head_without_an_end_is_refused_before_the_time_is_over(begin: bytes, more: bytes) -> None:
    with behaving(endless(begin, more)) as stranger, pytest.raises(NoAnswer) as found:
        got(stranger)
    assert "longer than" not in str(found.value)


def test_one_header_too_many_is_refused() -> None:
    too_many = leaving(ok(b"", *["X: y"] * MAX_HEADERS))
    with behaving(too_many) as stranger, pytest.raises(NoAnswer, match="more than 100 headers"):
        got(stranger)


def test_answers_before_the_answer_end_with_the_time() -> None:
    more = endless(b"", head("100 Continue") * 100)
    with behaving(more) as stranger, pytest.raises(NoAnswer, match=SLOW):
        got(stranger, seconds=SOON)


@pytest.mark.parametrize("kind", [(), ("Content-Length: 99999999999",), ("Transfer-Encoding: chunked",)])
def test_of_a_body_without_an_end_what_is_wanted_is_read(kind: tuple[str, ...]) -> None:
    more = b"400\r\n" + b"x" * 1_024 + b"\r\n" if "Transfer-Encoding: chunked" in kind else b"x" * 65_536
    with behaving(endless(head("200 OK", *kind), more)) as stranger:
        assert got(stranger, limit=70_000) == b"x" * 70_001


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 20",
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n",
        head("200 OK", "Content-Length: 4") + b"tex",
        head("200 OK", "Transfer-Encoding: chunked") + b"4\r\ntex",
        head("200 OK", "Transfer-Encoding: chunked") + b"4\r\ntext\r\n",
        head("200 OK", "Transfer-Encoding: chunked") + b"zz\r\ntext",
        head("200 OK", "Transfer-Encoding: gzip, chunked") + b"4\r\ntext\r\n0\r\n\r\n",
        head("200 OK", "Content-Length: -4") + b"text",
        head("200 OK", "Content-Length: 4", "Content-Length: 5") + b"text",
        head("200 OK", f"Content-Length: {'9' * 5_000}") + b"text",
        head("200 OK", "Content-Length: ٤") + b"text",
        b"HTTP/9.9 200 OK\r\n\r\n",
        b"HTTP/1.1 099 no\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"\x1b[31mgarbage\r\n\r\n",
        b"\x16\x03\x01\x02\x00",
    ],
)
def test_an_answer_that_breaks_off_or_is_none_is_told(answer: bytes) -> None:
    with behaving(leaving(answer)) as stranger, pytest.raises(NoAnswer) as found:
        got(stranger)
    said = str(found.value)
    assert said
    assert said.isprintable()
    assert len(said) <= 200
    assert "longer than" not in said


PIECES = [
    *(
        b"HTTP/1.1 ",
        b"200 OK",
        b"304 Not Modified",
        b"\r\n",
        b"\r\n\r\n",
        b"Content-Length: ",
        b"5",
        b"hello",
    ),
    *(b"Transfer-Encoding: chunked", b"5\r\nhello\r\n", b"0\r\n\r\n", b"Location: //[", b"Set-Cookie: a=b"),
]


@settings(max_examples=examples(200), deadline=None)
@given(st.one_of(st.binary(max_size=200), st.lists(st.sampled_from(PIECES), max_size=15).map(b"".join)))
def test_any_bytes_are_an_answer_or_none(said: bytes) -> None:
    with behaving(leaving(said)) as stranger:
        try:
            assert len(got(stranger, limit=10)) <= 11
        except NoAnswer as error:
            assert str(error).isprintable()  # noqa: PT017 - either may be


@pytest.mark.parametrize(
    "status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"]
)
def test_a_redirect_is_not_followed(status: str) -> None:
    with behaving(saying(ok(b"elsewhere"))) as elsewhere:
        moved = head(status, f"Location: {elsewhere.url}/it", "Content-Length: 4") + b"text"
        with behaving(leaving(moved)) as stranger:
            assert got(stranger) == b"text"
    assert elsewhere.connected == 0


def test_a_connection_is_kept_while_answers_are_read_to_their_ends() -> None:
    with behaving(saying(ok(b"text"))) as stranger, closing(Client()) as client:
        for limit, connected in ((4, 1), (9, 1), (3, 1), (9, 2)):  # of the third, a byte was left unread
            with client.asking(Request("GET", stranger.url, {}), Within(GUARD_SECONDS)) as answer:
                assert answer.read(limit) == b"text"[: limit + 1]
            assert stranger.connected == connected or limit == 3


@pytest.mark.parametrize(("method", "comes"), [("GET", True), ("POST", False)])
def test_a_kept_connection_that_breaks_is_made_again_for_what_may_be_asked_twice(
    method: str, *, comes: bool
) -> None:
    """It breaks when it is used: until then, nobody can see that it will."""
    served = 0

    def once(connection: socket.socket, _: bytes) -> None:
        nonlocal served
        served += 1
        if served == 2:
            connection.close()
        else:
            connection.sendall(ok(b"text"))

    with behaving(once) as stranger, closing(Client()) as client:
        with client.asking(Request("GET", stranger.url, {}), Within(GUARD_SECONDS)) as answer:
            assert answer.read(9) == b"text"
        again = Request(method, stranger.url, {}, None if comes else b"x")
        if comes:
            with client.asking(again, Within(GUARD_SECONDS)) as answer:
                assert answer.read(9) == b"text"
        else:
            with pytest.raises(NoAnswer), client.asking(again, Within(GUARD_SECONDS)):
                pass
        assert stranger.connected == 1 + comes


def test_a_new_connection_that_breaks_is_not_made_again() -> None:
    with behaving(leaving(b"")) as stranger, pytest.raises(NoAnswer):
        got(stranger)
    assert stranger.connected == 1


def test_what_is_asked_after_a_failure_is_answered() -> None:
    """A drip, a flood and a broken answer leave nothing behind that the next request would stumble over."""
    answers = [head("200 OK", "Content-Length: 9") + b"x", b"garbage\r\n\r\n", ok(b"text")]

    def behave(connection: socket.socket, _: bytes) -> None:
        connection.sendall(answers[0])
        if len(answers) > 1:
            del answers[0]
            connection.close()

    with behaving(behave) as stranger, closing(Client()) as client:
        asked = Request("GET", stranger.url, {})
        for _ in range(2):
            with pytest.raises(NoAnswer), client.asking(asked, Within(GUARD_SECONDS)) as answer:
                answer.read(9)
        with client.asking(asked, Within(GUARD_SECONDS)) as answer:
            assert answer.read(9) == b"text"
        assert len(stranger.asked) == 3


LIGHT = """
import sys
import holdfast.monitor.watch, holdfast.packing.package, holdfast.packing.timestamps
import holdfast.publishing.worker, holdfast.witness.client
print(*sorted({"httpx", "httpcore", "h11"} & sys.modules.keys()))
"""


def test_who_asks_nobody_does_not_wait_for_httpx() -> None:
    done = subprocess.run([sys.executable, "-c", LIGHT], check=True, capture_output=True, text=True)
    assert done.stdout.split() == []
