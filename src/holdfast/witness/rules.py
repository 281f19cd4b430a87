"""When a witness cosigns: the checks of c2sp.org/tlog-witness, in its order, each with its status.

Of its versions it is the one of July 2026: a fork is answered 422, as a proof that fails is.
"""

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from holdfast.kernel.refusal import Refusal
from holdfast.trail.checkpoint import Checkpoint
from holdfast.trail.consistency import Growing
from holdfast.trail.keys import LogVerifier
from holdfast.trail.merkle import EMPTY_ROOT, BadProof, Hash
from holdfast.trail.note import BadNote, Note, Signature, one_a_key, verified


class Known(NamedTuple):
    """The last head of a log that the witness cosigned; the empty tree where it never did."""

    size: int = 0
    root: Hash = EMPTY_ROOT


class LogUnknown(Refusal):
    """The witness does not watch the log."""

    code = "log_unknown"
    what = "the witness does not watch this log"
    fix = "Ask whoever runs the witness to trust the log's key"
    status: ClassVar[int] = 404


class LogNotSigned(Refusal):
    """No trusted key of the log signed the checkpoint."""

    code = "log_not_signed"
    what = "{reason}"
    fix = "Sign the checkpoint with a key of the log that the witness trusts"
    status: ClassVar[int] = 403


class LogShrank(Refusal):
    """The old size is above that of the checkpoint."""

    code = "log_shrank"
    what = "the old size {old} is above the checkpoint's {size}"
    fix = "Send a checkpoint that is as large as the old one, or larger"
    status: ClassVar[int] = 400


class LogSizeDiffers(Refusal):
    """The old size is not that of the last checkpoint that was cosigned: the answer is that size."""

    code = "log_size_differs"
    what = "the last checkpoint cosigned here has {known} leaves, not {old}"
    fix = "Prove that the log grew from {known} leaves"
    status: ClassVar[int] = 409

    def __init__(self, origin: str, old: int, known: int) -> None:
        """Refuse an old size, and tell the one that is known."""
        super().__init__(origin, old=old, known=known)
        self.known = known


class LogForked(Refusal):
    """The log signed two trees of one size."""

    code = "log_forked"
    what = "another tree of {size} leaves was cosigned here"
    fix = "Publish no more; find out which of the two trees the log showed to whom"
    status: ClassVar[int] = 422


class LogNotGrown(Refusal):
    """The proof does not show that the log grew out of what was cosigned."""

    code = "log_not_grown"
    what = "{reason}"
    fix = "Prove that the tree of the checkpoint begins with the tree that was cosigned last"
    status: ClassVar[int] = 422


Answered = LogUnknown | LogNotSigned | LogShrank | LogSizeDiffers | LogForked | LogNotGrown
ANSWERED = (LogUnknown, LogNotSigned, LogShrank, LogSizeDiffers, LogForked, LogNotGrown)


def signed(note: Note, origin: str, trusted: Sequence[LogVerifier]) -> list[Signature]:
    """Return a signature line of each of the log's trusted keys that signed; all verify.

    Those of others are passed over, and so are more of one key: a log could else sign one head as often as it
    takes until nobody, the witness included, can read what is remembered of it.

    Raises:
        LogUnknown: no key of the log is trusted.
        LogNotSigned: none of its keys signed, or a signature is wrong.
    """
    if not trusted:
        raise LogUnknown(origin)
    try:
        keys = {(key.name, key.key_id) for key in verified(note, trusted)}
    except BadNote as error:
        raise LogNotSigned(origin, reason=error.record().what) from error
    if not keys:
        raise LogNotSigned(origin, reason="no key of the log that is trusted signed the checkpoint")
    return [one for one in one_a_key(note.signatures) if (one.name, one.key_id) in keys]


def is_fork(head: Checkpoint, known: Known) -> bool:
    """Tell whether two heads of a log have one size and two roots; an empty tree has one root or is none."""
    return 0 < head.size == known.size and head.root != known.root


def check_grown(asked: Growing, head: Checkpoint, known: Known) -> None:
    """Check that a signed head grew out of the one that is known.

    Raises:
        LogShrank: the old size is above the head's.
        LogSizeDiffers: the old size is not the one that is known.
        LogForked: the head has the size that is known, and another root.
        LogNotGrown: the proof fails.
    """
    if asked.old > head.size:
        raise LogShrank(head.origin, old=asked.old, size=head.size)
    if asked.old != known.size:
        raise LogSizeDiffers(head.origin, asked.old, known.size)
    if is_fork(head, known):
        raise LogForked(head.origin, size=head.size)
    try:
        asked.check(known.root)
    except BadProof as error:
        raise LogNotGrown(head.origin, reason=error.record().what) from error
