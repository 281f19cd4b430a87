"""The health of the witnesses, stored beside the log's keys: who fails, since when, and conflicting heads.

private/witnesses.json      which witnesses fail and why, as the process that asked them last saw it
private/shown/SIZE-ROOT     a head of this log that a witness showed, and that this log does not lead to
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec

from holdfast.kernel.clock import Instant
from holdfast.kernel.refusal import Refusal
from holdfast.trail import checkpoint
from holdfast.trail.folder import Folder
from holdfast.witness.refusals import Shown

_FILE = "witnesses.json"
_SHOWN = "shown"


class Failing(msgspec.Struct, frozen=True):
    """Why a witness does not cosign in time, and since when."""

    since: Instant
    why: str


class LastRound(msgspec.Struct, frozen=True):
    """The state of the last round: the witnesses that failed, by their names in the policy, and its time."""

    at: Instant
    failing: dict[str, Failing] = {}


def read(private: Path) -> LastRound | None:
    """Return the state of the last round; None where there was none yet.

    Raises:
        OSError: it cannot be read.
    """
    data = Folder(private).read(_FILE)
    try:
        return None if data is None else msgspec.json.decode(data, type=LastRound)
    except (msgspec.DecodeError, UnicodeDecodeError):  # it is for people alone, and is written anew
        return None


def write(private: Path, failing: Mapping[str, Refusal], now: Instant) -> None:
    """Store the state of a round; a witness that still fails keeps the time since when it does.

    Raises:
        OSError: it cannot be written.
    """
    before = read(private)
    known = {} if before is None else before.failing
    found = {name: Failing(now, str(refusal)) for name, refusal in failing.items()}
    kept = {
        name: known[name] if name in known and known[name].why == one.why else one
        for name, one in found.items()
    }
    Folder(private).write(_FILE, msgspec.json.encode(LastRound(now, kept)))


@contextmanager
def keeping(private: Path) -> Generator[None]:
    """Store the head that a witness shows, where the block raises one: it is evidence, and the newest head.

    Raises:
        OSError: it cannot be written.
    """
    try:
        yield
    except Shown as refusal:
        head = checkpoint.of(refusal.note)
        Folder(private).write(f"{_SHOWN}/{head.size}-{head.root.hex()}", refusal.note.encode())
        raise
