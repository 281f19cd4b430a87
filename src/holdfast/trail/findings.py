"""What a check found, in plain words: what is proven, and what is not."""

import io
from collections.abc import Iterable
from typing import NamedTuple, TextIO

from holdfast.kernel.clock import Instant, iso


class Finding(NamedTuple):
    """A sentence of the answer, in 中文 and English. What is not proven is no fault: nobody has shown it."""

    proven: bool
    zh: str
    en: str


def proven(zh: str, en: str) -> Finding:
    """Say that something is proven."""
    return Finding(proven=True, zh=zh, en=en)


def unproven(zh: str, en: str) -> Finding:
    """Say that something is not proven by what was given."""
    return Finding(proven=False, zh=zh, en=en)


def when(at: Instant) -> str:
    """Write a time that comes out of a stranger's file: it may be one that no calendar has."""
    try:
        return iso(at)
    except (OverflowError, ValueError, OSError):
        return f"{at} ms"


def plain(lines: Iterable[str]) -> str:
    """Return lines that harm no terminal, whatever a stranger's file has in its texts."""
    return "".join(f"{''.join(sign if sign.isprintable() else '?' for sign in line)}\n" for line in lines)


def forgive(out: TextIO) -> None:
    """Let what a terminal cannot write, 中文 or ✓, be a question mark."""
    if isinstance(out, io.TextIOWrapper):
        out.reconfigure(errors="replace")
