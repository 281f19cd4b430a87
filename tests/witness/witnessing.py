"""A log whose every tree is known, a witness for it on a real port, and the ways to ask it."""

import http.client
import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from holdfast.kernel.clock import SimulatedClock
from holdfast.trail.checkpoint import Checkpoint
from holdfast.trail.consistency import Growing
from holdfast.trail.cosignature import WitnessSigner, WitnessVerifier
from holdfast.trail.keys import LogSigner, LogVerifier
from holdfast.trail.merkle import CompactRange, Hash, leaf_hash, prove_consistency, root_at
from holdfast.trail.note import Note, parse_signature
from holdfast.witness import server
from holdfast.witness.cosigner import Witness
from waiting import GUARD_SECONDS, wait_for

ORIGIN = "log.example/holdfast"
NOW = 1_790_000_000
LOG = LogSigner(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"\x01" * 32))
OTHER_KEY = LogSigner(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"\x02" * 32))
UNKNOWN = LogSigner("log.example/other", Ed25519PrivateKey.from_private_bytes(b"\x03" * 32))
SIGNER = WitnessSigner("witness.example/w1", Ed25519PrivateKey.from_private_bytes(b"\x04" * 32))
VERIFIER = WitnessVerifier(SIGNER.verifier)
LOGS = [LogVerifier(LOG.verifier)]


class Tree:
    """A tree of `most` leaves that say `who`: trees of two who have nothing in common but their sizes."""

    def __init__(self, who: str = "", most: int = 200) -> None:
        self._nodes: dict[tuple[int, int], Hash] = {}
        tree = CompactRange()
        for number in range(most):
            for level, index, found in tree.append(leaf_hash(f"{who}{number}".encode())):
                self._nodes[level, index] = found

    def node(self, level: int, index: int) -> Hash:
        return self._nodes[level, index]

    def head(self, size: int, origin: str = ORIGIN) -> Checkpoint:
        return Checkpoint(origin, size, root_at(size, self.node))

    def note(self, size: int, log: LogSigner = LOG) -> Note:
        text = self.head(size, log.verifier.name).text()
        return Note(text, (log.sign(text),))

    def prove(self, old: int, size: int) -> list[Hash]:
        return prove_consistency(old, size, self.node)

    def growing(self, old: int, size: int, log: LogSigner = LOG) -> Growing:
        proof = tuple(self.prove(old, size)) if old <= size else ()
        return Growing(old, proof, self.note(size, log))


TREE = Tree()
FORK = Tree("fork ")


class Answer(NamedTuple):
    status: int
    kind: str
    body: bytes


def watching(folder: Path, signer: WitnessSigner = SIGNER, now: int = NOW) -> Witness:
    return Witness(folder, signer, LOGS, SimulatedClock(now * 1_000))


@contextmanager
def serving(witness: Witness) -> Generator[str]:
    """The witness on a free port, as long as the block goes on."""
    with server.listener("127.0.0.1", 0) as listening:
        running = server.server(witness)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            wait_for(lambda: running.started, thread.is_alive)
            yield server.url_of(listening)
        finally:
            running.should_exit = True
            thread.join()


@contextmanager
def witnessing(folder: Path) -> Generator[str]:
    """A witness that starts on a folder and ends with the block: its URL."""
    with watching(folder) as witness, serving(witness) as url:
        yield url


def send(url: str, body: bytes, method: str = "POST", path: str = "/add-checkpoint") -> Answer:
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=GUARD_SECONDS)
    try:
        connection.request(method, path, body)
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers.get("Content-Type", ""), answer.read())
    finally:
        connection.close()


def submit(url: str, asked: Growing) -> Answer:
    return send(url, asked.encode())


def is_cosigned(answer: Answer, text: str, witness: WitnessVerifier = VERIFIER) -> bool:
    if answer.status != 200:
        return False
    line = parse_signature(answer.body.decode().removesuffix("\n"))
    assert (line.name, line.key_id) == (witness.name, witness.key_id)
    assert witness.verifies(text, line.value)
    return True


def raw(url: str) -> socket.socket:
    address = urlsplit(url)
    return socket.create_connection((address.hostname or "", address.port or 0), timeout=GUARD_SECONDS)


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
