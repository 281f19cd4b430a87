"""What a witness remembers, in a folder that only one process holds.

lock                                        held while the witness runs
logs/<SHA-256 of the origin>                the last checkpoint it cosigned, as a signed note
conflicts/<SHA-256 of the origin>/<kind>-<SHA-256 of the checkpoint's text>/
    cosigned                                the last checkpoint that was cosigned when it came
    asked                                   what was asked, as `trail.consistency` reads it
"""

import fcntl
import hashlib
import os
from enum import StrEnum
from pathlib import Path

from holdfast.kernel.refusal import Refusal
from holdfast.trail import checkpoint, note
from holdfast.trail.consistency import Growing
from holdfast.trail.cosignature import WitnessVerifier
from holdfast.trail.folder import Folder
from holdfast.trail.note import BadNote, Note, verified

MOST_CONFLICTS = 100
"""So many of a kind are kept for a log: one is proof enough, and nobody shall fill the disk."""


class WitnessFolderInUse(Refusal):
    """Another process holds the folder."""

    code = "witness_folder_in_use"
    what = "another witness runs on this folder"
    fix = "Stop that one first: two that do not know of each other would cosign two trees"


class BadWitnessMemory(Refusal):
    """What was remembered of a log is not what this witness wrote."""

    code = "bad_witness_memory"
    what = "it is not what this witness cosigned last: {reason}"
    fix = "Put the newest copy of this file back; never delete it, or the witness forgets what it said"


class Conflict(StrEnum):
    """Why a signed head was not cosigned: it is evidence, or may become evidence."""

    FORK = "fork"
    """The log signed two trees of one size: proof of misbehaviour that stands alone."""
    UNPROVEN = "unproven"
    """The proof failed: misbehaviour, unless whoever asked sent a wrong proof."""


class Memory:
    """The folder of a witness, held until `close`."""

    def __init__(self, path: Path, witness: WitnessVerifier) -> None:
        """Take hold of the folder.

        Raises:
            WitnessFolderInUse: another process, or another object of this one, holds it.
        """
        self._folder = Folder(path)
        self._witness = witness
        self._lock = _held(path)

    def close(self) -> None:
        """Let go of the folder."""
        os.close(self._lock)

    def last(self, origin: str) -> Note | None:
        """Return the last checkpoint of a log that was cosigned, with the cosignature.

        Raises:
            BadWitnessMemory: what is there was not written by this witness.
        """
        name = f"logs/{_named(origin)}"
        data = self._folder.read(name)
        if data is None:
            return None
        where = str(self._folder.path / name)
        try:
            found = note.parse(data)
            if checkpoint.of(found).origin != origin:
                raise BadWitnessMemory(where, reason="it is of another log")
            if not verified(found, [self._witness]):
                raise BadWitnessMemory(where, reason="its cosignature is missing")
        except BadNote as error:
            raise BadWitnessMemory(where, reason=error.record().what) from error
        return found

    def remember(self, cosigned: Note) -> None:
        """Write a checkpoint that is cosigned; it is on the disk when this returns.

        Raises:
            OSError: it could not be written.
        """
        self._folder.write(f"logs/{_named(checkpoint.of(cosigned).origin)}", cosigned.encode())

    def keep(self, kind: Conflict, asked: Growing, cosigned: Note | None) -> None:
        """Keep a signed head that was refused next to the one that was cosigned; the same one only once.

        Raises:
            OSError: it could not be written.
        """
        folder = f"conflicts/{_named(asked.checkpoint.origin)}"
        name = f"{folder}/{kind}-{_named(asked.note.text)}"
        if self._folder.read(f"{name}/asked") is not None or self._is_full(folder, kind):
            return
        if cosigned is not None:
            self._folder.write(f"{name}/cosigned", cosigned.encode())
        self._folder.write(f"{name}/asked", asked.encode())

    def _is_full(self, folder: str, kind: Conflict) -> bool:
        return sum(1 for _ in (self._folder.path / folder).glob(f"{kind}-*")) >= MOST_CONFLICTS


def _named(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _held(path: Path) -> int:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        raise WitnessFolderInUse(str(path)) from error
    except BaseException:
        os.close(handle)
        raise
    return handle
