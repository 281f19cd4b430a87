"""Receipts of a log of a million facts: making one from tiles that are warm, its size, and checking it."""

import statistics
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from holdfast.bench.figure import Measured
from holdfast.bench.load import Tell
from holdfast.bench.trail.memory import entries, openings, stretch
from holdfast.publishing import place
from holdfast.publishing.place import Place
from holdfast.publishing.publisher import Prove, Publisher
from holdfast.publishing.receipts import Published
from holdfast.publishing.store import tiles_of
from holdfast.trail import merkle, opening, proof
from holdfast.trail.cosignature import WitnessSigner, ed25519_message, time_of
from holdfast.trail.note import Note, Signature
from holdfast.trail.opening import Opening
from holdfast.trail.proof import Receipt
from holdfast.trail.tile import Tile, node_at

ORIGIN = "log.example/holdfast"
WITNESSES = ("w1", "w2")
FACTS, QUICK_FACTS = 1_000_000, 100_000

_SEED = 7
_SEEN_AT = 1_790_000_000
_AT_ONCE = 20_000
_SAMPLE = 2_000
_MILLISECONDS = 1_000
_TIME_BYTES = 8


class Log(NamedTuple):
    """A log in a folder with two witnesses, and what opens some of its entries, by their indices."""

    where: Place
    published: Published
    opened: dict[int, Opening]


class Given(NamedTuple):
    """What whoever checks has in hand."""

    receipt: bytes
    opening: bytes


def units(*, quick: bool) -> dict[str, str]:
    """Return the figures' units where the log was a smaller one."""
    told = f"of a log of {QUICK_FACTS:,} facts"
    return {"receipt_ms": f"ms, {told}", "receipt_bytes": f"bytes, {told}"} if quick else {}


def receipts(folder: Path, tell: Tell, *, quick: bool) -> dict[str, Measured]:
    """Measure receipts at random indices, and the check of a receipt with its opening.

    Floors: reading the tiles that a receipt is made of; the same hashes and signatures as plain bytes; the
    three signatures verified alone, their keys read beforehand.
    """
    with TemporaryDirectory(dir=folder) as made:
        log = written(Path(made), QUICK_FACTS if quick else FACTS, tell)
        rng = Random(_SEED)  # noqa: S311 - repeatable on purpose
        indices = [rng.randrange(log.published.size) for _ in range(_SAMPLE)]
        for index in indices:
            log.published.receipt(index)  # tiles are warm
        making = [_timed(lambda index=index: log.published.receipt(index).encode()) for index in indices]
        reading = [_reading(log, index) for index in indices]
        found = [log.published.receipt(index) for index in indices]
        given = [
            Given(log.published.receipt(index).encode(), opened.encode())
            for index, opened in log.opened.items()
        ]
        checking = [_timed(lambda one=one: check(log, one)) for one in given]
        signatures = _signatures(log)
        verifying = [_timed(signatures) for _ in given]
    sizes = [float(len(one.encode())) for one in found]
    return {
        "receipt_ms": Measured(statistics.median(making), statistics.median(reading)),
        "receipt_bytes": Measured(statistics.median(sizes), statistics.median(map(_plain, found))),
        "verify_ms": Measured(statistics.median(checking), statistics.median(verifying)),
    }


def written(folder: Path, count: int, tell: Tell) -> Log:
    """Write a log as the publisher does, cosigned by two witnesses that are both asked for."""
    cosigners = [WitnessSigner(f"witness.example/{name}", Ed25519PrivateKey.generate()) for name in WITNESSES]
    lines = [
        f"witness {name} {one.verifier.encode()}" for name, one in zip(WITNESSES, cosigners, strict=True)
    ]
    where = place.make(folder / "log", ORIGIN, (*lines, f"group both all {' '.join(WITNESSES)}"), "both")

    def ask(head: Note, _prove: Prove, _hint: int) -> list[Signature]:
        return [one.sign(head.text, _SEEN_AT) for one in cosigners]

    publisher = Publisher(where.store(), where.head(), where.signer, where.trust, ask)
    publisher.resume(0, [])
    known = openings()
    coming = entries(known, count)
    for start in range(0, count, _AT_ONCE):
        publisher.publish([next(coming) for _ in range(min(_AT_ONCE, count - start))])
        tell(start / count)
    every = stretch(known, count)
    opened = {number * every: one for number, one in enumerate(known)}
    return Log(where, Published(where.store(), where.trust), opened)


def check(log: Log, given: Given) -> None:
    """Check a receipt, an opening and two cosignatures, from their bytes."""
    receipt, opened = proof.read(given.receipt), opening.read(given.opening)
    receipt.check(opened.leaf.encode())
    log.where.trust.check(receipt.note)


def _timed(act: Callable[[], object]) -> float:
    """Return how long it takes, in milliseconds."""
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * _MILLISECONDS


def _reading(log: Log, index: int) -> float:
    """Return how long it takes to read the tiles of an index's proof from their files."""
    tiles: dict[Tile, bytes] = {}
    stored = tiles_of(log.where.store())

    def read(tile: Tile) -> bytes:
        if tile not in tiles:
            tiles[tile] = stored(tile)
        return tiles[tile]

    size = log.published.size
    merkle.prove_inclusion(index, size, node_at(size, read))
    paths = [log.where.log / tile.path for tile in tiles]
    return _timed(lambda: [path.read_bytes() for path in paths])


def _plain(receipt: Receipt) -> float:
    """Return how many bytes it has to say: hashes, the root, and signatures with their times."""
    signatures = sum(len(one.key_id) + len(one.value) for one in receipt.note.signatures)
    return float((len(receipt.path) + 1) * merkle.HASH_SIZE + signatures)


def _signatures(log: Log) -> Callable[[], None]:
    """Return what verifies the three signatures of the checkpoint, and does nothing else."""
    note = log.published.note
    keys = [one.key for one in (*log.where.trust.logs, *log.where.trust.witnesses.values())]
    readied = [Ed25519PublicKey.from_public_bytes(key.public) for key in keys]
    messages = [note.text.encode()]
    values = [note.signatures[0].value]
    for one in note.signatures[1:]:
        messages.append(ed25519_message(note.text, time_of(one.value)))
        values.append(one.value[_TIME_BYTES:])

    def verify() -> None:
        for key, value, message in zip(readied, values, messages, strict=True):
            key.verify(value, message)

    return verify
