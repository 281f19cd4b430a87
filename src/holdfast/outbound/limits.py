"""How long an exchange may take, and what is told when no whole answer came."""

import time

from holdfast.kernel.text import Text

_SHOWN = 200


class Within:
    """A deadline: so many seconds from now, for several requests together."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Return how many are left; no less than a moment."""
        return max(self._end - time.monotonic(), 0.001)

    @property
    def over(self) -> bool:
        """Tell whether none is left."""
        return time.monotonic() >= self._end


class NoAnswer(Exception):  # noqa: N818 - what a stranger did; callers turn it into a refusal of theirs
    """There was no whole answer in time. What is `told` says why, and harms no terminal."""

    def __init__(self, reason: Text) -> None:
        self.told = Text(*(printable(text.removesuffix(".")) for text in reason))
        super().__init__(self.told.en)


def printable(text: str) -> str:
    """Return the beginning of what a stranger said as a line that harms no terminal."""
    return "".join(sign if sign.isprintable() else "?" for sign in text[:_SHOWN])
