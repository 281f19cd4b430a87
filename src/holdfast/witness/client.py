"""The log's client of witnesses (c2sp.org/tlog-witness). Nothing that a witness answers is trusted.

A cosignature counts if it verifies, and states no future time. A witness's objection to the log counts if it
shows a head with the log's own signature; else the witness has failed. An answer is bounded in size and time,
and redirects are not followed.
"""

from collections.abc import Callable
from hashlib import sha256
from typing import NamedTuple

from holdfast.kernel.clock import SECOND, Instant
from holdfast.kernel.text import Text
from holdfast.outbound.limits import Within
from holdfast.trail import checkpoint
from holdfast.trail import note as notes
from holdfast.trail.checkpoint import Checkpoint, decimal, of
from holdfast.trail.consistency import Growing
from holdfast.trail.cosignature import CLOCK_AHEAD_SECONDS, WitnessVerifier, newest, time_of
from holdfast.trail.findings import when
from holdfast.trail.keys import LogVerifier
from holdfast.trail.merkle import BadProof, Hash, check_consistency
from holdfast.trail.note import MAX_NOTE, MAX_SIGNATURES, BadNote, Note, Signature, one_a_key, parse_signature
from holdfast.witness.exchange import Request, exchange
from holdfast.witness.refusals import (
    Shown,
    WitnessAhead,
    WitnessAnswerWrong,
    WitnessDisagrees,
    WitnessRefused,
    WitnessUnproven,
    WitnessUnreachable,
)

MAX_ANSWER = 64 * 1024
TIMEOUT = 10.0

_PATH = "/add-checkpoint"
_SIZE_TYPE = "text/x.tlog.size"
_OK, _NOT_FOUND, _CONFLICT, _UNPROCESSABLE = 200, 404, 409, 422
_TRIES = 3

_ALWAYS_ANOTHER = Text(
    f"{_TRIES} 次都要求从另一条数起的证明", f"{_TRIES} times it asked for a proof from another size"
)

Prove = Callable[[int, int], list[Hash]]


class Asked(NamedTuple):
    """The address of a witness: its key, its submission prefix, and the keys of the logs that it may show."""

    key: WitnessVerifier
    url: str
    logs: tuple[LogVerifier, ...]


class Behind(NamedTuple):
    """An answer 409: the witness wants a consistency proof from this size, the last that it cosigned."""

    size: int


class Objection(NamedTuple):
    """An answer 422: the witness says that the head does not extend the one that it knows."""

    said: Text


class Cosigned(NamedTuple):
    """A cosignature that verifies, and a fault of the answer, if it had one all the same."""

    signature: Signature
    odd: WitnessAnswerWrong | None = None


def cosign(
    asked: Asked, note: Note, prove: Prove, old_hint: int, *, now: Instant, timeout: float = TIMEOUT
) -> Cosigned:
    """Have a checkpoint cosigned, and return the newest cosignature of the witness: it verifies.

    Args:
        asked: the witness; lines of other keys are passed over.
        note: the checkpoint, signed by its log.
        prove: makes the consistency proof from a smaller size to a larger one.
        old_hint: the size that the witness is thought to have cosigned last; 0 if nothing is known.
        now: the time; a cosignature may not be of much later.
        timeout: seconds for all requests together.

    Raises:
        BadNote: the note is no checkpoint.
        BadWitnessUrl: the witness cannot be asked there.
        WitnessUnreachable: it did not answer; carry on without it.
        WitnessRefused: it does not watch this log, or does not trust its key.
        WitnessAnswerWrong: it answered what it may not, or its cosignature is wrong.
        WitnessUnproven: it says that it saw another log, and has no head to show that the log signed.
        WitnessAhead, WitnessDisagrees: it shows a head that the log signed and does not lead to: do not sign.
    """
    size = of(note).size
    old = min(max(old_hint, 0), size)
    within = Within(timeout)
    for _ in range(_TRIES):
        found = ask(asked.url, Growing(old, tuple(prove(old, size)), note).encode(), within)
        match found:
            case Objection(said):
                raise _judged(asked, note, prove, said, within)
            case Behind(known) if known > size:
                more = Text(f"{known} 条，而此日志有 {size} 条", f"{known} leaves against {size}")
                raise _judged(asked, note, prove, more, within)
            case Behind(known) if known == old:
                raise WitnessAnswerWrong(
                    asked.url,
                    reason=Text(
                        f"要求从 {old} 条起的证明，而已经给了",
                        f"it asks for a proof from {old}, which it was sent",
                    ),
                )
            case Behind(known):
                old = known
            case _:
                return _verified(asked, note, found, now)
    raise WitnessAnswerWrong(asked.url, reason=_ALWAYS_ANOTHER)


def _verified(asked: Asked, note: Note, found: tuple[Signature, ...], now: Instant) -> Cosigned:
    key, url = asked.key, asked.url
    mine = [one for one in dict.fromkeys(found) if (one.name, one.key_id) == (key.name, key.key_id)]
    if not mine:
        raise WitnessAnswerWrong(
            url, reason=Text(f"没有 {key.key.encode()} 的签名", f"no cosignature is of {key.key.encode()}")
        )
    latest = now // SECOND + CLOCK_AHEAD_SECONDS
    best = newest(key, note.text, [one for one in mine if 0 < time_of(one.value) <= latest])
    if len(mine) > MAX_SIGNATURES and best is not None:
        return Cosigned(
            best,
            WitnessAnswerWrong(
                url,
                reason=Text(f"签了 {len(mine)} 次；只取一次", f"it signed {len(mine)} times; one is taken"),
            ),
        )
    right = [one for one in mine if key.verifies(note.text, one.value)]
    if not right:
        raise WitnessAnswerWrong(
            url, reason=Text(f"{key.name} 的签名有误", f"a cosignature of {key.name} is wrong")
        )
    if best is None:
        raise WitnessAnswerWrong(
            url,
            reason=Text(
                f"其签名的时间不是现在：{_times(right)}",
                f"its cosignature is of a time that is not now: {_times(right)}",
            ),
        )
    if len(right) < len(mine):
        reason = Text(
            f"{key.name} 的签名一对一错", f"beside a right cosignature of {key.name} there is a wrong one"
        )
        return Cosigned(best, WitnessAnswerWrong(url, reason=reason))
    return Cosigned(best)


def _times(lines: list[Signature]) -> str:
    at = time_of(lines[0].value)
    return when(at * SECOND) if at else "none"


def ask(url: str, body: bytes, within: Within) -> tuple[Signature, ...] | Behind | Objection:
    """Send a witness the body of `add-checkpoint`; return its signature lines, which nobody has verified yet.

    Raises:
        BadWitnessUrl: the URL is not http or https, or has what a prefix has not.
        WitnessUnreachable: there was no whole answer in time.
        WitnessRefused: it answered another status than 200, 409 and 422; redirects are among them.
        WitnessAnswerWrong: the answer is too long, or not of the form.
    """
    answer = exchange(Request("POST", url, _PATH, body), MAX_ANSWER, within)
    if len(answer.body) > MAX_ANSWER:
        raise WitnessAnswerWrong(
            url, reason=Text(f"超过 {MAX_ANSWER} 字节", f"it is longer than {MAX_ANSWER} bytes")
        )
    try:
        if answer.status == _OK:
            return _signatures(answer.body)
        if answer.status == _CONFLICT and answer.kind == _SIZE_TYPE:
            return Behind(_size(answer.body))
    except BadNote as error:
        raise WitnessAnswerWrong(url, reason=error.told()) from error
    if answer.status in {_CONFLICT, _UNPROCESSABLE}:
        return Objection(
            Text("它的另一棵树（{status}：{shown}）", "another tree of it ({status}: {shown})").fill(
                status=answer.status, shown=answer.shown
            )
        )
    raise WitnessRefused(url, status=answer.status, text=answer.shown)


def _judged(asked: Asked, note: Note, prove: Prove, said: Text, within: Within) -> Shown | WitnessUnproven:
    """Return the refusal that follows from an objection, by the head that the witness shows as evidence.

    Without evidence it does not stop the log: a lying witness could else stop every log that asks it.
    """
    try:
        shown = head_of(asked, of(note).origin, within)
    except (WitnessUnreachable, WitnessRefused, WitnessAnswerWrong) as refusal:
        return WitnessUnproven(asked.url, said=said, reason=refusal.told())
    if shown is None:
        return WitnessUnproven(
            asked.url, said=said, reason=Text("它什么也没有签署过", "it has cosigned none")
        )
    return compared(asked.url, shown, note, prove, said)


def compared(url: str, shown: Note, note: Note, prove: Prove, said: Text) -> Shown | WitnessUnproven:
    """Return the refusal that follows from a shown head, compared with a head of the log.

    Args:
        url: the witness.
        shown: the head that it shows; the log signed it.
        note: the log's newest head.
        prove: makes the consistency proof from a smaller size to a larger one.
        said: the text of the witness's answer.
    """
    mine, other = of(note), of(shown)
    if other.size > mine.size:
        return WitnessAhead(url, shown, known=other.size, size=mine.size)
    if not _grew(other, mine, prove):
        return WitnessDisagrees(url, shown, known=other.size, said=said)
    reason = Text(
        f"所出示的 {other.size} 条的树头，是本日志的开头",
        f"the one that it shows, of {other.size} leaves, is the beginning of this log",
    )
    return WitnessUnproven(url, said=said, reason=reason)


def _grew(other: Checkpoint, mine: Checkpoint, prove: Prove) -> bool:
    try:
        check_consistency(other.size, other.root, mine.size, mine.root, prove(other.size, mine.size))
    except BadProof:
        return False
    return True


def head_of(asked: Asked, origin: str, within: Within) -> Note | None:
    """Return the newest head of a log that a witness shows, with both signatures; None where it has none.

    The log's signature is verified; its consistency with other heads is not.

    Raises:
        BadWitnessUrl, WitnessUnreachable: see `ask`.
        WitnessRefused: it answered another status than 200 and 404.
        WitnessAnswerWrong: what it shows is no head that the log signed.
    """
    url = asked.url
    path = f"/{sha256(origin.encode()).hexdigest()}/checkpoint"
    answer = exchange(Request("GET", url, path), MAX_NOTE, within)
    if answer.status == _NOT_FOUND:
        return None
    if answer.status != _OK:
        raise WitnessRefused(url, status=answer.status, text=answer.shown)
    logs = [log for log in asked.logs if log.name == origin]
    try:
        found = _signed(answer.body, origin, logs)
    except BadNote as error:
        raise WitnessAnswerWrong(url, reason=error.told()) from error
    known = {(key.name, key.key_id) for key in (*logs, asked.key)}
    lines = [one for one in found.signatures if (one.name, one.key_id) in known]
    return Note(found.text, one_a_key(lines))


def _signed(data: bytes, origin: str, logs: list[LogVerifier]) -> Note:
    found = notes.parse(data)
    if checkpoint.of(found).origin != origin or not notes.verified(found, logs):
        raise BadNote(Text("所出示的树头不是日志签署的", "the head that it shows was not signed by the log"))
    return found


def _signatures(body: bytes) -> tuple[Signature, ...]:
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise BadNote(Text("不是 UTF-8", "it is not UTF-8")) from error
    if not text.endswith("\n"):
        raise BadNote(Text("结尾没有换行符", "it does not end with a newline"))
    return tuple(parse_signature(line) for line in text[:-1].split("\n"))


def _size(body: bytes) -> int:
    if not body.isascii() or not body.endswith(b"\n"):
        raise BadNote(Text("条数不是一行", "its size is not a line"))
    return decimal(body.decode()[:-1], Text("条数", "its size"))
