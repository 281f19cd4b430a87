"""The log's end: witnesses that are honest, behind or ahead, and servers that are hostile."""

import socket
import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hostile import Behaviour, behaving, response, saying
from witnessing import FORK, LOGS, NOW, OTHER_KEY, SIGNER, TREE, UNKNOWN, VERIFIER, submit, witnessing

from holdfast.kernel.clock import SECOND
from holdfast.kernel.refusal import Refusal
from holdfast.outbound.limits import Within
from holdfast.trail.cosignature import WitnessSigner
from holdfast.trail.keys import LogSigner
from holdfast.trail.merkle import Hash
from holdfast.trail.note import BadNote, Note, verified, with_signatures
from holdfast.witness import client
from holdfast.witness.client import Asked, Behind, ask, cosign
from holdfast.witness.refusals import (
    BadWitnessUrl,
    WitnessAhead,
    WitnessAnswerWrong,
    WitnessDisagrees,
    WitnessRefused,
    WitnessUnreachable,
)
from waiting import GUARD_SECONDS

SIZE = "text/x.tlog.size"
NOTE = TREE.note(100)
GOOD = SIGNER.sign(NOTE.text, NOW)
IMPOSTOR = WitnessSigner("witness.example/w1", Ed25519PrivateKey.from_private_bytes(b"\x09" * 32))


def cosigned(url: str, note: Note = NOTE, old: int = 0, timeout: float = GUARD_SECONDS) -> list[bytes]:
    found = cosign(asked(url), note, TREE.prove, old, now=NOW * SECOND, timeout=timeout)
    assert found.odd is None
    return [found.signature.value]


def asked(url: str) -> Asked:
    return Asked(VERIFIER, url, tuple(LOGS))


def code_of(refusal: pytest.ExceptionInfo[Refusal]) -> str:
    return refusal.value.record().code


def test_a_log_is_cosigned_as_it_grows(tmp_path: Path) -> None:
    with witnessing(tmp_path) as url:
        old = 0
        for size in (1, 9, 9, 64, 200):
            found = cosign(asked(f"{url}/"), TREE.note(size), TREE.prove, old, now=NOW * SECOND).signature
            assert verified(with_signatures(TREE.note(size), [found]), [VERIFIER]) == [VERIFIER]
            old = size


@pytest.mark.parametrize("hint", [0, 5, 49, 51, 100, 9_999, -1])
def test_a_wrong_hint_is_put_right_by_the_witness(tmp_path: Path, hint: int) -> None:
    proven: list[tuple[int, int]] = []

    def prove(old: int, size: int) -> list[Hash]:
        proven.append((old, size))
        return TREE.prove(old, size)

    with witnessing(tmp_path) as url:
        submit(url, TREE.growing(0, 50))
        assert cosign(asked(url), NOTE, prove, hint, now=NOW * SECOND).odd is None
        assert proven == [(min(max(hint, 0), 100), 100), (50, 100)]


def test_a_log_that_was_restored_from_an_older_backup_must_not_sign(tmp_path: Path) -> None:
    with witnessing(tmp_path) as url:
        submit(url, TREE.growing(0, 150))
        with pytest.raises(
            WitnessAhead, match=r"150 leaves against 100.*older backup and must not sign"
        ) as found:
            cosigned(url)
        assert code_of(found) == "witness_ahead"


@pytest.mark.parametrize("seen", [50, 100])
def test_a_log_that_grew_anew_must_not_sign(tmp_path: Path, seen: int) -> None:
    with witnessing(tmp_path) as url:
        submit(url, FORK.growing(0, seen))
        with pytest.raises(WitnessDisagrees, match="another tree of this log") as found:
            cosigned(url)
        assert code_of(found) == "witness_disagrees"


@pytest.mark.parametrize(("log", "status"), [(UNKNOWN, 404), (OTHER_KEY, 403)])
def test_a_log_that_is_not_trusted_is_told_so(tmp_path: Path, log: LogSigner, status: int) -> None:
    with witnessing(tmp_path) as url, pytest.raises(WitnessRefused, match=str(status)) as found:
        cosigned(url, TREE.note(100, log))
    assert code_of(found) == "witness_refused"


def test_what_is_no_checkpoint_is_not_sent() -> None:
    with pytest.raises(BadNote):
        cosigned("http://127.0.0.1:1", Note("nothing\n", NOTE.signatures))


def test_lines_of_other_keys_are_passed_over() -> None:
    lines = "".join(one.line() for one in (IMPOSTOR.sign(NOTE.text, NOW), GOOD, GOOD)).encode()
    with behaving(saying(response("200 OK", lines))) as url:
        assert cosigned(url) == [GOOD.value]


def test_a_witness_may_move_on_between_two_requests() -> None:
    moved = [response("409 Conflict", f"{size}\n".encode(), SIZE) for size in (50, 60)]
    with behaving(saying(*moved, response("200 OK", GOOD.line().encode()))) as url:
        assert cosigned(url) == [GOOD.value]


def test_what_ask_returns() -> None:
    with behaving(
        saying(response("409 Conflict", b"7\n", SIZE), response("200 OK", GOOD.line().encode()))
    ) as url:
        assert ask(url, b"body", Within(5)) == Behind(7)
        assert ask(url, b"body", Within(5)) == (GOOD,)


OTHER_TEXT = SIGNER.sign(TREE.head(99).text(), NOW).line().encode()
LINE = GOOD.line().encode()
LATER = GOOD._replace(value=b"\xff" * 8 + GOOD.value[8:]).line().encode()

WRONG: dict[str, bytes] = {
    "nothing": response("200 OK"),
    "no newline": response("200 OK", LINE[:-1]),
    "an empty line": response("200 OK", LINE + b"\n"),
    "not UTF-8": response("200 OK", b"\xff\n"),
    "no signature": response("200 OK", b"<html>\n"),
    "of another checkpoint": response("200 OK", OTHER_TEXT),
    "with another time": response("200 OK", LATER),
    "of another key": response("200 OK", IMPOSTOR.sign(NOTE.text, NOW).line().encode()),
    "too long": response("200 OK", LINE * 999),
    "too long, said to be short": b"HTTP/1.1 200 OK\r\n\r\n" + LINE * 999,
    "the size that was sent": response("409 Conflict", b"0\n", SIZE),
    "a size without a newline": response("409 Conflict", b"50", SIZE),
    "a size with a zero": response("409 Conflict", b"050\n", SIZE),
    "a size below zero": response("409 Conflict", b"-1\n", SIZE),
    "a size beyond all": response("409 Conflict", b"9" * 5_000 + b"\n", SIZE),
    "a size not in ASCII": response("409 Conflict", "５\n".encode(), SIZE),
}


@pytest.mark.parametrize("name", WRONG)
def test_an_answer_that_is_of_no_use(name: str) -> None:
    with behaving(saying(WRONG[name])) as url, pytest.raises(WitnessAnswerWrong) as found:
        cosigned(url)
    assert code_of(found) == "witness_answer_wrong"


def test_a_witness_that_always_wants_another_proof_is_left() -> None:
    sizes = (response("409 Conflict", f"{size}\n".encode(), SIZE) for size in (5, 6, 7, 8))
    with behaving(saying(*sizes)) as url, pytest.raises(WitnessAnswerWrong, match="3 times"):
        cosigned(url)


def test_redirects_are_not_followed() -> None:
    visited: list[bytes] = []
    with behaving(lambda _, body: visited.append(body)) as elsewhere:
        for status in ("301 Moved", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"):
            moved = response(status, b"over there", more=f"Location: {elsewhere}/add-checkpoint\r\n")
            with behaving(saying(moved)) as url, pytest.raises(WitnessRefused, match="over there"):
                cosigned(url)
    assert visited == []


def test_what_a_witness_says_harms_no_terminal() -> None:
    with behaving(saying(response("500 Oh", b"\x1b[31m{no}\r\n" + b"x" * 900))) as url:
        with pytest.raises(WitnessRefused) as found:
            cosigned(url)
        what = found.value.record().what
        assert what.startswith("the witness answered 500: ?[31m{no} / xxx")
        assert len(what) < 300


def closed(connection: socket.socket, _body: bytes) -> None:
    connection.close()


def cut(connection: socket.socket, _body: bytes) -> None:
    connection.sendall(response("200 OK", LINE)[:-30])


def no_http(connection: socket.socket, _body: bytes) -> None:
    connection.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")


def endless_headers(connection: socket.socket, _body: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"X-More: " + b"x" * 9_000 + b"\r\n")


def chunks_that_lie(connection: socket.socket, _body: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n" + LINE)


@pytest.mark.parametrize("behave", [closed, cut, no_http, endless_headers, chunks_that_lie])
def test_a_connection_that_breaks_is_a_witness_out_of_reach(behave: Behaviour) -> None:
    with behaving(behave) as url, pytest.raises(WitnessUnreachable) as found:
        cosigned(url)
    assert code_of(found) == "witness_unreachable"


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_slow_witness_is_left_after_the_time_for_all_of_it(said: bytes) -> None:
    stop = threading.Event()

    def slow(connection: socket.socket, _body: bytes) -> None:
        connection.sendall(said)
        while not stop.wait(0.02):
            connection.sendall(b"H" if said else b"")

    with behaving(slow) as url:
        try:
            # It goes on until this is answered: who waits for its end, waits for ever.
            with pytest.raises(WitnessUnreachable, match=r"longer than 0\.3 seconds|timed out"):
                cosigned(url, timeout=0.3)
        finally:
            stop.set()


def test_nobody_listens() -> None:
    with socket.socket() as taken:  # and nobody else can listen there meanwhile
        taken.bind(("127.0.0.1", 0))
        near = f"127.0.0.1:{taken.getsockname()[1]}"
        for url in (f"http://{near}", "http://" + "a" * 70 + ".invalid", f"https://{near}/w"):
            with pytest.raises(WitnessUnreachable):
                cosigned(url)


def test_https_with_one_who_speaks_no_tls() -> None:
    with behaving(saying(b"no")) as url, pytest.raises(WitnessUnreachable):
        cosigned(url.replace("http://", "https://"), timeout=0.5)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "witness.example/w1",
        "ftp://witness.example/w1",
        "file:///etc/passwd",
        "http://",
        "http://me:secret@witness.example/",
        "http://witness.example/?a=b",
        "http://witness.example/#a",
        "http://witness.example:99999/",
        "http://[::1/",
        "http://witness.example/a b",
        "http://witness.example/\r\nX: y",
        "http://wïtness.example/",
    ],
)
def test_what_is_no_url_of_a_witness(url: str) -> None:
    with pytest.raises(BadWitnessUrl) as found:
        cosigned(url)
    assert code_of(found) == "bad_witness_url"


def test_the_limits_are_what_they_are_said_to_be() -> None:
    assert (client.MAX_ANSWER, client.TIMEOUT) == (65_536, 10.0)
