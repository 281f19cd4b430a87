"""What an id may hold, said once: for whoever reads a file, and for every command that names something new.

An id is printed, stored and compared as it is. Two that look alike must not be two parties: so it is in the
normal form NFKC of Unicode (UAX 15), which has one way of writing accents and none of full-width letters, and
nothing in it is invisible (Default_Ignorable_Code_Point of UAX 44, and blanks).
"""

import re
import unicodedata

MAX_LENGTH = 128

_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""What is invisible, though `str.isprintable` lets it pass."""


def settled(text: str) -> str:
    """Return a text in the form that an id has, without the spaces around it."""
    return unicodedata.normalize("NFKC", text).strip()


def flaw(text: str) -> str | None:
    """Return why a text is no id, as the end of a sentence; None where it is one."""
    if not text:
        return "is empty"
    if len(text) > MAX_LENGTH:
        return f"has {len(text):,} characters, {MAX_LENGTH} are the most"
    if not text.isprintable() or _INVISIBLE.search(text):
        return "holds characters that do not print"
    if " " in text:
        return "holds a space"
    normal = unicodedata.is_normalized("NFKC", text)
    return None if normal else f"has another form of what Unicode's NFKC writes as {settled(text)!r}"
