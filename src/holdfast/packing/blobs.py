"""The files of evidence, by the SHA-256 of their bytes: the same bytes are kept once, and never overwritten.

DIR/sha256/ab/abcd…    the bytes, nothing else
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, NamedTuple

from holdfast.evidence.rules import MAX_BYTES
from holdfast.kernel.text import Text
from holdfast.packing.media import Kind, Sniffer, decided
from holdfast.packing.refusals import BlobDamaged, BlobMissing, FileTooLarge
from holdfast.trail.bag.manifests import Digests, Meter, measure
from holdfast.trail.folder import make_folder, to_disk

_PIECE = 2**18


class Blob(NamedTuple):
    """A file that is kept."""

    digests: Digests
    kind: Kind
    path: Path


class Blobs:
    """A store of files on the disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path_of(self, sha256: str) -> Path:
        """Return where a file is, or would be."""
        return self.folder / "sha256" / sha256[:2] / sha256

    def keep(self, path: Path, *, most: int = MAX_BYTES) -> Blob:
        """Keep a file: its bytes are on the disk, under their hash, when this returns.

        Raises:
            FileTooLarge: it is empty, or has more than `most` bytes.
            MediaUnknown, MediaContradicts: see `media.decided`.
            BlobDamaged: other bytes are kept under its hash.
            OSError: it cannot be read, or the store cannot be written.
        """
        make_folder(self.folder)
        handle, draft = tempfile.mkstemp(dir=self.folder, prefix=".", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as target, path.open("rb", buffering=0) as source:
                digests, found = _copied(source, target, str(path), most)
                kind = decided(found, str(path), path.suffix)
                target.flush()
                os.fsync(target.fileno())
            kept = self.path_of(digests.sha256)
            if kept.exists():
                self.check(digests.sha256)
            else:
                make_folder(kept.parent)
                Path(draft).replace(kept)
                to_disk(kept.parent)
            return Blob(digests, kind, kept)
        finally:
            with suppress(OSError):  # it was renamed, or never came to be
                Path(draft).unlink()

    def pieces(self, sha256: str) -> Iterator[bytes]:
        """Yield the bytes of a file; whoever uses them must wait for the end, where they are found right.

        Raises:
            BlobMissing: it is not there.
            BlobDamaged: its bytes are others than its name says.
        """
        meter = Meter()
        path = self.path_of(sha256)
        try:
            with path.open("rb", buffering=0) as file:
                while piece := file.read(_PIECE):
                    meter.take(piece)
                    yield piece
        except FileNotFoundError as error:
            raise BlobMissing(f"sha256:{sha256}", store=self.folder) from error
        found = meter.digests().sha256
        if found != sha256:
            raise BlobDamaged(str(path), found=found)

    def check(self, sha256: str) -> Digests:
        """Read a file, and return its hashes.

        Raises:
            BlobMissing, BlobDamaged: see `pieces`.
        """
        return measure(self.pieces(sha256))


def _copied(source: IO[bytes], target: IO[bytes], where: str, most: int) -> tuple[Digests, Kind | None]:
    meter, sniffer, size = Meter(), Sniffer(), 0
    while piece := source.read(_PIECE):
        size += len(piece)
        if size > most:
            raise FileTooLarge(where, size=Text("更大", "more"), most=most)
        meter.take(piece)
        sniffer.take(piece)
        target.write(piece)
    if not size:
        raise FileTooLarge(where, size=Text("空", "no byte"), most=most)
    return meter.digests(), sniffer.kind()
