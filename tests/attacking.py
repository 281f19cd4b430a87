"""A log that its operator runs with two witnesses on real ports, and what a stranger does to believe it."""

import shutil
import socket
import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from holdfast.kernel.actor import LIBRARY
from holdfast.kernel.clock import SECOND, SimulatedClock
from holdfast.kernel.refusal import Refusal
from holdfast.publishing import place
from holdfast.publishing.place import Place
from holdfast.publishing.promises import KeyRing
from holdfast.publishing.publisher import Publisher
from holdfast.publishing.receipts import Published
from holdfast.publishing.scribe import Entry, opening_of
from holdfast.publishing.witnesses import Witnesses
from holdfast.trail import note, opening, proof
from holdfast.trail.cosignature import WitnessSigner
from holdfast.trail.keys import LogVerifier
from holdfast.trail.leaf import Leaf
from holdfast.trail.merkle import CompactRange, Hash, leaf_hash
from holdfast.trail.note import Note
from holdfast.trail.opening import Opening
from holdfast.trail.policy import Trust
from holdfast.trail.proof import Receipt
from holdfast.witness import server
from holdfast.witness.cosigner import Witness
from waiting import wait_for

ORIGIN = "log.example/holdfast"
NOW = 1_790_000_000
WITNESSES = [
    WitnessSigner(f"witness.example/w{number}", Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32))
    for number in (1, 2)
]
UNKNOWN_WITNESS = WitnessSigner("witness.example/w3", Ed25519PrivateKey.from_private_bytes(b"\x03" * 32))
SIZE = 600
"""Two full tiles, a partial one, and a partial one above them."""


def entry(number: int, who: str = "") -> Entry:
    """A sale of an order of its own; `who` tells histories apart."""
    body: dict[str, Any] = {
        "type": "OrderPlaced",
        "order_id": f"o{number}",
        "consumer_id": f"c{number % 7}{who}",
        "merchant_id": "m1",
        "currency": "CNY",
        "amount_minor": 1_000 + number,
    }
    return Entry(f"{number:032x}", NOW * SECOND + number, "OrderPlaced", body, LIBRARY)


class Operator(NamedTuple):
    """A log, the keys that hide its facts, and what opens the leaves that it published, in their order."""

    where: Place
    keys: KeyRing
    openings: list[Opening]

    @property
    def trust(self) -> Trust:
        return self.where.trust

    @property
    def state(self) -> Path:
        """Where a monitor of this log may remember things."""
        return self.where.path.parent / "state"

    def compact(self) -> list[Hash]:
        return compact(self.openings)

    def publisher(self) -> Publisher:
        """A writer that takes the log up, as its operator's machine does when it starts."""
        witnesses = Witnesses(self.where.trust, self.where.urls, pause=0)
        writer = Publisher(self.where.store(), self.where.head(), self.where.signer, self.trust, witnesses)
        writer.resume(len(self.openings), compact(self.openings))
        return writer

    def append(self, entries: Iterable[Entry], writer: Publisher | None = None) -> None:
        found = [opening_of(self.keys, one) for one in entries]
        (writer or self.publisher()).publish([one.leaf.encode() for one in found])
        self.openings.extend(found)

    def receipt(self, index: int) -> Receipt:
        """A receipt as it is handed out: out of the files that are published."""
        return Published(self.where.store(), self.trust).receipt(index)

    def out(self) -> Note:
        return note.parse(self.where.store().read("checkpoint") or b"")

    def signed(self) -> Note:
        """The head that is signed: out, or not."""
        return note.parse(self.where.head().read() or b"")

    def copied(self, path: Path) -> "Operator":
        """The same log on another disk, with the same keys: for a second history, or to spoil its files."""
        shutil.copytree(self.where.path, path / "trail")
        return Operator(place.load(path / "trail"), self.keys, list(self.openings))

    def flip(self, name: str, at: int) -> None:
        path = self.where.log / name
        data = bytearray(path.read_bytes())
        data[at] ^= 1
        path.write_bytes(data)


def compact(openings: Iterable[Opening]) -> list[Hash]:
    tree = CompactRange()
    for one in openings:
        tree.append(leaf_hash(one.leaf.encode()))
    return tree.hashes


@contextmanager
def running(
    folder: Path, origin: str = ORIGIN, *, more: Iterable[str] = (), quorum: str = "both"
) -> Generator[Operator]:
    """An empty log in a folder, and its witnesses, as long as the block goes on; both must cosign.

    `more` are lines of the policy: other witnesses, and groups of which one may be the quorum.
    """
    with ExitStack() as stack:
        sockets = [stack.enter_context(server.listener("127.0.0.1", 0)) for _ in WITNESSES]
        lines = [
            f"witness w{number} {signer.verifier.encode()} {server.url_of(sock)}"
            for number, (signer, sock) in enumerate(zip(WITNESSES, sockets, strict=True), start=1)
        ]
        both = ("group both all w1 w2",) if quorum == "both" else ()
        where = place.make(folder / "trail", origin, (*lines, *both, *more), quorum)
        runs: list[uvicorn.Server] = []
        for signer, sock in zip(WITNESSES, sockets, strict=True):
            log = LogVerifier(where.signer.verifier)
            memory = folder / signer.verifier.name.replace("/", "-")
            witness = stack.enter_context(Witness(memory, signer, [log], SimulatedClock(NOW * SECOND)))
            runs.append(server.server(witness))
            stack.enter_context(_serving(runs[-1], sock))
        stack.callback(_end, runs)  # all at once: each takes its time to look whether it should
        yield Operator(where, KeyRing(), [])


def _end(runs: Iterable[uvicorn.Server]) -> None:
    for serving in runs:
        serving.should_exit = True


@contextmanager
def _serving(serving: uvicorn.Server, sock: socket.socket) -> Generator[None]:
    thread = threading.Thread(target=serving.run, kwargs={"sockets": [sock]})
    thread.start()
    try:
        wait_for(lambda: serving.started, thread.is_alive)
        yield
    finally:
        _end([serving])
        thread.join()


def believe(trust: Trust, receipt: bytes, opened: bytes) -> Leaf:
    """Do what a stranger does with a receipt and what opens its leaf: nothing else is at hand.

    Raises:
        BadLeaf, BadNote, BadProof, Untrusted: it is not to be believed.
    """
    found, leaf = proof.read(receipt), opening.read(opened).leaf
    trust.check(found.note)
    found.check(leaf.encode())
    return leaf


def refused(act: Callable[[], object], code: str, said: str) -> None:
    """See that something is refused with a code, and that its sentence says this."""
    with pytest.raises(Refusal) as found:
        act()
    assert (found.value.code, said in str(found.value)) == (code, True), str(found.value)
