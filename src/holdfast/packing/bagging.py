"""Writing the files of a package: each on the disk before it counts, its hashes taken on the way."""

import os
import zipfile
from collections.abc import Iterable
from pathlib import Path

from holdfast.kernel.clock import Instant, day, moment
from holdfast.kernel.text import Text
from holdfast.packing.refusals import PackageTooLarge
from holdfast.trail.bag.files import MAX_FILES, MAX_TOTAL
from holdfast.trail.bag.manifests import DECLARATION, Digests, Meter, oxum, written
from holdfast.trail.bag.names import (
    BAG_INFO,
    BAGIT,
    EVIDENCE,
    MANIFEST_SHA256,
    MANIFEST_SM3,
    PAYLOAD,
    TAG_MANIFEST,
    TAGS,
)
from holdfast.trail.folder import to_disk

_PIECE = 2**18
_EARLIEST_YEAR, _LATEST_YEAR = 1980, 2107


class Bag:
    """A package being written, in a folder. `measured` are the hashes of its files so far, by name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.measured: dict[str, Digests] = {}

    def put(self, name: str, pieces: Iterable[bytes]) -> Digests:
        """Write a file.

        Raises:
            PackageTooLarge: there are as many files as are verified.
        """
        if len(self.measured) >= MAX_FILES - 1:
            raise PackageTooLarge(
                str(self.folder), what=Text(f"{MAX_FILES:,} 个文件", f"{MAX_FILES:,} files")
            )
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        meter = Meter()
        with path.open("xb") as file:
            for piece in pieces:
                meter.take(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        self.measured[name] = found = meter.digests()
        return found

    def finish(self, about: dict[str, str]) -> None:
        """Write the tag files and the manifests; `about` goes into `bag-info.txt`.

        Raises:
            PackageTooLarge: the payload has more bytes than are verified.
        """
        payload = {name: each for name, each in self.measured.items() if name.startswith(PAYLOAD)}
        sizes = {name: each.size for name, each in payload.items()}
        if sum(sizes.values()) > MAX_TOTAL:
            raise PackageTooLarge(str(self.folder), what=Text(f"{MAX_TOTAL:,} 字节", f"{MAX_TOTAL:,} bytes"))
        lines = {**about, "Payload-Oxum": oxum(sizes)}
        self.put(BAGIT, [DECLARATION])
        self.put(BAG_INFO, ["".join(f"{label}: {value}\n" for label, value in lines.items()).encode()])
        self.put(MANIFEST_SHA256, [written({name: each.sha256 for name, each in payload.items()})])
        self.put(MANIFEST_SM3, [written({name: each.sm3 for name, each in payload.items()})])
        self.put(TAG_MANIFEST, [written({name: self.measured[name].sha256 for name in TAGS})])
        for folder in {(self.folder / name).parent for name in self.measured}:
            to_disk(folder)


def info(subject: str, now: Instant) -> dict[str, str]:
    """Return what `bag-info.txt` says of a package."""
    return {
        "Bagging-Date": day(now),
        "External-Description": "Evidence with the facts that recorded it, their receipts and its custody",
        "External-Identifier": subject,
        "Bag-Software-Agent": "holdfast",
    }


def zipped(folder: Path, names: Iterable[str], file: Path, base: str, now: Instant) -> None:
    """Write a folder's files into a .zip, below one folder; evidence is stored as it is.

    Raises:
        PackageTooLarge: it would be more than a .zip of the common form can have.
    """
    at = moment(now)
    stamp = (min(max(at.year, _EARLIEST_YEAR), _LATEST_YEAR), at.month, at.day, at.hour, at.minute, at.second)
    try:
        with file.open("xb") as target:
            with zipfile.ZipFile(target, "w", allowZip64=False) as archive:
                for name in sorted(names):
                    entry = zipfile.ZipInfo(f"{base}/{name}", stamp)
                    entry.external_attr = 0o100644 << 16
                    packed = not name.startswith(EVIDENCE)
                    entry.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
                    with (folder / name).open("rb") as source, archive.open(entry, "w") as into:
                        while piece := source.read(_PIECE):
                            into.write(piece)
            target.flush()
            os.fsync(target.fileno())
    except (zipfile.LargeZipFile, RuntimeError) as error:
        raise PackageTooLarge(str(file), what=Text("4 GiB 的 .zip", "a .zip of 4 GiB")) from error
