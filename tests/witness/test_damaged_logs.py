"""What one log does to a witness, or a damaged file, is felt by that log alone; and what a witness shows."""

import hashlib
import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner
from witnessing import LOG, NOW, ORIGIN, SIGNER, TREE, VERIFIER, is_cosigned, send, serving, submit

from holdfast.cli import app
from holdfast.kernel.clock import SimulatedClock
from holdfast.trail import checkpoint, note
from holdfast.trail.consistency import Growing
from holdfast.trail.keys import LogSigner, LogVerifier
from holdfast.trail.note import MAX_SIGNATURES, Note, Signature
from holdfast.witness.cosigner import Witness
from holdfast.witness.key import signer_of

SEED = b"\x01" * 32
"""Of `LOG`: see `witnessing`."""

OTHER = LogSigner("log.example/other", Ed25519PrivateKey.from_private_bytes(b"\x20" * 32))

# Ed25519 by hand (RFC 8032, 5.1): a signer that follows the text signs a text in one way; one that does not
# takes another nonce, and every verifier takes all of its signatures.
_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_Y = 4 * pow(5, -1, _P) % _P
_X = 15112221349535400772501151409588531511454012693041857206046113283949847762202
Point = tuple[int, int]


def _add(one: Point, other: Point) -> Point:
    (x1, y1), (x2, y2) = one, other
    product = _D * x1 * x2 * y1 * y2
    x = (x1 * y2 + x2 * y1) * pow(1 + product, -1, _P)
    y = (y1 * y2 + x1 * x2) * pow(1 - product, -1, _P)
    return x % _P, y % _P


def _times(number: int) -> bytes:
    found, power = (0, 1), (_X, _Y)
    while number:
        if number & 1:
            found = _add(found, power)
        power, number = _add(power, power), number >> 1
    x, y = found
    return (y | (x & 1) << 255).to_bytes(32, "little")


def signed_with(nonce: int, text: str) -> Signature:
    """A signature of `LOG`'s key on a text, with a nonce that is none of the text's."""
    secret = bytearray(hashlib.sha512(SEED).digest()[:32])
    secret[0] &= 248
    secret[31] = secret[31] & 127 | 64
    public, shared = LOG.verifier.public, _times(nonce)
    hashed = int.from_bytes(hashlib.sha512(shared + public + text.encode()).digest(), "little") % _L
    answer = (nonce + hashed * int.from_bytes(secret, "little")) % _L
    return LOG.sign(text)._replace(value=shared + answer.to_bytes(32, "little"))


def watching(folder: Path) -> Witness:
    logs = [LogVerifier(LOG.verifier), LogVerifier(OTHER.verifier)]
    return Witness(folder, SIGNER, logs, SimulatedClock(NOW * 1_000))


def file_of(folder: Path, origin: str = ORIGIN) -> Path:
    return folder / "logs" / sha256(origin.encode()).hexdigest()


def path_of(origin: str = ORIGIN) -> str:
    return f"/{sha256(origin.encode()).hexdigest()}/checkpoint"


def test_a_log_that_signs_one_head_many_times_is_remembered_with_one_signature(tmp_path: Path) -> None:
    text = TREE.head(100).text()
    lines = tuple(signed_with(nonce, text) for nonce in range(1, MAX_SIGNATURES + 1))
    assert all(LogVerifier(LOG.verifier).verifies(text, one.value) for one in lines)
    assert len(set(lines)) == MAX_SIGNATURES
    with watching(tmp_path) as witness, serving(witness) as url:
        assert is_cosigned(submit(url, Growing(0, (), Note(text, lines))), text)
        kept = note.parse(file_of(tmp_path).read_bytes())
        assert [one.name for one in kept.signatures] == [ORIGIN, SIGNER.verifier.name]
        again = Growing(100, (), Note(text, lines[1:]))
        assert is_cosigned(submit(url, again), text)
    with watching(tmp_path) as witness, serving(witness) as url:
        assert not witness.damaged
        assert is_cosigned(submit(url, TREE.growing(100, 101)), TREE.head(101).text())
        assert submit(url, TREE.growing(0, 9, OTHER)).status == 200


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def signed_too_often(path: Path) -> None:
    whole = note.parse(path.read_bytes())
    lines = [whole.signatures[0]] * MAX_SIGNATURES
    path.write_bytes(Note(whole.text, (*lines, whole.signatures[-1])).encode())


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def endless(path: Path) -> None:
    os.truncate(path, 10**12)


def a_loop(path: Path) -> None:
    path.unlink()
    path.symlink_to(path)


Harm = Callable[[Path], None]


@pytest.mark.parametrize("harm", [emptied, signed_too_often, a_folder, a_pipe, endless, a_loop])
def test_a_damaged_log_stops_itself_alone_also_after_a_restart(
    tmp_path: Path, harm: Harm, caplog: pytest.LogCaptureFixture
) -> None:
    signer_of(tmp_path, SIGNER.verifier.name)
    with watching(tmp_path) as witness, serving(witness) as url:
        assert submit(url, TREE.growing(0, 100)).status == 200
        assert submit(url, TREE.growing(0, 9, OTHER)).status == 200
        whole = file_of(tmp_path).read_bytes()
        harm(file_of(tmp_path))
        assert submit(url, TREE.growing(100, 101)).status == 500
        assert submit(url, TREE.growing(9, 10, OTHER)).status == 200
    with watching(tmp_path) as witness, serving(witness) as url:
        assert [one.where for one in witness.damaged] == [ORIGIN]
        answer = submit(url, TREE.growing(0, 101))
        assert answer.status == 500
        assert send(url, b"", "GET", path_of()).status == 500
        assert f"{ORIGIN}: what the witness remembers" in answer.body.decode()
        assert ORIGIN in caplog.text
        assert is_cosigned(
            submit(url, TREE.growing(10, 11, OTHER)), TREE.head(11, OTHER.verifier.name).text()
        )
        # Put right, it goes on without another start.
        path = file_of(tmp_path)
        if harm is a_folder:
            path.rmdir()
        else:
            path.unlink()
        path.write_bytes(whole)
        assert is_cosigned(submit(url, TREE.growing(100, 101)), TREE.head(101).text())


def test_it_tells_by_name_how_its_logs_stand(tmp_path: Path) -> None:
    signer = signer_of(tmp_path)
    logs = [LogVerifier(LOG.verifier), LogVerifier(OTHER.verifier)]
    arguments = ["witness", str(tmp_path), "--status"]
    for log in logs:
        arguments += ["--log", log.key.encode()]
    with Witness(tmp_path, signer, logs, SimulatedClock(NOW * 1_000)) as witness:
        witness.add(TREE.growing(0, 100))
        told = CliRunner().invoke(app, arguments)  # while it runs
        assert told.exit_code == 0
        assert told.stdout.splitlines() == [
            f"{ORIGIN}  100 条，签署于 2026-09-21T14:13:20Z",
            f"{ORIGIN}  100 leaves, cosigned at 2026-09-21T14:13:20Z",
            f"{OTHER.verifier.name}  从未签署",
            f"{OTHER.verifier.name}  never cosigned",
        ]
    file_of(tmp_path).write_bytes(b"")
    told = CliRunner().invoke(app, arguments)
    assert told.exit_code == 1
    zh, en, *_ = told.stdout.splitlines()
    assert zh.startswith(f"{ORIGIN}  未签署：{ORIGIN}：见证人对此日志的记忆")
    assert en.startswith(f"{ORIGIN}  not cosigned: {ORIGIN}: what the witness remembers of this log")
    assert CliRunner().invoke(app, ["witness", str(tmp_path / "no"), *arguments[2:]]).exit_code == 2
    assert not (tmp_path / "no").exists()


def test_it_shows_the_head_that_it_cosigned_last(tmp_path: Path) -> None:
    with watching(tmp_path) as witness, serving(witness) as url:
        assert send(url, b"", "GET", path_of()).status == 404
        for old, size in ((0, 0), (0, 9), (9, 100)):
            submit(url, TREE.growing(old, size))
            answer = send(url, b"", "GET", path_of())
            assert (answer.status, answer.kind) == (200, "text/plain; charset=utf-8")
            found = note.parse(answer.body)
            assert checkpoint.of(found) == TREE.head(size)
            assert len(note.verified(found, [LogVerifier(LOG.verifier), VERIFIER])) == 2
        assert send(url, b"", "GET", path_of(OTHER.verifier.name)).status == 404
        assert send(url, b"", "GET", path_of().upper()).status == 404
        assert send(url, b"", "POST", path_of()).status == 405
        assert send(url, b"", "GET", "/..%2f..%2fetc/checkpoint").status == 404
