"""Writing the settled rows of a draft as a file in our own form, with files of rejects and repairs."""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from holdfast.importers.atomic import Together, replacing
from holdfast.importers.bulk.chunk import constant, further_text, orders
from holdfast.importers.history import HistoryRefund
from holdfast.importers.plain_rows import FORM, TIMES
from holdfast.importers.plain_writing import parted, shown, written
from holdfast.importers.refusals import UnknownForm
from holdfast.importers.spreadsheet import Writer
from holdfast.kernel.currencies import EXPONENTS

_pa = cast("Any", pa)
_pc = cast("Any", pc)
_pq = cast("Any", pq)

_TOGETHER = 8
"""So many chunks are a group of rows of a Parquet file."""

_AMOUNTS = {"amount": "amount", "refunded_amount": "refunded"}
_PRECISION = 19

_REPEATED = ("merchant_id", "currency", "title", "part_of", "service", "paid", "score")
"""Columns in which few different values stand: they are written once each."""

Put = Callable[[Any], None]
"""Takes a batch of rows."""


def check_form(path: Path) -> None:
    """Check that a file's name says how it is to be written.

    Raises:
        UnknownForm: it ends in neither .csv nor .parquet.
    """
    if path.suffix.lower() not in {".csv", ".parquet"}:
        raise UnknownForm(str(path), suffix=path.suffix)


def with_refunds_parted(batch: Any) -> Any:
    """Return the rows with those refunds that go beside an order's row in their column `further`."""
    moved = {
        place: further_text(further)
        for place, refunds in _several(batch)
        for own, further in [parted(refunds)]
        if not own
    }
    if not moved:
        return batch
    beside = _pa.array([place in moved for place in range(batch.num_rows)])
    for name in ("refunded", "refunded_at"):
        column = batch.column(name)
        batch = _replaced(batch, name, _pc.if_else(beside, _pa.scalar(None, column.type), column))
    texts = batch.column("further").to_pylist()
    return _replaced(batch, "further", _pa.array([moved.get(at, text) for at, text in enumerate(texts)]))


def _several(batch: Any) -> Iterator[tuple[int, tuple[HistoryRefund, ...]]]:
    """Give the places of rows with several refunds, and these."""
    places = _pc.indices_nonzero(_pc.not_equal(batch.column("further"), ""))
    if len(places):
        for place, order in zip(places.to_pylist(), orders(batch.take(places)), strict=True):
            yield place, order.refunds


def _replaced(batch: Any, name: str, column: Any) -> Any:
    return batch.set_column(batch.schema.get_field_index(name), name, column)


@contextmanager
def order_file(path: Path, currency: str, together: Together | None = None) -> Generator[Put]:
    """Write orders to a file that is whole, or not there; with others, where these are named.

    Raises:
        NotWritten: it cannot be written.
    """
    with replacing(path, together) as draft:
        if path.suffix.lower() == ".csv":
            with draft.open("w", encoding="utf-8", newline="") as file:
                writer = Writer(file)
                writer.write(FORM.columns)
                yield lambda batch: writer.write(*_texts(batch, currency))
        else:
            with _parquet_file(draft, currency) as put:
                yield put


@contextmanager
def _parquet_file(path: Path, currency: str) -> Generator[Put]:
    schema = _schema(currency)
    held: list[Any] = []
    with _pq.ParquetWriter(path, schema, use_dictionary=[*_REPEATED]) as writer:

        def put(batch: Any) -> None:
            held.append(_typed(batch, schema))
            if len(held) >= _TOGETHER:
                flush()

        def flush() -> None:
            if held:
                writer.write_table(_pa.Table.from_batches(held, schema=schema))
                held.clear()

        yield put
        flush()


def _schema(currency: str) -> Any:
    amount = _pa.decimal128(_PRECISION, EXPONENTS[currency])
    kinds = {name: _pa.string() for name in FORM.columns}
    kinds |= {name: _pa.timestamp("ms", tz="UTC") for name in TIMES}
    kinds |= dict.fromkeys(_AMOUNTS, amount) | {"score": _pa.int8()}
    return _pa.schema([*kinds.items()])


def _typed(batch: Any, schema: Any) -> Any:
    arrays: list[Any] = []
    for field in schema:
        if field.name in _AMOUNTS:
            minor = batch.column(_AMOUNTS[field.name]).cast(_pa.decimal128(_PRECISION, 0))
            # The same digits, of which the last ones come after the point.
            arrays.append(
                _pa.Array.from_buffers(field.type, len(minor), minor.buffers(), offset=minor.offset)
            )
        elif field.name == "service":
            arrays.append(_pc.if_else(batch.column("service"), "yes", ""))
        elif field.name == "paid":
            arrays.append(constant("", batch.num_rows))
        else:
            arrays.append(batch.column(field.name).cast(field.type))
    return _pa.record_batch(arrays, schema=schema)


def _texts(batch: Any, currency: str) -> Iterator[list[object]]:
    for order in orders(batch):
        row = zip(FORM.columns, written(order, currency), strict=True)
        yield [shown(value) if name in TIMES else value for name, value in row]


@contextmanager
def row_file(
    path: Path | None, header: Sequence[str], together: Together | None = None
) -> Generator[Callable[[Iterable[Sequence[object]]], None]]:
    """Write rows under a header to a file that is whole, or not there; nowhere where no file is wanted.

    With others, where these are named.

    Raises:
        NotWritten: it cannot be written.
    """
    if path is None:
        yield lambda _rows: None
        return
    with replacing(path, together) as draft, draft.open("w", encoding="utf-8", newline="") as file:
        writer = Writer(file)
        writer.write([*header])
        yield lambda rows: writer.write(*(list(row) for row in rows))
