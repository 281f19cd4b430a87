"""Cells that a spreadsheet would run as a formula: written so that it shows them as text, and read back.

A leading apostrophe makes text of what follows (OWASP, CSV injection); a plain number runs nothing. Of a cell
that begins with apostrophes already one more is added and taken off, so that every text comes back as it was.
"""

import csv
import re
from typing import Any, TextIO

_RUN = ("=", "+", "-", "@", "\t", "\r", "\N{FULLWIDTH EQUALS SIGN}", "\N{FULLWIDTH COMMERCIAL AT}")
_TEXT = "'"
_NUMBER = re.compile(r"[+-][0-9]+(\.[0-9]+)?", re.ASCII)


def defused(value: object) -> object:
    """Return a cell as it is to be written; numbers and what is no text stay as they are."""
    return _TEXT + value if isinstance(value, str) and _runs(value) else value


def restored(text: str) -> str:
    """Return what a cell said before it was defused."""
    return text[1:] if text.startswith(_TEXT) and _runs(text) else text


def _runs(text: str) -> bool:
    said = text.lstrip(_TEXT)
    return said.startswith(_RUN) and not _NUMBER.fullmatch(said)


class Writer:
    """Writes rows of CSV, each cell defused."""

    def __init__(self, file: TextIO) -> None:
        self._rows: Any = csv.writer(file, lineterminator="\n")

    def write(self, *rows: tuple[object, ...] | list[object]) -> None:
        """Write rows."""
        self._rows.writerows([[defused(value) for value in row] for row in rows])
