"""Broken off before and after every single operation of publishing, and taken up from the disk alone.

At each point what is out must verify with the files that are there, and in the end it must be the log that it
would have been had nothing happened: the same files, byte for byte.
"""

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.kernel.clock import SECOND, SimulatedClock
from holdfast.publishing import head as heads
from holdfast.publishing import place, store
from holdfast.publishing.place import Place
from holdfast.publishing.publisher import Prove, Publisher
from holdfast.trail import bundle, checkpoint, note
from holdfast.trail.bundle import new_bundles
from holdfast.trail.consistency import Growing
from holdfast.trail.cosignature import WitnessSigner
from holdfast.trail.folder import CHECKPOINT
from holdfast.trail.growth import Growth
from holdfast.trail.keys import LogVerifier
from holdfast.trail.merkle import CompactRange, Hash, leaf_hash
from holdfast.trail.note import Note, Signature
from holdfast.trail.tile import new_tiles
from holdfast.witness.cosigner import Witness
from holdfast.witness.rules import LogSizeDiffers
from thorough import examples

ORIGIN = "log.example/holdfast"
NOW = 1_790_000_000
SIGNERS = [
    WitnessSigner(f"witness.example/w{number}", Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32))
    for number in (1, 2)
]
ENDS = (3, 256, 550, 700)
"""Where what is published together ends: within a tile, at its end, over two of them, in a partial one."""

ENTRIES = [b"entry %d" % number for number in range(ENDS[-1])]

Crash = tuple[int, bool]
"""At which operation, and whether it was done before the machine stopped."""


class BrokenOffError(Exception):
    """What a machine that stops looks like from inside."""


class Counting:
    """Counts operations, and breaks off at one, before it is done or after; looks before and after each."""

    def __init__(self, crash: Crash | None, look: Callable[[], None]) -> None:
        self.done = 0
        self._at, self._after = crash or (0, False)
        self._look = look

    def act(self, operation: Callable[[], object]) -> object:
        self.done += 1
        self._look()
        if self.done == self._at and not self._after:
            raise BrokenOffError
        found = operation()
        self._look()
        if self.done == self._at:
            raise BrokenOffError
        return found


class Store:
    """A folder in which each single file is an operation."""

    def __init__(self, folder: store.Store, counting: Counting) -> None:
        self._folder, self._counting = folder, counting

    def read(self, name: str) -> bytes | None:
        return self._folder.read(name)

    def write(self, name: str, data: bytes) -> None:
        self._counting.act(lambda: self._folder.write(name, data))

    def write_all(self, files: Iterable[tuple[str, bytes]]) -> None:
        for name, data in files:
            self.write(name, data)

    def delete(self, names: Sequence[str]) -> None:
        for name in names:
            self._counting.act(lambda name=name: self._folder.delete([name]))


class Head:
    """A head whose swap is an operation."""

    def __init__(self, head: heads.Head, counting: Counting) -> None:
        self._head, self._counting = head, counting

    def read(self) -> bytes | None:
        return self._head.read()

    def swap(self, expected: bytes | None, new: bytes) -> bool:
        return bool(self._counting.act(lambda: self._head.swap(expected, new)))


class Operator(NamedTuple):
    """A log on the disk, and the witnesses that it needs: they run on when its machine stops."""

    where: Place
    witnesses: list[Witness]

    def writer(self, counting: Counting) -> Publisher:
        def ask(head: Note, prove: Prove, _hint: int) -> list[Signature]:
            found: list[Signature] = []
            for witness in self.witnesses:
                counting.act(lambda witness=witness: found.append(cosigned(witness, head, prove)))
            return found

        where = self.where
        store, head = Store(where.store(), counting), Head(where.head(), counting)
        return Publisher(store, head, where.signer, where.trust, ask)

    def files(self) -> dict[str, bytes]:
        """All that is in the log's folder, with the head that is kept beside it."""
        found = {str(path.relative_to(self.where.path)): path for path in self.where.path.rglob("*")}
        return {name: path.read_bytes() for name, path in found.items() if path.is_file()}


def cosigned(witness: Witness, head: Note, prove: Prove) -> Signature:
    """Ask a witness, and once more from the size that it says it knows."""
    size = checkpoint.of(head).size
    try:
        return witness.add(Growing(0, (), head))
    except LogSizeDiffers as refusal:
        return witness.add(Growing(refusal.known, tuple(prove(refusal.known, size)), head))


def compact(count: int) -> list[Hash]:
    tree = CompactRange()
    for entry in ENTRIES[:count]:
        tree.append(leaf_hash(entry))
    return tree.hashes


def check_out(where: Place) -> None:
    """See that what is out is believed, and that the files that are there lead to it."""
    data = where.store().read(CHECKPOINT)
    if data is None:
        return
    head, names = where.trust.check(note.parse(data))
    assert names == ["w1", "w2"]
    entries: list[bytes] = []
    for one in new_bundles(0, head.size):
        entries += bundle.decode(where.store().read(one.path) or b"", one.width)
    assert entries == ENTRIES[: head.size]
    growth = Growth()
    tiles = dict(growth.add([leaf_hash(entry) for entry in entries])) | dict(growth.partial())
    assert growth.root() == head.root
    for tile in new_tiles(0, head.size):
        assert where.store().read(tile.path) == tiles[tile]


def publish_all(log: Operator, crashes: Iterable[Crash] = ()) -> int:
    """Publish all entries, starting anew after each crash; return how many operations the last start took.

    What is sequenced is so before it is published, as it is in a database.
    """
    coming: Iterator[Crash] = iter(crashes)
    sequenced = 0
    while True:
        counting = Counting(next(coming, None), lambda: check_out(log.where))
        try:
            writer = log.writer(counting)
            signed = writer.resume(sequenced, compact(sequenced))
            if signed < sequenced:
                writer.publish(ENTRIES[signed:sequenced], compact(sequenced))
            for end in ENDS:
                if end > sequenced:
                    before, sequenced = sequenced, end
                    assert writer.publish(ENTRIES[before:end], compact(end)) == (end, end)
        except BrokenOffError:
            continue
        assert writer.published == ENDS[-1]
        return counting.done


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty log: its keys are those of all logs here, so that these can be compared byte by byte."""
    lines = [
        f"witness w{number} {one.verifier.encode()} http://w{number}" for number, one in enumerate(SIGNERS, 1)
    ]
    return place.make(
        tmp_path_factory.mktemp("template") / "log", ORIGIN, (*lines, "group both all w1 w2"), "both"
    ).path


def published(template: Path, folder: Path, crashes: Iterable[Crash] = ()) -> tuple[dict[str, bytes], int]:
    """Return the files of a log that was published through these crashes, and how many operations it took."""
    shutil.copytree(template, folder / "log")
    where = place.load(folder / "log")
    keys, clock = [LogVerifier(where.signer.verifier)], SimulatedClock(NOW * SECOND)
    witnesses = [
        Witness(folder / f"w{number}", one, keys, clock) for number, one in enumerate(SIGNERS, start=1)
    ]
    try:
        log = Operator(where, witnesses)
        operations = publish_all(log, crashes)
        check_out(where)
        return log.files(), operations
    finally:
        for witness in witnesses:
            witness.close()


@pytest.fixture(scope="module")
def unbroken(template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], int]:
    """The files of a log to which nothing happened, and how many operations it took: the same each time."""
    return published(template, tmp_path_factory.mktemp("unbroken"))


def needed(files: dict[str, bytes]) -> dict[str, bytes]:
    """The files without partial ones whose full ones are there: a crash may leave some of these."""
    return {
        name: data
        for name, data in files.items()
        if name.partition(".p/")[0] not in files or ".p/" not in name
    }


def test_what_is_published_takes_as_many_operations_as_it_has_files_and_heads(
    template: Path, tmp_path: Path, unbroken: tuple[dict[str, bytes], int]
) -> None:
    whole, operations = unbroken
    files = 2 + 3 + 5 + 3  # tiles and bundles of the four steps
    deleted = 2  # the tile and the bundle of the first step, when they are full
    new = len(["w1", "w2"])  # they are asked for the empty tree
    assert operations == new + files + deleted + len(ENDS) * len(["head", "w1", "w2", "checkpoint"])
    assert needed(whole) == whole
    assert published(template, tmp_path) == unbroken


@pytest.mark.parametrize(
    "after", [False, pytest.param(True, marks=pytest.mark.long)], ids=["before", "after"]
)
def test_broken_off_at_each_operation_it_ends_in_the_same_log(
    template: Path, tmp_path: Path, unbroken: tuple[dict[str, bytes], int], *, after: bool
) -> None:
    """After an operation, the disk is as it is before the next one: both are tried by `make test-all`."""
    whole, operations = unbroken
    for at in range(1, operations + 1):
        found, _ = published(template, tmp_path / f"{at}", [(at, after)])
        assert needed(found) == whole, f"broken off at operation {at}"


def test_broken_off_after_the_last_operation_nothing_is_left_to_do(
    template: Path, tmp_path: Path, unbroken: tuple[dict[str, bytes], int]
) -> None:
    whole, operations = unbroken
    found, _ = published(template, tmp_path, [(operations, True)])
    assert found == whole


CRASHES = st.lists(st.tuples(st.integers(1, 12), st.booleans()), min_size=2, max_size=6)


@settings(deadline=None, max_examples=examples(20))
@given(CRASHES)
def test_broken_off_again_and_again_while_it_is_taken_up(
    template: Path,
    tmp_path_factory: pytest.TempPathFactory,
    unbroken: tuple[dict[str, bytes], int],
    crashes: list[Crash],
) -> None:
    whole, _ = unbroken
    found, _ = published(template, tmp_path_factory.mktemp("broken"), crashes)
    assert needed(found) == whole
