"""Openings in a file, one a line, in the order of the log: the storage of a market without a database."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

import msgspec

from holdfast.trail import opening
from holdfast.trail.opening import Opening

_PIECE = 2**22


class Placed(NamedTuple):
    """An opening, and the index of its leaf."""

    leaf_index: int
    opening: Opening


def find(path: Path, *, fact_id: str | None = None, order_id: str | None = None) -> Iterator[Placed]:
    """Yield the openings of a fact, or of all facts of an order.

    Raises:
        BadLeaf: a line that was found is no opening.
        OSError: the file cannot be read.
    """
    wanted = ("id", fact_id) if fact_id is not None else ("order_id", order_id)
    needle = f'"{wanted[0]}":'.encode() + msgspec.json.encode(wanted[1])
    with path.open("rb") as file:
        for index, line in _lines_with(file, needle):
            found = opening.read(line)
            fact = found.fact
            if (fact["id"] if fact_id is not None else fact["body"].get("order_id")) == wanted[1]:
                yield Placed(index, found)


def _lines_with(file: BinaryIO, needle: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that contain some bytes, with their numbers; the file is searched in large pieces."""
    number, rest = 0, b""
    while piece := file.read(_PIECE):
        whole, newline, tail = (rest + piece).rpartition(b"\n")
        rest = tail
        if not newline:
            continue
        if needle in whole:
            for offset, line in enumerate(whole.split(b"\n")):
                if needle in line:
                    yield number + offset, line
        number += whole.count(b"\n") + 1
