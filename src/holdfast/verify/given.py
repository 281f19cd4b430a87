"""The given files: each is recognised by its bytes, and never by its name."""

import json
import os
import stat
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from holdfast.kernel.refusal import Refusal
from holdfast.kernel.system_errors import told_by_system
from holdfast.trail import checkpoint, consistency, leaf, note, opening, promise, proof
from holdfast.trail.consistency import Growing
from holdfast.trail.note import MAX_NOTE, Note
from holdfast.trail.opening import canonical
from holdfast.trail.promise import Promise
from holdfast.trail.proof import Receipt
from holdfast.trail.reading import READING, read_file
from holdfast.verify.refusals import FileMissing, LineEndsChanged, UnknownFile

MAX_FILE = MAX_NOTE + 100_000
"""The maximal size of a file other than a package: a note of the largest size, and a proof before it."""

_SHOWN = 600

_ZIPS = (b"PK\x03\x04", b"PK\x05\x06")

T = TypeVar("T")


class Entry(NamedTuple):
    """A leaf, and the first lines of its opening; None where it came without one."""

    leaf: bytes
    said: str | None


class SignedPromise(NamedTuple):
    """A promise whose signature is not verified yet."""

    promise: Promise
    note: Note


class Package(NamedTuple):
    """A package of evidence: a folder or a .zip."""

    path: Path


Thing = Receipt | Entry | Note | Growing | SignedPromise | Package | Refusal


class Given(NamedTuple):
    """A file with its parsed content, or with the refusal that says why it has none."""

    name: str
    thing: Thing


def of_kind(given: Iterable[Given], kind: type[T]) -> list[tuple[str, T]]:
    """Return the given files of one sort, with their names."""
    return [(one.name, one.thing) for one in given if isinstance(one.thing, kind)]


def read(name: str) -> Given:
    """Read and recognise a file. Nothing is raised: a file that cannot be read is given as its refusal."""
    try:
        return Given(name, _read(Path(name)))
    except Refusal as refusal:
        return Given(name, refusal)
    except (OSError, ValueError) as error:
        return Given(name, FileMissing(name, reason=told_by_system(error)))


def _read(path: Path) -> Thing:
    if stat.S_ISDIR(os.stat(path).st_mode):  # noqa: PTH116 - it follows links, as reading does
        return Package(path)
    if _begins(path).startswith(_ZIPS):
        return Package(path)
    data = read_file(path, MAX_FILE)
    if b"\r\n" in data.rstrip() and not data.lstrip().startswith(b"{"):
        raise LineEndsChanged(str(path))
    for begins, reader in _READERS:
        if data.lstrip().startswith(begins):
            return reader(data)
    if "\n\n\N{EM DASH} ".encode() in data:
        return _checkpoint(data)
    raise UnknownFile(str(path))


def _begins(path: Path) -> bytes:
    """Return the first bytes of a file, enough to recognise a package, which may be large."""
    with open(os.open(path, READING), "rb") as file:  # noqa: PTH123
        return file.read(4) if stat.S_ISREG(os.fstat(file.fileno()).st_mode) else b""


def _checkpoint(data: bytes) -> Note:
    found = note.parse(data)
    checkpoint.of(found)
    return found


def _promise(data: bytes) -> SignedPromise:
    return SignedPromise(*promise.read(data))


def _entry(data: bytes) -> Entry:
    """Parse an opening or a leaf; a trailing line end is accepted, as editors add it."""
    text = data.strip()
    if _is_opening(text):
        found = opening.read(text)
        return Entry(found.leaf.encode(), shortened(canonical(found.fact).decode()))
    leaf.read(text)
    return Entry(text, None)


def shortened(text: str) -> str:
    """Return a text, cut to the length that is shown."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _is_opening(text: bytes) -> bool:
    try:
        fields: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnknownFile("JSON") from error
    return isinstance(fields, dict) and "salt" in fields


_READERS: tuple[tuple[bytes, Callable[[bytes], Thing]], ...] = (
    (proof.HEADER.encode(), proof.read),
    (promise.HEADER.encode(), _promise),
    (b"old ", consistency.read),
    (b"{", _entry),
)
