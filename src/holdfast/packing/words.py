"""How the cover says things, in 中文; what facts are called stands in their rooms (`words.py`)."""

import unicodedata
from typing import Any

import msgspec

from holdfast.house import words_of
from holdfast.kernel.actor import named
from holdfast.kernel.clock import DAY, HOUR, MINUTE, Duration
from holdfast.kernel.money import Money
from holdfast.kernel.rows import Fact

ACTIONS: dict[str, str] = {
    "captured": "取证",
    "handed_over": "移交",
    "exported": "导出",
    "viewed": "查阅",
    "copied": "复制",
    "verified": "核验",
}

MEDIA: dict[str, str] = {
    "image/jpeg": "照片（JPEG）",
    "image/png": "图片（PNG）",
    "image/gif": "动图（GIF）",
    "image/webp": "图片（WebP）",
    "image/heic": "照片（HEIC）",
    "application/pdf": "文档（PDF）",
    "video/mp4": "视频（MP4）",
    "video/quicktime": "视频（MOV）",
    "audio/mpeg": "录音（MP3）",
    "audio/wav": "录音（WAV）",
    "audio/amr": "录音（AMR）",
    "application/ogg": "音视频（Ogg）",
    "application/zip": "压缩包（ZIP，未打开）",
    "application/json": "数据（JSON）",
    "text/html": "网页（HTML）",
    "text/plain": "文本",
}

_AMOUNTS = ("amount_minor", "held_minor", "released_minor", "by_minor", "owed_minor")
_REASONS = ("reason", "question", "answer", "source")


_LONGEST = 300
"""Characters of a text that are shown; more are in the fact's file."""

_STACKED = 4
"""Marks above or below one letter: more would be drawn over the lines around it."""


def tell(fact: Fact, currency: str, number: int | None = None) -> str:
    """Say in a line what happened, with its amount and its reason where it has them.

    Args:
        fact: what happened.
        currency: of amounts that name none.
        number: of the piece of evidence that it is about.
    """
    body: dict[str, Any] = msgspec.structs.asdict(fact.body)
    text = words_of(fact.body).zh.format(actor=named(fact.actor).zh)
    if number is not None:
        text += f"：证据 {number}"
    amount = next((body[name] for name in _AMOUNTS if isinstance(body.get(name), int)), None)
    if amount is not None:
        text += f" {Money(amount, str(body.get('currency', currency))).format('zh')}"
    reason = next((body[name] for name in _REASONS if body.get(name)), None)
    return text if reason is None else f"{text}（{shown(str(reason))}）"


def shown(text: str, most: int = _LONGEST) -> str:
    """Return a text of people as it can be printed: nothing in it is unseen, turned or drawn over others.

    What has no form of its own is named by its code point: ⟨U+202E⟩ turns round what follows it.
    """
    signs: list[str] = []
    stacked = 0
    for sign in text[:most]:
        stacked = stacked + 1 if unicodedata.category(sign).startswith("M") else 0
        if sign.isspace():
            signs.append(" ")
        elif sign.isprintable() and stacked <= _STACKED:
            signs.append(sign)
        else:
            signs.append(f"⟨U+{ord(sign):04X}⟩")
    if len(text) > most:
        signs.append(f"……（共 {len(text):,} 字，全文见该事实的文件）")
    return "".join(signs)


def span(duration: Duration) -> str:
    """Say how long something took, in its two largest units."""
    if duration < MINUTE:
        return "不到 1 分钟"
    parts = [
        (duration // DAY, "天"),
        (duration % DAY // HOUR, "小时"),
        (duration % HOUR // MINUTE, "分钟"),
    ]
    while not parts[0][0]:
        parts.pop(0)
    return " ".join(f"{count} {unit}" for count, unit in parts[:2] if count)
