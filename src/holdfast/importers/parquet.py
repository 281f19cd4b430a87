"""Parquet files as rows of cells, read in batches; amounts and times keep their exact values.

pyarrow carries no types, so that it is `Any` here; nothing of it leaves this file.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple, cast

import pyarrow as pa
import pyarrow.parquet as pq

from holdfast.importers.cells import END, FIRST, Cell
from holdfast.importers.history import Progress
from holdfast.importers.refusals import BrokenParquet, EmptyFile, SourceUnreadable, WrongColumnType
from holdfast.importers.table import Form
from holdfast.kernel.clock import DAY, moment
from holdfast.kernel.system_errors import told_by_system
from holdfast.kernel.text import Text

_pa = cast("Any", pa)
_pq = cast("Any", pq)
_is = cast("Any", pa.types)
_ARROW_ERRORS: tuple[type[Exception], ...] = (_pa.ArrowException, OSError)

_MAGIC = b"PAR1"
_BATCH = 8_192
_UNIT_PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}

Convert = Callable[[Any], "list[Cell]"]


class Kind(NamedTuple):
    """What a column may hold: how values of a type become cells (None: not of this type), and its name."""

    convert: Callable[[Any], Convert | None]
    expected: str


class Batch(NamedTuple):
    """Some records: the number of the first, from 1; how many; and the columns that the file has, by name."""

    first: int
    size: int
    columns: Mapping[str, Any]
    converts: Mapping[str, Convert]

    def rows(self, form: Form, which: Any = None) -> Iterator[Sequence[Cell]]:
        """Give the cells of the records, or of those at the places `which`, in the order of the form."""
        count = self.size if which is None else len(which)
        absent: list[Cell] = [""] * count
        columns = [
            self.converts[c](self.columns[c] if which is None else self.columns[c].take(which))
            if c in self.converts
            else absent
            for c in form.columns
        ]
        return zip(*columns, strict=True)


def read_rows(
    path: Path, form: Form, kinds: Mapping[str, Kind], progress: Progress | None
) -> Iterator[tuple[int, Sequence[Cell]]]:
    """Give each record's number (from 1) and its cells in the order of the form; a null is the empty text.

    Raises:
        SourceUnreadable, EmptyFile, BrokenParquet: it is no whole Parquet file.
        UnknownColumn, DuplicateColumn, MissingColumn, WrongColumnType: it is not of the form.
    """
    number = 0
    try:
        for batch in read_batches(path, form, kinds, progress):
            for number, cells in enumerate(batch.rows(form), start=batch.first):
                yield number, cells
    except UnicodeDecodeError as error:
        raise not_utf8(str(path), number, error) from error


def not_utf8(where: str, number: int, error: UnicodeDecodeError) -> BrokenParquet:
    """Return why a file is refused of which a text after record `number` is not UTF-8."""
    return BrokenParquet(
        f"{where}, after row {number}",
        reason=Text(f"有文字不是 UTF-8（{error.reason}）", f"a text is not UTF-8 ({error.reason})"),
    )


def read_batches(
    path: Path, form: Form, kinds: Mapping[str, Kind], progress: Progress | None, size: int = _BATCH
) -> Iterator[Batch]:
    """Give the records of a file, `size` at once.

    Raises:
        SourceUnreadable, EmptyFile, BrokenParquet: it is no whole Parquet file.
        UnknownColumn, DuplicateColumn, MissingColumn, WrongColumnType: it is not of the form.
    """
    _check_ends(path, form)
    number = 0
    try:
        with _pq.ParquetFile(path) as file:
            names: list[str] = list(file.schema_arrow.names)
            form.check(names, str(path))
            converts = {
                name: _converter(name, file.schema_arrow.field(name).type, kinds, path) for name in names
            }
            total: int = file.metadata.num_rows
            for batch in file.iter_batches(batch_size=size):
                columns = {name: batch.column(name) for name in names}
                yield Batch(number + 1, batch.num_rows, columns, converts)
                number += batch.num_rows
                if progress:
                    progress(number / total)
    except _ARROW_ERRORS as error:
        raise BrokenParquet(f"{path}, after row {number}", reason=_brief(error)) from error


def header(path: Path) -> list[str]:
    """Return the names of the columns of a Parquet file, whatever its form.

    Raises:
        SourceUnreadable: it cannot be read.
        BrokenParquet: it is no whole Parquet file.
    """
    try:
        return list(_pq.read_schema(path).names)
    except OSError as error:
        raise SourceUnreadable(
            str(path), reason=told_by_system(error) if error.errno else _brief(error)
        ) from error
    except _ARROW_ERRORS as error:
        raise BrokenParquet(str(path), reason=_brief(error)) from error


def _brief(error: BaseException) -> str:
    return str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__


def _check_ends(path: Path, form: Form) -> None:
    try:
        with path.open("rb") as file:
            head = file.read(len(_MAGIC))
            size = file.seek(0, 2)
            file.seek(max(0, size - len(_MAGIC)))
            tail = file.read()
    except OSError as error:
        raise SourceUnreadable(str(path), reason=told_by_system(error)) from error
    if size == 0:
        raise EmptyFile(str(path), expected=form.described())
    if head != _MAGIC:
        raise BrokenParquet(str(path), reason=Text("开头不是 PAR1", "it does not begin with PAR1"))
    if tail != _MAGIC or size <= 2 * len(_MAGIC):
        raise BrokenParquet(
            str(path), reason=Text("缺少含有索引的结尾", "its end, which holds the index, is missing")
        )


def _converter(name: str, kind: Any, kinds: Mapping[str, Kind], path: Path) -> Convert:
    if _is.is_dictionary(kind):
        of_values = _converter(name, kind.value_type, kinds, path)
        return lambda column: of_values(column.dictionary_decode())
    if _is.is_null(kind):
        return lambda column: [""] * len(column)
    convert = kinds[name].convert(kind)
    if convert is None:
        raise WrongColumnType(str(path), column=name, type=kind, expected=kinds[name].expected)
    return convert


def _filled(values: list[Any]) -> list[Cell]:
    return ["" if value is None else value for value in values]


def _as_is(column: Any) -> list[Cell]:
    return _filled(column.to_pylist())


def _as_text(column: Any) -> list[Cell]:
    return [
        "" if value is None else format(value, "f" if _is.is_decimal(column.type) else "")
        for value in column.to_pylist()
    ]


def _as_instants(column: Any) -> list[Cell]:
    per_second = _UNIT_PER_SECOND[column.type.unit]
    counts: list[int | None] = column.cast(_pa.int64()).to_pylist()
    found: list[Cell] = ["" if count is None else count * 1_000 // per_second for count in counts]
    return found if column.type.tz is not None else [_on_a_wall(cell) for cell in found]


def _on_a_wall(cell: Cell) -> Cell:
    """Write a time without a zone as text, so that it is read as one of any other file is."""
    if not isinstance(cell, int) or not FIRST - DAY <= cell < END + DAY:
        return cell  # nobody's clock shows that: it is refused as it stands
    return moment(cell).replace(tzinfo=None).isoformat(timespec="milliseconds")


def _as_dates(column: Any) -> list[Cell]:
    days: list[int | None] = column.cast(_pa.date32()).cast(_pa.int32()).to_pylist()
    return ["" if day is None else _date(day * DAY) for day in days]


def _date(at: int) -> Cell:
    """Write a date as text, so that it is read as a date alone of any other file is."""
    shown = _on_a_wall(at)
    return shown[: len("YYYY-MM-DD")] if isinstance(shown, str) else shown


def _is_text(kind: Any) -> bool:
    return _is.is_string(kind) or _is.is_large_string(kind) or _is.is_string_view(kind)


def _text(kind: Any) -> Convert | None:
    return _as_is if _is_text(kind) else None


def _identity(kind: Any) -> Convert | None:
    return _as_text if _is.is_integer(kind) else _text(kind)


def _amount(kind: Any) -> Convert | None:
    exact = _is.is_decimal(kind) or _is.is_integer(kind)
    return _as_text if exact else _as_is if _is.is_floating(kind) else _text(kind)


def _time(kind: Any) -> Convert | None:
    if _is.is_timestamp(kind):
        return _as_instants
    return _as_dates if _is.is_date(kind) else _text(kind)


def _score(kind: Any) -> Convert | None:
    return _as_text if _is.is_integer(kind) else _as_is if _is.is_floating(kind) else _text(kind)


def _flag(kind: Any) -> Convert | None:
    return _as_text if _is.is_boolean(kind) else _text(kind)


TEXT = Kind(_text, "text")
FLAG = Kind(_flag, "boolean or text")
IDENTITY = Kind(_identity, "text or whole number")
AMOUNT = Kind(_amount, "decimal or text")
TIME = Kind(_time, "timestamp, date or text")
SCORE = Kind(_score, "whole number")


def _decimals(values: list[Any]) -> list[Decimal | None]:
    return [None if value is None else Decimal(str(value)) for value in values]


def write_columns(path: Path, columns: dict[str, list[Any]], digits: int) -> None:
    """Write one Parquet file; its columns are those of the plain form, or of the form of refunds.

    Names that end in `amount` hold decimals of `digits` places. Names that end in `_at` or `_by`
    hold instants and become UTC timestamps of milliseconds.
    """
    types = {
        name: _pa.decimal128(19, digits)
        if name.endswith("amount")
        else _pa.int8()
        if name == "score"
        else _pa.timestamp("ms", tz="UTC")
        if name.endswith(("_at", "_by"))
        else _pa.string()
        for name in columns
    }
    arrays = {
        name: _pa.array(_decimals(values) if name.endswith("amount") else values, type=types[name])
        for name, values in columns.items()
    }
    _pq.write_table(_pa.table(arrays), path)
