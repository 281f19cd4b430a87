"""Findings of a check, in plain words: each is proven, or not proven by the files that were given."""

import io
from collections.abc import Iterable
from typing import NamedTuple, TextIO

from holdfast.kernel.clock import Instant, iso


class Finding(NamedTuple):
    """A finding, a sentence in 中文 and English. An unproven one is no error: the files do not show it."""

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
    """Write a time from a stranger's file, which may be one that no calendar has."""
    try:
        return iso(at)
    except (OverflowError, ValueError, OSError):
        return f"{at} ms"


def plain(lines: Iterable[str]) -> str:
    """Return lines without control characters, which a stranger's file may have in its texts."""
    return "".join(f"{''.join(sign if sign.isprintable() else '?' for sign in line)}\n" for line in lines)


def forgive(out: TextIO) -> None:
    """Have an output stream write a question mark for what it cannot encode, such as 中文 or ✓."""
    if isinstance(out, io.TextIOWrapper):
        out.reconfigure(errors="replace")
