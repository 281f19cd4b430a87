"""Heads of logs that the trust policy accepts, with the witnesses that saw them, and when."""

from typing import NamedTuple

from holdfast.kernel.clock import SECOND, Instant
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text, same
from holdfast.trail.checkpoint import Checkpoint
from holdfast.trail.cosignature import CLOCK_AHEAD_SECONDS, times_of
from holdfast.trail.findings import Finding, proven, unproven, when
from holdfast.trail.note import Note
from holdfast.trail.policy import Trust


class StaleCheckpoint(Refusal):
    """A head is older than was asked for."""

    code = "stale_checkpoint"
    sort = Sort.BROKEN
    what = Text(
        "在 {newer_than} 或以后看到此树头的见证人不足；最后一次为 {last}",
        "too few witnesses saw this head at or after {newer_than}; the last did at {last}",
    )
    fix = Text(
        "请索取通向更新树头的收据：此后发生的事，这一份没有显示",
        "Ask for a receipt that leads to a newer checkpoint: what happened since, this one hides",
    )


class TwoStories(Refusal):
    """A log signed two heads that contradict each other."""

    code = "two_stories"
    sort = Sort.BROKEN
    what = Text(
        "日志 {origin} 签署了含 {size} 条的此树头，而 {other} 中有一个与之矛盾",
        "the log {origin} signed this head of {size} leaves, and in {other} one that contradicts it",
    )
    fix = Text(
        "请保留两个文件：合在一起，可以向任何人证明该日志说了两套话",
        "Keep both files: together they prove to anybody that the log told two stories",
    )


class Head(NamedTuple):
    """A head that the policy accepts, and where it was found; its extension lines are left out.

    `seen` has each witness that cosigned it, with its times in order, empty where it states no time.
    """

    place: str
    checkpoint: Checkpoint
    seen: dict[str, list[Instant]]


class Times(NamedTuple):
    """Requirements on the times of cosignatures.

    A quorum must have seen a head at or after `newer_than`. `now` is the present: a cosignature that is dated
    later could satisfy any `newer_than` for ever, and so counts as one without a time.
    """

    newer_than: Instant | None = None
    now: Instant | None = None


ANY_TIME = Times()


def believed(place: str, note: Note, trust: Trust, times: Times = ANY_TIME) -> Head:
    """Return the head in a note, if the policy accepts it.

    Raises:
        BadNote, Untrusted: see `Trust.check`.
        StaleCheckpoint: too few witnesses saw it at or after a time.
    """
    found, names = trust.check(note)
    latest = None if times.now is None else times.now // SECOND + CLOCK_AHEAD_SECONDS
    seen = {
        name: [at * SECOND for at in times_of(note, trust.witnesses[name]) if latest is None or at <= latest]
        for name in names
    }
    head = Head(place, found._replace(extensions=()), seen)
    newer_than = times.newer_than
    if newer_than is not None and not _is_enough(since(head, newer_than), trust):
        each = [some[-1] for some in seen.values() if some]
        last = (
            same(when(max(each))) if each else Text("从无：没有见证人签署", "no time: no witness cosigned it")
        )
        raise StaleCheckpoint(place, newer_than=when(newer_than), last=last)
    return head


def _is_enough(names: list[str], trust: Trust) -> bool:
    return bool(names) and trust.is_met(names)


def in_time(head: Head, trust: Trust, by: Instant) -> bool:
    """Tell whether enough witnesses, one at least, had seen a head by a time."""
    return _is_enough([name for name, times in head.seen.items() if times and times[0] <= by], trust)


def since(head: Head, at: Instant) -> list[str]:
    """Return the witnesses that saw a head at or after a time."""
    return [name for name, times in head.seen.items() if times and times[-1] >= at]


def of_witnesses(head: Head) -> Finding:
    """Return the sentence that names the witnesses of a head."""
    if not head.seen:
        return unproven(
            "没有见证人签署：别人看到的是否是同一份日志，未被证明。",
            "No witness cosigned it: that others are shown the same log is not proven.",
        )
    zh = [f"{name}（{when(at[0]) if at else '未写明时间'}）" for name, at in head.seen.items()]
    en = [f"{name} ({when(at[0]) if at else 'at no time that it names'})" for name, at in head.seen.items()]
    return proven(
        f"见证人确认看到过同一份日志：{'；'.join(zh)}。", f"Witnesses saw this same log: {', '.join(en)}."
    )
