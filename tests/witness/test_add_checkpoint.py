"""A witness over real HTTP: every answer of the text, and nothing leaks."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from witnessing import (
    FORK,
    LOG,
    NOW,
    ORIGIN,
    OTHER_KEY,
    SIGNER,
    TREE,
    UNKNOWN,
    VERIFIER,
    Answer,
    files,
    is_cosigned,
    raw,
    send,
    serving,
    submit,
    watching,
    witnessing,
)

from holdfast.trail import consistency, note
from holdfast.trail.checkpoint import Checkpoint
from holdfast.trail.consistency import Growing
from holdfast.trail.cosignature import WitnessSigner, WitnessVerifier, time_of
from holdfast.trail.note import Note, Signature, parse_signature
from holdfast.witness import server
from thorough import examples
from waiting import GUARD_SECONDS, wait_for

SIZE_TYPE = "text/x.tlog.size"
LOG_FILE = sha256(ORIGIN.encode()).hexdigest()


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    with witnessing(tmp_path / "w") as found:
        yield found


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A witness that has cosigned 100 leaves, for requests that change nothing."""
    with witnessing(tmp_path_factory.mktemp("standing")) as found:
        assert submit(found, TREE.growing(0, 100)).status == 200
        yield found


def test_a_log_grows_and_is_cosigned(url: str) -> None:
    sizes = [0, 1, 1, 7, 64, 100, 200]
    for old, size in zip([0, *sizes], sizes, strict=False):
        answer = submit(url, TREE.growing(old, size))
        assert is_cosigned(answer, TREE.head(size).text()), answer
        assert answer.body.startswith("— witness.example/w1 ".encode())
        assert time_of(parse_signature(answer.body.decode()[:-1]).value) == NOW


def signed_by(*lines: Signature) -> Growing:
    return Growing(100, (), Note(TREE.head(100).text(), lines))


TEXT = TREE.head(100).text()
GOOD = LOG.sign(TEXT)
EMPTY_FORK = Checkpoint(ORIGIN, 0, b"\0" * 32).text()

REFUSED: dict[str, tuple[Growing, int, str]] = {
    "unknown log": (TREE.growing(0, 100, UNKNOWN), 404, "[log_unknown]"),
    "another key": (TREE.growing(0, 100, OTHER_KEY), 403, "[log_not_signed]"),
    "wrong signature": (signed_by(GOOD._replace(value=b"\0" * 64)), 403, "[log_not_signed]"),
    "right and wrong": (signed_by(GOOD, GOOD._replace(value=b"\0" * 64)), 403, "[log_not_signed]"),
    "only cosigned": (signed_by(SIGNER.sign(TEXT, NOW)), 403, "[log_not_signed]"),
    "old above": (TREE.growing(101, 100), 400, "[log_shrank]"),
    "fork of the size": (FORK.growing(100, 100), 422, "[log_forked]"),
    "fork that grew": (FORK.growing(100, 101), 422, "[log_not_grown]"),
    "no proof": (TREE.growing(100, 101)._replace(proof=()), 422, "[log_not_grown]"),
    "a hash too many": (
        TREE.growing(100, 101)._replace(proof=(*TREE.prove(100, 101), b"\0" * 32)),
        422,
        "[log_not_grown]",
    ),
    "a proof of nothing": (TREE.growing(100, 100)._replace(proof=(b"\0" * 32,)), 422, "[log_not_grown]"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_every_refusal_has_its_status(standing: str, name: str) -> None:
    asked, status, code = REFUSED[name]
    answer = submit(standing, asked)
    assert answer.status == status
    assert answer.kind == "text/plain; charset=utf-8"
    zh, en = answer.body.decode().splitlines()
    assert zh.endswith(f"。 [{code.strip('[]')}]")
    assert en.endswith(code)
    assert re.search("[一-鿿]", zh)
    assert not re.search("[一-鿿]", en)
    assert is_cosigned(submit(standing, TREE.growing(100, 100)), TEXT)


@pytest.mark.parametrize(("old", "size"), [(0, 100), (0, 101), (99, 150), (101, 150), (0, 50), (50, 50)])
def test_another_old_size_is_answered_with_the_one_that_is_known(standing: str, old: int, size: int) -> None:
    assert submit(standing, TREE.growing(old, size)) == Answer(409, SIZE_TYPE, b"100\n")


def test_a_log_that_was_never_cosigned_has_size_zero(url: str) -> None:
    assert submit(url, TREE.growing(5, 9)) == Answer(409, SIZE_TYPE, b"0\n")
    assert submit(url, Growing(0, (), Note(EMPTY_FORK, (LOG.sign(EMPTY_FORK),)))).status == 422
    assert submit(url, TREE.growing(0, 9)._replace(proof=(b"\0" * 32,))).status == 422
    assert submit(url, TREE.growing(0, 9)).status == 200


def test_signatures_of_others_are_passed_over(url: str, tmp_path: Path) -> None:
    stranger = Signature("stranger.example/s", b"abcd", b"x" * 99)
    namesake = LOG.sign(TEXT)._replace(key_id=b"\0\0\0\0")
    asked = TREE.growing(0, 100)
    answer = submit(url, asked._replace(note=Note(TEXT, (stranger, namesake, *asked.note.signatures))))
    assert is_cosigned(answer, TEXT)
    kept = note.parse((tmp_path / "w" / "logs" / LOG_FILE).read_bytes())
    assert [one.name for one in kept.signatures] == [ORIGIN, SIGNER.verifier.name]


def test_extension_lines_are_cosigned_as_they_stand(url: str) -> None:
    text = TREE.head(9)._replace(extensions=("more", "and more")).text()
    answer = submit(url, Growing(0, (), Note(text, (LOG.sign(text),))))
    assert is_cosigned(answer, text)


def test_post_quantum_cosignatures(tmp_path: Path) -> None:
    signer = WitnessSigner("witness.example/pq", MLDSA44PrivateKey.from_seed_bytes(b"\x05" * 32))
    for old, size in [(0, 9), (9, 64)]:
        with watching(tmp_path, signer) as witness, serving(witness) as url:
            answer = submit(url, TREE.growing(old, size))
            assert is_cosigned(answer, TREE.head(size).text(), WitnessVerifier(signer.verifier))


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/add-checkpoint", 405),
        ("PUT", "/add-checkpoint", 405),
        ("HEAD", "/add-checkpoint", 405),
        ("POST", "/", 404),
        ("GET", "/logs", 404),
        ("POST", "/add-checkpoint/", 404),
        ("POST", "/../key.pem", 404),
    ],
)
def test_there_is_nothing_else(standing: str, method: str, path: str, status: int) -> None:
    assert send(standing, TREE.growing(100, 100).encode(), method, path).status == status


@pytest.mark.parametrize(
    "body", [b"", b"old 0\n\n", b"\xff" * 99, TREE.note(9).encode(), b"x" * server.MAX_BODY]
)
def test_what_is_not_of_the_form_is_a_bad_request(standing: str, body: bytes) -> None:
    answer = send(standing, body)
    assert answer.status == 400
    assert b"[bad_consistency]" in answer.body


def test_a_body_that_is_too_long_is_not_read(standing: str) -> None:
    with raw(standing) as sock:
        head = f"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: {10**12}\r\n\r\n"
        sock.sendall(head.encode() + b"x" * (server.MAX_BODY + 1))
        assert sock.recv(99).startswith(b"HTTP/1.1 413 ")
    with raw(standing) as sock:
        sock.sendall(b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nTransfer-Encoding: chunked\r\n\r\n")
        sock.sendall((b"8000\r\n" + b"x" * 0x8000 + b"\r\n") * 4 + b"1\r\nx\r\n")
        assert sock.recv(99).startswith(b"HTTP/1.1 413 ")


def test_a_body_that_is_cut_off_changes_nothing(standing: str) -> None:
    with raw(standing) as sock:
        sock.sendall(b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: 99\r\n\r\nold 0")
    assert submit(standing, TREE.growing(100, 100)).status == 200


@settings(deadline=None, max_examples=examples(60))
@given(st.binary(max_size=2_000))
def test_garbage_is_never_an_error_of_the_server(standing: str, body: bytes) -> None:
    assert send(standing, body).status == 400


@settings(deadline=None, max_examples=examples(150))
@given(st.integers(0, len(TREE.growing(100, 150).encode()) - 1), st.integers(1, 255))
def test_no_flipped_byte_is_cosigned(standing: str, at: int, flip: int) -> None:
    body = bytearray(TREE.growing(100, 150).encode())
    body[at] ^= flip
    assert send(standing, bytes(body)).status in {400, 403, 404, 409, 422}


def test_a_fork_is_refused_and_kept(tmp_path: Path) -> None:
    with witnessing(tmp_path) as url:
        submit(url, TREE.growing(0, 100))
        stranger = Signature("stranger.example/s", b"abcd", b"x" * 99)
        for _ in range(3):
            asked = FORK.growing(100, 100)
            body = asked._replace(note=Note(asked.note.text, (stranger, *asked.note.signatures)))
            assert submit(url, body).status == 422
        assert submit(url, FORK.growing(0, 100)) == Answer(409, SIZE_TYPE, b"100\n")
        assert submit(url, FORK.growing(100, 120)).status == 422
        assert submit(url, TREE.growing(100, 120)).status == 200
    folder = tmp_path / "conflicts" / LOG_FILE
    fork = f"fork-{sha256(FORK.head(100).text().encode()).hexdigest()}"
    unproven = f"unproven-{sha256(FORK.head(120).text().encode()).hexdigest()}"
    assert files(folder) == {f"{name}/{file}" for name in (fork, unproven) for file in ("asked", "cosigned")}
    shown = consistency.read((folder / fork / "asked").read_bytes())
    before = note.parse((folder / fork / "cosigned").read_bytes())
    assert shown == FORK.growing(100, 100)
    assert note.verified(shown.note, [VERIFIER]) == []
    assert note.verified(before, [VERIFIER]) == [VERIFIER]
    assert before.text == TREE.head(100).text()
    assert consistency.read((folder / unproven / "asked").read_bytes()) == FORK.growing(100, 120)


def test_what_is_not_signed_is_not_kept(tmp_path: Path) -> None:
    with witnessing(tmp_path) as url:
        submit(url, TREE.growing(0, 100))
        assert submit(url, FORK.growing(100, 100, OTHER_KEY)).status == 403
        assert submit(url, FORK.growing(100, 120, OTHER_KEY)).status == 403
    assert not (tmp_path / "conflicts").exists()


def test_two_forks_at_once_and_exactly_one_passes(tmp_path: Path) -> None:
    """Eight ask at once for one of two trees; the one that wins is the log for ever."""
    with witnessing(tmp_path) as url:
        start = threading.Barrier(8)
        found: list[tuple[int, Answer]] = []

        def race(number: int) -> None:
            start.wait()
            found.append((number, submit(url, (TREE, FORK)[number % 2].growing(0, 100))))

        threads = [threading.Thread(target=race, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        passed = [number for number, answer in found if answer.status == 200]
        assert len(passed) == 1
        assert {answer for number, answer in found if number != passed[0]} == {
            Answer(409, SIZE_TYPE, b"100\n")
        }
        winner, loser = (TREE, FORK) if passed[0] % 2 == 0 else (FORK, TREE)
        assert submit(url, winner.growing(100, 101)).status == 200
        assert submit(url, loser.growing(101, 102)).status == 422


def idle_connections(stack: ExitStack, url: str) -> list[socket.socket]:
    """Open more connections than there may be, none of which has a whole request."""
    opened = [stack.enter_context(raw(url)) for _ in range(260)]
    for one in opened:
        with suppress(OSError):  # it may be closed already
            one.sendall(b"POST /add-checkpoint HTTP/1.1\r\nHost: x\r\n")
    return opened


def test_connections_without_a_request_are_all_that_there_may_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("holdfast.witness.server.HEADER_SECONDS", GUARD_SECONDS)
    with ExitStack() as stack:
        url = stack.enter_context(witnessing(tmp_path / "w"))
        idle_connections(stack, url)
        wait_for(lambda: submit(url, TREE.growing(0, 3)).status == 503)


def test_and_they_are_closed_after_a_time_and_keep_nobody_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("holdfast.witness.server.HEADER_SECONDS", 0.5)
    with ExitStack() as stack:
        url = stack.enter_context(witnessing(tmp_path / "w"))
        for idle in idle_connections(stack, url):
            with suppress(ConnectionError):
                assert idle.recv(1) == b""
        wait_for(lambda: submit(url, TREE.growing(0, 3)).status in {200, 409})
