"""Real logs in folders, on real ports, and the ways to spoil them."""

import json
import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from holdfast.monitor.watch import Asked, Report, watch
from holdfast.publishing.store import tiles_of
from holdfast.trail import bundle, policy
from holdfast.trail.bundle import new_bundles
from holdfast.trail.checkpoint import Checkpoint
from holdfast.trail.folder import CHECKPOINT, Folder
from holdfast.trail.growth import Growth
from holdfast.trail.keys import LogSigner
from holdfast.trail.leaf import Leaf, commit
from holdfast.trail.merkle import Hash, leaf_hash, prove_inclusion
from holdfast.trail.note import Note
from holdfast.trail.opening import Opening, canonical
from holdfast.trail.policy import Trust
from holdfast.trail.proof import Receipt
from holdfast.trail.tile import WIDTH, Tile, new_tiles, node_at

ORIGIN = "log.example/holdfast"
SIGNER = LogSigner(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"\x01" * 32))
STRANGER = LogSigner(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"\x02" * 32))
POLICY = f"log {SIGNER.verifier.encode()}\nquorum none\n".encode()
TRUST: Trust = policy.read(POLICY)
SALT = bytes(range(32))


def entry(number: int, who: str = "") -> bytes:
    """A leaf; times go up and down."""
    return Leaf(f"OrderPlaced{who}", 1_000 + number * 7 % 100, "ab" * 16, f"{number:064x}").encode()


def entries(count: int, start: int = 0, who: str = "") -> list[bytes]:
    return [entry(number, who) for number in range(start, count)]


class Written:
    """A log in a folder, written as its operator does, or worse."""

    def __init__(self, path: Path) -> None:
        self.folder = Folder(path)
        self.entries: list[bytes] = []

    @property
    def path(self) -> Path:
        return self.folder.path

    def growth(self) -> Growth:
        tree = Growth()
        tree.add([leaf_hash(one) for one in self.entries])
        return tree

    def append(self, more: Iterable[bytes]) -> "Written":
        """Write tiles, bundles and a checkpoint, for the log as it was and so many entries more."""
        old = len(self.entries)
        self.entries += more
        tree = Growth()
        tiles = dict(tree.add([leaf_hash(one) for one in self.entries])) | dict(tree.partial())
        files = [(tile.path, tiles[tile]) for tile in new_tiles(old, len(self.entries))]
        for one in new_bundles(old, len(self.entries)):
            first = one.number * WIDTH
            files.append((one.path, bundle.encode(self.entries[first : first + one.width])))
        self.folder.write_all([*files, (CHECKPOINT, self.note().encode())])
        return self

    def head(self) -> Checkpoint:
        tree = self.growth()
        return Checkpoint(ORIGIN, tree.size, tree.root())

    def note(self, signer: LogSigner = SIGNER) -> Note:
        text = self.head().text()
        return Note(text, (signer.sign(text),))

    def receipt(self, index: int) -> Receipt:
        node = node_at(len(self.entries), tiles_of(self.folder))
        return Receipt(index, tuple(prove_inclusion(index, len(self.entries), node)), self.note())

    def flip(self, path: str, at: int) -> None:
        file = self.path / path
        data = bytearray(file.read_bytes())
        data[at % len(data)] ^= 1
        file.write_bytes(data)


def written(path: Path, count: int, who: str = "") -> Written:
    return Written(path).append(entries(count, who=who))


def run(log: object, folder: Path, *others: object, **more: Any) -> Report:
    return watch(Asked(str(log), TRUST, folder, [str(one) for one in others], **more))


def code(report: Report) -> str | None:
    return None if report.refusal is None else report.refusal.code


def fault_codes(report: Report) -> list[str]:
    return [fault.code for fault in report.faults]


class Recording(SimpleHTTPRequestHandler):
    """A static server that notes what it is asked for, and keeps connections."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path.removeprefix("/"))
        super().do_GET()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name in http.server
        """Say nothing."""


@contextmanager
def serving(folder: Path) -> Generator[tuple[str, list[str]]]:
    """A log on a free port: its URL, and what it was asked for."""
    asked: list[str] = []
    kind = type("Handler", (Recording,), {"asked": asked})
    with _running(partial(kind, directory=str(folder))) as url:
        yield url, asked


@contextmanager
def _running(handler: Callable[..., Any]) -> Generator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        server.block_on_close = False
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def opening_of(fact: dict[str, Any]) -> Opening:
    version = 2 if "actor" in fact else 1
    leaf = Leaf(fact["kind"], fact["at"], "cd" * 16, commit(SALT, canonical(fact)), version)
    return Opening(leaf, SALT, fact)


def openings_in(path: Path, found: Iterable[Opening]) -> Path:
    path.write_bytes(b"".join(one.encode() + b"\n" for one in found))
    return path


def logged(path: Path, facts: Iterable[dict[str, Any]]) -> tuple[Written, list[Opening]]:
    """A log of facts, and what opens them."""
    found = [opening_of(fact) for fact in facts]
    return Written(path).append(one.leaf.encode() for one in found), found


def tile_hashes(log: Written, tile: Tile) -> list[Hash]:
    data = tiles_of(log.folder)(tile)
    return [data[at : at + 32] for at in range(0, len(data), 32)]


def remembered(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "verified.json").read_bytes())
