"""The fan-out to the witnesses, in parallel: a quorum suffices; those that are slow or lie are left behind.

A witness stops the log only by evidence: a head with the log's own signature that contradicts this log.
"""

import threading
import time
from collections.abc import Mapping
from importlib import import_module
from queue import Empty, SimpleQueue
from typing import NamedTuple

from holdfast.kernel.clock import Clock, SystemClock
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.text import Text
from holdfast.publishing.publisher import Prove
from holdfast.trail import checkpoint
from holdfast.trail.note import Note, Signature
from holdfast.trail.policy import Trust
from holdfast.witness.client import TIMEOUT, Asked, Cosigned, compared, cosign
from holdfast.witness.refusals import (
    BadWitnessUrl,
    Shown,
    WitnessAnswerWrong,
    WitnessRefused,
    WitnessSlow,
    WitnessUnproven,
    WitnessUnreachable,
)

PAUSE_SECONDS = 5.0
"""The back-off after a witness failed."""

FIRST_SECONDS = 1.0
"""The time to wait, beyond a quorum, for a witness that has not answered before."""

LEAST_SECONDS = 0.1
"""The minimal time to wait, beyond a quorum, for the others; else as long again as the quorum took."""

_COSTS_A_COSIGNATURE = (
    BadWitnessUrl,
    WitnessAnswerWrong,
    WitnessRefused,
    WitnessUnproven,
    WitnessUnreachable,
)


class _Answer(NamedTuple):
    """The result of asking one witness to cosign a head."""

    name: str
    note: Note
    came: Cosigned | Refusal | OSError


class Witnesses:
    """The reachable witnesses of a policy. `failing` tells why some did not cosign the last head in time."""

    def __init__(
        self,
        trust: Trust,
        urls: Mapping[str, str],
        *,
        timeout: float = TIMEOUT,
        pause: float = PAUSE_SECONDS,
        clock: Clock | None = None,
    ) -> None:
        if urls:  # else it would be imported in the time of the first that is asked
            import_module("holdfast.outbound.client")
        self._trust = trust
        self._asked = {name: Asked(trust.witnesses[name], url, trust.logs) for name, url in urls.items()}
        self._timeout = timeout
        self._pause = pause
        self._clock = SystemClock() if clock is None else clock
        self._answers = SimpleQueue[_Answer]()
        self._busy = set[str]()
        self._heard = set[str]()
        self._seen: dict[str, int] = {}
        self._newest: dict[str, tuple[str, Signature]] = {}
        self._again_at: dict[str, float] = {}
        self.failing: dict[str, Refusal] = {}

    def __call__(self, note: Note, prove: Prove, published: int) -> list[Signature]:
        """Collect the cosignatures of a head that come in time. See `publisher.Ask`.

        It returns when all have answered, or when there is a quorum and the others have had as long again.
        A late witness holds up nobody: its cosignature is taken in the next round.

        Raises:
            WitnessAhead, WitnessDisagrees: one shows a head of this log that contradicts this one.
            Refusal, OSError: the log's own files could not be read.
        """
        asking = _Round(note, prove, published)
        self._take_late(asking)
        for name in self._asked.keys() - self._busy:
            self._start(name, asking)
        self._wait(asking)
        known = (self._newest.get(name) for name in self._asked)
        return [one for text, one in filter(None, known) if text == note.text]

    def _start(self, name: str, asking: "_Round") -> None:
        if self._again_at.get(name, 0.0) > time.monotonic():
            return
        asked, now = self._asked[name], self._clock.now()
        hint = self._seen.get(name, asking.published)

        def ask() -> None:
            came: Cosigned | Refusal | OSError
            came = WitnessUnreachable(
                asked.url, reason=Text("其答复无法处理", "its answer could not be dealt with")
            )
            try:
                came = cosign(asked, asking.note, asking.prove, hint, now=now, timeout=self._timeout)
            except (Refusal, OSError) as error:
                came = error
            finally:
                self._answers.put(_Answer(name, asking.note, came))

        self._busy.add(name)
        asking.asked.add(name)
        # Nobody waits for it at the end of the process: it may hang for as long as a name is looked up.
        threading.Thread(target=ask, name=f"witness {name}", daemon=True).start()

    def _wait(self, asking: "_Round") -> None:
        """Collect answers until all are there, or there is a quorum and the time for the others is over."""
        begun = time.monotonic()
        until, enough = begun + self._timeout, False
        while self._busy:
            now = time.monotonic()
            if not enough and self._is_enough(asking):
                enough, until = True, now + max(LEAST_SECONDS, now - begun)
                if (self._busy & asking.asked) - self._heard:
                    until = max(until, now + FIRST_SECONDS)
            if (enough and not self._busy & asking.asked) or until <= now:
                break
            try:
                answer = self._answers.get(timeout=until - now)
            except Empty:
                break
            self._take(answer, asking)
        for name in self._busy & asking.asked:
            url = self._asked[name].url
            late = WitnessUnreachable(
                url,
                reason=Text(f"超过 {self._timeout:g} 秒", f"it took longer than {self._timeout:g} seconds"),
            )
            self.failing.setdefault(name, WitnessSlow(url) if enough else late)

    def _is_enough(self, asking: "_Round") -> bool:
        """Tell whether those that cosigned in this round are a quorum."""
        return self._trust.is_met(asking.cosigned)

    def _take(self, answer: _Answer, asking: "_Round") -> None:
        self._busy.discard(answer.name)
        self._heard.add(answer.name)
        in_time = answer.note.text == asking.note.text
        self._judge(answer, asking)
        if in_time and isinstance(answer.came, Cosigned):
            asking.cosigned.add(answer.name)
        elif not in_time and not self._is_enough(asking):
            self._start(answer.name, asking)

    def _take_late(self, asking: "_Round") -> None:
        """Collect answers that came since the last round: late evidence against the log stops it, too."""
        while True:
            try:
                answer = self._answers.get_nowait()
            except Empty:
                return
            self._busy.discard(answer.name)
            self._heard.add(answer.name)
            self._judge(answer, asking)

    def _judge(self, answer: _Answer, asking: "_Round") -> None:
        name, came = answer.name, answer.came
        in_time = answer.note.text == asking.note.text
        if isinstance(came, Shown) and not in_time:
            # It was asked for an older head. By now it may show one that came out since, and is right.
            url = self._asked[name].url
            came = compared(
                url,
                came.note,
                asking.note,
                asking.prove,
                Text("与所发送的不同的日志", "another log than it was sent"),
            )
        if isinstance(came, Cosigned):
            self._seen[name] = checkpoint.of(answer.note).size
            self._newest[name] = (answer.note.text, came.signature)
            if came.odd is not None:
                self.failing[name] = came.odd
            elif in_time:
                self.failing.pop(name, None)
            else:  # it was told to be slow, or fails for another reason; only who answers in time is well
                self.failing.setdefault(name, WitnessSlow(self._asked[name].url))
        elif isinstance(came, _COSTS_A_COSIGNATURE):
            self.failing[name] = came
            self._again_at[name] = time.monotonic() + self._pause
        else:
            raise came


class _Round:
    """One round: a head, the witnesses that it was sent to, and those that cosigned it in time."""

    def __init__(self, note: Note, prove: Prove, published: int) -> None:
        self.note = note
        self.prove = prove
        self.published = published
        self.asked = set[str]()
        self.cosigned = set[str]()
