"""What a witness remembers outlives it: restarts, kills, a full disk, a clock that was put back."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from witnessing import (
    FORK,
    LOG,
    LOGS,
    NOW,
    ORIGIN,
    SIGNER,
    TREE,
    Answer,
    files,
    is_cosigned,
    raw,
    serving,
    submit,
    wait_for,
    watching,
    witnessing,
)

from holdfast.kernel.clock import SimulatedClock
from holdfast.trail import checkpoint, note
from holdfast.trail.cosignature import WitnessSigner, time_of
from holdfast.trail.keys import LogSigner, LogVerifier
from holdfast.trail.note import BadNote
from holdfast.witness.cosigner import Witness
from holdfast.witness.memory import MOST_CONFLICTS, BadWitnessMemory, WitnessFolderInUse
from holdfast.witness.rules import LogForked, LogNotGrown, LogSizeDiffers

HERE = Path(__file__).parent
FILE = f"logs/{sha256(ORIGIN.encode()).hexdigest()}"


def test_it_is_monotonic_over_restarts(tmp_path: Path) -> None:
    for old, size in [(0, 5), (5, 5), (5, 64), (64, 200)]:
        with witnessing(tmp_path) as url:
            if old:
                assert submit(url, TREE.growing(0, 1)) == Answer(409, "text/x.tlog.size", f"{old}\n".encode())
                assert submit(url, FORK.growing(old, old)).status == 422
            assert is_cosigned(submit(url, TREE.growing(old, size)), TREE.head(size).text())


def test_an_answer_that_is_lost_is_asked_for_again(tmp_path: Path) -> None:
    with witnessing(tmp_path) as url:
        body = TREE.growing(0, 100).encode()
        with raw(url) as sock:
            head = f"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: {len(body)}\r\n\r\n"
            sock.sendall(head.encode() + body)
            wait_for((tmp_path / FILE).exists)
        assert submit(url, TREE.growing(0, 100)) == Answer(409, "text/x.tlog.size", b"100\n")
        assert is_cosigned(submit(url, TREE.growing(100, 100)), TREE.head(100).text())


KILLED = """
import os, signal, sys
from pathlib import Path
from witnessing import TREE, watching
witness = watching(Path(sys.argv[1]))
witness.add(TREE.growing(0, 100))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_it_is_killed_between_the_disk_and_the_answer(tmp_path: Path) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": f"{HERE}{os.pathsep}{HERE.parent}"},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    with watching(tmp_path) as witness:
        with pytest.raises(LogSizeDiffers) as found:
            witness.add(TREE.growing(0, 100))
        assert found.value.known == 100
        assert found.value.record().code == "log_size_differs"
        with pytest.raises(LogForked):
            witness.add(FORK.growing(100, 100))
        assert witness.add(TREE.growing(100, 100)).name == SIGNER.verifier.name


def test_what_cannot_be_written_is_not_cosigned(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with witnessing(tmp_path) as url:
        (tmp_path / "logs").write_text("in the way of the folder")
        answer = submit(url, TREE.growing(0, 100))
        assert answer == Answer(
            500,
            "text/plain; charset=utf-8",
            "见证人无法记住此树头，因此不签署\n"
            "the witness cannot remember this, so it does not cosign it\n".encode(),
        )
        assert "nothing is cosigned for now" in caplog.text
        (tmp_path / "logs").unlink()
        assert submit(url, FORK.growing(0, 100)).status == 200


Harm = Callable[[bytes], bytes]

HARMS: dict[str, Harm] = {
    "emptied": lambda data: data[:0],
    "cut": lambda data: data[:-9],
    "smaller": lambda data: data.replace(b"\n100\n", b"\n10\n"),
    "another log": lambda data: data.replace(ORIGIN.encode(), b"log.example/holdfasu"),
    "not cosigned": lambda data: b"".join(data.splitlines(keepends=True)[:5]),
}


@pytest.mark.parametrize("name", HARMS)
def test_a_damaged_memory_is_no_memory(tmp_path: Path, name: str, caplog: pytest.LogCaptureFixture) -> None:
    with witnessing(tmp_path) as url:
        submit(url, TREE.growing(0, 100))
        whole = (tmp_path / FILE).read_bytes()
        (tmp_path / FILE).write_bytes(HARMS[name](whole))
        assert submit(url, TREE.growing(100, 100)).status == 500
        assert submit(url, TREE.growing(0, 100)).status == 500
        assert "bad_witness_memory" in caplog.text
    with watching(tmp_path) as witness:
        assert [(one.where, one.code) for one in witness.damaged] == [(ORIGIN, "bad_witness_memory")]
        with pytest.raises(BadWitnessMemory):
            witness.add(TREE.growing(100, 101))
    (tmp_path / FILE).write_bytes(whole)
    with watching(tmp_path) as witness:
        assert witness.add(TREE.growing(100, 101))


def test_a_witness_with_another_key_is_another_witness(tmp_path: Path) -> None:
    with watching(tmp_path) as witness:
        witness.add(TREE.growing(0, 100))
    other = WitnessSigner("witness.example/w1", Ed25519PrivateKey.from_private_bytes(b"\x09" * 32))
    with (
        watching(tmp_path, other) as witness,
        pytest.raises(BadWitnessMemory, match="cosignature is missing"),
    ):
        witness.add(TREE.growing(100, 101))


def test_a_folder_is_held_by_one(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from witnessing import watching; watching(Path(sys.argv[1]))"
    )
    with watching(tmp_path):
        with pytest.raises(WitnessFolderInUse) as found:
            watching(tmp_path)
        assert found.value.record().code == "witness_folder_in_use"
        other = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path)],
            env={**os.environ, "PYTHONPATH": f"{HERE}{os.pathsep}{HERE.parent}"},
            check=False,
            capture_output=True,
            text=True,
        )
        assert "[witness_folder_in_use]" in other.stderr
    watching(tmp_path).close()


def test_the_time_of_cosignatures_never_falls(tmp_path: Path) -> None:
    with watching(tmp_path, now=NOW + 500) as witness:
        assert time_of(witness.add(TREE.growing(0, 9)).value) == NOW + 500
    with watching(tmp_path, now=NOW) as witness:
        assert time_of(witness.add(TREE.growing(9, 10)).value) == NOW + 500
    with watching(tmp_path, now=NOW + 501) as witness:
        assert time_of(witness.add(TREE.growing(10, 11)).value) == NOW + 501


def test_a_clock_that_was_ahead_is_put_right_by_a_person(tmp_path: Path) -> None:
    ahead = NOW + 75 * 365 * 86_400
    with watching(tmp_path, now=ahead) as witness:
        assert time_of(witness.add(TREE.growing(0, 9)).value) == ahead
        assert witness.ahead() == {}
    with watching(tmp_path, now=NOW) as witness:
        assert witness.ahead() == {ORIGIN: ahead * 1_000}
        assert time_of(witness.add(TREE.growing(9, 10)).value) == ahead
    clock = SimulatedClock(NOW * 1_000)
    with Witness(tmp_path, SIGNER, LOGS, clock, clock_is_right=True) as witness:
        assert time_of(witness.add(TREE.growing(10, 11)).value) == NOW
    with watching(tmp_path, now=NOW - 60) as witness:
        assert time_of(witness.add(TREE.growing(11, 12)).value) == NOW


def test_a_clock_that_was_never_set_cosigns_nothing(tmp_path: Path) -> None:
    with watching(tmp_path, now=0) as witness, serving(witness) as url:
        answer = submit(url, TREE.growing(0, 9))
        assert (answer.status, b"[clock_wrong]" in answer.body) == (500, True)
        assert files(tmp_path) == {"lock"}


def test_conflicts_do_not_fill_the_disk(tmp_path: Path) -> None:
    with watching(tmp_path) as witness:
        witness.add(TREE.growing(0, 100))
        for number in range(MOST_CONFLICTS + 5):
            text = TREE.head(110)._replace(extensions=(str(number),)).text()
            asked = TREE.growing(100, 110)._replace(proof=(), note=note.Note(text, (LOG.sign(text),)))
            with pytest.raises(LogNotGrown):
                witness.add(asked)
        assert len(files(tmp_path / "conflicts")) == 2 * MOST_CONFLICTS
        with pytest.raises(LogForked):
            witness.add(FORK.growing(100, 100))
        assert len(files(tmp_path / "conflicts")) == 2 * MOST_CONFLICTS + 2


def test_two_logs_do_not_mix_and_a_log_may_have_two_keys(tmp_path: Path) -> None:
    keys = [
        LogSigner(name, Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))
        for seed, name in enumerate(("log.example/a", "log.example/b", "log.example/b"), start=20)
    ]
    logs = [LogVerifier(key.verifier) for key in keys]
    with Witness(tmp_path, SIGNER, logs, SimulatedClock(NOW * 1_000)) as witness:
        witness.add(TREE.growing(0, 9, keys[0]))
        witness.add(FORK.growing(0, 5, keys[1]))
        witness.add(FORK.growing(5, 6, keys[2]))
        witness.add(TREE.growing(9, 10, keys[0]))
    kept = {checkpoint.of(note.parse(path.read_bytes())) for path in (tmp_path / "logs").iterdir()}
    assert kept == {TREE.head(10, "log.example/a"), FORK.head(6, "log.example/b")}


def test_a_name_that_cannot_be_signed_is_refused_at_the_start(tmp_path: Path) -> None:
    signer = WitnessSigner("witness.example/pq", MLDSA44PrivateKey.from_seed_bytes(b"\x05" * 32))
    log = LogSigner("log.example/" + "x" * 250, Ed25519PrivateKey.from_private_bytes(b"\x01" * 32))
    with pytest.raises(BadNote, match="255 bytes"):
        Witness(tmp_path, signer, [LogVerifier(log.verifier)], SimulatedClock(0))
    watching(tmp_path).close()
