"""The rules by which a witness cosigns: the checks of c2sp.org/tlog-witness, in its order, with its statuses.

They are those of its version of July 2026: a fork is answered 422, as a failed proof is.
"""

from collections.abc import Sequence
from typing import NamedTuple

from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text, same
from holdfast.trail.checkpoint import Checkpoint
from holdfast.trail.consistency import Growing
from holdfast.trail.keys import LogVerifier
from holdfast.trail.merkle import EMPTY_ROOT, BadProof, Hash
from holdfast.trail.note import BadNote, Note, Signature, one_a_key, verified


class Known(NamedTuple):
    """The last head of a log that the witness cosigned; the empty tree where it never did."""

    size: int = 0
    root: Hash = EMPTY_ROOT


_UNSIGNED = Text("没有受信任的日志密钥签署此树头", "no key of the log that is trusted signed the checkpoint")


class LogUnknown(Refusal):
    """The witness does not watch the log."""

    code = "log_unknown"
    sort = Sort.NOT_FOUND
    what = Text("见证人不关注此日志", "the witness does not watch this log")
    fix = Text("请见证人的运营者信任此日志的密钥", "Ask whoever runs the witness to trust the log's key")


class LogNotSigned(Refusal):
    """No trusted key of the log signed the checkpoint."""

    code = "log_not_signed"
    sort = Sort.FORBIDDEN
    what = same("{reason}")
    fix = Text(
        "请用见证人信任的日志密钥签署树头",
        "Sign the checkpoint with a key of the log that the witness trusts",
    )


class LogShrank(Refusal):
    """The old size is above that of the checkpoint."""

    code = "log_shrank"
    sort = Sort.MALFORMED
    what = Text("旧的条数 {old} 大于树头的 {size}", "the old size {old} is above the checkpoint's {size}")
    fix = Text("请提交不小于旧条数的树头", "Send a checkpoint that is as large as the old one, or larger")


class LogSizeDiffers(Refusal):
    """The old size is not that of the last checkpoint that was cosigned: the answer is that size."""

    code = "log_size_differs"
    sort = Sort.CONFLICT
    what = Text(
        "此处最后签署的树头有 {known} 条，而非 {old} 条",
        "the last checkpoint cosigned here has {known} leaves, not {old}",
    )
    fix = Text("请证明日志由 {known} 条增长而来", "Prove that the log grew from {known} leaves")

    def __init__(self, origin: str, old: int, known: int) -> None:
        """Refuse an old size, and tell the one that is known."""
        super().__init__(origin, old=old, known=known)
        self.known = known


class LogForked(Refusal):
    """The log signed two trees of one size."""

    code = "log_forked"
    sort = Sort.BROKEN
    what = Text("此处签署过另一棵 {size} 条的树", "another tree of {size} leaves was cosigned here")
    fix = Text(
        "请停止公布；查明日志向谁出示了哪一棵树",
        "Publish no more; find out which of the two trees the log showed to whom",
    )


class LogNotGrown(Refusal):
    """The proof does not show that the log grew out of what was cosigned."""

    code = "log_not_grown"
    sort = Sort.BROKEN
    what = same("{reason}")
    fix = Text(
        "请证明树头的树以最后签署的树开头",
        "Prove that the tree of the checkpoint begins with the tree that was cosigned last",
    )


Answered = LogUnknown | LogNotSigned | LogShrank | LogSizeDiffers | LogForked | LogNotGrown
ANSWERED = (LogUnknown, LogNotSigned, LogShrank, LogSizeDiffers, LogForked, LogNotGrown)


def signed(note: Note, origin: str, trusted: Sequence[LogVerifier]) -> list[Signature]:
    """Return one verified signature line of each of the log's trusted keys that signed.

    Lines of other keys are ignored, and so are further ones of one key: a log could else sign one head so
    often that nobody, the witness included, can parse the stored head.

    Raises:
        LogUnknown: no key of the log is trusted.
        LogNotSigned: none of its keys signed, or a signature is wrong.
    """
    if not trusted:
        raise LogUnknown(origin)
    try:
        keys = {(key.name, key.key_id) for key in verified(note, trusted)}
    except BadNote as error:
        raise LogNotSigned(origin, reason=error.told()) from error
    if not keys:
        raise LogNotSigned(origin, reason=_UNSIGNED)
    return [one for one in one_a_key(note.signatures) if (one.name, one.key_id) in keys]


def is_fork(head: Checkpoint, known: Known) -> bool:
    """Tell whether two heads of a log have one size and two roots; an empty tree has one root or is none."""
    return 0 < head.size == known.size and head.root != known.root


def check_grown(asked: Growing, head: Checkpoint, known: Known) -> None:
    """Check that a signed head extends the known one.

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
        raise LogNotGrown(head.origin, reason=error.told()) from error
