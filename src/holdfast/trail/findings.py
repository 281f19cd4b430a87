"""What a check found, in plain words: what is proven, and what is not."""

from typing import NamedTuple


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
