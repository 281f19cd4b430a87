"""The memory of a witness: a folder that one process locks.

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
from holdfast.kernel.sorts import Sort
from holdfast.kernel.system_errors import told_by_system
from holdfast.kernel.text import Text
from holdfast.trail import checkpoint, note
from holdfast.trail.consistency import Growing
from holdfast.trail.cosignature import WitnessVerifier
from holdfast.trail.folder import Folder
from holdfast.trail.note import MAX_NOTE, BadNote, Note, verified
from holdfast.trail.reading import FileWrong, read_file

MOST_CONFLICTS = 100
"""The maximal number of stored conflicts of a sort for a log: one is proof enough, and disks are finite."""


class WitnessFolderInUse(Refusal):
    """Another process holds the folder."""

    code = "witness_folder_in_use"
    sort = Sort.BUSY
    what = Text("另一见证人正在使用此文件夹", "another witness runs on this folder")
    fix = Text(
        "请先停止那一个：两者互不知情，会签署两棵树",
        "Stop that one first: two that do not know of each other would cosign two trees",
    )


class BadWitnessMemory(Refusal):
    """The stored head of a log was not written by this witness, or is damaged."""

    code = "bad_witness_memory"
    sort = Sort.BROKEN
    what = Text(
        "见证人对此日志的记忆 {name} 不是它上次签署的：{reason}",
        "what the witness remembers of this log, {name}, is not what it cosigned last: {reason}",
    )
    fix = Text(
        "请放回此文件的最新副本；切勿删除，否则见证人会忘记说过什么。其他日志照常签署",
        (
            "Put the newest copy of this file back; never delete it, or the witness forgets what it said. "
            "Other logs are cosigned meanwhile"
        ),
    )


class Conflict(StrEnum):
    """The sort of a conflict: a signed head that was refused is evidence, or may become evidence."""

    FORK = "fork"
    """The log signed two trees of one size: proof of misbehaviour that stands alone."""
    UNPROVEN = "unproven"
    """The proof failed: misbehaviour, unless whoever asked sent a wrong proof."""


class Memory:
    """The folder of a witness, locked until `close`."""

    def __init__(self, path: Path, witness: WitnessVerifier) -> None:
        """Lock the folder.

        Raises:
            WitnessFolderInUse: another process, or another object of this one, holds it.
        """
        self.path = path
        self._folder = Folder(path)
        self._witness = witness
        self._lock = _held(path)

    def close(self) -> None:
        """Let go of the folder."""
        os.close(self._lock)

    def last(self, origin: str) -> Note | None:
        """Return the last cosigned checkpoint of a log, with the cosignature.

        Raises:
            BadWitnessMemory: the file was not written by this witness.
            OSError: it cannot be read.
        """
        return last(self._folder.path, self._witness, origin)

    def remember(self, cosigned: Note) -> None:
        """Store a cosigned checkpoint durably, before its cosignature is given away.

        The bytes are parsed first as they will be later: a head that could not be read again is not cosigned.

        Raises:
            BadWitnessMemory: the bytes do not parse.
            OSError: it could not be written.
        """
        origin = checkpoint.of(cosigned).origin
        name, data = f"logs/{named(origin)}", cosigned.encode()
        try:
            _read(data, self._witness, origin)
        except BadNote as error:
            raise BadWitnessMemory(origin, name=name, reason=error.told()) from error
        self._folder.write(name, data)

    def keep(self, kind: Conflict, asked: Growing, cosigned: Note | None) -> None:
        """Store a refused signed head as evidence, beside the cosigned one; the same head only once.

        Raises:
            OSError: it could not be written.
        """
        folder = f"conflicts/{named(asked.checkpoint.origin)}"
        name = f"{folder}/{kind}-{named(asked.note.text)}"
        if self._folder.read(f"{name}/asked") is not None or self._is_full(folder, kind):
            return
        if cosigned is not None:
            self._folder.write(f"{name}/cosigned", cosigned.encode())
        self._folder.write(f"{name}/asked", asked.encode())

    def _is_full(self, folder: str, kind: Conflict) -> bool:
        return sum(1 for _ in (self._folder.path / folder).glob(f"{kind}-*")) >= MOST_CONFLICTS


def last(folder: Path, witness: WitnessVerifier, origin: str) -> Note | None:
    """Return the last cosigned checkpoint of a log, without locking the folder; see `Memory.last`."""
    name = f"logs/{named(origin)}"
    try:
        return _read(read_file(folder / name, MAX_NOTE), witness, origin)
    except FileNotFoundError:
        return None
    except NotADirectoryError:  # it is not this file that is damaged
        raise
    except OSError as error:
        raise BadWitnessMemory(origin, name=name, reason=told_by_system(error)) from error
    except (BadNote, FileWrong) as refusal:
        raise BadWitnessMemory(origin, name=name, reason=refusal.told()) from refusal


def damage(folder: Path, witness: WitnessVerifier, origin: str) -> BadWitnessMemory | None:
    """Return the reason why the stored head of a log cannot be read; None where it can."""
    try:
        last(folder, witness, origin)
    except BadWitnessMemory as refusal:
        return refusal
    except OSError as error:
        return BadWitnessMemory(origin, name=f"logs/{named(origin)}", reason=told_by_system(error))
    return None


def _read(data: bytes, witness: WitnessVerifier, origin: str) -> Note:
    found = note.parse(data)
    if checkpoint.of(found).origin != origin:
        raise BadNote(Text("属于另一个日志", "it is of another log"))
    if not verified(found, [witness]):
        raise BadNote(Text("缺少见证人的签名", "its cosignature is missing"))
    return found


def named(text: str) -> str:
    """Return the file name for an origin, or for a text: its SHA-256 in hexadecimal."""
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
