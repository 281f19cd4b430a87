"""The list of erasures: a write-ahead log, outside of the database, of the keys that were destroyed.

It is needed because an older backup brings destroyed keys back. Each line names the keys of one erasure by
their tags. A tag is an HMAC under the destroyed key itself: where a backup has the key again, it is
recognised; without the key a tag is a random number that says nothing of anybody. So the list may be copied
to where backups of the database may not.

One line an erasure, JSON of `Erasure`, is on the disk before the keys are destroyed. A truncated last line is
of an erasure that then did not happen.
"""

import fcntl
import hmac
import os
from pathlib import Path

import msgspec

from holdfast.publishing.refusals import ErasuresDamaged

_CONTEXT = b"holdfast: an erased key, v1"


class Erasure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One erasure: when (RFC 3339), the id of the fact that records it, the tags of the destroyed keys."""

    at: str
    fact: str
    keys: tuple[str, ...]


def tag(key: bytes) -> str:
    """Return the tag of a key, by which only whoever has the key recognises it: 64 hexadecimal digits."""
    return hmac.digest(key, _CONTEXT, "sha256").hex()


def add(path: Path, erasure: Erasure) -> None:
    """Append an erasure to the list, which is made where it is missing, durably (fsync).

    Raises:
        OSError: it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    number = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(number, "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        whole = file.read().rfind(b"\n") + 1
        # A line that was cut off when it was written is of a transaction that did not commit.
        file.truncate(whole)
        file.seek(whole)
        file.write(msgspec.json.encode(erasure) + b"\n")
        file.flush()
        # Write-ahead: the caller commits the destruction next. Were the line lost after that, in a power cut,
        # every older backup would bring the keys back, and nobody would know that they are to go again.
        os.fsync(file.fileno())
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read(path: Path) -> list[Erasure] | None:
    """Return the erasures of a list, in its order; None where there is no list.

    Raises:
        ErasuresDamaged: a line is not an erasure.
        OSError: it cannot be read.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    found: list[Erasure] = []
    for number, line in enumerate(data.split(b"\n")[:-1], start=1):
        try:
            found.append(msgspec.json.decode(line, type=Erasure))
        except msgspec.DecodeError as error:
            raise ErasuresDamaged(f"{path}:{number}", reason=str(error)) from error
    return found
