"""Posts to addresses that strangers name: nobody is led inside, and nobody holds a post up for ever."""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TypeVar

import pytest
from strangers import Identity, behaving, head, leaving, ok, saying

from holdfast.outbound.guarded import PUBLIC, Reach, networks
from holdfast.outbound.posting import MAX_ANSWER, Poster, Reply, Trouble, Unanswered

T = TypeVar("T")

LOOPBACK = Reach(networks(["127.0.0.0/8"]))


def with_poster(made: Callable[[], Poster], use: Callable[[Poster], Awaitable[T]]) -> T:
    async def run() -> T:
        poster = made()
        try:
            return await use(poster)
        finally:
            await poster.aclose()

    return asyncio.run(run())


def posted(url: str, made: Callable[[], Poster] = lambda: Poster(LOOPBACK)) -> Reply:
    return with_poster(made, lambda poster: poster.post(url, [(b"a", b"b")], b"{}"))


def trouble(url: str, made: Callable[[], Poster] = lambda: Poster(LOOPBACK)) -> Trouble:
    with pytest.raises(Unanswered) as raised:
        posted(url, made)
    return raised.value.trouble


def resolving(*answers: Sequence[str]) -> Callable[[str, int], Awaitable[Sequence[str]]]:
    """Answer each lookup with the next addresses."""
    coming = list(answers)

    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return coming.pop(0)

    return resolve


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "0.0.0.0",  # noqa: S104 - an address that is asked for
        "224.0.0.1",
        "255.255.255.255",
        "240.0.0.1",
        "198.18.0.1",
        "203.0.113.1",
        "::",
        "::1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "::10.0.0.1",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "2002:a00:1::1",
        "2001::1",
        "2001:db8::1",
        "fd00:ec2::254",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "",
        "kettles.example",
    ],
)
def test_addresses_within_are_not_reached(address: str) -> None:
    assert not PUBLIC.reaches(address)


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "2606:2800:21f::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_public_addresses_are_reached(address: str) -> None:
    assert PUBLIC.reaches(address)
    assert not PUBLIC.allows(address)


def test_a_network_that_is_allowed_is_reached_and_no_other() -> None:
    allowed = Reach(networks(["10.1.0.0/16", "fd00::/8", "192.168.1.7"]))
    assert all(map(allowed.reaches, ("10.1.2.3", "::ffff:10.1.2.3", "fd00::1", "192.168.1.7")))
    assert not any(map(allowed.reaches, ("10.2.0.1", "fe80::1", "192.168.1.8")))


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "0"]
)
def test_no_spelling_of_an_inner_address_is_asked(host: str) -> None:
    with behaving(saying(ok(b""))) as there:
        assert trouble(f"http://{host}:{there.port}/", Poster) is Trouble.FORBIDDEN
        assert there.connected == 0


def test_a_name_that_leads_inside_is_not_asked_even_if_it_leads_outside_too() -> None:
    def made() -> Poster:
        return Poster(resolve=resolving(["93.184.215.14", "127.0.0.1"]))

    with behaving(saying(ok(b""))) as there:
        assert trouble(f"https://kettles.example:{there.port}/", made) is Trouble.FORBIDDEN
        assert there.connected == 0


def test_a_name_is_looked_up_once_for_a_connection_so_rebinding_it_leads_nowhere(tmp_path: Path) -> None:
    """What is looked up is checked, and that very address is connected to: there is no second look."""
    asked: list[str] = []

    async def rebinding(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    identity = Identity(tmp_path, "kettles.example")
    trusted = ssl.create_default_context(cafile=str(identity.certificate))
    first_alone = Reach(networks(["127.0.0.1"]))
    with behaving(saying(ok(b"")), identity.context) as there:
        url = f"https://kettles.example:{there.port}/"

        async def twice(poster: Poster) -> None:
            assert (await poster.post(url, [], b"")).status == 200
            assert (await poster.post(url, [], b"")).status == 200  # over the connection that is kept

        with_poster(lambda: Poster(first_alone, resolve=rebinding, trusted=trusted), twice)
        assert asked == ["kettles.example"]
        assert there.connected == 1
        with pytest.raises(Unanswered) as raised:  # a new connection is judged anew
            posted(url, lambda: Poster(first_alone, resolve=resolving(["127.0.0.2"]), trusted=trusted))
        assert raised.value.trouble is Trouble.FORBIDDEN


def test_tls_and_host_are_of_the_name(tmp_path: Path) -> None:
    identity = Identity(tmp_path, "kettles.example")
    trusted = ssl.create_default_context(cafile=str(identity.certificate))

    def made() -> Poster:
        return Poster(LOOPBACK, resolve=resolving(["127.0.0.1"]), trusted=trusted)

    with behaving(saying(ok(b"")), identity.context) as there:
        assert posted(f"https://kettles.example:{there.port}/a?b=c", made).status == 200
        assert there.asked[0].startswith(b"POST /a?b=c HTTP/1.1\r\n")
        assert f"Host: kettles.example:{there.port}".encode() in there.asked[0]
        assert trouble(f"https://other.example:{there.port}/", made) is Trouble.TLS


def test_plain_http_is_for_networks_that_are_allowed() -> None:
    assert (
        trouble("http://kettles.example/", lambda: Poster(resolve=resolving(["93.184.215.14"])))
        is Trouble.PLAIN
    )


def test_a_name_that_there_is_not() -> None:
    async def nowhere(_host: str, _port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    assert trouble("https://kettles.example/", lambda: Poster(resolve=nowhere)) is Trouble.LOOKUP
    assert trouble("https://kettles.example/", lambda: Poster(resolve=resolving([]))) is Trouble.LOOKUP
    assert trouble("nonsense") is Trouble.URL


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert trouble(f"http://127.0.0.1:{port}/") is Trouble.CONNECT


def test_one_that_never_answers_and_one_that_answers_bit_by_bit_run_out_of_time() -> None:
    def trickle(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(head("200 OK", "Content-Length: 1000"))
        while connection.send(b"x"):
            if connection.recv(1, socket.MSG_PEEK) == b"":
                return

    def silence(connection: socket.socket, _head: bytes) -> None:
        connection.recv(1)

    for behave in (silence, trickle):
        with behaving(behave) as there:
            assert trouble(f"{there.url}/", lambda: Poster(LOOPBACK, seconds=0.2)) is Trouble.LATE


@pytest.mark.parametrize("answer", [b"", b"nonsense\r\n\r\n", head("200 OK", "Content-Length: 9") + b"x"])
def test_an_answer_that_is_none_or_breaks_off(answer: bytes) -> None:
    with behaving(leaving(answer)) as there:
        assert trouble(f"{there.url}/") is Trouble.BROKEN


def test_an_answer_is_read_up_to_a_limit_and_what_has_more_is_left() -> None:
    with behaving(saying(ok(b"x" * (MAX_ANSWER + 1)))) as there:

        async def twice(poster: Poster) -> None:
            for _ in range(2):
                assert (await poster.post(f"{there.url}/", [], b"")).status == 200

        with_poster(lambda: Poster(LOOPBACK), twice)
        assert there.connected == 2


def test_a_kept_connection_that_was_dropped_meanwhile_is_made_anew() -> None:
    answered = 0

    def once(connection: socket.socket, _head: bytes) -> None:
        nonlocal answered
        answered += 1
        if answered != 2:
            connection.sendall(ok(b""))
        else:
            connection.close()

    with behaving(once) as there:

        async def twice(poster: Poster) -> None:
            for _ in range(2):
                assert (await poster.post(f"{there.url}/", [], b"")).status == 200

        with_poster(lambda: Poster(LOOPBACK), twice)
        assert there.connected == 2
        assert answered == 3
