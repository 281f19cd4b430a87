"""The manifests of a package (RFC 8493): hashes of every file, complete in both directions.

<hash in hexadecimal>  <name, with % as %25 and line ends as %0A and %0D>
"""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from cryptography.hazmat.primitives import hashes

from holdfast.kernel.text import Text
from holdfast.trail.bag.files import Files, read
from holdfast.trail.bag.names import (
    BAG_INFO,
    BAGIT,
    MANIFEST_SHA256,
    MANIFEST_SM3,
    PAYLOAD,
    TAG_MANIFEST,
    TAGS,
    check_distinct,
    check_expected,
    check_name,
)
from holdfast.trail.bag.refusals import (
    BagFileChanged,
    BagFileMissing,
    BagFileUnlisted,
    BagFormWrong,
    BagManifestWrong,
)

DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
"""The content of `bagit.txt`."""

MAX_MANIFEST = 2**22
MAX_INFO = 2**16

_LINE = re.compile(r"([0-9a-fA-F]{64})[ \t]+(\S.*)")
_CODED = re.compile(r"%(0[aAdD]|25)")


class Digests(NamedTuple):
    """The hashes of a file, in hexadecimal, and its size in bytes."""

    sha256: str
    sm3: str
    size: int


class Meter:
    """An incremental hasher of all digests of a stream."""

    def __init__(self) -> None:
        self._sha256 = hashes.Hash(hashes.SHA256())
        self._sm3 = hashes.Hash(hashes.SM3())
        self._size = 0

    def take(self, piece: bytes) -> None:
        """Take more bytes."""
        self._sha256.update(piece)
        self._sm3.update(piece)
        self._size += len(piece)

    def digests(self) -> Digests:
        """Return the hashes; no more bytes can be taken."""
        return Digests(self._sha256.finalize().hex(), self._sm3.finalize().hex(), self._size)


def measure(pieces: Iterable[bytes]) -> Digests:
    """Return the hashes of bytes that come in pieces."""
    meter = Meter()
    for piece in pieces:
        meter.take(piece)
    return meter.digests()


def written(listed: Mapping[str, str]) -> bytes:
    """Return a manifest of hashes by name, ascending by name."""
    return "".join(f"{listed[name]}  {_encoded(name)}\n" for name in sorted(listed)).encode()


def _encoded(name: str) -> str:
    return name.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")


def parse(data: bytes, where: str) -> dict[str, str]:
    """Read a manifest: the hashes, in lower case, by name.

    Raises:
        BagManifestWrong: a line is not of its form, or a name stands twice.
        BagPathUnsafe: a name could lead out of the package.
    """
    try:
        lines = data.decode().split("\n")
    except UnicodeDecodeError as error:
        raise BagManifestWrong(where, reason=Text("不是 UTF-8", "it is not UTF-8")) from error
    if lines.pop():
        raise BagManifestWrong(where, reason=Text("最后一行没有换行符", "its last line has no end"))
    listed: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        found = _LINE.fullmatch(line.removesuffix("\r"))
        if found is None:
            raise BagManifestWrong(
                f"{where}, line {number}",
                reason=Text("不是“哈希 文件名”的形式", "it is not of the form: hash, name"),
            )
        name = _CODED.sub(lambda sign: chr(int(sign[1], 16)), found[2])
        check_name(name)
        if name in listed:
            raise BagManifestWrong(
                f"{where}, line {number}", reason=Text(f"{name} 出现了两次", f"{name} stands there twice")
            )
        listed[name] = found[1].lower()
    check_distinct(listed)
    return listed


def check(files: Files) -> dict[str, Digests]:
    """Check every file against every manifest; return their hashes by name.

    Raises:
        BagFileMissing, BagFileUnlisted, BagFileUnexpected, BagFileChanged: files and manifests differ.
        BagManifestWrong, BagFormWrong, BagPathUnsafe, BagTooLarge: one is not of its form.
    """
    for name in (*TAGS, TAG_MANIFEST):
        if name not in files.sizes:
            raise BagFileMissing(name)
    if read(files, BAGIT, MAX_INFO) != DECLARATION:
        raise BagFormWrong(
            BAGIT, reason=Text("没有声明为 UTF-8 的 BagIt 1.0", "it does not declare BagIt 1.0 in UTF-8")
        )
    payload = {name for name in files.sizes if name.startswith(PAYLOAD)}
    tags = files.sizes.keys() - payload - {TAG_MANIFEST}
    manifests = {
        name: _complete(files, name, present)
        for name, present in ((TAG_MANIFEST, tags), (MANIFEST_SHA256, payload), (MANIFEST_SM3, payload))
    }
    check_expected(files.sizes)
    measured: dict[str, Digests] = {}
    for name in sorted(files.sizes.keys() - {TAG_MANIFEST}):
        found = measured[name] = measure(files.pieces(name))
        if name in tags:
            _same(name, "SHA-256", found.sha256, manifests[TAG_MANIFEST][name])
        else:
            _same(name, "SHA-256", found.sha256, manifests[MANIFEST_SHA256][name])
            _same(name, "SM3", found.sm3, manifests[MANIFEST_SM3][name])
    _check_info(read(files, BAG_INFO, MAX_INFO), {name: measured[name].size for name in payload})
    return measured


def _complete(files: Files, manifest: str, present: Iterable[str]) -> dict[str, str]:
    listed = parse(read(files, manifest, MAX_MANIFEST), manifest)
    there = set(present)
    for name in sorted(listed.keys() - there):
        raise BagFileMissing(name)
    for name in sorted(there - listed.keys()):
        raise BagFileUnlisted(name, manifest=manifest)
    return listed


def _same(name: str, algorithm: str, found: str, listed: str) -> None:
    if found != listed:
        raise BagFileChanged(name, algorithm=algorithm, found=found, listed=listed)


def oxum(sizes: Mapping[str, int]) -> str:
    """Return the Payload-Oxum of `bag-info.txt`: the number of bytes and of files of the payload."""
    return f"{sum(sizes.values())}.{len(sizes)}"


def _check_info(data: bytes, payload: Mapping[str, int]) -> None:
    try:
        lines = data.decode().splitlines()
    except UnicodeDecodeError as error:
        raise BagFormWrong(BAG_INFO, reason=Text("不是 UTF-8", "it is not UTF-8")) from error
    found = [line.partition(":")[2].strip() for line in lines if line.lower().startswith("payload-oxum:")]
    if found != [oxum(payload)]:
        raise BagFormWrong(
            BAG_INFO,
            reason=Text(
                f"Payload-Oxum 为 {found}，而内容为 {oxum(payload)}",
                f"its Payload-Oxum is {found}, and the payload has {oxum(payload)}",
            ),
        )
