"""The witness itself: one request for a log at a time, a head on the disk before its cosignature leaves."""

import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from holdfast.kernel.clock import SECOND, Clock
from holdfast.trail import checkpoint
from holdfast.trail.checkpoint import Checkpoint
from holdfast.trail.consistency import Growing
from holdfast.trail.cosignature import Seconds, WitnessSigner, WitnessVerifier, seen_at
from holdfast.trail.keys import LogVerifier
from holdfast.trail.merkle import EMPTY_ROOT
from holdfast.trail.note import Note, Signature
from holdfast.witness.memory import Conflict, Memory, damage, named
from holdfast.witness.rules import Known, LogNotGrown, check_grown, is_fork, signed


class Witness:
    """A key, a folder and the logs that are watched; to be closed."""

    def __init__(
        self, folder: Path, signer: WitnessSigner, logs: Sequence[LogVerifier], clock: Clock
    ) -> None:
        """Take hold of the folder, and look at what it remembers: `damaged` has what is not readable of it.

        A log whose memory is damaged is not cosigned until that is put right; the others are.

        Raises:
            WitnessFolderInUse: another witness holds it.
            BadNote: a name is too long to be signed.
        """
        self._signer = signer
        self._clock = clock
        self._logs = {log.name: [key for key in logs if key.name == log.name] for log in logs}
        self._turns = {origin: threading.Lock() for origin in self._logs}
        self.verifier = WitnessVerifier(signer.verifier)
        self._memory = Memory(folder, self.verifier)
        try:
            for origin in self._logs:
                signer.sign(
                    Checkpoint(origin, 0, EMPTY_ROOT).text(), 0
                )  # it must be able to, whatever is asked
            found = [damage(folder, self.verifier, origin) for origin in self._logs]
            self.damaged = [refusal for refusal in found if refusal is not None]
        except BaseException:
            self._memory.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the folder."""
        self._memory.close()

    def add(self, asked: Growing) -> Signature:
        """Cosign a checkpoint that grew out of the last one; what is returned is on the disk.

        Raises:
            LogUnknown: its log is not watched.
            LogNotSigned: no trusted key of the log signed it.
            LogShrank, LogSizeDiffers, LogForked, LogNotGrown: see `rules.check_grown`.
            BadWitnessMemory: what was remembered of the log is damaged.
            OSError: it could not be written; the next request finds the old head, or this one.
        """
        head = asked.checkpoint
        mine = signed(asked.note, head.origin, self._logs.get(head.origin, ()))
        only = asked._replace(note=Note(asked.note.text, tuple(mine)))
        with self._turns[head.origin]:
            last = self._memory.last(head.origin)
            self._check(only, head, last)
            cosignature = self._signer.sign(only.note.text, self._at(last))
            self._memory.remember(Note(only.note.text, (*mine, cosignature)))
        return cosignature

    def shown(self, name: str) -> Note | None:
        """Return the head that was cosigned last of a log, by the SHA-256 of its origin; None if none was.

        Raises:
            BadWitnessMemory: what was remembered of the log is damaged.
            OSError: it cannot be read.
        """
        origin = next((one for one in self._logs if named(one) == name), None)
        return None if origin is None else self._memory.last(origin)

    def _check(self, asked: Growing, head: Checkpoint, last: Note | None) -> None:
        known = _known(last)
        if is_fork(head, known):
            self._memory.keep(Conflict.FORK, asked, last)
        try:
            check_grown(asked, head, known)
        except LogNotGrown:
            self._memory.keep(Conflict.UNPROVEN, asked, last)
            raise

    def _at(self, last: Note | None) -> Seconds:
        """Return the present, or when the last head was cosigned, if the clock was put back since.

        A cosignature says that no larger head was seen by then: its time must not fall.
        """
        before = None if last is None else seen_at(last, self.verifier)
        return max(self._clock.now() // SECOND, before or 0)


def _known(last: Note | None) -> Known:
    if last is None:
        return Known()
    head = checkpoint.of(last)
    return Known(head.size, head.root)
