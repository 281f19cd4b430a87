"""The rows of a file of our own, CSV or Parquet by its name's ending: cells in the order of a form."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from holdfast.importers import parquet
from holdfast.importers.cells import BadCell, Cell
from holdfast.importers.history import Progress
from holdfast.importers.refusals import UnknownForm
from holdfast.importers.spreadsheet import restored
from holdfast.importers.table import CsvTable, Form

Row = tuple[int, Sequence[Cell] | BadCell]
"""The number of a row, as in `Reject`, and its cells, or why they cannot be told apart."""


def rows(
    path: Path, form: Form, kinds: Mapping[str, parquet.Kind], progress: Progress | None = None
) -> Iterator[Row]:
    """Give the rows of a file; `kinds` says what each column holds.

    Raises:
        UnknownForm: the name ends in neither .csv nor .parquet.
        SourceUnreadable, EmptyFile, NotText, BadEncoding, BrokenCsv, BrokenParquet: it cannot be read.
        WrongDelimiter, UnknownColumn, DuplicateColumn, MissingColumn, WrongColumnType: it is not of the form.
    """
    match path.suffix.lower():
        case ".csv":
            return _csv_rows(path, form, progress)
        case ".parquet":
            return parquet.read_rows(path, form, kinds, progress)
        case suffix:
            raise UnknownForm(str(path), suffix=suffix)


def _csv_rows(path: Path, form: Form, progress: Progress | None) -> Iterator[Row]:
    table = CsvTable(path, form)
    size = path.stat().st_size
    for row, found in table.records(lambda done: progress(done / size) if progress else None):
        try:
            yield row, [restored(cell) for cell in table.arranged(found)]
        except BadCell as bad:
            yield row, bad
