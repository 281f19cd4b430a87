"""The sentence that tells a fact in plain words. Its pattern stands in the room of the fact (`words.py`).

Names in braces are fields of the fact's body: those in `_minor` are written as money, times with their
offset, values by the words that stand beside them, and texts of people as they can be printed; and `{actor}`,
who acted.
"""

import datetime as dt
import unicodedata
from collections.abc import Callable
from typing import Any, cast

import msgspec

from holdfast.house import words_of
from holdfast.kernel import zones
from holdfast.kernel.actor import Actor, named
from holdfast.kernel.money import Money
from holdfast.kernel.refusal import RefusalRecord
from holdfast.kernel.rows import Fact, FactBody
from holdfast.kernel.text import Named, Text, each, listed, same

_TIMES = frozenset(
    {
        "again_at",
        "asked_at",
        "answer_by",
        "before_at",
        "capture_at",
        "captured_at",
        "confirm_by",
        "counts_until",
        "due_at",
        "ends_at",
        "occurred_at",
        "payout_at",
        "ship_by",
        "starts_at",
        "until",
        "window_ends_at",
    }
)

_NONE = Text("无", "none")
_NOTHING = Text("无", "nothing")

LONGEST = 300
"""The characters of a text that are shown; the fact itself has all of them."""

_STACKED = 4
"""The marks allowed above or below one letter: more would be drawn over the lines around it."""

_MORE = Text(
    "……（共 {length} 字，全文见该事实的文件）", "… ({length} characters; the fact's file has all of them)"
)


def tell(
    fact: Fact,
    currency: str,
    place: dt.tzinfo = dt.UTC,
    who: Callable[[Actor | None], Text] = named,
) -> Text:
    """Return the sentence that tells a fact; amounts are in `currency` where the fact names none.

    Times are written in the time zone `place`; `who` says how the actor is named.
    """
    body: dict[str, Any] = msgspec.structs.asdict(fact.body)
    own = str(body.get("currency") or currency)
    written = {name: _written(name, value, own, place) for name, value in body.items()}
    if "reason_zh" in body:
        written["reason"] = _refused(body["code"], body["reason"], body["reason_zh"])
    return words_of(fact.body).fill(actor=who(fact.actor), **written)


def _refused(code: str, en: str, zh: str) -> Text:
    """Write what a refusal said; of one that was kept in English alone, as far as its code says it."""
    what, _ = RefusalRecord(code, en, "", "", zh).told()
    return Text(shown(what.zh).zh, shown(what.en).en)


def _written(name: str, value: Any, currency: str, place: dt.tzinfo) -> Text:
    if value is None or value == ():
        return _NONE if value is None else _NOTHING
    if name.endswith("_minor"):
        return each(Money(value, currency).format)
    if name in _TIMES:
        return same(zones.written(value, place))
    if name in _OWN:
        return _OWN[name](value, currency)
    if isinstance(value, tuple):
        return listed(map(_plain, cast("tuple[object, ...]", value)))
    return _plain(value)


def _lines(lines: Any, currency: str) -> Text:
    told = [(line.item, Money(line.amount_minor, currency)) for line in lines]
    return Text(
        "；".join(f"{shown(item).zh}：{amount.format('zh')}" for item, amount in told),
        "; ".join(f"{shown(item).en}: {amount.format()}" for item, amount in told),
    )


def _what(value: str, _: str) -> Text:
    return Text("：{said}", ": {said}").fill(said=_plain(value)) if value else same("")


_OWN: dict[str, Callable[[Any, str], Text]] = {"what": _what, "statement": _lines}
"""Fields that are written in a way of their own."""


def _plain(value: object) -> Text:
    """Write a value as people do: by its words, or as it is."""
    return value.called if isinstance(value, Named) else shown(str(value))


def shown(text: str, most: int = LONGEST) -> Text:
    """Return a text of people as it can be printed: no character is unseen, reverses others or covers them.

    A character without a visible form is named by its code point: ⟨U+202E⟩ reverses the text that follows it.
    """
    printed = same(printable(text[:most]))
    if len(text) <= most:
        return printed
    return Text(*map("".join, zip(printed, _MORE.fill(length=f"{len(text):,}"), strict=True)))


def printable(text: str) -> str:
    """Return a text in which characters that cannot be printed are named by their code points."""
    signs: list[str] = []
    stacked = 0
    for sign in text:
        stacked = stacked + 1 if unicodedata.category(sign).startswith("M") else 0
        if sign.isspace():
            signs.append(" ")
        elif sign.isprintable() and stacked <= _STACKED:
            signs.append(sign)
        else:
            signs.append(f"⟨U+{ord(sign):04X}⟩")
    return "".join(signs)


def amount_of(body: FactBody) -> int | None:
    """Return the amount that a fact is about, in minor units; None where it is about none."""
    for name in ("amount_minor", "held_minor", "released_minor", "by_minor"):
        amount: int | None = getattr(body, name, None)
        if amount is not None:
            return amount
    return None
