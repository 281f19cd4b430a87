"""Where chunks lie until it is known which rows count: in a file without a name, which no end leaves behind.

In memory stays what tells rows apart: of each row 128 bits of its id, its table, kind and currency. Ids are
compared by two keyed hashes of 64 bits (SipHash, as the language has it): that two different ones of a
thousand million agree in both has a chance of about 1e-21.
"""

import io
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from holdfast.importers.bulk.chunk import SCHEMA, Chunk
from holdfast.importers.history import Reject
from holdfast.importers.refusals import NotWritten
from holdfast.kernel.system_errors import told_by_system

_pa = cast("Any", pa)

Hashes = npt.NDArray[np.int64]
"""Ids as two hashes each: shape (rows, 2)."""

SHOWN = 5
"""So many rejects are at hand."""


def hashes(ids: Sequence[str]) -> Hashes:
    """Return two hashes of each id."""
    found = np.empty((len(ids), 2), np.int64)
    found[:, 0] = [hash(each) for each in ids]
    found[:, 1] = [hash(each + "\0") for each in ids]
    return found


def _room(folder: Path | None) -> BinaryIO:
    """Return a file without a name in a folder, or in memory."""
    return io.BytesIO() if folder is None else cast("BinaryIO", tempfile.TemporaryFile(dir=folder))


class Rejects:
    """Rejects in a file without a name, or in memory; the first few, and how many there are, are at hand."""

    def __init__(self, folder: Path | None) -> None:
        self._file = _room(folder)
        self.count = 0
        self.first: list[Reject] = []

    def add(self, rejects: Sequence[Reject]) -> None:
        """Put rejects down."""
        for each in rejects:
            self._file.write(msgspec.json.encode(each) + b"\n")
        self.count += len(rejects)
        self.first += rejects[: SHOWN - len(self.first)] if len(self.first) < SHOWN else []

    def all(self) -> Iterator[Reject]:
        """Give them all, as they came."""
        self._file.seek(0)
        for line in self._file:
            yield msgspec.json.decode(line, type=Reject)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


class Rows(NamedTuple):
    """Of each row of a draft the hashes of its id, its table, its kind, its currency by place in `codes`."""

    ids: Hashes
    tables: npt.NDArray[np.int32]
    kinds: npt.NDArray[np.int8]
    codes: npt.NDArray[np.int16]


class Draft:
    """The rows of all files, as they came."""

    def __init__(self, beside: Path | None = None) -> None:
        """Make room beside a file, or in memory.

        Raises:
            NotWritten: there is none.
        """
        self._where = beside
        folder = None if beside is None else beside.parent
        try:
            self._file = _room(folder)
            self.rejects = Rejects(folder)
        except OSError as error:
            raise NotWritten(str(beside), reason=told_by_system(error)) from error
        options = _pa.ipc.IpcWriteOptions(compression="lz4")
        self._writer: Any = _pa.ipc.new_stream(self._file, SCHEMA, options=options)
        self._hashes: list[Hashes] = []
        self._tables: list[npt.NDArray[np.int32]] = []
        self._kinds: list[npt.NDArray[np.int8]] = []
        self._currencies: list[npt.NDArray[np.int16]] = []
        self.codes: list[str] = []

    def add(self, chunk: Chunk) -> None:
        """Put a chunk down.

        Raises:
            NotWritten: there is no room for it.
        """
        batch = chunk.batch
        try:
            self.rejects.add(chunk.rejects)
            if batch.num_rows:
                self._writer.write_batch(batch)
        except OSError as error:
            raise NotWritten(str(self._where), reason=told_by_system(error)) from error
        self._hashes.append(hashes(batch.column("order_id").to_pylist()))
        self._tables.append(batch.column("table").to_numpy())
        self._kinds.append(batch.column("kind").to_numpy())
        codes = batch.column("currency").dictionary_encode()
        numbers = np.array([self._number(code) for code in codes.dictionary.to_pylist()], np.int16)
        self._currencies.append(numbers[codes.indices.to_numpy()] if batch.num_rows else numbers[:0])

    def _number(self, code: str) -> int:
        if code not in self.codes:
            self.codes.append(code)
        return self.codes.index(code)

    def whole(self) -> "Rows":
        """Return the keys of all rows, and give up its own copy of them: it can be called once."""
        found = Rows(
            np.concatenate([np.zeros((0, 2), np.int64), *self._hashes]),
            np.concatenate([np.zeros(0, np.int32), *self._tables]),
            np.concatenate([np.zeros(0, np.int8), *self._kinds]),
            np.concatenate([np.zeros(0, np.int16), *self._currencies]),
        )
        for held in (self._hashes, self._tables, self._kinds, self._currencies):
            held.clear()
        return found

    def batches(self) -> Iterator[Any]:
        """Give the chunks again; no more can be put down."""
        self._writer.close()
        self._file.seek(0)
        yield from _pa.ipc.open_stream(self._file)

    def close(self) -> None:
        """Let go of the files."""
        self._writer.close()
        self._file.close()
        self.rejects.close()
