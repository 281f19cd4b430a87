"""Links between orders: keyed hashes of phones, addresses, tracking numbers and devices in common.

They are for the detection of rings: the same for the same under one key, and they tell nothing else of it.
What a platform has masked (`138****0000`) links nobody, as strangers share it, and is passed over.
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from holdfast.importers.exports.columns import Columns
from holdfast.importers.exports.form import Name
from holdfast.importers.grids.grid import Value

KINDS = (Name.PHONE, Name.ADDRESS, Name.TRACKING, Name.DEVICE)
"""The fields that may link orders."""

_HASH_BYTES = 10
_LONGEST_KEY = hashlib.blake2b.MAX_KEY_SIZE
_MASKED = re.compile(r"[*＊●•]|[xX]{3,}")
_APART = re.compile(r"[,;|/\s，；、]+")
_PREFIX = re.compile(r"^(?:no|单号|运单号)[:：.]", re.IGNORECASE)
_LEAST_PHONE, _COUNTRY, _NATIONAL = 7, "86", 11
_LEAST = 5
"""Shorter texts say too little: a house number, a dash."""


class Link(NamedTuple):
    """A link of an order, which others may share: its sort, and its hash."""

    kind: str
    hash: str


class Linker:
    """Makes the links of orders under one key."""

    def __init__(self, key: bytes) -> None:
        self._key = key if len(key) <= _LONGEST_KEY else hashlib.blake2b(key).digest()

    def of_lines(self, columns: Columns, lines: Iterable[Sequence[Value]]) -> tuple[Link, ...]:
        """Return the links of an order, each once, of its lines in their order."""
        found: dict[Link, None] = {}
        for cells in lines:
            for kind in KINDS:
                found |= dict.fromkeys(self.of_cell(kind, columns.text(cells, kind)[1]))
        return tuple(sorted(found))

    def of_cell(self, kind: Name, text: str) -> list[Link]:
        """Return the links that a cell makes; none where it is masked or says too little."""
        return [Link(kind.value, self._hash(kind, said)) for said in _SAID[kind](text)] if text else []

    def _hash(self, kind: Name, said: str) -> str:
        """Return BLAKE2b under the key, of 80 bits, its own for each kind (RFC 7693, 2.5 and 2.9)."""
        person = kind.value.encode()
        found = hashlib.blake2b(said.encode(), key=self._key, person=person, digest_size=_HASH_BYTES)
        return found.hexdigest()


def _phones(text: str) -> list[str]:
    """Return the digits of phones, those of China without its code."""
    found: list[str] = []
    for part in re.split(r"[,;|/，；、]+", _plain(text)):
        digits = "" if _MASKED.search(part) else "".join(sign for sign in part if sign.isdigit())
        if len(digits) > _NATIONAL and digits.startswith(("00" + _COUNTRY, _COUNTRY)):
            digits = digits[-_NATIONAL:]
        found += [digits] if len(digits) >= _LEAST_PHONE else []
    return found


def _addresses(text: str) -> list[str]:
    """Return the letters and digits of an address."""
    said = "".join(sign for sign in _plain(text) if sign.isalnum())
    return [] if _MASKED.search(text) or len(said) < _LEAST else [said]


def _numbers(text: str) -> list[str]:
    """Return the tracking numbers in a cell, without what stands before them."""
    parts = (_PREFIX.sub("", part) for part in _APART.split(_plain(text)))
    return [part for part in parts if len(part) >= _LEAST and not _MASKED.search(part)]


def _devices(text: str) -> list[str]:
    said = _plain(text)
    return [] if _MASKED.search(said) or len(said) < _LEAST else [said]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()


_SAID: dict[Name, Callable[[str], list[str]]] = {
    Name.PHONE: _phones,
    Name.ADDRESS: _addresses,
    Name.TRACKING: _numbers,
    Name.DEVICE: _devices,
}
