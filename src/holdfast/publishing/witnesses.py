"""Asking the witnesses, all at once: who does not answer is let be for a while, who saw more stops us."""

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from holdfast.kernel.refusal import Refusal
from holdfast.publishing.publisher import Prove
from holdfast.trail import checkpoint
from holdfast.trail.note import Note, Signature
from holdfast.trail.policy import Trust
from holdfast.witness.client import TIMEOUT, cosign
from holdfast.witness.refusals import (
    BadWitnessUrl,
    WitnessAnswerWrong,
    WitnessRefused,
    WitnessUnreachable,
)

PAUSE_SECONDS = 5.0
"""How long a witness is not asked after it failed: it must not hold up what the others cosign."""

_COSTS_A_COSIGNATURE = (BadWitnessUrl, WitnessAnswerWrong, WitnessRefused, WitnessUnreachable)


class Witnesses:
    """The witnesses of a policy that can be asked. `failing` says why some have not cosigned a head."""

    def __init__(
        self, trust: Trust, urls: Mapping[str, str], *, timeout: float = TIMEOUT, pause: float = PAUSE_SECONDS
    ) -> None:
        self._asked = {name: (trust.witnesses[name], url) for name, url in urls.items()}
        self._timeout = timeout
        self._pause = pause
        self._seen: dict[str, int] = {}
        self._again_at: dict[str, float] = {}
        self.failing: dict[str, Refusal] = {}

    def __call__(self, note: Note, prove: Prove, published: int) -> list[Signature]:
        """Have a head cosigned by whoever answers. See `publisher.Ask`.

        Raises:
            WitnessAhead, WitnessDisagrees: one saw more of this log, or another one: do not go on.
        """
        now = time.monotonic()
        names = [name for name in self._asked if self._again_at.get(name, now) <= now]
        if not names:
            return []

        def ask(name: str) -> list[Signature] | Refusal:
            witness, url = self._asked[name]
            try:
                hint = self._seen.get(name, published)
                return cosign(witness, url, note, prove, hint, timeout=self._timeout)
            except Refusal as refusal:
                return refusal

        with ThreadPoolExecutor(len(names)) as threads:
            answers = dict(zip(names, threads.map(ask, names), strict=True))
        size = checkpoint.of(note).size
        found: list[Signature] = []
        for name, answer in answers.items():
            if isinstance(answer, Refusal):
                if not isinstance(answer, _COSTS_A_COSIGNATURE):
                    raise answer
                self.failing[name] = answer
                self._again_at[name] = time.monotonic() + self._pause
            else:
                found += answer
                self._seen[name] = size
                self.failing.pop(name, None)
        return found
