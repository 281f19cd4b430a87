"""Before anything is asked: names that are not looked up in time, addresses that are dead, TLS that fails."""

import socket
import threading
from collections.abc import Generator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from strangers import Identity, behaving, leaving, ok

from holdfast.outbound import address
from holdfast.outbound.address import BadUrl
from holdfast.outbound.client import Client, Request
from holdfast.outbound.limits import NoAnswer, Within
from waiting import GUARD_SECONDS


def got(url: str, seconds: float = GUARD_SECONDS) -> bytes:
    asked = Request("GET", url, {"Connection": "close"})
    with closing(Client()) as client, client.asking(asked, Within(seconds)) as answer:
        return answer.read(100)


def test_nobody_listens() -> None:
    with socket.socket() as taken:  # and nobody else can listen there meanwhile
        taken.bind(("127.0.0.1", 0))
        near = f"127.0.0.1:{taken.getsockname()[1]}"
        for url in (f"http://{near}/", f"https://{near}/"):
            with pytest.raises(NoAnswer, match="refused"):
                got(url)


def test_a_name_that_can_be_none() -> None:
    for name in ("a" * 70 + ".invalid", ".", "a..b", "-", "x" * 300):
        for scheme in ("http", "https"):
            with pytest.raises(NoAnswer) as found:
                got(f"{scheme}://{name}/")
            assert str(found.value)


@contextmanager
def looked_up(monkeypatch: pytest.MonkeyPatch, name: str, *addresses: str) -> Generator[None]:
    """Let the system find these addresses for a name; it never comes back where there are none."""
    genuine, stop = socket.getaddrinfo, threading.Event()

    def look_up(host: Any, port: Any, *args: Any, **named: Any) -> list[Any]:
        if host != name:
            return genuine(host, port, *args, **named)
        if not addresses:
            stop.wait()
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in addresses]

    with monkeypatch.context() as patched:
        patched.setattr(socket, "getaddrinfo", look_up)
        try:
            yield
        finally:
            stop.set()


def test_a_lookup_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    with looked_up(monkeypatch, "slow.test"), pytest.raises(NoAnswer, match=r"longer than 0\.3 seconds"):
        got("http://slow.test/", 0.3)


def test_an_address_that_is_dead_leaves_time_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    with ExitStack() as stack:
        stranger = stack.enter_context(behaving(leaving(ok(b"text"))))
        with looked_up(monkeypatch, "two.test", "127.0.0.1"):
            assert got(f"http://two.test:{stranger.port}/") == b"text"
        with looked_up(monkeypatch, "two.test", "127.0.0.3", "127.0.0.1"):  # nobody listens on the first
            assert got(f"http://two.test:{stranger.port}/") == b"text"
        full = stack.enter_context(socket.create_server(("127.0.0.2", stranger.port), backlog=0))
        _fill(stack, full)
        with (
            looked_up(monkeypatch, "two.test", "127.0.0.2"),
            pytest.raises(NoAnswer, match=r"longer than 0\.3"),
        ):
            got(f"http://two.test:{stranger.port}/", 0.3)
        with looked_up(monkeypatch, "two.test", "127.0.0.2", "127.0.0.1"):
            assert got(f"http://two.test:{stranger.port}/", 4.0) == b"text"


def _fill(stack: ExitStack, full: socket.socket) -> None:
    """Connect until nobody else gets in: whoever tries then is not answered at all."""
    while True:
        waiting = stack.enter_context(socket.socket())
        waiting.settimeout(0.2)
        try:
            waiting.connect(full.getsockname())
        except TimeoutError:
            return


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Identity:
    """Somebody whom this system trusts as 127.0.0.1."""
    identity = Identity(tmp_path, "127.0.0.1")
    monkeypatch.setenv("SSL_CERT_FILE", str(identity.certificate))
    return identity


def test_tls_with_whom_the_system_trusts(trusted: Identity) -> None:
    with behaving(leaving(ok(b"text")), trusted.context) as stranger:
        assert got(stranger.url) == b"text"


def test_tls_with_one_whom_nobody_trusts(tmp_path: Path) -> None:
    unknown = Identity(tmp_path, "127.0.0.1")
    with behaving(leaving(ok(b"text")), unknown.context) as stranger:
        with pytest.raises(NoAnswer, match="CERTIFICATE_VERIFY_FAILED"):
            got(stranger.url)
        assert stranger.asked == []


@pytest.mark.parametrize(("name", "days"), [("127.0.0.2", 1), ("example.test", 1), ("127.0.0.1", -1)])
def test_tls_with_the_certificate_of_another_or_of_another_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, days: int
) -> None:
    other = Identity(tmp_path, name, days=days)
    monkeypatch.setenv("SSL_CERT_FILE", str(other.certificate))
    with behaving(leaving(ok(b"text")), other.context) as stranger:
        with pytest.raises(NoAnswer, match="CERTIFICATE_VERIFY_FAILED"):
            got(stranger.url)
        assert stranger.asked == []


@contextmanager
def raw(said: bytes, again: bytes) -> Generator[str]:
    """A server that says something to whoever connects, and goes on; where `again` is empty, it ends."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with suppress(OSError), listening.accept()[0] as connection:
                connection.sendall(said)
                while again and not stop.wait(0.02):
                    connection.sendall(again)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"https://127.0.0.1:{listening.getsockname()[1]}/"
        finally:
            stop.set()
            with suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            thread.join()


RECORD = b"\x16\x03\x03\x3f\xff\x02\x00\x3f\xfb\x03\x03"
"""The beginning of a server's hello in a record of 16 KB, the most that there is."""


def test_a_handshake_that_drips_is_left() -> None:
    with raw(RECORD, b"\x00") as url, pytest.raises(NoAnswer, match=r"longer than 0\.3 seconds"):
        got(url, 0.3)


@pytest.mark.parametrize("said", [b"", b"\x16\x03\x03", RECORD, b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_handshake_that_is_none_or_breaks_off(said: bytes) -> None:
    with raw(said, b"") as url, pytest.raises(NoAnswer) as found:
        got(url)
    assert "longer than" not in str(found.value)


def test_tls_that_drips_within_a_record(trusted: Identity) -> None:
    """Bytes of a record that never gets whole: no read of a byte ends, though bytes come."""
    stop = threading.Event()

    def behave(connection: socket.socket, _: bytes) -> None:
        below = socket.socket(fileno=socket.dup(connection.fileno()))
        with below:
            below.sendall(b"\x17\x03\x03\x3f\xff")
            while not stop.wait(0.02):
                below.sendall(b"\x00")

    with behaving(behave, trusted.context) as stranger:
        try:
            with pytest.raises(NoAnswer, match=r"longer than 0\.3 seconds"):
                got(stranger.url, 0.3)
        finally:
            stop.set()


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "does not begin"),
        ("http://", "does not begin"),
        ("HTTP s://h", "does not begin"),
        ("ftp://h/", "does not begin"),
        ("file:///etc/passwd", "does not begin"),
        ("http://h:0", "does not begin"),
        ("http://h:99999/", "no URL"),
        ("http://[::1", "no URL"),
        ("http://u:p@h/", "no password"),
        ("http://h/a b", "printable ASCII"),
        ("http://h/\x1b", "printable ASCII"),
        ("http://h/é", "printable ASCII"),
    ],
)
def test_what_is_no_url_that_is_asked(url: str, why: str) -> None:
    with pytest.raises(BadUrl, match=why):
        address.split(url)


def test_below_a_query_nothing_can_be() -> None:
    assert address.split("https://h:8443/a?q#f").port == 8_443
    assert address.prefix("https://h/a").path == "/a"
    for url in ("https://h/a?q", "https://h/a#f"):
        with pytest.raises(BadUrl, match="no query and no fragment"):
            address.prefix(url)
