"""TOML files of numbers, each with its unit and its source: what reading any of them takes."""

import difflib
import json
import tomllib
from collections.abc import Callable, Iterable
from typing import Any

from holdfast.kernel.refusal import Refusal
from holdfast.kernel.text import Text, meant

Refuse = Callable[[str, Text, Text], Refusal]
"""Makes the refusal of a file: where, what is wrong, what to do."""


def document(text: str, origin: str, refuse: Refuse) -> dict[str, Any]:
    """Return the file as it was written.

    Raises:
        Refusal: made by `refuse`; it is not TOML.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise refuse(
            origin,
            Text(f"不是 TOML：{error}", f"this is not TOML: {error}"),
            Text("请改正所指的一行", "Mend the line that is named"),
        ) from error


def line(text: str, name: str, group: str | None = None) -> int:
    """Return the line on which a key or a table stands, from 1; within its group, where that is told."""
    lines = text.splitlines()
    start = 0 if group is None else next((n for n, one in enumerate(lines) if _opens(one, group)), 0)
    for number, one in enumerate(lines[start:], start=start + 1):
        if one.lstrip("[ ").startswith(name):
            return number
    return start + 1


def _opens(one: str, group: str) -> bool:
    return one.strip().strip("[] ") == group and one.lstrip().startswith("[")


def near(name: str, known: Iterable[str]) -> Text:
    """Return a question that names what was meant perhaps, or nothing."""
    close = difflib.get_close_matches(name, list(known), n=1)
    return meant(close[0] if close else None)


def quoted(text: str) -> str:
    """Return a TOML string: JSON's, but for the one sign that only JSON lets stand."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
