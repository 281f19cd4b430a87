"""Ids of subjects: which characters one may have, for readers of files and for commands that name something.

An id is printed, stored and compared as it is. Two that look alike must not be two parties: so it is in the
normal form NFKC of Unicode (UAX 15), which has one way of writing accents and none of full-width letters, and
nothing in it is invisible (Default_Ignorable_Code_Point of UAX 44, and blanks).

The id of a thing that belongs to a merchant, an order, a claim, a guarantee, may name the merchant before its
own number: `shop1~1001`. Such ids are unique within the merchant, and whoever has one knows whose it is
without looking anything up. See decision 49.
"""

import re
import unicodedata

from holdfast.kernel.text import Text

MAX_LENGTH = 128
"""The most characters of an id, of a merchant in it and of the number after that."""

NAMES = "~"
"""The sign between a merchant and a number of its own. It needs no escape in an address (RFC 3986 §2.3)."""

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


def within(merchant_id: str, number: str) -> str:
    """Return the id of a thing of a merchant.

    >>> within("shop1", "1001")
    'shop1~1001'
    """
    return f"{merchant_id}{NAMES}{number}"


def merchant_of(text: str) -> str | None:
    """Return the merchant that an id names; None where it names none.

    >>> merchant_of("shop1~1001"), merchant_of("1001")
    ('shop1', None)
    """
    merchant_id, names, _ = text.rpartition(NAMES)
    return merchant_id if names else None


def flaw_within(text: str, merchant_id: str) -> Text | None:
    """Return the reason why a text is no id of a thing of this merchant; None where it is one.

    >>> flaw_within("shop1~1001", "shop2").en
    "names the merchant 'shop1' before its ~, and is of 'shop2'"
    """
    named = merchant_of(text)
    if named is None:
        return flaw(text)
    if named == merchant_id:
        return flaw(text[len(named) + len(NAMES) :]) or flaw(text)
    return Text(
        f"在 {NAMES} 之前写的是商家 {named!r}，而它属于 {merchant_id!r}",
        f"names the merchant {named!r} before its {NAMES}, and is of {merchant_id!r}",
    )


def flaw(text: str) -> Text | None:
    """Return the reason why a text is no id, as the end of a sentence; None where it is one.

    >>> flaw("shop-1") is None, flaw("shop 1").en
    (True, 'holds a space')
    """
    if not text:
        return Text("是空的", "is empty")
    longest = max(map(len, text.rpartition(NAMES)))
    if longest > MAX_LENGTH:
        return Text(
            f"有 {longest:,} 个字符，最多 {MAX_LENGTH} 个",
            f"has {longest:,} characters, {MAX_LENGTH} are the most",
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
