"""What became of asking the witnesses, kept beside the log's keys: who fails, since when, and what was shown.

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


class Standing(msgspec.Struct, frozen=True):
    """Which witnesses failed when they were asked last, by their names in the policy, and when that was."""

    at: Instant
    failing: dict[str, Failing] = {}


def read(private: Path) -> Standing | None:
    """Return how the witnesses stood when they were asked last; None where they never were.

    Raises:
        OSError: it cannot be read.
    """
    data = Folder(private).read(_FILE)
    try:
        return None if data is None else msgspec.json.decode(data, type=Standing)
    except (msgspec.DecodeError, UnicodeDecodeError):  # it is for people alone, and is written anew
        return None


def write(private: Path, failing: Mapping[str, Refusal], now: Instant) -> None:
    """Write how the witnesses stand; one that fails as it did before fails since then.

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
    Folder(private).write(_FILE, msgspec.json.encode(Standing(now, kept)))


@contextmanager
def keeping(private: Path) -> Generator[None]:
    """Keep the head that a witness shows, where the block ends with one: it is the newest head there is.

    Raises:
        OSError: it cannot be written.
    """
    try:
        yield
    except Shown as refusal:
        head = checkpoint.of(refusal.note)
        Folder(private).write(f"{_SHOWN}/{head.size}-{head.root.hex()}", refusal.note.encode())
        raise
