"""The language of a reader, by `Accept-Language` (RFC 9110 §12.5.4): 中文 unless English is wanted."""

import re

from holdfast.kernel.text import Language

_RANGE = re.compile(r"\s*([A-Za-z*]{1,8})(?:-[A-Za-z0-9-]*)?\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?))?\s*")

DEFAULT: Language = "zh"


def preferred(header: str | None) -> Language:
    """Return the language that is wanted most; of two that are wanted alike, the one that is named first.

    >>> preferred("en-GB,en;q=0.9,zh;q=0.4"), preferred("de"), preferred(None), preferred("en;q=0")
    ('en', 'zh', 'zh', 'zh')
    """
    best, most = DEFAULT, 0.0
    for part in (header or "").split(","):
        found = _RANGE.fullmatch(part)
        if found is None:
            continue
        wanted = float(found[2] or 1)
        language: Language | None = {"zh": "zh", "en": "en", "*": DEFAULT}.get(found[1].lower())  # pyright: ignore[reportAssignmentType]
        if language is not None and wanted > most:
            best, most = language, wanted
    return best
