"""Ids of subjects: which characters one may have, for readers of files and for commands that name something.

An id is printed, stored and compared as it is. Two that look alike must not be two parties: so it is in the
normal form NFKC of Unicode (UAX 15), which has one way of writing accents and none of full-width letters, and
nothing in it is invisible (Default_Ignorable_Code_Point of UAX 44, and blanks).
"""

import re
import unicodedata

from holdfast.kernel.text import Text

MAX_LENGTH = 128

_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""Characters that nobody sees, though `str.isprintable` takes them for printable."""


def settled(text: str) -> str:
    """Return a text in the normal form of ids (NFKC), without the spaces around it.

    >>> settled(" Ｓhop１ ")
    'Shop1'
    """
    return unicodedata.normalize("NFKC", text).strip()


def flaw(text: str) -> Text | None:
    """Return the reason why a text is no id, as the end of a sentence; None where it is one.

    >>> flaw("shop-1") is None, flaw("shop 1").en
    (True, 'holds a space')
    """
    if not text:
        return Text("是空的", "is empty")
    if len(text) > MAX_LENGTH:
        return Text(
            f"有 {len(text):,} 个字符，最多 {MAX_LENGTH} 个",
            f"has {len(text):,} characters, {MAX_LENGTH} are the most",
        )
    if not text.isprintable() or _INVISIBLE.search(text):
        return Text("有不可见字符", "holds characters that do not print")
    if " " in text:
        return Text("有空格", "holds a space")
    normal = unicodedata.is_normalized("NFKC", text)
    if normal:
        return None
    written = settled(text)
    return Text(
        f"Unicode NFKC 将其写作 {written!r}",
        f"has another form of what Unicode's NFKC writes as {written!r}",
    )
