"""`holdfast witness` as a user meets it: keys, logs, signals, exit codes; and killed while it cosigns."""

import signal
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from typer.testing import CliRunner, Result
from witnessing import FORK, LOG, SIGNER, TREE, is_cosigned, raw, submit

from holdfast.cli import app
from holdfast.trail.cosignature import WitnessVerifier
from holdfast.trail.keys import LogSigner, parse_vkey
from holdfast.witness import server
from holdfast.witness.key import KEY, VKEY, signer_of
from holdfast.witness.logs import watched
from waiting import GUARD_SECONDS

VKEY_OF_LOG = LOG.verifier.encode()
Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("COLUMNS", "200")
    runner = CliRunner()

    def invoke(*arguments: object) -> Result:
        return runner.invoke(app, ["witness", *map(str, arguments)], catch_exceptions=False)

    return invoke


@contextmanager
def started(folder: Path, *more: str) -> Generator[tuple[subprocess.Popen[str], str, str]]:
    """The command on a free port: its process, its vkey and its URL."""
    command = [sys.executable, "-c", "from holdfast.cli import main; main()", "witness", str(folder)]
    with subprocess.Popen(
        [*command, "--log", VKEY_OF_LOG, "--port", "0", *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stderr
        try:
            yield process, process.stdout.readline().strip(), process.stderr.readline().split()[2].strip(";")
        finally:
            process.kill()


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_told_to_end(tmp_path: Path, ending: signal.Signals) -> None:
    with started(tmp_path / "w", "--name", "witness.example/w7") as (process, vkey, url):
        witness = WitnessVerifier(parse_vkey(vkey))
        assert witness.name == "witness.example/w7"
        assert is_cosigned(submit(url, TREE.growing(0, 9)), TREE.head(9).text(), witness)
        process.send_signal(ending)
        assert process.communicate(timeout=GUARD_SECONDS) == ("", "")
        assert process.returncode == 0
    assert (tmp_path / "w" / KEY).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "w").stat().st_mode & 0o777 == 0o700


def test_a_second_one_on_the_folder_does_not_start_and_shows_the_key(tmp_path: Path, run: Run) -> None:
    with started(tmp_path) as (_, vkey, url):
        second = run(tmp_path, "--log", VKEY_OF_LOG, "--port", 0)
        assert second.exit_code == 4
        assert "[witness_folder_in_use]" in second.stderr
        assert run(tmp_path, "--show-key").stdout == f"{vkey}\n"
        assert submit(url, TREE.growing(0, 9)).status == 200


def test_a_damaged_log_is_named_at_the_start_and_the_witness_runs(tmp_path: Path) -> None:
    other = LogSigner("log.example/other", Ed25519PrivateKey.generate())
    with started(tmp_path, "--log", other.verifier.encode()) as (_, vkey, url):
        witness = WitnessVerifier(parse_vkey(vkey))
        assert submit(url, TREE.growing(0, 9)).status == 200
    (damaged,) = (tmp_path / "logs").iterdir()
    damaged.write_bytes(b"")
    command = [sys.executable, "-c", "from holdfast.cli import main; main()", "witness", str(tmp_path)]
    logs = ["--log", VKEY_OF_LOG, "--log", other.verifier.encode(), "--port", "0"]
    with subprocess.Popen(
        [*command, *logs], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr
        try:
            said = process.stderr.readline()
            assert said.startswith("未签署：log.example/holdfast：见证人对此日志的记忆")
            assert damaged.name in said
            said = process.stderr.readline()
            assert said.startswith(
                "not cosigned: log.example/holdfast: what the witness remembers of this log"
            )
            assert damaged.name in said
            url = process.stderr.readline().split()[2].strip(";")
            assert submit(url, TREE.growing(9, 10)).status == 500
            text = TREE.head(9, "log.example/other").text()
            assert is_cosigned(submit(url, TREE.growing(0, 9, other)), text, witness)
        finally:
            process.kill()


def test_killed_while_it_cosigns_it_forgets_nothing(tmp_path: Path) -> None:
    """Whatever was answered before a kill is known after it, and the fork is refused each time."""
    answered = 0
    for _ in range(2):
        with started(tmp_path) as (process, _, url):
            known = int(submit(url, TREE.growing(200, 200)).body)
            assert known >= answered
            if known:
                assert submit(url, FORK.growing(known, known)).status == 422
            for size in range(known + 1, known + 20):
                assert submit(url, TREE.growing(size - 1, size)).status == 200
                answered = size
            body = TREE.growing(answered, answered + 1).encode()
            with raw(url) as sock:
                head = f"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: {len(body)}\r\n\r\n"
                sock.sendall(head.encode() + body)
                process.kill()
    assert answered >= 2 * 19


def test_keys_are_made_once(tmp_path: Path, run: Run) -> None:
    folder = tmp_path / "a" / "b"
    shown = run(folder, "--show-key")
    assert (shown.exit_code, shown.stderr) == (0, "")
    vkey = shown.stdout.removesuffix("\n")
    assert parse_vkey(vkey).name == "witness.example/w1"
    assert (folder / VKEY).read_text() == shown.stdout
    assert (folder / KEY).read_text().startswith("-----BEGIN PRIVATE KEY-----")
    assert run(folder, "--show-key", "--name", "witness.example/w1").stdout == shown.stdout
    assert sorted(path.name for path in folder.iterdir()) == [KEY, VKEY]


def test_a_post_quantum_key(tmp_path: Path, run: Run) -> None:
    shown = run(tmp_path, "--show-key", "--ml-dsa").stdout
    assert parse_vkey(shown.strip()).kind == 0x06
    assert run(tmp_path, "--show-key").stdout == shown


def test_a_start_that_was_broken_off_goes_on_with_its_key(tmp_path: Path) -> None:
    made = signer_of(tmp_path, "witness.example/w2")
    (tmp_path / VKEY).unlink()
    assert signer_of(tmp_path, "witness.example/w2").verifier == made.verifier


def test_another_name_or_algorithm_is_another_witness(tmp_path: Path, run: Run) -> None:
    run(tmp_path, "--show-key")
    for more in (("--name", "witness.example/w2"), ("--ml-dsa",)):
        refused = run(tmp_path, "--show-key", *more)
        assert (refused.exit_code, refused.stdout) == (1, "")
        assert "[bad_witness_key]" in refused.stderr


EC = generate_private_key(SECP256R1())
KEYS = {
    "gone": None,
    "empty": b"",
    "no key": b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    "another curve": EC.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    "with a password": EC.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")),
    "another key": Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    ),
}


@pytest.mark.parametrize("name", KEYS)
def test_a_key_that_is_not_the_one_it_had(tmp_path: Path, run: Run, name: str) -> None:
    run(tmp_path, "--show-key")
    (tmp_path / KEY).unlink()
    data = KEYS[name]
    if data is not None:
        (tmp_path / KEY).write_bytes(data)
    refused = run(tmp_path, "--log", VKEY_OF_LOG)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "[bad_witness_key]" in refused.stderr


@pytest.mark.parametrize("data", [b"", b"\xff", b"nothing\n"])
def test_a_damaged_vkey(tmp_path: Path, run: Run, data: bytes) -> None:
    run(tmp_path, "--show-key")
    (tmp_path / VKEY).write_bytes(data)
    assert "[bad_witness_key]" in run(tmp_path, "--show-key").stderr


@pytest.mark.parametrize("name", ["", "a b", "a+b", "\udcff"])
def test_what_is_no_name(tmp_path: Path, run: Run, name: str) -> None:
    refused = run(tmp_path, "--show-key", "--name", name)
    assert refused.exit_code == 1
    assert "[bad_note]" in refused.stderr
    assert not (tmp_path / KEY).exists()


def test_logs_are_named_by_vkeys_and_policies(tmp_path: Path) -> None:
    text = f"log {VKEY_OF_LOG} https://log.example/\nwitness w {SIGNER.verifier.encode()}\nquorum w\n"
    (tmp_path / "policy").write_text(text)
    found = watched([VKEY_OF_LOG, str(tmp_path / "policy")])
    assert [log.key for log in found] == [LOG.verifier]


@pytest.mark.parametrize(
    ("named", "text", "code"),
    [
        ("nothing", None, "[bad_watched_log]"),
        ("x" * 5_000, None, "[bad_watched_log]"),
        ("\udcff+00000000+AAAA", None, "[bad_watched_log]"),
        (SIGNER.verifier.encode(), None, "[bad_watched_log]"),
        (None, "quorum none\n", "[bad_watched_log]"),
        (None, b"log \xff+00000000+AAAA\nquorum none\n", "[bad_"),
        (None, "log x\n", "[bad_trust_policy]"),
        (".", None, "[input_output_failed]"),
    ],
)
def test_what_is_no_log(
    tmp_path: Path, run: Run, named: str | None, text: str | bytes | None, code: str
) -> None:
    if text is not None:
        named = str(tmp_path / "policy")
        Path(named).write_bytes(text if isinstance(text, bytes) else text.encode())
    refused = run(tmp_path / "w", "--log", named)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert code in refused.stderr
    assert not (tmp_path / "w").exists()


def test_no_log_is_a_wrong_use(tmp_path: Path, run: Run) -> None:
    assert run(tmp_path / "w").exit_code == 2
    assert not (tmp_path / "w").exists()


@pytest.mark.parametrize("host", ["256.0.0.1.invalid", "\udcff", "a" * 70])
def test_an_address_that_cannot_be_listened_on(tmp_path: Path, run: Run, host: str) -> None:
    refused = run(tmp_path, "--log", VKEY_OF_LOG, "--port", 0, "--host", host)
    assert refused.exit_code == 1
    assert "[input_output_failed]" in refused.stderr


def test_a_port_that_is_taken(tmp_path: Path, run: Run) -> None:
    with server.listener("127.0.0.1", 0) as listening:
        refused = run(tmp_path, "--log", VKEY_OF_LOG, "--port", listening.getsockname()[1])
    assert refused.exit_code == 1
    assert "address already in use" in refused.stderr
