"""The witness itself: it handles one request for a log at a time, and stores a head before it cosigns it."""

import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from holdfast.kernel.clock import SECOND, Clock, Instant
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text
from holdfast.trail import checkpoint
from holdfast.trail.checkpoint import Checkpoint
from holdfast.trail.consistency import Growing
from holdfast.trail.cosignature import CLOCK_AHEAD_SECONDS, Seconds, WitnessSigner, WitnessVerifier, seen_at
from holdfast.trail.findings import when
from holdfast.trail.keys import LogVerifier
from holdfast.trail.merkle import EMPTY_ROOT
from holdfast.trail.note import Note, Signature
from holdfast.witness.memory import Conflict, Memory, damage, named
from holdfast.witness.rules import Known, LogNotGrown, check_grown, is_fork, signed

FIRST_TIME: Seconds = 1_767_225_600
"""The earliest plausible time, 2026-01-01: an earlier clock was never set. No cosignature is of time 0."""


class ClockWrong(Refusal):
    """The clock of the witness was not set."""

    code = "clock_wrong"
    sort = Sort.UNAVAILABLE
    what = Text("见证人的时钟显示 {now}", "the clock of the witness says that it is {now}")
    fix = Text(
        "请校准机器的时钟；其间不签署任何树头", "Set the machine's clock; nothing is cosigned meanwhile"
    )


class Witness:
    """A witness: a key, a folder and the watched logs. Close it at the end."""

    def __init__(
        self,
        folder: Path,
        signer: WitnessSigner,
        logs: Sequence[LogVerifier],
        clock: Clock,
        *,
        clock_is_right: bool = False,
    ) -> None:
        """Lock the folder, and check the stored heads: `damaged` names those that are not readable.

        A log whose stored head is damaged is not cosigned until that is repaired; the others are. With
        `clock_is_right`, a stored head with a future time is taken as one of a clock that was wrong then.

        Raises:
            WitnessFolderInUse: another witness holds it.
            BadNote: a name is too long to be signed.
        """
        self._signer = signer
        self._clock = clock
        self._clock_is_right = clock_is_right
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
        """Cosign a checkpoint that extends the last one, after it was stored durably.

        Raises:
            LogUnknown: its log is not watched.
            LogNotSigned: no trusted key of the log signed it.
            LogShrank, LogSizeDiffers, LogForked, LogNotGrown: see `rules.check_grown`.
            ClockWrong: the clock says that it is before any such witness was.
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
            # Write-ahead: a cosignature that left before its head was on the disk could, after a crash, be
            # followed by one for another tree of the same size. The lock is held until it is there.
            self._memory.remember(Note(only.note.text, (*mine, cosignature)))
        return cosignature

    def shown(self, name: str) -> Note | None:
        """Return the newest cosigned head of a log, by the SHA-256 of its origin; None where there is none.

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
        """Return the time of the next cosignature: the present, but not before the last cosignature's.

        A cosignature states that no larger head was seen by its time, so that times must not fall. They do
        only where a person says that the clock was ahead then, and is right now.
        """
        now = self._clock.now() // SECOND
        if now < FIRST_TIME:
            raise ClockWrong("clock", now=when(now * SECOND))
        before = (None if last is None else seen_at(last, self.verifier)) or 0
        return now if self._clock_is_right and before > now + CLOCK_AHEAD_SECONDS else max(now, before)

    def ahead(self) -> dict[str, Instant]:
        """Return the logs whose last cosignature has a future time, with that time."""
        now = self._clock.now() // SECOND
        found: dict[str, Instant] = {}
        for origin in self._logs:
            if damage(self._memory.path, self.verifier, origin) is None and (
                last := self._memory.last(origin)
            ):
                at = seen_at(last, self.verifier) or 0
                if at > now + CLOCK_AHEAD_SECONDS:
                    found[origin] = at * SECOND
        return found


def _known(last: Note | None) -> Known:
    if last is None:
        return Known()
    head = checkpoint.of(last)
    return Known(head.size, head.root)
